import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { energyDistance, wasserstein } from '../distance/index.ts'
import {
  andersonDarling,
  chiSquareContingency,
  cramerVonMises,
  domainClassifier,
  eppsSingleton,
  fisherExact,
  fitReconstruction,
  gTest,
  kolmogorovSmirnov,
  mannWhitney,
  mannWhitneyOfCounts,
  mmd,
  pcaReconstruction,
  tTest,
  tTestOfMoments,
  twoProportionZ,
} from './index.ts'

const SEED = { seed: 1_912, numRuns: 150 }
const rankTests = { kolmogorovSmirnov, mannWhitney, cramerVonMises, andersonDarling }
const quickFloor = { alpha: 0.5 }
const tests = {
  ...rankTests,
  eppsSingleton,
  tTest,
  wasserstein: (a: ArrayLike<number>, b: ArrayLike<number>) => wasserstein(a, b, quickFloor),
  energyDistance: (a: ArrayLike<number>, b: ArrayLike<number>) => energyDistance(a, b, quickFloor),
}

/** Anything that a column of numbers can hold. */
const anything = fc.array(
  fc.oneof(
    fc.double(),
    fc.integer({ min: -2, max: 2 }),
    fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 5e-324, -Number.MAX_VALUE, Number.MAX_VALUE, 1e-300, 1e139),
  ),
  { maxLength: 40 },
)
const modest = fc.array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ min: -9, max: 9, noNaN: true })), {
  minLength: 6,
  maxLength: 40,
})
const counts = (most: number) =>
  fc.array(fc.nat(most), { minLength: 3, maxLength: 3 }).filter((row) => row.some((n) => n > 0))

test('whatever two columns hold, every test gives finite numbers or says why not', () => {
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      for (const [name, run] of Object.entries(tests)) {
        const found = run(a, b)
        assertFinite(name, found)
        assert.equal(found.rows.reference.used + found.rows.reference.missing + found.rows.reference.invalid, a.length)
        assert.equal(found.rows.current.used + found.rows.current.missing + found.rows.current.invalid, b.length)
        if (found.kind !== 'unknown') assert.ok(found.pValue >= 0 && found.pValue <= 1, `${name} has p ${found.pValue}`)
      }
    }),
    SEED,
  )
})

test('whatever a table holds, tests of tables give finite numbers', () => {
  fc.assert(
    fc.property(counts(30), counts(1000), (a, b) => {
      for (const run of [chiSquareContingency, gTest, fisherExact]) assertFinite(run.name, run([a, b]))
      assertFinite('mannWhitneyOfCounts', mannWhitneyOfCounts(a, b))
      const share = ([successes, rest]: number[]) => ({ successes: successes!, rows: successes! + rest! + 1 })
      assertFinite('twoProportionZ', twoProportionZ(share(a), share(b)))
    }),
    { ...SEED, numRuns: 60 },
  )
})

test('whatever several columns hold, the multivariate tests give finite numbers or say why not', () => {
  const columns = fc.integer({ min: 0, max: 60 }).chain((rows) => {
    const column = fc.array(fc.oneof(fc.double(), fc.integer({ min: 0, max: 2 })), { minLength: rows, maxLength: rows })
    return fc.tuple(column, column, column)
  })
  fc.assert(
    fc.property(columns, columns, (a, b) => {
      assertFinite('mmd', mmd(a, b, { permutations: 19 }))
      const fitted = fitReconstruction(a)
      assertFinite('fitReconstruction', fitted)
      if (fitted.kind === 'fitted') assertFinite('pcaReconstruction', pcaReconstruction(fitted, b))
      const features = (side: number[][]) =>
        side.map((values, j) => ({ name: `x${j}`, kind: 'numeric' as const, values: Float64Array.from(values) }))
      assertFinite('domainClassifier', domainClassifier(features(a), features(b), { rounds: 3 }))
    }),
    { ...SEED, numRuns: 40 },
  )
})

test('every two-sided test gives the samples the same p-value in either order', () => {
  fc.assert(
    fc.property(modest, modest, (a, b) => {
      for (const [name, run] of Object.entries({ ...rankTests, eppsSingleton, tTest })) {
        // A permuted p-value is seeded by the order of the samples.
        const [there, back] = [run(a, b), run(b, a)]
        if (there.kind === 'unknown' || there.method === 'permutation') continue
        assert.ok(back.kind === 'tested')
        near(name, back.pValue, there.pValue)
      }
      for (const run of [wasserstein, energyDistance]) {
        const [there, back] = [run(a, b, quickFloor), run(b, a, quickFloor)]
        assert.ok(there.kind === 'measured' && back.kind === 'measured')
        near(run.name, back.value, there.value)
      }
    }),
    { ...SEED, numRuns: 60 },
  )
})

test('rank tests see ranks only: a rising map of the values changes nothing', () => {
  fc.assert(
    fc.property(modest, modest, (a, b) => {
      const rising = (value: number) => Math.atan(value / 4) * 7 + 1
      for (const [name, run] of Object.entries(rankTests)) {
        const pooled = [...a, ...b]
        if (new Set(pooled).size !== new Set(pooled.map(rising)).size) continue
        assert.deepEqual(run(a.map(rising), b.map(rising)), run(a, b), name)
      }
    }),
    { ...SEED, numRuns: 60 },
  )
})

test('the order of the rows does not matter, and a sample beside itself is at distance nought', () => {
  fc.assert(
    fc.property(modest, modest, (a, b) => {
      const { tTest: sums, ...ranked } = tests
      for (const [name, run] of Object.entries(ranked))
        assert.deepEqual(run([...a].reverse(), [...b].reverse()), run(a, b), name)
      const [there, back] = [sums(a, b), sums([...a].reverse(), [...b].reverse())]
      if (there.kind === 'tested' && back.kind === 'tested') near('tTest', back.pValue, there.pValue)
      for (const run of [wasserstein, energyDistance]) {
        const found = run(a, a, quickFloor)
        assert.ok(found.kind === 'measured' && found.value === 0 && found.pValue === 1)
      }
      const ks = kolmogorovSmirnov(a, a)
      assert.ok(ks.kind === 'tested' && ks.statistic === 0 && ks.pValue === 1)
      const ranks = mannWhitney(a, a)
      assert.ok(ranks.kind === 'tested' && Math.abs(ranks.superiority - 0.5) < 1e-12)
    }),
    { ...SEED, numRuns: 40 },
  )
})

test('moments that are none are refused, and too few are unknown', () => {
  assert.throws(() => tTestOfMoments({ count: 3, mean: Number.NaN, m2: 1 }, { count: 3, mean: 0, m2: 1 }), /NaN/)
  assert.equal(tTestOfMoments({ count: 1, mean: 0, m2: 0 }, { count: 3, mean: 0, m2: 1 }).kind, 'unknown')
})

function assertFinite(where: string, found: unknown): void {
  if (typeof found === 'number') assert.ok(Number.isFinite(found), `${where} gave ${found}`)
  else if (found !== null && typeof found === 'object')
    for (const [key, value] of Object.entries(found)) assertFinite(`${where}.${key}`, value)
}

function near(where: string, found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) <= 1e-7 * Math.max(expected, 1e-9), `${where}: ${found} and ${expected}`)
}
