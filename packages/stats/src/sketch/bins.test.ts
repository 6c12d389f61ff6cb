import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import { createColumnProfile, updateNumeric } from './column.ts'
import { binCount, binIndex, binLabels, freezeBins, INVALID_CATEGORY, nextUp, outsideIndex } from './index.ts'

test('a column of few values has a bin for each, and a gap bin between them', () => {
  const bins = freezeBins(Float64Array.of(1, 1, 2, 5, 5, 5, Number.NaN))
  assert.deepEqual(binLabels(bins), ['below', '= 1', '(1, 2)', '= 2', '(2, 5)', '= 5', 'above', 'missing', 'invalid'])
  assert.equal(binLabels(bins)[binIndex(bins, 2)], '= 2')
  assert.equal(binLabels(bins)[binIndex(bins, 2.5)], '(2, 5)')
})

test('a continuous reference is cut into quantile bins of nearly equal share', () => {
  const random = createRandom('quantile bins')
  const values = Float64Array.from({ length: 16_000 }, () => random.normal())
  const bins = freezeBins(values)
  const profile = createColumnProfile(bins)
  updateNumeric(profile, values)
  const inner = profile.counts.subarray(1, -3)
  assert.equal(inner.length, 16)
  assert.ok(
    inner.every((count) => Math.abs(count - 1000) < 2),
    [...inner].join(' '),
  )
  assert.deepEqual([profile.counts[0], ...profile.counts.subarray(-3)], [0, 0, 0, 0])
})

test('a heavy value in a continuous column gets a bin of its own', () => {
  const random = createRandom('heavy')
  const values = Float64Array.from({ length: 4000 }, (_, i) => (i % 2 ? 0 : random.normal()))
  const bins = freezeBins(values)
  assert.equal(binLabels(bins)[binIndex(bins, 0)], '= 0')
  assert.equal(binLabels(bins)[binIndex(bins, -0)], '= 0')
  assert.notEqual(binIndex(bins, 1e-9), binIndex(bins, 0))
})

test('the update finds the bin that binIndex names, for every kind of value', () => {
  const random = createRandom('places')
  for (let world = 0; world < 200; world++) {
    const values = Float64Array.from({ length: 1 + random.integer(300) }, () =>
      oddValue(random.next(), random.normal()),
    )
    const bins = freezeBins(values, { maxBins: 2 + random.integer(31) })
    const profile = createColumnProfile(bins)
    const probe = Float64Array.from({ length: 50 }, () => oddValue(random.next(), 3 * random.normal()))
    const expected = new Float64Array(binCount(bins))
    for (const value of probe) expected[binIndex(bins, value)]!++
    updateNumeric(profile, probe)
    assert.deepEqual(profile.counts, expected)
  }
})

test('the reference itself has nothing below, above or unseen', () => {
  const values = Float64Array.of(3, -7, 3.5, 12, 3)
  const bins = freezeBins(values)
  const { below, above } = outsideIndex(bins)
  for (const value of values) assert.ok(binIndex(bins, value) !== below && binIndex(bins, value) !== above)
  assert.equal(binIndex(bins, nextUp(12)), above)
})

test('an all-missing reference has no bins: whatever comes later is above', () => {
  const bins = freezeBins(Float64Array.of(Number.NaN, Number.NaN))
  const profile = createColumnProfile(bins)
  updateNumeric(profile, Float64Array.of(5, Number.NaN, Number.POSITIVE_INFINITY))
  assert.deepEqual([...profile.counts], [0, 1, 1, 1])
})

test('categories beyond the top are other when the reference knew them and unseen when it did not', () => {
  const bins = freezeBins(['a', 'a', 'a', 'b', 'b', 'c', null], { topK: 2 })
  const name = (value: string | null) => binLabels(bins)[binIndex(bins, value)]
  assert.deepEqual(
    [name('a'), name('c'), name('d'), name(null), name(INVALID_CATEGORY)],
    ['a', 'other', 'unseen', 'missing', 'invalid'],
  )
})

test('a reference with more categories than can be kept calls an unknown value other, since it may be an old one', () => {
  const bins = freezeBins(Array.from({ length: 6000 }, (_, i) => `id-${i}`))
  assert.equal(bins.open, true)
  assert.equal(binLabels(bins)[binIndex(bins, 'never')], 'other')
})

function oddValue(chance: number, value: number): number {
  if (chance < 0.05) return Number.NaN
  if (chance < 0.08) return Number.NEGATIVE_INFINITY
  return chance < 0.5 ? Math.round(value) : value
}
