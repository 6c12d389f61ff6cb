import {
  andersonDarling,
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  checkLevel,
  chiSquareContingency,
  cramerVonMises,
  domainClassifier,
  eBenjaminiHochberg,
  eppsSingleton,
  eValueOf,
  type Feature,
  fisherExact,
  fitReconstruction,
  gTest,
  holm,
  kolmogorovSmirnov,
  mannWhitney,
  mannWhitneyOfCounts,
  mmd,
  pcaReconstruction,
  startELond,
  stepELond,
  stepsOf,
  takeSamples,
  tTest,
  tTestOfMoments,
  twoProportionZ,
  wilsonInterval,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { column, columns, counts, given, level, number, numbers, probability, share, whole } from './draw.ts'

const rankMethod = fc.constantFrom('auto', 'exact', 'asymptotic', 'permutation')
const tables = fc.oneof(
  fc.tuple(counts(3), counts(3)),
  fc.tuple(counts(2), counts(2)),
  fc.tuple(counts(3), counts(3), counts(3)),
  fc.constantFrom<number[][]>(
    [],
    [[]],
    [[], []],
    [[1, 2]],
    [
      [0, 0],
      [0, 0],
    ],
    [[1], [2]],
  ),
)
const pValues = fc.array(probability, { maxLength: 8 })
const eValues = fc.array(fc.oneof(number, fc.double({ min: 0, max: 1e3, noNaN: true })), { maxLength: 8 })
const spread = fc.record({
  count: fc.oneof(fc.integer({ min: 0, max: 50 }), number),
  mean: number,
  m2: fc.oneof(fc.double({ min: 0, max: 90, noNaN: true }), number),
})
const codes = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(Number.NaN, 7, -1, 0.5))
const eBets = fc.oneof(fc.double({ min: 0, max: 1e4, noNaN: true }), number)

export const hypothesis = {
  kolmogorovSmirnov: given([numbers, numbers, level, rankMethod], (a, b, at, method) =>
    kolmogorovSmirnov(a, b, { level: at, method }),
  ),
  mannWhitney: given([numbers, numbers, level, rankMethod], (a, b, at, method) =>
    mannWhitney(a, b, { level: at, method }),
  ),
  mannWhitneyOfCounts: given([counts(5), counts(5), level], (a, b, at) => mannWhitneyOfCounts(a, b, { level: at })),
  cramerVonMises: given([numbers, numbers, rankMethod, fc.constantFrom('gaps', 'midranks')], (a, b, method, ties) =>
    cramerVonMises(a, b, { method, ties }),
  ),
  andersonDarling: given([numbers, numbers, fc.constantFrom('auto', 'table', 'permutation')], (a, b, method) =>
    andersonDarling(a, b, { method }),
  ),
  eppsSingleton: given([numbers, numbers, fc.constantFrom('pooled', 'separate')], (a, b, covariance) =>
    eppsSingleton(a, b, { covariance }),
  ),
  tTest: given([numbers, numbers, level, fc.constantFrom('welch', 'pooled')], (a, b, at, variances) =>
    tTest(a, b, { level: at, variances }),
  ),
  tTestOfMoments: given([spread, spread, level, fc.constantFrom('welch', 'pooled')], (a, b, at, variances) =>
    tTestOfMoments(a, b, { level: at, variances }),
  ),
  chiSquareContingency: given([tables, level, fc.constantFrom('auto', 'asymptotic', 'permutation')], (t, at, method) =>
    chiSquareContingency(t, { level: at, method }),
  ),
  gTest: given([tables, level, fc.boolean()], (t, at, correction) => gTest(t, { level: at, correction })),
  fisherExact: given([tables, level, fc.integer({ min: 0, max: 200 })], (t, at, draws) =>
    fisherExact(t, { level: at, draws }),
  ),
  twoProportionZ: given([whole, whole, whole, level], (successes, more, rows, at) =>
    twoProportionZ({ successes, rows: successes + more }, { successes: more, rows }, { level: at }),
  ),
  wilsonInterval: given([whole, whole, level], (successes, more, at) =>
    wilsonInterval(successes, successes + more, at),
  ),
  checkLevel: given([level], (at) => checkLevel('a test', at)),
  stepsOf: given([column, column], (a, b) => {
    const pair = takeSamples(a, b)
    return pair.kind === 'pair' ? stepsOf(pair.reference, pair.current) : pair
  }),
  takeSamples: given([numbers, numbers, fc.integer({ min: 0, max: 9 }), fc.boolean()], (a, b, need, scaled) =>
    takeSamples(a, b, { need, scaled }),
  ),
  bonferroni: given([pValues], bonferroni),
  holm: given([pValues], holm),
  benjaminiHochberg: given([pValues], benjaminiHochberg),
  benjaminiYekutieli: given([pValues], benjaminiYekutieli),
  eBenjaminiHochberg: given([eValues, share], eBenjaminiHochberg),
  startELond: given([share], startELond),
  stepELond: given([share, fc.array(eBets, { minLength: 1, maxLength: 9 })], (alpha, bets) =>
    bets.reduce(({ state }, eValue) => stepELond(state, eValue), {
      state: startELond(alpha),
      rejected: false,
      level: 0,
    }),
  ),
  eValueOf: given([probability], eValueOf, { at: /^eValueOf$/, because: 'a p-value of nought is endless evidence' }),
  mmd: given([columns(2), columns(2)], (a, b) => mmd(a, b, { permutations: 19 })),
  fitReconstruction: given([columns(3), share], (a, variance) => fitReconstruction(a, { variance })),
  pcaReconstruction: given([columns(3), columns(3), level], (a, b, at) => {
    const fitted = fitReconstruction(a)
    return fitted.kind === 'fitted' ? pcaReconstruction(fitted, b, { level: at }) : fitted
  }),
  domainClassifier: given([columns(1), columns(1), columns(1, codes), columns(1, codes)], ([a], [b], [c], [d]) =>
    domainClassifier(features(a!, c!), features(b!, d!), { rounds: 3 }),
  ),
}

function features(one: Float64Array, other: Float64Array): Feature[] {
  const rows = Math.min(one.length, other.length)
  return [
    { name: 'x', kind: 'numeric', values: one.subarray(0, rows) },
    { name: 'code', kind: 'categorical', values: other.subarray(0, rows), categories: 4 },
  ]
}
