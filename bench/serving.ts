import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemClock } from '../packages/evenkeel/src/clock.ts'
import { computeFeatures, defaultView, learnEncoding } from '../packages/evenkeel/src/features/index.ts'
import { createServer } from '../packages/evenkeel/src/http/index.ts'
import type { Batch, Schema } from '../packages/evenkeel/src/ingest/index.ts'
import { createRegistry } from '../packages/evenkeel/src/registry/index.ts'
import { createServing, type Serving } from '../packages/evenkeel/src/serving/index.ts'
import {
  createDirectoryBlobs,
  createJournal,
  type Database,
  migrate,
  openDatabase,
  type Projection,
} from '../packages/evenkeel/src/storage/index.ts'
import { CLASS_COLUMN, encodeReference, type Reference, SCORE_COLUMN } from '../packages/evenkeel/src/training/index.ts'
import {
  createProfile,
  createRandom,
  exportOnnx,
  freezeProfile,
  trainBoostedTrees,
  updateProfile,
} from '../packages/stats/src/index.ts'
import type { Load, LoadResult } from './load.ts'
import type { BenchOutcome } from './result.ts'

const FEATURES = 10
const TREES = 200
const DEPTH = 6
const SECONDS = Number(process.env['EVENKEEL_BENCH_SECONDS'] ?? 5)
const LABELS = 100_000
const MODEL = 'bench'

/** HTTP predictions of one row each, load generator on the same cores; and labels, and the first prediction. */
export async function run(): Promise<BenchOutcome> {
  const artifact = trainArtifact()
  const began = performance.now()
  const plane = await open(artifact, true)
  await load({ ...request(plane.url, 0), seconds: 1, connections: 1, pipelining: 1 })
  const firstSeconds = (performance.now() - began) / 1000 - 1
  await load({ ...request(plane.url, 1), seconds: 2 })
  const on = await load(request(plane.url, 2))
  const drainBegan = performance.now()
  await plane.serving.drain()
  const drainedSeconds = (performance.now() - drainBegan) / 1000
  const half = await load({ ...request(plane.url, 3), rate: Math.round(on.perSecond / 2) })
  const labels = await labelRate(plane)
  await plane.close()
  const bare = await open(artifact, false)
  await load({ ...request(bare.url, 4), seconds: 2 })
  const off = await load(request(bare.url, 5))
  await bare.close()
  const sustained = (on.perSecond * SECONDS) / (SECONDS + drainedSeconds)
  const results = [
    {
      name: 'one-row predictions over HTTP, all on',
      unit: '1/s',
      value: on.perSecond,
      target: 25_000,
      limit: 'one core parses HTTP and JSON; the generator and the database share the other',
    },
    {
      name: 'the same, until all of it is in the database',
      unit: '1/s',
      value: sustained,
      limit: 'rows into four indexes of the embedded database',
    },
    {
      name: 'the same, share of the rate with nothing remembered',
      unit: 'ratio',
      value: on.perSecond / off.perSecond,
      target: 0.7,
      limit: 'recording runs on the cores that answer',
    },
    {
      name: 'one-row predictions over HTTP, nothing remembered',
      unit: '1/s',
      value: off.perSecond,
      limit: 'one core parses HTTP and JSON',
    },
    {
      name: 'latency at half load, 99th percentile',
      unit: 'ms',
      value: half.latencyMsP99,
      target: 20,
      limit: 'a transaction of the recorder on the same two cores',
    },
    { name: 'refused or failed at full load', unit: 'requests', value: on.failed, target: 0, limit: 'none' },
    {
      name: 'labels into the embedded database',
      unit: '1/s',
      value: labels,
      target: 40_000,
      limit: 'rows into three indexes of the embedded database',
    },
    {
      name: 'start to first prediction, new data directory',
      unit: 's',
      value: firstSeconds,
      target: 8,
      limit: 'creating the embedded database',
    },
  ]
  return { results, tables: [] }
}

const names = Array.from({ length: FEATURES }, (_, i) => `x${i}`)

const schema: Schema = {
  columns: names.map((name) => ({
    name,
    type: 'number',
    role: 'feature',
    unit: null,
    range: null,
    categories: null,
    missingShare: 0,
    unique: false,
  })),
}

interface Artifact {
  readonly bytes: Uint8Array
  readonly reference: Batch
}

