import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRandom } from '@evenkeel/stats'
import { systemClock } from '../packages/evenkeel/src/clock.ts'
import { createIngest, type Format, type Ingest } from '../packages/evenkeel/src/ingest/index.ts'
import { createQuality, type Quality } from '../packages/evenkeel/src/quality/index.ts'
import {
  createDirectoryBlobs,
  createJournal,
  createLake,
  type Database,
  type Journal,
  migrate,
  openDatabase,
  readJournal,
} from '../packages/evenkeel/src/storage/index.ts'
import type { BenchOutcome, BenchResult } from './result.ts'

const ROWS_PER_BATCH = 50_000
const BATCHES = 4
const TARGET_ROWS_PER_S = 40_000

interface Bench {
  readonly db: Database
  readonly journal: Journal
  readonly ingest: Ingest
  readonly quality: Quality
}

/** Rows a second of ten columns, received, stored and judged, into the embedded database; the first batch pins the schema. */
export async function run(): Promise<BenchOutcome> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-bench-'))
  const db = await openDatabase({ dataDir })
  await migrate(db)
  await db.query("insert into projects (id, created_at) values ('default', now())")
  const blobs = createDirectoryBlobs(path.join(dataDir, 'blobs'))
  const lake = await createLake({ blobs })
  const journal = createJournal({ clock: systemClock, projections: [] })
  const ingest = createIngest({ db, journal, blobs, lake, clock: systemClock })
  const quality = createQuality({ db, journal, blobs, ingest, clock: systemClock })
  try {
    const bench = { db, journal, ingest, quality }
    return {
      results: [await measure(bench, 'csv', encodeCsv), await measure(bench, 'json', encodeJson)],
      tables: [],
    }
  } finally {
    await lake.close()
    await db.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

type Row = Readonly<Record<string, string | number | null>>

async function measure(
  bench: Bench,
  format: Format,
  encode: (rows: readonly Row[]) => Uint8Array,
): Promise<BenchResult> {
  const batches = Array.from({ length: BATCHES + 1 }, (_, i) => encode(rowsOf(i + 1)))
  await receiveAndJudge(bench, format, batches[0]!)
  const began = performance.now()
  for (const bytes of batches.slice(1)) await receiveAndJudge(bench, format, bytes)
  const seconds = (performance.now() - began) / 1_000
  return {
    name: `ingest: ${format} received, stored and judged, 10 columns`,
    unit: 'rows/s',
    value: Math.round((BATCHES * ROWS_PER_BATCH) / seconds),
    target: TARGET_ROWS_PER_S,
    limit: `one thread decodes ${format} and types its cells, then writes Parquet, reads it back and judges it`,
  }
}

async function receiveAndJudge(
  { db, journal, ingest, quality }: Bench,
  format: Format,
  bytes: Uint8Array,
): Promise<void> {
  const { batch } = await ingest.receive({ source: format, bytes, format })
  const [arrived] = (await readJournal(db, { types: ['batch.arrived'], limit: 1_000 })).slice(-1)
  await db.transaction(async (tx) => journal.append(tx, arrived!.id, await quality.steps[0]!.run(tx, arrived!)))
  const { state } = await ingest.readBatch(batch)
  if (state !== 'accepted') throw new Error(`batch ${batch} is ${state}, expected accepted`)
}

function rowsOf(seed: number): Row[] {
  const random = createRandom(seed)
  const from = Date.UTC(2001, 0, seed)
  return Array.from({ length: ROWS_PER_BATCH }, (_, i) => ({
    flight_id: seed * ROWS_PER_BATCH + i,
    at: new Date(from + i * 1_000).toISOString(),
    distance_mi: Math.floor(100 + 2_000 * random.next()),
    delay_min: Math.round(600 * random.next() - 60) / 10,
    taxi_min: random.next() < 0.05 ? null : Math.round(200 * random.next()) / 10,
    seats: Math.floor(50 + 200 * random.next()),
    fare_usd: Math.round(50_000 * random.next()) / 100,
    origin: `A${Math.floor(200 * random.next())}`,
    destination: `A${Math.floor(200 * random.next())}`,
    carrier: ['AA', 'UA', 'DL', 'WN'][Math.floor(4 * random.next())]!,
  }))
}

function encodeCsv(rows: readonly Row[]): Uint8Array {
  const lines = rows.map((row) =>
    Object.values(row)
      .map((value) => value ?? '')
      .join(','),
  )
  return new TextEncoder().encode([Object.keys(rows[0]!).join(','), ...lines].join('\n'))
}

function encodeJson(rows: readonly Row[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(rows))
}
