import { MINUTE_MS } from '../clock.ts'

/** How a model is trained and measured; the defaults are meant to do well on a file nobody has looked at. */
export interface TrainingSettings {
  readonly learner: 'boosted-trees' | 'linear'
  readonly seed: number
  /** Boosting rounds at most; the validation rows end them sooner. */
  readonly trees: number
  readonly maxDepth: number
  readonly learningRate: number
  readonly minRowsPerLeaf: number
  /** Ridge penalty of a linear model. */
  readonly l2: number
  /** By feature name: the prediction never falls (1) or never rises (-1) with it. */
  readonly monotone: Readonly<Record<string, 1 | -1>>
  /**
   * `platt` corrects the probabilities of a binary model on the validation rows. Isotonic regression is not offered: its
   * steep steps magnify the rounding of float32 beyond what a graph may differ from its learner.
   */
  readonly calibration: 'none' | 'platt'
  /** The newest share of the rows, never trained on: what the model is measured on. */
  readonly holdoutShare: number
  /** The share before those: what ends the boosting, and calibrates. */
  readonly validationShare: number
  /** Time left out before validation and before the held-out rows, where rows overlap in time. */
  readonly embargoMs: number
  readonly minRows: number
  readonly maxRows: number
  /** A category seen in fewer rows goes with the unseen ones. */
  readonly minCategoryRows: number
  /** A run that takes longer is stopped. */
  readonly timeLimitMs: number
}

export const DEFAULT_TRAINING: TrainingSettings = {
  learner: 'boosted-trees',
  seed: 1,
  trees: 200,
  maxDepth: 6,
  learningRate: 0.1,
  minRowsPerLeaf: 20,
  l2: 1,
  monotone: {},
  calibration: 'none',
  holdoutShare: 0.2,
  validationShare: 0.1,
  embargoMs: 0,
  minRows: 100,
  maxRows: 1_000_000,
  minCategoryRows: 10,
  timeLimitMs: 14 * MINUTE_MS,
}