function trainArtifact(): Artifact {
  const random = createRandom(11)
  const rows = 5_000
  const features = names.map((name) => ({
    name,
    kind: 'numeric' as const,
    values: Float64Array.from({ length: rows }, () => random.normal()),
  }))
  const target = Float64Array.from({ length: rows }, (_, i) =>
    features.reduce((sum, { values }, j) => sum + Math.sin(values[i]! * (j + 1)), 0) + random.normal() > 0 ? 1 : 0,
  )
  const model = trainBoostedTrees({ features, target }, { task: 'binary', rounds: TREES, maxDepth: DEPTH, seed: 11 })
  const columns = Object.fromEntries(
    features.map(({ name, values }) => [name, { kind: 'numeric' as const, values, invalid: [] }]),
  )
  return { bytes: exportOnnx(model, { name: MODEL }), reference: { rows, columns } }
}

const VIEW = defaultView(schema, MODEL)

/** Reference profile over the training rows; the score's bins come from scores drawn evenly. */
function referenceOf({ rows, columns }: Batch): Reference {
  const numeric: Record<string, Float64Array> = {}
  for (const [name, column] of Object.entries(columns)) if (column.kind === 'numeric') numeric[name] = column.values
  numeric[SCORE_COLUMN] = Float64Array.from({ length: rows }, (_, i) => (i + 0.5) / rows)
  const batch = {
    rows,
    numeric,
    categorical: { [CLASS_COLUMN]: Array.from({ length: rows }, (_, i) => (i % 2 ? 'yes' : 'no')) },
  }
  const profile = createProfile(freezeProfile(batch))
  updateProfile(profile, batch)
  return { profile, inputs: names, loss: null, days: [], scores: null }
}

interface Plane {
  readonly url: string
  readonly db: Database
  readonly serving: Serving
  close(): Promise<void>
}

async function open({ bytes, reference }: Artifact, remember: boolean): Promise<Plane> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-bench-'))
  const db = await openDatabase({ dataDir })
  await migrate(db)
  await db.query("insert into projects (id, created_at) values ('default', now()) on conflict do nothing")
  const projections: Projection[] = []
  const clock = systemClock
  const journal = createJournal({ clock, projections })
  const blobs = createDirectoryBlobs(path.join(dataDir, 'blobs'))
  const registry = createRegistry({ db, journal, blobs, clock, views: [VIEW] })
  projections.push(...registry.projections)
  const name = { project: 'default', model: MODEL }
  const facts = {
    task: 'binary' as const,
    classes: ['no', 'yes'],
    inputs: schema,
    encoding: learnEncoding(VIEW, computeFeatures(VIEW, reference)),
    artifact: await blobs.put(bytes),
    reference: await blobs.put(encodeReference(referenceOf(reference))),
    metrics: {},
    lineage: null,
  }
  await registry.registerVersion({ ...name, facts, by: 'bench' })
  await registry.moveAlias({ ...name, alias: 'champion', expected: null, to: 1, by: 'bench', reason: 'first' })
  const serving = createServing({
    db,
    journal,
    clock,
    dataDir,
    registry,
    remember,
    onTrouble: ({ error }) => console.error(error),
  })
  await serving.start()
  const server = createServer({ db, serving, registry, version: 'bench', port: 0 })
  const url = await server.start()
  return {
    url,
    db,
    serving,
    async close() {
      await server.stop()
      await serving.stop()
      await db.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function request(url: string, seed: number): Load {
  const random = createRandom(seed)
  const row = Object.fromEntries(names.map((column) => [column, Math.round(random.normal() * 1e4) / 1e4]))
  return {
    url: `${url}/v1/models/${MODEL}/predict`,
    body: JSON.stringify({ rows: [row] }),
    connections: 32,
    pipelining: 8,
    seconds: SECONDS,
  }
}

async function load(options: Load): Promise<LoadResult> {
  const file = fileURLToPath(new URL('./load.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [file, JSON.stringify(options)])
  return JSON.parse(stdout) as LoadResult
}

/** From the first request to the last row in the database. */
async function labelRate({ serving }: Plane): Promise<number> {
  await serving.drain()
  const labels = Array.from({ length: LABELS }, (_, i) => ({ id: `label-${i}`, label: i % 3 === 0 ? 'yes' : 'no' }))
  const began = performance.now()
  await serving.label('default', MODEL, labels)
  await serving.drain()
  return LABELS / ((performance.now() - began) / 1000)
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.table((await run()).results, ['name', 'unit', 'value', 'target'])
