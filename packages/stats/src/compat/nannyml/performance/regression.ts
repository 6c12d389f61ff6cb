import { deviation, mean } from '../arithmetic.ts'
import type { Rows } from './rows.ts'
import { FROM_ZERO, type Rule, spread } from './rule.ts'

export type RegressionMetric = 'mae' | 'mape' | 'mse' | 'msle' | 'rmse' | 'rmsle'

type Loss = {
  /** What a row loses, from its truth and its prediction. */
  readonly of: (truth: number, predicted: number) => number
  /** The metric is the root of the mean. */
  readonly root: boolean
  /** Logarithms: negative values are refused. */
  readonly logarithmic: boolean
}

const squared = (truth: number, predicted: number) => (truth - predicted) ** 2
const squaredLog = (truth: number, predicted: number) => (Math.log1p(truth) - Math.log1p(predicted)) ** 2

export const LOSSES: Readonly<Record<RegressionMetric, Loss>> = {
  mae: { of: (truth, predicted) => Math.abs(truth - predicted), root: false, logarithmic: false },
  mape: {
    of: (truth, predicted) => Math.abs(truth - predicted) / Math.max(Number.EPSILON, Math.abs(truth)),
    root: false,
    logarithmic: false,
  },
  mse: { of: squared, root: false, logarithmic: false },
  msle: { of: squaredLog, root: false, logarithmic: true },
  rmse: { of: squared, root: true, logarithmic: false },
  rmsle: { of: squaredLog, root: true, logarithmic: true },
}

/**
 * The regression metrics of NannyML 0.13. The sampling error of MAPE divides by the signed truth: with truths of both
 * signs it is that of another quantity, and one truth of 0 takes it away.
 */
export function regressionRules(): Readonly<Record<RegressionMetric, Rule>> {
  return Object.fromEntries(
    (Object.keys(LOSSES) as RegressionMetric[]).map((metric) => [metric, ruleOf(metric)]),
  ) as Record<RegressionMetric, Rule>
}

export function hasNegative({ truth, predicted }: Pick<Rows, 'truth' | 'predicted'>): boolean {
  return truth.some((value) => value < 0) || predicted.some((value) => value < 0)
}

function ruleOf(metric: RegressionMetric): Rule {
  const { of, root, logarithmic } = LOSSES[metric]
  return {
    names: [metric],
    bounds: FROM_ZERO,
    needs: ['truth', 'predicted'],
    realised: (rows) => {
      if (logarithmic && hasNegative(rows)) return 'raises'
      const loss = mean(lossesOf(rows, of))
      return [root ? Math.sqrt(loss) : loss]
    },
    spreads: (rows) => {
      const signed = metric === 'mape' ? (t: number, p: number) => Math.abs(t - p) / t : of
      const losses = lossesOf(rows, signed)
      return [spread(root ? deviation(losses) / (2 * Math.sqrt(mean(losses))) : deviation(losses))]
    },
  }
}

function lossesOf({ truth, predicted }: Rows, of: Loss['of']): Float64Array {
  return truth.map((value, row) => of(value, predicted[row]!))
}
