import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import {
  createLossTable,
  createProfile,
  freezeProfile,
  mergeLossTables,
  updateLossTable,
  updateProfile,
} from './index.ts'

const random = createRandom('loss table')
const x = Float64Array.from({ length: 600 }, () => random.normal())
const batch = { rows: 600, numeric: { x }, categorical: { c: Array.from(x, (value) => (value > 0 ? 'a' : 'b')) } }
const spec = freezeProfile(batch, { streams: {} })
// Quarters add up without rounding.
const losses = Float64Array.from(x, (_, i) => (i % 50 === 0 ? Number.NaN : random.integer(8) / 4))

test('losses stand at the places where their rows are counted, and add up over columns and pairs alike', () => {
  const table = createLossTable(spec)
  updateLossTable(table, batch, losses)
  const known = losses.filter((loss) => !Number.isNaN(loss))
  for (const cells of [...Object.values(table.losses), ...table.pairs]) {
    assert.equal(sum(cells.rows), known.length)
    assert.equal(sum(cells.sums), sum(known))
    assert.equal(sum(cells.squares), sum(known.map((loss) => loss * loss)))
  }
  const profile = createProfile(spec)
  updateProfile(profile, batch)
  assert.ok(table.losses['x']!.rows.every((rows, place) => rows <= profile.columns['x']!.counts[place]!))
  assert.equal(table.unknown, 12)
})

test('parts merge to the table of the whole, and tables of other bins do not', () => {
  const parts = [losses, losses].map((all, p) => {
    const table = createLossTable(spec)
    updateLossTable(
      table,
      batch,
      all.map((loss, i) => (i % 2 === p ? loss : Number.NaN)),
    )
    return table
  })
  const whole = createLossTable(spec)
  updateLossTable(whole, batch, losses)
  const merged = mergeLossTables(parts[0]!, parts[1]!)
  assert.deepEqual([merged.losses, merged.pairs], [whole.losses, whole.pairs])
  assert.throws(
    () => mergeLossTables(whole, createLossTable({ columns: spec.columns })),
    /different columns, bins or pairs/,
  )
})

test('losses that are infinite are told apart, and a wrong number of them is refused', () => {
  const table = createLossTable(spec)
  updateLossTable(table, { rows: 2, numeric: { x: x.subarray(0, 2) }, categorical: {} }, Float64Array.of(Infinity, 1))
  assert.deepEqual([table.invalid, sum(table.losses['x']!.rows)], [1, 1])
  assert.throws(() => updateLossTable(table, batch, Float64Array.of(1)), /600 rows has 1 losses/)
})

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
