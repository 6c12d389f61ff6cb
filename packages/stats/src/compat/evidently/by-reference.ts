import { StatsError, type Unknown } from '../../error.ts'

/** How a figure of the current data may stand to the reference's. */
type ReferenceRule = { readonly relation: 'equal' | 'at-most'; readonly relative: number }

const TENTH: ReferenceRule = { relation: 'equal', relative: 0.1 }
const FIFTH: ReferenceRule = { relation: 'equal', relative: 0.2 }
const SAME: ReferenceRule = { relation: 'equal', relative: 1e-6 }
const NO_MORE: ReferenceRule = { relation: 'at-most', relative: 1e-6 }

/** The tests that Evidently makes for a metric where there is a reference and the user names none. */
export const REFERENCE_RULES = {
  MinValue: TENTH,
  MeanValue: TENTH,
  MaxValue: TENTH,
  StdValue: TENTH,
  MedianValue: TENTH,
  QuantileValue: TENTH,
  SumValue: TENTH,
  CategoryCount: TENTH,
  InRangeValueCount: TENTH,
  OutRangeValueCount: TENTH,
  InListValueCount: TENTH,
  OutListValueCount: TENTH,
  MissingValueCount: TENTH,
  RowCount: TENTH,
  ColumnCount: SAME,
  DuplicatedRowCount: TENTH,
  DuplicatedColumnsCount: NO_MORE,
  AlmostConstantColumnsCount: NO_MORE,
  EmptyRowsCount: TENTH,
  EmptyColumnsCount: NO_MORE,
  ConstantColumnsCount: NO_MORE,
  DatasetMissingValueCount: TENTH,
  MeanError: TENTH,
  MAE: TENTH,
  RMSE: TENTH,
  MAPE: TENTH,
  R2Score: TENTH,
  AbsMaxError: TENTH,
  F1Score: FIFTH,
  Accuracy: FIFTH,
  Precision: FIFTH,
  Recall: FIFTH,
  TPR: FIFTH,
  TNR: FIFTH,
  FPR: FIFTH,
  FNR: FIFTH,
  RocAuc: FIFTH,
  LogLoss: FIFTH,
} as const satisfies Record<string, ReferenceRule>

/** Evidently's name of a metric. */
export type ReferenceMetric = keyof typeof REFERENCE_RULES

export type ReferenceVerdict = {
  readonly kind: 'judged'
  readonly passed: boolean
  readonly low: number | null
  readonly high: number
}

const LEAST_TOLERANCE = 1e-12

/**
 * Evidently's test of a figure that it makes from the reference by itself: equal within 10 %, of classification 20 %. Wrong
 * in it: counts are tested as they are and not only as shares, so that a batch of 11 % fewer rows fails with the same data; the
 * tolerance of a mean near nought is nought; an improvement fails as a loss does. Use an interval, or the estimates with one.
 * @param reference the figure on the reference, finite; of a metric of counts the count, or the share
 * @throws STATS_UNKNOWN_METHOD for a metric without such a test
 * @example evidently.judgeByReference('MeanValue', 10, 10.9).passed // true
 * evidently.judgeByReference('Accuracy', 0.8, 0.97).passed // false
 */
export function judgeByReference(
  metric: ReferenceMetric,
  reference: number,
  current: number,
): ReferenceVerdict | Unknown {
  if (!Object.hasOwn(REFERENCE_RULES, metric))
    throw new StatsError(
      'STATS_UNKNOWN_METHOD',
      `no default test of Evidently is for ${metric}; there are ${Object.keys(REFERENCE_RULES).join(', ')}`,
      { metric },
    )
  if (!Number.isFinite(reference)) return { kind: 'unknown', reason: 'no-reference-figure', have: 0, need: 1 }
  if (!Number.isFinite(current)) return { kind: 'unknown', reason: 'no-current-figure', have: 0, need: 1 }
  const { relation, relative } = REFERENCE_RULES[metric]
  const tolerance = Math.max(Math.abs(reference) * relative, LEAST_TOLERANCE)
  const [low, high] = [reference - tolerance, reference + tolerance]
  if (!Number.isFinite(high - low)) return { kind: 'unknown', reason: 'not-finite', have: 0, need: 1 }
  const passed = current <= high && (relation === 'at-most' || low <= current)
  return { kind: 'judged', passed, low: relation === 'at-most' ? null : low, high }
}
