import { performance } from 'node:perf_hooks'
import {
  andersonDarling,
  chiSquareContingency,
  cramerVonMises,
  createRandom,
  domainClassifier,
  energyDistance,
  eppsSingleton,
  fitReconstruction,
  kolmogorovSmirnov,
  mannWhitney,
  mmd,
  pcaReconstruction,
  psi,
  tTest,
  wasserstein,
} from '../packages/stats/src/index.ts'
import type { BenchOutcome } from './result.ts'
import { askPeer } from './two-sample/peer.ts'

const SIZES = [10_000, 1_000_000]
const FEATURES = 10

type Peer = { readonly version: string; readonly seconds: Readonly<Record<string, Readonly<Record<string, number>>>> }
type Run = (a: readonly Float64Array[], b: readonly Float64Array[]) => unknown

const TESTS: Readonly<Record<string, Run>> = {
  'Kolmogorov-Smirnov': ([a], [b]) => kolmogorovSmirnov(a!, b!, { method: 'asymptotic' }),
  'Mann-Whitney': ([a], [b]) => mannWhitney(a!, b!),
  'Cramér-von Mises': ([a], [b]) => cramerVonMises(a!, b!),
  'Anderson-Darling': ([a], [b]) => andersonDarling(a!, b!),
  'Epps-Singleton': ([a], [b]) => eppsSingleton(a!, b!),
  't, Welch': ([a], [b]) => tTest(a!, b!),
  Wasserstein: ([a], [b]) => wasserstein(a!, b!),
  energy: ([a], [b]) => energyDistance(a!, b!),
  'PSI, 20 bins already counted': () => psi(new Float64Array(20).fill(5000), new Float64Array(20).fill(4900)),
  'chi-square, 2 × 20 counts': () =>
    chiSquareContingency([new Float64Array(20).fill(5000), new Float64Array(20).fill(4900)]),
  [`MMD, ${FEATURES} features`]: (a, b) => mmd(a, b),
  [`reconstruction, ${FEATURES} features, fit and test`]: (a, b) => {
    const fitted = fitReconstruction(a)
    return fitted.kind === 'fitted' && pcaReconstruction(fitted, b)
  },
  [`domain classifier, ${FEATURES} features`]: (a, b) => {
    const named = (side: readonly Float64Array[]) =>
      side.map((values, j) => ({ name: `x${j}`, kind: 'numeric' as const, values }))
    return domainClassifier(named(a), named(b))
  },
}

/** Time of each test at ten thousand and a million rows a side, sorting included, beside SciPy where it has the test. */
export async function run(): Promise<BenchOutcome> {
  const peer = askPeer<Peer>('learners', 'times.py', ...SIZES.map(String))
  const random = createRandom('two-sample speed')
  const samples = SIZES.map((rows) =>
    [0, 1].map(() => Array.from({ length: FEATURES }, () => Float64Array.from({ length: rows }, random.normal))),
  )
  const rows = Object.entries(TESTS).map(([name, test]) => [
    name,
    ...SIZES.flatMap((size, i) => {
      const [a, b] = samples[i] as [Float64Array[], Float64Array[]]
      const theirs = peer?.seconds[size]?.[name]
      return [milliseconds(medianSeconds(() => test(a, b))), theirs === undefined ? '' : milliseconds(theirs)]
    }),
  ])
  return {
    results: [],
    tables: [
      {
        title: 'Milliseconds of a two-sample test of numbers, rows on either side',
        note: `Median of three runs on one thread, normal values, seed 'two-sample speed'; SciPy ${peer?.version ?? 'not installed'} in the same run. Wasserstein and energy include 999 permutations for floor and p-value, and an interval, which SciPy's distances do not have. MMD uses 5,000 rows a side at most, the classifier 20,000.`,
        columns: ['test', ...SIZES.flatMap((rows) => [`${rows} rows`, `SciPy`])],
        rows,
      },
    ],
  }
}

function medianSeconds(work: () => unknown): number {
  const seconds = [0, 1, 2].map(() => {
    const begin = performance.now()
    work()
    return (performance.now() - begin) / 1000
  })
  return seconds.sort((a, b) => a - b)[1]!
}

function milliseconds(seconds: number): number {
  return Number((1000 * seconds).toPrecision(3))
}
