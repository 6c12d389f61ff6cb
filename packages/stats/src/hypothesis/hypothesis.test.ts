import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  benjaminiHochberg,
  bonferroni,
  chiSquareContingency,
  holm,
  kolmogorovSmirnov,
  mannWhitney,
  twoProportionZ,
  wilsonInterval,
} from './index.ts'

type Golden = {
  readonly pairs: readonly {
    readonly reference: number[]
    readonly current: number[]
    readonly ks: { readonly statistic: number; readonly exact: number; readonly asymptotic: number }
    readonly mannWhitney: { readonly statistic: number; readonly asymptotic: number; readonly exact?: number }
  }[]
  readonly contingency: readonly {
    table: number[][]
    correction: boolean
    statistic: number
    pValue: number
    df: number
  }[]
  readonly wilson: readonly { successes: number; rows: number; level: number; low: number; high: number }[]
  readonly twoProportion: readonly { reference: [number, number]; current: [number, number]; pValue: number }[]
  readonly p: number[]
  readonly benjaminiHochberg: number[]
  readonly holm: number[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/hypothesis.json', import.meta.url), 'utf8'))

test('Kolmogorov-Smirnov is SciPy’s, exact and asymptotic, with ties too', () => {
  for (const { reference, current, ks } of golden.pairs) {
    const exact = kolmogorovSmirnov(reference, current, { method: 'exact' })
    close(exact.statistic, ks.statistic)
    close(exact.pValue, ks.exact)
    close(kolmogorovSmirnov(reference, current, { method: 'asymptotic' }).pValue, ks.asymptotic)
  }
})

test('Mann-Whitney is SciPy’s, with tie and continuity correction, and exact without ties', () => {
  for (const { reference, current, mannWhitney: expected } of golden.pairs) {
    const found = mannWhitney(reference, current, { method: 'asymptotic' })
    close(found.statistic, expected.statistic)
    close(found.pValue, expected.asymptotic)
    if (expected.exact !== undefined) close(mannWhitney(reference, current, { method: 'exact' }).pValue, expected.exact)
  }
})

test('chi-square of a contingency table is SciPy’s, and a column empty in every row does not count', () => {
  for (const { table, correction, ...expected } of golden.contingency) {
    const found = chiSquareContingency(table, { correction })
    close(found.statistic, expected.statistic)
    close(found.pValue, expected.pValue)
    assert.equal(found.df, expected.df)
  }
})

test('Wilson’s interval and the two-proportion test are SciPy’s', () => {
  for (const { successes, rows, level, low, high } of golden.wilson) {
    const found = wilsonInterval(successes, rows, level)
    close(found.low, low)
    close(found.high, high)
  }
  for (const { reference, current, pValue } of golden.twoProportion) {
    const share = ([successes, rows]: [number, number]) => ({ successes, rows })
    close(twoProportionZ(share(reference), share(current)).pValue, pValue)
  }
})

test('adjusted p-values keep the order given and agree with SciPy', () => {
  for (const [i, p] of benjaminiHochberg(golden.p).entries()) close(p, golden.benjaminiHochberg[i]!)
  for (const [i, p] of holm(golden.p).entries()) close(p, golden.holm[i]!)
  for (const [i, p] of bonferroni(golden.p).entries()) close(p, Math.min(1, golden.p[i]! * golden.p.length))
})

test('samples all of one value differ in nothing', () => {
  assert.equal(mannWhitney([1, 1, 1], [1, 1]).pValue, 1)
  assert.equal(kolmogorovSmirnov([1, 1, 1], [1, 1]).pValue, 1)
  assert.equal(
    chiSquareContingency([
      [5, 0],
      [7, 0],
    ]).pValue,
    1,
  )
  assert.equal(twoProportionZ({ successes: 0, rows: 5 }, { successes: 0, rows: 9 }).pValue, 1)
})

test('an empty sample and a value that is no number are refused by name', () => {
  assert.throws(() => kolmogorovSmirnov([], [1]), /kolmogorovSmirnov got 0 reference values and 1 current values/)
  assert.throws(() => mannWhitney([1, Number.NaN], [1]), /reference value 1 of mannWhitney is NaN/)
})

function close(found: number, expected: number): void {
  assert.ok(
    Math.abs(found - expected) <= 1e-9 * Math.max(Math.abs(expected), 1e-12),
    `found ${found}, expected ${expected}`,
  )
}
