import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createVirtualClock, DAY_MS, HOUR_MS } from '../clock.ts'
import { parseConfig } from '../config/index.ts'
import type { SchemaColumn } from '../ingest/index.ts'
import { FORGETTABLE_TYPES, readJournal, replay } from '../storage/index.ts'
import { type Evenkeel, openEvenkeel } from './open.ts'
import { createRetention } from './retention.ts'
import { readStatus } from './status.ts'

const START = Date.UTC(2026, 0, 1)
const DAYS_OF_TRAFFIC = 3
const ROWS_PER_DAY = 40
const [PREDICTIONS_DAYS, JOURNAL_DAYS, PROFILES_DAYS] = [10, 20, 30]

const golden = JSON.parse(readFileSync(new URL('../../golden/foreign.json', import.meta.url), 'utf8')) as {
  readonly regression: { readonly matrix: string }
}
const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-retention-'))
const retention = { predictionsDays: PREDICTIONS_DAYS, journalDays: JOURNAL_DAYS, profilesDays: PROFILES_DAYS }
const config = parseConfig({ dataDir, retention }, 'this test')

function numberColumn(name: string): SchemaColumn {
  return {
    ...{ name, type: 'number', role: 'feature', unit: null, range: null },
    ...{ categories: null, missingShare: 0, unique: false },
  }
}

