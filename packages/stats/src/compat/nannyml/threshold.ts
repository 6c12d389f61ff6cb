import { StatsError } from '../../error.ts'
import { deviation, finiteOrNull, mean } from './arithmetic.ts'

/** Where the band of a standard-deviation threshold is centred. NannyML takes any function, by default the mean. */
export type ThresholdCentre = 'mean' | 'median' | 'min' | 'max'

export type Threshold =
  | { readonly kind: 'constant'; readonly lower: number | null; readonly upper: number | null }
  | {
      readonly kind: 'standard_deviation'
      /** null: no such side. */
      readonly stdLowerMultiplier: number | null
      readonly stdUpperMultiplier: number | null
      readonly offsetFrom: ThresholdCentre
    }

export type ThresholdValues = { readonly lower: number | null; readonly upper: number | null }

export type StandardDeviationOptions = {
  /** Default 3; null for no lower side. */
  readonly stdLowerMultiplier?: number | null
  /** Default 3; null for no upper side. */
  readonly stdUpperMultiplier?: number | null
  /** Default mean. */
  readonly offsetFrom?: ThresholdCentre
}

/**
 * Centre of the reference chunks ± multiples of their standard deviation (ddof 0), as in NannyML 0.13. What is wrong
 * with it: a band of 3 deviations estimated from ten values alarms on 4–7 % of chunks without any drift, not on the
 * 0.13 % of the normal law, and the reference chunks it is estimated from were used in the fit. Use a detector with a
 * stated false-alarm budget (`createLossDetector` for losses), or judge a distance against its own noise
 * (`compareColumns`).
 * @throws StatsError STATS_BAD_OPTION for a negative multiplier
 * @example nannyml.thresholdValues(nannyml.standardDeviationThreshold(), [1, 2, 3, 4]).upper // 5.8541
 */
export function standardDeviationThreshold(options: StandardDeviationOptions = {}): Threshold {
  const { stdLowerMultiplier = 3, stdUpperMultiplier = 3, offsetFrom = 'mean' } = options
  for (const multiplier of [stdLowerMultiplier, stdUpperMultiplier])
    if (multiplier !== null && !(multiplier >= 0 && multiplier < Infinity))
      throw new StatsError(
        'STATS_BAD_OPTION',
        `multiplier is ${multiplier}, expected a number from 0, or null for none`,
      )
  return { kind: 'standard_deviation', stdLowerMultiplier, stdUpperMultiplier, offsetFrom }
}

/**
 * Fixed limits, whatever the reference says.
 * @throws StatsError STATS_BAD_OPTION unless lower < upper
 * @example nannyml.constantThreshold({ upper: 0.1 }).lower // null
 */
export function constantThreshold(options: { lower?: number | null; upper?: number | null }): Threshold {
  const { lower = null, upper = null } = options
  const numbers = [lower, upper].every((side) => side === null || Number.isFinite(side))
  if (numbers && (lower === null || upper === null || lower < upper)) return { kind: 'constant', lower, upper }
  throw new StatsError('STATS_BAD_OPTION', `lower is ${lower} and upper ${upper}, expected lower < upper, or null`)
}

export type ThresholdLimits = {
  readonly lowerLimit?: number | null
  readonly upperLimit?: number | null
  /** At its limit a side is left out, instead of put there. */
  readonly dropAtLimit?: boolean
}

/**
 * The lower and upper threshold for the values of the reference chunks; null counts as missing. A side at or beyond its
 * limit (0 for a distance, 1 for a share) is put there.
 * @example nannyml.thresholdValues(nannyml.standardDeviationThreshold(), [1, 2, 3, 4], { lowerLimit: 0 }).lower // 0
 */
export function thresholdValues(
  threshold: Threshold,
  values: readonly (number | null)[],
  limits: ThresholdLimits = {},
): ThresholdValues {
  const { lower, upper } = threshold.kind === 'constant' ? threshold : bandOf(threshold, values)
  const { lowerLimit = null, upperLimit = null, dropAtLimit = false } = limits
  return {
    lower: lower !== null && lowerLimit !== null && lower <= lowerLimit ? (dropAtLimit ? null : lowerLimit) : lower,
    upper: upper !== null && upperLimit !== null && upper >= upperLimit ? (dropAtLimit ? null : upperLimit) : upper,
  }
}

/** Beyond a threshold, strictly. A missing value never alerts in NannyML: look at `value`, null is not health. */
export function isBeyond(value: number | null, { lower, upper }: ThresholdValues): boolean {
  return value !== null && ((lower !== null && value < lower) || (upper !== null && value > upper))
}

/** Not strictly between the thresholds: NannyML's rule for reconstruction and summary statistics; missing alerts. */
export function isNotWithin(value: number | null, { lower, upper }: ThresholdValues): boolean {
  return value === null || !((lower ?? -Infinity) < value && value < (upper ?? Infinity))
}

function bandOf(
  threshold: Extract<Threshold, { kind: 'standard_deviation' }>,
  values: readonly (number | null)[],
): ThresholdValues {
  const present = values.filter((value) => value !== null)
  if (present.length === 0) return { lower: null, upper: null }
  const spread = deviation(present)
  const centre = centreOf(threshold.offsetFrom, present)
  const side = (multiplier: number | null, sign: 1 | -1) =>
    multiplier === null ? null : finiteOrNull(centre + sign * spread * multiplier)
  return { lower: side(threshold.stdLowerMultiplier, -1), upper: side(threshold.stdUpperMultiplier, 1) }
}

function centreOf(centre: ThresholdCentre, values: readonly number[]): number {
  if (centre === 'mean') return mean(values)
  const sorted = values.toSorted((a, b) => a - b)
  if (centre === 'min') return sorted[0]!
  if (centre === 'max') return sorted.at(-1)!
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}
