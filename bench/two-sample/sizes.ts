import {
  andersonDarling,
  binnedKs,
  chiSquareContingency,
  countSamples,
  cramerVonMises,
  createRandom,
  type Distance,
  domainClassifier,
  energyDistance,
  eppsSingleton,
  type Feature,
  fisherExact,
  fitReconstruction,
  gTest,
  hellinger,
  jensenShannon,
  klDivergence,
  kolmogorovSmirnov,
  lInfinity,
  mannWhitney,
  mannWhitneyOfCounts,
  mmd,
  pcaReconstruction,
  psi,
  type Random,
  totalVariation,
  tTest,
  twoProportionZ,
  wasserstein,
} from '../../packages/stats/src/index.ts'
import type { BenchTable } from '../result.ts'
import { CATEGORIES, CATEGORY_SIZES, drawCounts, drawNumbers, SHAPES, SIZES } from './worlds.ts'

type Judged = { readonly kind: string; readonly pValue?: number }
type NumericTest = (reference: Float64Array, current: Float64Array) => Judged

const ALPHA = 0.05
const NUMERIC: Readonly<Record<string, readonly [trials: number, run: NumericTest]>> = {
  'Kolmogorov-Smirnov': [1000, kolmogorovSmirnov],
  'Mann-Whitney': [1000, mannWhitney],
  'Cramér-von Mises': [1000, cramerVonMises],
  'Anderson-Darling': [1000, andersonDarling],
  'Epps-Singleton': [1000, eppsSingleton],
  't, Welch': [1000, tTest],
  't, pooled': [1000, (a, b) => tTest(a, b, { variances: 'pooled' })],
  'Wasserstein, floor': [200, (a, b) => wasserstein(a, b, { alpha: ALPHA })],
  'energy, floor': [200, (a, b) => energyDistance(a, b, { alpha: ALPHA })],
}

/** The share of unchanged pairs of samples that each test of numbers rejects at 5 %. */
export function numericSizes(scale: number): BenchTable {
  const random = createRandom('two-sample sizes: numbers')
  const rows = Object.keys(SHAPES).flatMap((shape) =>
    SIZES.map(([n, m]) => [
      shape,
      `${n} / ${m}`,
      ...Object.values(NUMERIC).map(([trials, run]) =>
        percent(shareRejected(trials * scale, () => run(drawNumbers(random, n, shape), drawNumbers(random, m, shape)))),
      ),
    ]),
  )
  return {
    title: 'False alarms of tests of numbers at alpha = 5 %, nothing changed',
    note: `Per cent of pairs of samples of one distribution; ${1000 * scale} pairs a cell (one standard error 0.7), of the two permutation floors ${200 * scale} (1.5). Seed 'two-sample sizes: numbers'. Below 5 with ties is conservative, above 7.1 is too many. A t-test of Cauchy values is beyond its assumptions and errs on the safe side.`,
    columns: ['shape', 'rows', ...Object.keys(NUMERIC)],
    rows,
  }
}

const TABLES: Readonly<Record<string, (a: Float64Array, b: Float64Array) => Judged>> = {
  'chi-square': (a, b) => chiSquareContingency([a, b]),
  'chi-square, asymptotic': (a, b) => chiSquareContingency([a, b], { method: 'asymptotic' }),
  G: (a, b) => gTest([a, b]),
  'G, asymptotic': (a, b) => gTest([a, b], { method: 'asymptotic' }),
  'Mann-Whitney of bins': mannWhitneyOfCounts,
  'Z of the first': (a, b) => twoProportionZ(shareOf(a), shareOf(b)),
  'Fisher of the first': (a, b) => fisherExact([split(a), split(b)]),
}

/** The same for tests of counts. */
export function tableSizes(scale: number): BenchTable {
  const random = createRandom('two-sample sizes: tables')
  const rows = Object.entries(CATEGORIES).flatMap(([shape, shares]) =>
    CATEGORY_SIZES.map(([n, m]) => [
      shape,
      `${n} / ${m}`,
      ...Object.values(TABLES).map((run) =>
        percent(shareRejected(400 * scale, () => run(drawCounts(random, n, shares), drawCounts(random, m, shares)))),
      ),
    ]),
  )
  return {
    title: 'False alarms of tests of categories at alpha = 5 %, nothing changed',
    note: `Per cent of pairs of tables of one distribution; ${400 * scale} pairs a cell (one standard error 1.1). Seed 'two-sample sizes: tables'. The first of either pair permutes where Cochran's rule fails; the asymptotic one is SciPy's. Fisher is conservative by construction.`,
    columns: ['categories', 'rows', ...Object.keys(TABLES)],
    rows,
  }
}