describe('retention', () => {
  const clock = createVirtualClock(START)
  const troubles: string[] = []
  let evenkeel: Evenkeel

  before(async () => {
    const onTrouble = ({ message, error }: { message: string; error: unknown }) => troubles.push(`${message}: ${error}`)
    evenkeel = await openEvenkeel(config, { clock, onTrouble })
    const model = { project: 'default', model: 'price' }
    const bytes = Buffer.from(golden.regression.matrix, 'base64')
    const inputs = { columns: [numberColumn('amount'), numberColumn('items')] }
    const made = { bytes, task: 'regression', classes: null, inputs, by: 'ann' } as const
    const { version } = await evenkeel.registry.registerForeign({ ...model, ...made })
    const move = { alias: 'champion', expected: null, to: version, by: 'ann', reason: 'the first' }
    await evenkeel.registry.moveAlias({ ...model, ...move })
    await evenkeel.serving.refresh()
    for (let day = 0; day < DAYS_OF_TRAFFIC; day++) await liveOneDay(day)
    clock.moveTo(START + 6 * DAY_MS)
    await evenkeel.driver.settle()
  })
  after(async () => {
    await evenkeel.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  /** Requests tell of a time before anything is kept, as a history that is replayed does; labels follow, one of them for nobody. */
  async function liveOneDay(day: number): Promise<void> {
    clock.moveTo(START + day * DAY_MS + HOUR_MS)
    const rows = Array.from({ length: ROWS_PER_DAY }, (_, i) => ({ amount: 10 + i, items: 1 + (i % 5) }))
    const at = rows.map((_, i) => START - (PROFILES_DAYS + 10 - day) * DAY_MS + i * 60_000)
    const id = rows.map((_, i) => `${day}-${i}`)
    const { kind } = await evenkeel.serving.predict('default', 'price', { rows, id, at })
    assert.equal(kind, 'predicted')
    await evenkeel.driver.settle()
    const labels = [...id.map((each) => ({ id: each, label: 20 })), { id: `nobody-${day}`, label: 1 }]
    assert.equal((await evenkeel.serving.label('default', 'price', labels)).kind, 'labelled')
    await evenkeel.driver.settle()
  }

  /** Lets the clock come to just after a day, so that what is that old by then goes. */
  async function comeTo(days: number): Promise<void> {
    clock.moveTo(START + days * DAY_MS + 2 * HOUR_MS)
    await evenkeel.driver.settle()
  }

  const rowsOf = async (table: string) =>
    (await evenkeel.db.query<{ rows: number }>(`select count(*) as rows from ${table}`))[0]?.rows
  const dropped = async () =>
    Object.fromEntries((await readStatus(evenkeel)).forgotten.map(({ what, rows }) => [what, rows]))

  test('what was received lately is kept, however long ago it tells of', async () => {
    assert.deepEqual(await dropped(), {})
    assert.equal(await rowsOf('predictions'), DAYS_OF_TRAFFIC * ROWS_PER_DAY)
    assert.ok((await rowsOf('findings')) !== 0 && (await rowsOf('windows')) !== 0)
  })

  test('predictions go with their labels when they are too old, those of the days after stay, and their sums stay', async () => {
    await comeTo(PREDICTIONS_DAYS)
    assert.deepEqual(await dropped(), { predictions: ROWS_PER_DAY, labels: ROWS_PER_DAY, waitingLabels: 1 })
    assert.equal(await rowsOf('predictions'), (DAYS_OF_TRAFFIC - 1) * ROWS_PER_DAY)
    assert.equal(await rowsOf('labels'), (DAYS_OF_TRAFFIC - 1) * ROWS_PER_DAY)
    const [model] = (await readStatus(evenkeel)).models
    assert.deepEqual(
      [model?.predictions, model?.labels],
      [DAYS_OF_TRAFFIC * ROWS_PER_DAY, DAYS_OF_TRAFFIC * ROWS_PER_DAY],
    )
  })

  test('events go that no table is a fold of and every step has dealt with', async () => {
    const folded = evenkeel.journal.projections.flatMap(({ types }) => types)
    assert.deepEqual(
      FORGETTABLE_TYPES.filter((type) => folded.includes(type)),
      [],
    )
    await comeTo(JOURNAL_DAYS)
    const first = START + 2 * HOUR_MS
    const left = (await readJournal(evenkeel.db, { limit: 1_000 })).filter(({ at }) => at < first)
    assert.deepEqual(
      [...new Set(left.map(({ type }) => type))],
      ['version.registered', 'alias.moved', 'findings.recorded'],
    )
    assert.ok(((await dropped())['events'] ?? 0) > 0)
  })

  test('an event that a step has still to deal with is not forgotten', async () => {
    const { db } = evenkeel
    const cursor = "update cursors set position = $1 where reader = 'monitoring.profile'"
    const [place] = await db.query<{ position: number }>(
      "select position from cursors where reader = 'monitoring.profile'",
    )
    const ticks = await readJournal(db, { types: ['clock.ticked'], limit: 1_000 })
    const pending = ticks.at(-1)!
    await db.query(cursor, [pending.id - 1])
    clock.moveTo(START + (2 * JOURNAL_DAYS + 1) * DAY_MS)
    const forget = createRetention({
      ...evenkeel,
      config: { ...config, retention: { ...retention, profilesDays: 3_000 } },
    })
    while ((await forget()) > 0);
    const kept = await readJournal(db, { types: ['clock.ticked'], limit: 1_000 })
    assert.deepEqual(
      kept.map(({ id }) => id),
      [pending.id],
    )
    await db.query(cursor, [place!.position])
  })

  test('summaries and findings go last, a batch at a time, and a replay does not bring them back (law 2)', async () => {
    assert.ok((await rowsOf('serving_profiles')) !== 0)
    clock.moveTo(START + (PROFILES_DAYS + 40) * DAY_MS)
    const forget = createRetention({ ...evenkeel, config, rowsPerBatch: 2 })
    const batches: number[] = []
    for (let rows = await forget(); rows > 0; rows = await forget()) batches.push(rows)
    assert.ok(batches.length > 1 && Math.max(...batches) <= 2 * 7, `${batches}`)
    for (const table of ['serving_profiles', 'serving_outcomes', 'findings'])
      assert.equal(await rowsOf(table), 0, table)
    assert.ok(((await dropped())['findings'] ?? 0) > 0)
    const { differed, events } = await replay(evenkeel.db, evenkeel.journal.projections)
    assert.deepEqual([differed, events > 0], [[], true])
    assert.equal(await rowsOf('findings'), 0)
  })

  test('what the spool has recorded is deleted from the disk, at the latest at the next start', async () => {
    assert.deepEqual(troubles, [])
    await evenkeel.close()
    evenkeel = await openEvenkeel(config, { clock })
    const segments = readdirSync(path.join(dataDir, 'spool')).filter((file) => file.endsWith('.spool'))
    assert.ok(segments.length <= 2, segments.join())
  })
})
