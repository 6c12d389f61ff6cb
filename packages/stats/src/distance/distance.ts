import type { Effect, EffectInterval, SampleRows } from '../hypothesis/index.ts'

/**
 * A distance of two binned samples and what chance alone makes of it at these sample sizes.
 * Judge `value` against `noiseFloor`: it is exceeded with probability `alpha` when nothing changed.
 */
export type Distance = {
  readonly value: number
  /** The (1 - alpha) quantile when nothing changed. */
  readonly noiseFloor: number
  /** The mean when nothing changed; `value - noiseMean` estimates the change itself. */
  readonly noiseMean: number
  readonly alpha: number
  /**
   * Of the distance between the two distributions, where `level` was asked for: for PSI, Kullback-Leibler,
   * Jensen-Shannon and Hellinger, which are a multiple of noncentral chi-square at small distances (or its root).
   * It needs dense bins: some 5 expected rows in each.
   */
  readonly interval?: EffectInterval
}

export type DistanceOptions = {
  /** Probability of exceeding the noise floor when nothing changed. Default 0.001. */
  readonly alpha?: number
  /** Rows per independent row (clustered or repeated rows make it more than 1). Default 1. */
  readonly designEffect?: number
  /** Asks for the interval at this confidence, above 0 and below 1. Default: no interval, which costs more than the rest. */
  readonly level?: number
}

/** A distance of two samples of raw values: as of binned ones, with the p-value, the interval and the size of the change. */
export type SampleDistance = Distance & {
  readonly kind: 'measured'
  /** Of the null that both samples are independent rows of one distribution, by permutation. */
  readonly pValue: number
  readonly method: 'permutation'
  /** Of the distance between the two distributions, in the unit of `value`. */
  readonly interval: EffectInterval
  /** The distance on a scale without a unit. */
  readonly effect: Effect
  readonly rows: SampleRows
}

export type SampleDistanceOptions = {
  /** Probability of exceeding the noise floor when nothing changed, 0.0001 to 1. Default 0.001. */
  readonly alpha?: number
  /** Confidence of the intervals. Default 0.95. */
  readonly level?: number
}
