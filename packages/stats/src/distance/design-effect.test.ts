import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import { type ColumnProfile, createColumnProfile, freezeBins, twinOf, updateNumeric } from '../sketch/index.ts'
import { designEffect } from './index.ts'

test('rows in clumps of five of one entity count as one, and independent rows as themselves', () => {
  for (const clump of [1, 5]) {
    const found = designEffect(windows(clump, 60))
    assert.ok(found.kind === 'estimated')
    assert.ok(Math.abs(found.value / clump - 1) < 0.12, `clumps of ${clump}: ${found.value}`)
  }
})

test('a shift between windows does not look like clumps', () => {
  const [before, after] = [windows(1, 20), windows(1, 20, 2)]
  const found = designEffect([...before, ...after])
  assert.ok(found.kind === 'estimated' && found.value < 1.2)
})

test('without twins, or with a handful of rows, the design effect is unknown', () => {
  assert.equal(designEffect([createColumnProfile(freezeBins(['a']))]).kind, 'unknown')
  assert.equal(designEffect([]).kind, 'unknown')
})

function windows(clump: number, count: number, shift = 0): ColumnProfile[] {
  const random = createRandom(`clumps of ${clump}`)
  const bins = freezeBins(
    Float64Array.from({ length: 1000 }, () => random.normal()),
    { maxBins: 10 },
  )
  return Array.from({ length: count }, (_, window) => {
    const rows = 2000
    const values = new Float64Array(rows)
    const twin = new Uint8Array(rows)
    for (let i = 0; i < rows; i += clump) {
      values.fill(shift + random.normal(), i, i + clump)
      twin.fill(twinOf(`entity ${window}/${i}`), i, i + clump)
    }
    const column = createColumnProfile(bins, { twins: true })
    updateNumeric(column, values, 0, rows, twin)
    return column
  })
}
