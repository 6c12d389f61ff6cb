import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import {
  andersonDarling,
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  chiSquareContingency,
  cramerVonMises,
  eppsSingleton,
  fisherExact,
  gTest,
  holm,
  kolmogorovSmirnov,
  mannWhitney,
  tTest,
  tTestOfMoments,
  twoProportionZ,
  type UnknownComparison,
  wilsonInterval,
} from './index.ts'

type Tested = { readonly statistic: number; readonly pValue: number }
type Tabled = Tested & { readonly table: number[][]; readonly correction: boolean; readonly df: number }
type Means = Tested & { df: number; low: number; high: number; cohensD: number; hedgesG: number }
type Pair = {
  readonly reference: number[]
  readonly current: number[]
  readonly ks: { readonly statistic: number; readonly exact: number; readonly asymptotic: number }
  readonly mannWhitney: { readonly statistic: number; readonly asymptotic: number; readonly exact?: number }
  readonly cramerVonMises: { readonly statistic: number; readonly asymptotic: number; readonly exact?: number }
  readonly andersonDarling: Tested
  readonly eppsSingleton: Tested
  readonly welch: Means
  readonly pooled: Means
}
type Golden = {
  readonly pairs: readonly Pair[]
  readonly contingency: readonly Tabled[]
  readonly g: readonly Tabled[]
  readonly fisher: readonly { table: number[][]; pValue: number }[]
  readonly freemanHalton: readonly { table: number[][]; pValue: number }[]
  readonly kolmogorovOneSize: readonly { n: number; statistic: number; pValue: number }[]
  readonly wilson: readonly { successes: number; rows: number; level: number; low: number; high: number }[]
  readonly twoProportion: readonly {
    reference: [number, number]
    current: [number, number]
    pValue: number
    low: number
    high: number
  }[]
  readonly p: number[]
  readonly benjaminiHochberg: number[]
  readonly benjaminiYekutieli: number[]
  readonly holm: number[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/hypothesis.json', import.meta.url), 'utf8'))

test('Kolmogorov-Smirnov is SciPy’s, exact and asymptotic, with ties too', () => {
  for (const { reference, current, ks } of golden.pairs) {
    const exact = known(kolmogorovSmirnov(reference, current, { method: 'exact' }))
    close(exact.statistic, ks.statistic)
    close(exact.pValue, ks.exact)
    close(known(kolmogorovSmirnov(reference, current, { method: 'asymptotic' })).pValue, ks.asymptotic)
  }
})

test('Kolmogorov-Smirnov of samples of one size is exact at any size', () => {
  for (const { n, statistic, pValue } of golden.kolmogorovOneSize) {
    const reference = Array.from({ length: n }, (_, i) => i)
    const found = known(
      kolmogorovSmirnov(
        reference,
        reference.map((value) => value + statistic * n - 0.5),
      ),
    )
    close(found.statistic, statistic)
    close(found.pValue, pValue)
  }
})

test('Mann-Whitney is SciPy’s, with tie and continuity correction, and exact without ties', () => {
  for (const { reference, current, mannWhitney: expected } of golden.pairs) {
    const found = known(mannWhitney(reference, current, { method: 'asymptotic' }))
    close(found.statistic, expected.statistic)
    close(found.pValue, expected.asymptotic)
    if (expected.exact !== undefined)
      close(known(mannWhitney(reference, current, { method: 'exact' })).pValue, expected.exact)
  }
})

test('Cramér-von Mises is SciPy’s, exact up to 20 rows a side and asymptotic, with ties too', () => {
  for (const { reference, current, cramerVonMises: expected } of golden.pairs) {
    const found = known(cramerVonMises(reference, current, { method: 'asymptotic', ties: 'midranks' }))
    close(found.statistic, expected.statistic)
    // SciPy's series stops at terms of 1e-7: its far tail is rounding.
    assert.ok(Math.abs(found.pValue - expected.asymptotic) < 1e-10 + 1e-9 * expected.asymptotic)
    if (expected.exact !== undefined)
      close(known(cramerVonMises(reference, current, { ties: 'midranks' })).pValue, expected.exact)
  }
})

test('Anderson-Darling is SciPy’s inside its table, and goes on outside of it', () => {
  for (const { reference, current, andersonDarling: expected } of golden.pairs) {
    const found = known(andersonDarling(reference, current, { method: 'table' }))
    close(found.statistic, expected.statistic)
    close(Math.min(0.25, Math.max(0.001, found.pValue)), expected.pValue)
  }
  const [near, far] = [3, 6].map((shift) => known(andersonDarling(steps(60, 0), steps(60, shift * 10))).pValue)
  assert.ok(far! < near! && near! < 0.001 && far! > 0)
  assert.ok(known(andersonDarling(steps(60, 0), steps(60, 0.5))).pValue > 0.9)
})

test('rank tests of samples with few values reject an unchanged pair as often as declared', () => {
  const random = createRandom('few values')
  const trials = 300
  const rejected: Record<string, number> = {}
  for (let trial = 0; trial < trials; trial++) {
    const [a, b] = [60, 30].map((rows) => Float64Array.from({ length: rows }, () => random.integer(4))) as [
      Float64Array,
      Float64Array,
    ]
    for (const run of [kolmogorovSmirnov, cramerVonMises, andersonDarling])
      if (known(run(a, b)).pValue <= 0.1) rejected[run.name] = (rejected[run.name] ?? 0) + 1
  }
  for (const [name, count] of Object.entries(rejected))
    assert.ok(count >= 10 && count <= 30 + 2.33 * Math.sqrt(27), `${name} rejects ${count} of ${trials}`)
})

test('one frequent value among many others costs no more than few values, and keeps the level', () => {
  const random = createRandom('zero inflated')
  const draw = (rows: number) => Float64Array.from({ length: rows }, () => Math.max(0, random.normal()))
  const found = known(cramerVonMises(draw(20_000), draw(20_000)))
  assert.equal(found.method, 'permutation')
  const trials = 30
  let rejected = 0
  for (let trial = 0; trial < trials; trial++)
    if (known(cramerVonMises(draw(1500), draw(1200))).pValue <= 0.1) rejected++
  assert.ok(rejected <= 3 + 2.33 * 1.7, `${rejected} of ${trials}`)
})

test('Epps-Singleton is SciPy’s, below 25 rows with its correction', () => {
  for (const { reference, current, eppsSingleton: expected } of golden.pairs) {
    const found = known(eppsSingleton(reference, current, { covariance: 'separate' }))
    close(found.statistic, expected.statistic)
    close(found.pValue, expected.pValue)
  }
})

test('the t-test is SciPy’s, Welch’s and pooled, from rows and from moments', () => {
  for (const { reference, current, ...expected } of golden.pairs)
    for (const variances of ['welch', 'pooled'] as const)
      for (const found of [
        known(tTest(reference, current, { variances })),
        known(tTestOfMoments(momentsOf(reference), momentsOf(current), { variances })),
      ]) {
        const { statistic, pValue, df, low, high, cohensD, hedgesG } = expected[variances]
        for (const [value, wanted] of [
          [found.statistic, statistic],
          [found.pValue, pValue],
          [found.df, df],
          [found.difference.interval!.low, low],
          [found.difference.interval!.high, high],
          [found.cohensD, cohensD],
          [found.effect.value, hedgesG],
        ] as const)
          close(value, wanted)
      }
})

test('chi-square and G of a contingency table are SciPy’s, and a column empty in every row does not count', () => {
  for (const [cases, run] of [
    [golden.contingency, chiSquareContingency],
    [golden.g, gTest],
  ] as const)
    for (const { table, correction, ...expected } of cases) {
      const found = run(table, { correction, method: 'asymptotic' })
      close(found.statistic, expected.statistic)
      close(found.pValue, expected.pValue)
      assert.equal(found.df, expected.df)
    }
})

test('Fisher’s exact test is SciPy’s on 2 × 2, and the sum over all tables on 2 × c', () => {
  for (const { table, pValue } of [...golden.fisher, ...golden.freemanHalton]) close(fisherExact(table).pValue, pValue)
})

test('a table of three rows is judged by drawn tables, near the exact value and the same every time', () => {
  const [three] = golden.freemanHalton
  const drawn = fisherExact([...three!.table, [0, 0, 1]])
  assert.equal(drawn.method, 'permutation')
  assert.ok(drawn.pValue > 0.1 && drawn.pValue < 0.9)
  assert.deepEqual(fisherExact([...three!.table, [0, 0, 1]]), drawn)
})

test('Wilson’s interval, Newcombe’s and the two-proportion test are SciPy’s', () => {
  for (const { successes, rows, level, low, high } of golden.wilson) {
    const found = wilsonInterval(successes, rows, level)
    close(found.low, low)
    close(found.high, high)
  }
  for (const { reference, current, pValue, low, high } of golden.twoProportion) {
    const share = ([successes, rows]: [number, number]) => ({ successes, rows })
    const found = twoProportionZ(share(reference), share(current))
    close(found.pValue, pValue)
    close(found.effect.interval!.low, low)
    close(found.effect.interval!.high, high)
  }
})

test('adjusted p-values keep the order given and agree with SciPy', () => {
  for (const [adjusted, expected] of [
    [benjaminiHochberg(golden.p), golden.benjaminiHochberg],
    [benjaminiYekutieli(golden.p), golden.benjaminiYekutieli],
    [holm(golden.p), golden.holm],
    [bonferroni(golden.p), golden.p.map((p) => Math.min(1, p * golden.p.length))],
  ] as const)
    for (const [i, p] of adjusted.entries()) close(p, expected[i]!)
})

test('samples all of one value differ in nothing', () => {
  assert.equal(known(mannWhitney([1, 1, 1], [1, 1])).pValue, 1)
  assert.equal(known(kolmogorovSmirnov([1, 1, 1], [1, 1])).pValue, 1)
  const table = [
    [5, 0],
    [7, 0],
  ]
  for (const found of [chiSquareContingency(table), gTest(table), fisherExact(table)]) assert.equal(found.pValue, 1)
  assert.equal(twoProportionZ({ successes: 0, rows: 5 }, { successes: 0, rows: 9 }).pValue, 1)
})

test('tests in units of the values are unknown where there is no spread', () => {
  for (const found of [
    tTest([1, 1, 1], [2, 2]),
    eppsSingleton([1, 1, 1, 1, 1], [1, 1, 1, 1, 9]),
    andersonDarling([0.1, 0.1], [0.1, 0.1]),
  ])
    assert.equal(found.kind, 'unknown')
})

test('missing and infinite values are left out and counted, and too few rows are unknown by side', () => {
  const found = known(mannWhitney([1, Number.NaN, 2, Infinity], [3, 4, Number.NaN]))
  assert.deepEqual(found.rows, {
    reference: { used: 2, missing: 1, invalid: 1 },
    current: { used: 2, missing: 1, invalid: 0 },
  })
  const reasons = [
    kolmogorovSmirnov([], [1]),
    kolmogorovSmirnov([1], [Number.NaN]),
    kolmogorovSmirnov([-Infinity], [1]),
    tTest([1, 2], [3]),
  ]
  assert.deepEqual(
    reasons.map((result) => (result.kind === 'unknown' ? [result.reason, result.have, result.need] : result.kind)),
    [
      ['too-few-reference-rows', 0, 1],
      ['all-missing-rows', 0, 1],
      ['all-invalid-reference-rows', 0, 1],
      ['too-few-rows', 1, 2],
    ],
  )
})

test('tables that are none are refused by place', () => {
  assert.throws(() => chiSquareContingency([[1, 2], [3]]), /row 1 of the table of chiSquareContingency has 1 columns/)
  assert.throws(() => gTest([[1, -2]]), /-2 in row 0, column 1/)
  assert.throws(
    () =>
      fisherExact([
        [1, 0.5],
        [1, 2],
      ]),
    /0.5 in row 0, column 1, expected whole rows/,
  )
  assert.throws(
    () =>
      chiSquareContingency([
        [0, 0],
        [1, 2],
      ]),
    /rows of 0, 3 counts/,
  )
})

function steps(rows: number, shift: number): number[] {
  return Array.from({ length: rows }, (_, i) => i + shift)
}

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { count: values.length, mean, m2: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) }
}

function known<T extends { readonly kind: string }>(result: T | UnknownComparison): T {
  assert.notEqual(result.kind, 'unknown')
  return result as T
}

function close(found: number, expected: number): void {
  assert.ok(
    Math.abs(found - expected) <= 1e-9 * Math.max(Math.abs(expected), 1e-6),
    `found ${found}, expected ${expected}`,
  )
}
