import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createColumnProfile, freezeBins, updateNumeric } from '../../sketch/index.ts'
import { columnOf, type Recipe } from '../evidently/testing.ts'
import { finiteKolmogorovSf } from '../finite-kolmogorov.ts'
import * as whylogs from './index.ts'

type Outcome = { test: string; statistic: number | null; pValue: number | null; category: string } | null
type Pair = {
  readonly reference: Recipe
  readonly current: Recipe
  readonly scores: {
    readonly ks: Outcome
    readonly chiSquare: Outcome
    readonly hellinger: Outcome
    readonly default: Outcome
  }
}
type Golden = {
  readonly pairs: readonly Pair[]
  readonly long: readonly Pair[]
  readonly kstwo: readonly (readonly [number, number, number])[]
  readonly categories: readonly (readonly [number, string, string])[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../../golden/whylogs.json', import.meta.url), 'utf8'))

test('on columns that the peer’s sketches keep whole, every score is whylogs’', () => {
  for (const { reference, current, scores } of golden.pairs) {
    const [a, b] = [columnOf(reference), columnOf(current)]
    const place = `${JSON.stringify(reference)} and ${JSON.stringify(current)}`
    if (isNumeric(a) && isNumeric(b)) {
      agrees(whylogs.ks(a, b), scores.ks, `ks of ${place}`)
      agrees(whylogs.hellinger(a, b), scores.hellinger, `hellinger of ${place}`)
    }
    if (scores.chiSquare !== null) agrees(whylogs.chiSquare(a, b), scores.chiSquare, `chi-square of ${place}`)
    agrees(whylogs.columnDrift(a, b), scores.default, `default of ${place}`)
  }
})

test('on long columns the peer’s distance is ours within the rank error of its sketch', () => {
  for (const { reference, current, scores } of golden.long) {
    const found = whylogs.ks(columnOf(reference) as Float64Array, columnOf(current) as Float64Array)
    assert.equal(found.kind, 'judged')
    if (found.kind === 'judged') assert.ok(Math.abs(found.statistic! - scores.ks!.statistic!) <= 0.006)
  }
})

test('the Kolmogorov law of finitely many rows is SciPy’s', () => {
  for (const [rows, d, expected] of golden.kstwo) {
    const found = finiteKolmogorovSf(rows, d)
    assert.ok(Math.abs(found - expected) <= 1e-12, `${rows} rows, d ${d}: found ${found}, SciPy has ${expected}`)
  }
})

test('a score lies in the category that whylogs finds for it, at the bounds too', () => {
  for (const [score, ofPValue, ofDistance] of golden.categories) {
    assert.equal(whylogs.driftCategory(score), ofPValue)
    assert.equal(whylogs.driftCategory(score, whylogs.HELLINGER_THRESHOLDS), ofDistance)
  }
})

test('from profiles the distance is that of the rows within the error of both sketches', () => {
  const [a, b] = [bell(7, 30_000, 0), bell(8, 20_000, 0.4)]
  const exact = whylogs.ks(a, b)
  const found = whylogs.ks(
    whylogs.ranksOfProfile(profileOf(a)) as whylogs.Ranks,
    whylogs.ranksOfProfile(profileOf(b)) as whylogs.Ranks,
  )
  assert.ok(exact.kind === 'judged' && found.kind === 'judged')
  assert.ok(Math.abs(exact.statistic! - found.statistic!) < 0.05)
  assert.equal(found.category, 'DRIFT')
})

test('whatever a column holds, no score is NaN or infinite', () => {
  const cell = fc.oneof(
    fc.double(),
    fc.integer({ min: -2, max: 2 }),
    fc.constantFrom<whylogs.Cell>('a', 'b', true, null, Infinity),
  )
  const cells = fc.array(cell, { maxLength: 12 })
  const numbers = fc.array(fc.oneof(fc.double(), fc.constantFrom(0, 1, null)), { maxLength: 12 })
  const finite = (result: whylogs.DriftScoreResult) => {
    const figures = result.kind === 'judged' ? [result.statistic, result.pValue] : [result.have, result.need]
    assert.ok(
      figures.every((figure) => figure === null || Number.isFinite(figure)),
      JSON.stringify(result),
    )
  }
  fc.assert(
    fc.property(cells, cells, numbers, numbers, (a, b, x, y) => {
      for (const result of [whylogs.columnDrift(a, b), whylogs.chiSquare(a, b)]) finite(result)
      for (const result of [whylogs.ks(x, y), whylogs.hellinger(x, y), whylogs.columnDrift(x, y)]) finite(result)
    }),
    { seed: 11, numRuns: 200 },
  )
})

function isNumeric(values: ArrayLike<whylogs.Cell>): values is ArrayLike<number | boolean | null> {
  return !Array.from(values).some((value) => typeof value === 'string')
}

function agrees(found: whylogs.DriftScoreResult, expected: Outcome, place: string): void {
  if (expected === null) {
    assert.equal(found.kind, 'unknown', place)
    return
  }
  assert.equal(found.kind, 'judged', `${place}: ${JSON.stringify(found)}`)
  if (found.kind !== 'judged') return
  assert.equal(found.test, expected.test, place)
  close(found.statistic, expected.statistic, place)
  close(found.pValue, expected.pValue, place)
  assert.equal(found.category, expected.category, place)
}

function close(found: number | null, expected: number | null, place: string): void {
  const same =
    found === null || expected === null
      ? found === expected
      : Math.abs(found - expected) <= 1e-9 * Math.max(1, expected)
  assert.ok(same, `${place}: found ${found}, whylogs has ${expected}`)
}

function bell(seed: number, rows: number, mean: number): Float64Array {
  return columnOf({ kind: 'bell', seed, rows, mean }) as Float64Array
}

function profileOf(values: Float64Array) {
  const column = createColumnProfile(freezeBins(values))
  updateNumeric(column, values)
  return column
}
