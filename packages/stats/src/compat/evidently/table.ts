import type { Unknown } from '../../error.ts'
import { createRandom } from '../../random.ts'
import { fisherP, oneSampleChiSquareP, oneSampleGP, proportionP, totalVariationP } from './categorical.ts'
import { numbersOf, type Sample } from './column.ts'
import { cramerVonMisesP } from './cramer-von-mises.ts'
import { energyScore, hellingerScore, jensenShannonScore, klScore, psiScore, wassersteinScore } from './distances.ts'
import { empiricalMmdP } from './mmd.ts'
import { andersonP, eppsSingletonP, ksP, mannWhitneyLessP, studentP } from './numeric.ts'

/** Kinds of column that a test judges. */
export type TestedType = 'num' | 'cat'
/** How the score stands to the threshold where the column drifted. */
export type Direction = 'below' | 'at-most' | 'at-least' | 'above'

export type TestDefinition = {
  /** The name that Evidently's reports show. */
  readonly title: string
  readonly types: readonly TestedType[]
  readonly threshold: number
  readonly drifted: Direction
  readonly score: (reference: Sample, current: Sample, type: TestedType, seed: number | string) => number | Unknown
}

const NUM = ['num'] as const
const CAT = ['cat'] as const
const BOTH = ['cat', 'num'] as const

/** The tests of columns that Evidently registers, by id, but for the two of text. */
export const TESTS = {
  ks: { title: 'K-S p_value', types: NUM, threshold: 0.05, drifted: 'at-most', score: onNumbers(ksP) },
  z: { title: 'Z-test p_value', types: CAT, threshold: 0.05, drifted: 'below', score: proportionP },
  chisquare: {
    title: 'chi-square p_value',
    types: CAT,
    threshold: 0.05,
    drifted: 'below',
    score: oneSampleChiSquareP,
  },
  t_test: { title: 't_test', types: NUM, threshold: 0.05, drifted: 'below', score: onNumbers(studentP) },
  mannw: {
    title: 'Mann-Whitney U-rank test',
    types: NUM,
    threshold: 0.05,
    drifted: 'below',
    score: onNumbers(mannWhitneyLessP),
  },
  es: { title: 'Epps-Singleton', types: NUM, threshold: 0.05, drifted: 'below', score: onNumbers(eppsSingletonP) },
  anderson: { title: 'Anderson-Darling', types: NUM, threshold: 0.1, drifted: 'below', score: onNumbers(andersonP) },
  cramer_von_mises: {
    title: 'Cramer-von Mises',
    types: NUM,
    threshold: 0.1,
    drifted: 'at-most',
    score: onNumbers(cramerVonMisesP),
  },
  fisher_exact: { title: "Fisher's Exact test", types: CAT, threshold: 0.1, drifted: 'below', score: fisherP },
  g_test: { title: 'g_test', types: CAT, threshold: 0.1, drifted: 'below', score: oneSampleGP },
  TVD: { title: 'Total-Variation-Distance', types: CAT, threshold: 0.1, drifted: 'below', score: totalVariationP },
  empirical_mmd: {
    title: 'empirical_mmd',
    types: NUM,
    threshold: 0.1,
    drifted: 'below',
    score: (reference, current, _type, seed) =>
      onNumbers((a, b) => empiricalMmdP(a, b, createRandom(seed)))(reference, current),
  },
  wasserstein: {
    title: 'Wasserstein distance (normed)',
    types: NUM,
    threshold: 0.1,
    drifted: 'at-least',
    score: onNumbers(wassersteinScore),
  },
  ed: { title: 'Energy-distance', types: NUM, threshold: 0.1, drifted: 'above', score: onNumbers(energyScore) },
  psi: { title: 'PSI', types: BOTH, threshold: 0.1, drifted: 'at-least', score: psiScore },
  kl_div: { title: 'Kullback-Leibler divergence', types: BOTH, threshold: 0.1, drifted: 'at-least', score: klScore },
  jensenshannon: {
    title: 'Jensen-Shannon distance',
    types: BOTH,
    threshold: 0.1,
    drifted: 'at-least',
    score: jensenShannonScore,
  },
  hellinger: { title: 'Hellinger distance', types: BOTH, threshold: 0.1, drifted: 'at-least', score: hellingerScore },
} as const satisfies Record<string, TestDefinition>

/** Evidently's id of a test. */
export type TestId = keyof typeof TESTS

function onNumbers(score: (reference: Float64Array, current: Float64Array) => number | Unknown) {
  return (reference: Sample, current: Sample): number | Unknown => {
    const [a, b] = [numbersOf(reference), numbersOf(current)]
    if (a === undefined) return { kind: 'unknown', reason: 'reference-not-numeric', have: 0, need: 1 }
    if (b === undefined) return { kind: 'unknown', reason: 'current-not-numeric', have: 0, need: 1 }
    return score(a, b)
  }
}
