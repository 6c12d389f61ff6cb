import { StatsError, type Unknown } from '../../../error.ts'
import { type Column, categoriesOf, checkFrame, isNumeric, presentCategories, presentNumbers } from '../frame.ts'
import {
  type CategoricalMethod,
  type ContinuousMethod,
  distanceTo,
  fitMethod,
  type UnivariateMethod,
} from './method.ts'

/** `pValue`: of chi2 only, whose alert is p < 0.05. The other methods have no null law in NannyML. */
export type Measurement = {
  readonly kind: 'measured'
  readonly method: UnivariateMethod
  readonly value: number
  readonly pValue?: number
}

export const CONTINUOUS_METHODS: readonly ContinuousMethod[] = [
  'jensen_shannon',
  'hellinger',
  'kolmogorov_smirnov',
  'wasserstein',
]
export const CATEGORICAL_METHODS: readonly CategoricalMethod[] = ['jensen_shannon', 'hellinger', 'l_infinity', 'chi2']

/**
 * One of NannyML's univariate methods between two columns, without chunks and thresholds: Jensen-Shannon in bits over
 * Doane's bins, Hellinger over the same, Kolmogorov-Smirnov and Wasserstein exact below 10,000 reference values and
 * over 10,000 equal bins from there on, L-infinity, or the chi-square statistic of the table. Unknown when a side has
 * no values. What is wrong with them: see `fitUnivariate`. Use `compareColumns`, whose distances come with their noise.
 * @throws StatsError STATS_UNKNOWN_METHOD, STATS_BAD_OPTION when the method is not for the kind of column,
 * STATS_BAD_COLUMN when one side is numbers and the other categories, STATS_OUT_OF_RANGE
 * @example nannyml.measure('jensen_shannon', ['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'e']).value // 0.5
 * nannyml.measure('wasserstein', Float64Array.of(1, 2, 3), Float64Array.of(2, 3, 4)).value // 1
 */
export function measure(method: UnivariateMethod, reference: Column, current: Column): Measurement | Unknown {
  const known: readonly string[] = [...CONTINUOUS_METHODS, ...CATEGORICAL_METHODS]
  if (!known.includes(method))
    throw new StatsError(
      'STATS_UNKNOWN_METHOD',
      `no method of NannyML is called ${method}; there are ${[...new Set(known)].join(', ')}`,
    )
  if (isNumeric(reference) !== isNumeric(current))
    throw new StatsError(
      'STATS_BAD_COLUMN',
      `${method} got numbers on one side and categories on the other, expected one kind`,
    )
  for (const side of [reference, current]) {
    if (presentRows(side) === 0) return { kind: 'unknown', reason: 'no-values', have: 0, need: 1 }
    checkFrame(method, { columns: { values: side } })
  }
  const { value, pValue } = distanceTo(fitMethod(method, 'reference', reference), current)
  if (value === null) return { kind: 'unknown', reason: 'no-values', have: 0, need: 1 }
  return { kind: 'measured', method, value, ...(pValue === undefined ? {} : { pValue }) }
}

function presentRows(column: Column): number {
  return isNumeric(column) ? presentNumbers(column).length : presentCategories(categoriesOf(column)).length
}
