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
}

export type DistanceOptions = {
  /** Probability of exceeding the noise floor when nothing changed. Default 0.001. */
  readonly alpha?: number
  /** Rows per independent row (clustered or repeated rows make it more than 1). Default 1. */
  readonly designEffect?: number
}
