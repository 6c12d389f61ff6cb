import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import { createScoreTable, mergeScoreTables, updateScoreTable } from './index.ts'

test('a score table keeps rows, and sums over the rows whose label is known', () => {
  const table = createScoreTable()
  updateScoreTable(table, Float64Array.of(0.05, 0.95, 1, Number.NaN), Float64Array.of(0, Number.NaN, 1, 1))
  assert.deepEqual(
    [table.rows[0], table.rows[9], table.labelled[9], table.labelSums[9], table.invalid],
    [1, 2, 1, 1, 1],
  )
  assert.equal(table.lossSums[0], 0.05 ** 2)
})

test('parts merge to the table of the whole', () => {
  const random = createRandom('score table')
  const scores = Float64Array.from({ length: 400 }, () => random.integer(64) / 64)
  const labels = Float64Array.from({ length: 400 }, () => random.integer(2))
  const tables = [
    [0, 400],
    [0, 150],
    [150, 400],
  ].map(([from, until]) => {
    const table = createScoreTable()
    updateScoreTable(table, scores.subarray(from, until), labels.subarray(from, until))
    return table
  })
  assert.deepEqual(mergeScoreTables(tables[1]!, tables[2]!), tables[0])
  assert.deepEqual(mergeScoreTables(tables[2]!, tables[1]!), tables[0])
})

test('tables with other edges do not merge', () => {
  assert.throws(() => mergeScoreTables(createScoreTable(), createScoreTable([0, 1])), /different edges/)
})
