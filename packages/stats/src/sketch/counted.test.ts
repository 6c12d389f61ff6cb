import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import {
  categoryCounts,
  coarsenCounts,
  createColumnProfile,
  freezeBins,
  freezeCategories,
  type NumericBins,
  updateCategorical,
  updateNumeric,
} from './index.ts'

test('rows counted over fine bins are, over coarse ones, what counting them there gives', () => {
  const random = createRandom(4)
  const draw = (rows: number) =>
    Float64Array.from({ length: rows }, (_, i) =>
      i % 11 === 0 ? Number.NaN : i % 97 === 0 ? Infinity : Math.round(random.normal() * 20) / 4,
    )
  const coarse = freezeBins(draw(500))
  const more = coarse.edges.flatMap((edge, i) => [edge, (edge + (coarse.edges[i + 1] ?? edge + 2)) / 2])
  const fine: NumericBins = { kind: 'numeric', edges: [...new Set([-30, ...more, 40])].sort((a, b) => a - b) }
  const values = draw(3_000)
  const counted = (bins: NumericBins) => {
    const column = createColumnProfile(bins, { quantiles: false })
    updateNumeric(column, values)
    return column.counts
  }
  assert.deepEqual(coarsenCounts(counted(fine), fine, coarse), counted(coarse))
})

test('an edge that the fine bins do not have is refused, because its bin cannot be divided', () => {
  const bins = (...edges: number[]): NumericBins => ({ kind: 'numeric', edges })
  assert.throws(() => coarsenCounts(new Float64Array(6), bins(0, 1, 2), bins(0, 1.5)), /an edge at 1.5/)
})

test('values counted elsewhere freeze and count as the rows themselves do', () => {
  const random = createRandom(5)
  const rows = (n: number) =>
    Array.from({ length: n }, () => (random.next() < 0.05 ? null : `v${Math.floor(60 * random.next() ** 3)}`))
  const [reference, current] = [rows(2_000), [...rows(500), 'new', 'new']]
  const countsOf = (values: readonly (string | null)[]) => {
    const counts = new Map<string, number>()
    for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
    return counts
  }
  const bins = freezeCategories(countsOf(reference))
  assert.deepEqual(bins, freezeBins(reference))
  const column = createColumnProfile(bins)
  updateCategorical(column, current)
  const missing = current.filter((value) => value === null).length
  assert.deepEqual(categoryCounts(bins, countsOf(current), { missing, other: 0 }), column.counts)
})