const DISTANCES: Readonly<Record<string, (a: Float64Array, b: Float64Array, o: { alpha: number }) => Distance>> = {
  PSI: psi,
  KL: klDivergence,
  JS: jensenShannon,
  Hellinger: hellinger,
  'total variation': totalVariation,
  'L-infinity': lInfinity,
  'binned KS': binnedKs,
}

/** How often each distance of counts exceeds its own floor. */
export function floorSizes(scale: number): BenchTable {
  const random = createRandom('two-sample sizes: floors')
  const trials = 500 * scale
  const worlds = [
    ...Object.entries(CATEGORIES).map(
      ([name, shares]) =>
        [name, [1000, 200], () => [drawCounts(random, 1000, shares), drawCounts(random, 200, shares)]] as const,
    ),
    ...Object.keys(SHAPES).map((shape) => [shape, [1000, 200], () => binned(random, 1000, 200, shape)] as const),
  ]
  const rows = worlds.flatMap(([name, [n, m], draw]) =>
    [0.001, 0.01, 0.05].map((alpha) => {
      const pairs = Array.from({ length: trials }, draw)
      const exceeded = Object.values(DISTANCES).map(
        (distance) =>
          pairs.filter(([a, b]) => {
            const { value, noiseFloor } = distance(a!, b!, { alpha })
            return value > noiseFloor
          }).length,
      )
      return [name, `${n} / ${m}`, `${100 * alpha} %`, ...exceeded.map((count) => percent(count / trials))]
    }),
  )
  return {
    title: 'How often a distance exceeds its own noise floor, nothing changed',
    note: `Per cent of ${trials} pairs a cell. Seed 'two-sample sizes: floors'. Numbers are counted over 16 quantile bins of the reference (countSamples). Columns of a row see the same pairs.`,
    columns: ['world', 'rows', 'floor', ...Object.keys(DISTANCES)],
    rows,
  }
}

/** Tests of all features at once. */
export function multivariateSizes(scale: number): BenchTable {
  const random = createRandom('two-sample sizes: many features')
  const tests: Readonly<Record<string, (a: Float64Array[], b: Float64Array[], seed: number) => Judged>> = {
    'MMD, one block': (a, b, seed) => mmd(a, b, { seed, permutations: 199, blockRows: 2000 }),
    'MMD, blocks of 50': (a, b, seed) => mmd(a, b, { seed, permutations: 199, blockRows: 50 }),
    reconstruction: (a, b, seed) => {
      const fitted = fitReconstruction(a, { seed })
      return fitted.kind === 'fitted' ? pcaReconstruction(fitted, b) : fitted
    },
    'domain classifier': (a, b, seed) => domainClassifier(named(a), named(b), { seed, rounds: 20 }),
  }
  const rows = Object.keys(SHAPES).flatMap((shape) =>
    (
      [
        [100, 100],
        [400, 100],
      ] as const
    ).map(([n, m]) => [
      shape,
      `${n} / ${m}`,
      ...Object.values(tests).map((run) => {
        let seed = 0
        const draw = (rows: number) => {
          const common = drawNumbers(random, rows, shape)
          return Array.from({ length: 4 }, () => common.map((x) => x + SHAPES[shape]!(random)))
        }
        return percent(shareRejected(300 * scale, () => run(draw(n), draw(m), seed++)))
      }),
    ]),
  )
  return {
    title: 'False alarms of tests of four dependent features at alpha = 5 %, nothing changed',
    note: `Per cent of ${300 * scale} pairs a cell (one standard error 1.3). Seed 'two-sample sizes: many features'. Scores pooled over cross-validation folds reject 8 to 10; a held-out half does not.`,
    columns: ['shape', 'rows', ...Object.keys(tests)],
    rows,
  }
}

function binned(random: Random, n: number, m: number, shape: string): [Float64Array, Float64Array] {
  const counted = countSamples(drawNumbers(random, n, shape), drawNumbers(random, m, shape))
  if (counted.kind === 'unknown') throw new Error(counted.reason)
  return [counted.reference, counted.current]
}

/** Unknown is no alarm. */
function shareRejected(trials: number, run: () => Judged): number {
  let rejected = 0
  for (let trial = 0; trial < trials; trial++) if ((run().pValue ?? 1) <= ALPHA) rejected++
  return rejected / trials
}

function shareOf(counts: Float64Array) {
  return { successes: counts[0]!, rows: counts.reduce((sum, rows) => sum + rows, 0) }
}

function split(counts: Float64Array): readonly number[] {
  const { successes, rows } = shareOf(counts)
  return [successes, rows - successes]
}

function named(columns: readonly Float64Array[]): Feature[] {
  return columns.map((values, j) => ({ name: `x${j}`, kind: 'numeric', values }))
}

function percent(share: number): number {
  return Math.round(1000 * share) / 10
}
