import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProfile, updateProfile } from '@evenkeel/stats'
import { DAY_MS, HOUR_MS } from '../clock.ts'
import type { Transaction } from '../storage/index.ts'
import { createCycleReader } from './cycle.ts'
import type { ServedProfileRow, ServedSpan } from './reference.ts'

const tx: Transaction = { inTransaction: true, query: async () => [] }

/** One row of traffic in every hour; remembers what was asked for. */
function traffic() {
  const asked: ServedSpan['span'][] = []
  const readProfiles = async (_: unknown, { span }: ServedSpan) => {
    asked.push(span)
    return Array.from({ length: (span.until - span.from) / HOUR_MS }, (_, hour): ServedProfileRow => {
      const profile = createProfile({ columns: { x: { kind: 'numeric', edges: [0, 1] } } })
      updateProfile(profile, { rows: 1, numeric: { x: Float64Array.of(0.5) }, categorical: {} })
      return { version: 1, role: 'champion', bucket: span.from + hour * HOUR_MS, profile }
    })
  }
  return { asked, records: { readProfiles, readOutcomes: async () => [], readPairedLosses: async () => [] } }
}
const rowsIn = (profiles: readonly ServedProfileRow[]) => profiles.reduce((sum, each) => sum + each.profile.rows, 0)
const daily = (day: number) => ({
  ...{ project: 'default', model: 'm', version: 1 },
  cycle: { from: (day - 6) * DAY_MS, until: (day + 1) * DAY_MS },
  window: { from: day * DAY_MS, until: (day + 1) * DAY_MS },
})

test('a week is read once, and after that only its new day; the sum is the same', async () => {
  const { asked, records } = traffic()
  const readCycle = createCycleReader(records)
  for (const day of [20, 21, 22]) {
    const profiles = await readCycle(tx, daily(day))
    assert.equal(rowsIn(profiles), 7 * 24)
    assert.equal(profiles.filter((each) => each.bucket < day * DAY_MS).length, 6)
  }
  assert.deepEqual(
    asked.map(({ from, until }) => (until - from) / DAY_MS),
    [7, 1, 1],
  )
})

test('hourly windows share their days too', async () => {
  const { asked, records } = traffic()
  const readCycle = createCycleReader(records)
  for (const hour of [5, 6]) {
    const until = 20 * DAY_MS + (hour + 1) * HOUR_MS
    const span = { cycle: { from: until - 7 * DAY_MS, until }, window: { from: until - HOUR_MS, until } }
    assert.equal(rowsIn(await readCycle(tx, { ...daily(20), ...span })) >= 6 * 24, true)
  }
  assert.ok((asked[1]?.until ?? 0) - (asked[1]?.from ?? 0) <= DAY_MS)
})
