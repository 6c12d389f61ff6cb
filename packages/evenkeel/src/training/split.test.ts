import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { DAY_MS } from '../clock.ts'
import { isEvenkeelError } from '../error.ts'
import { splitRows } from './split.ts'

const shares = { holdoutShare: 0.2, validationShare: 0.1, embargoMs: 0, seed: 1 }
const allRows = (rows: number) => Int32Array.from({ length: rows }, (_, row) => row)

function span(rows: Int32Array, times: Float64Array): [number, number] {
  const found = Array.from(rows, (row) => times[row]!)
  return [Math.min(...found), Math.max(...found)]
}

test('no row of an earlier part is as late as any row of a later part, whatever the times', () => {
  const random = createRandom('times')
  for (let world = 0; world < 300; world++) {
    const rows = 20 + random.integer(300)
    const instants = 3 + random.integer(rows)
    const times = Float64Array.from({ length: rows }, () => random.integer(instants) * DAY_MS)
    if (new Set(times).size < 3) continue
    const split = splitRows(allRows(rows), times, shares)
    assert.ok(split.byTime)
    assert.ok(span(split.fit, times)[1] < span(split.validation, times)[0], `world ${world}`)
    assert.ok(span(split.validation, times)[1] < span(split.heldOut, times)[0], `world ${world}`)
    const together = [...split.fit, ...split.validation, ...split.heldOut].sort((a, b) => a - b)
    assert.deepEqual(together, [...allRows(rows)])
  }
})

test('with many instants the held-out rows are the newest fifth', () => {
  const times = Float64Array.from({ length: 1_000 }, (_, row) => (1_000 - row) * DAY_MS)
  const { fit, validation, heldOut } = splitRows(allRows(1_000), times, shares)
  assert.deepEqual([fit.length, validation.length, heldOut.length], [700, 100, 200])
  assert.deepEqual(span(heldOut, times), [801 * DAY_MS, 1_000 * DAY_MS])
})

test('an embargo leaves out the rows just before the next part', () => {
  const times = Float64Array.from({ length: 1_000 }, (_, row) => row * DAY_MS)
  const { fit, validation, heldOut, embargoed } = splitRows(allRows(1_000), times, { ...shares, embargoMs: 5 * DAY_MS })
  assert.equal(embargoed, 10)
  assert.ok(span(validation, times)[0] - span(fit, times)[1] > 5 * DAY_MS)
  assert.ok(span(heldOut, times)[0] - span(validation, times)[1] > 5 * DAY_MS)
})

test('of rows of two years the newer year is held out, whatever its share', () => {
  const times = Float64Array.from({ length: 300 }, (_, row) => Date.UTC(row % 3 === 0 ? 2023 : 2022, 0))
  const { fit, validation, heldOut } = splitRows(allRows(300), times, shares)
  assert.deepEqual([fit.length, validation.length, heldOut.length], [175, 25, 100])
  assert.deepEqual(span(heldOut, times), [Date.UTC(2023, 0), Date.UTC(2023, 0)])
  assert.deepEqual(span(fit, times), [Date.UTC(2022, 0), Date.UTC(2022, 0)])
})

test('rows without an order in time are drawn by seed, the same ones each time', () => {
  const split = splitRows(allRows(100), null, shares)
  assert.equal(split.byTime, false)
  assert.deepEqual(split, splitRows(allRows(100), null, shares))
  assert.notDeepEqual(split.heldOut, splitRows(allRows(100), null, { ...shares, seed: 2 }).heldOut)
  assert.ok(
    split.heldOut.some((row) => row < 50),
    'not the last rows of a file that may be sorted by its label',
  )
  assert.equal(splitRows(allRows(100), new Float64Array(100), shares).byTime, false, 'one instant is no order')
})

test('an embargo that leaves nothing to fit is refused with the counts', () => {
  const times = Float64Array.from({ length: 100 }, (_, row) => row)
  assert.throws(
    () => splitRows(allRows(100), times, { ...shares, embargoMs: DAY_MS }),
    (error) => isEvenkeelError(error, 'TRAINING_TOO_FEW_ROWS') && /0 to fit/.test(error.message),
  )
})
