/** A number with its interval: what is known of it from `rows` rows, at `level` confidence. Or why it is not known. */
export type KnownFigure = {
  readonly kind: 'known'
  readonly value: number
  readonly low: number
  readonly high: number
  readonly rows: number
  readonly level: number
}

export type UnknownFigure = { readonly kind: 'unknown'; readonly reason: string; readonly rows: number }

export type Figure = KnownFigure | UnknownFigure

export type FigureOptions = {
  /** Confidence of the intervals. Default 0.95. */
  readonly level?: number
  /** Below this many rows a figure is unknown. Default 30. */
  readonly minRows?: number
}

/** Performance of probabilities against 0/1 labels. */
export type BinaryPerformance = {
  readonly accuracy: Figure
  readonly precision: Figure
  readonly recall: Figure
  readonly f1: Figure
  readonly rocAuc: Figure
  readonly averagePrecision: Figure
  readonly logLoss: Figure
  readonly brier: Figure
  /** Expected calibration error over ten equal-count bins. */
  readonly calibrationError: Figure
  /** Mean label minus mean score: above 0 the model promises too little. */
  readonly calibrationInTheLarge: Figure
  /** Slope of the logistic regression of the label on the score's logit; 1 when calibrated. */
  readonly calibrationSlope: Figure
  readonly baseRate: Figure
}

export type MulticlassPerformance = { readonly accuracy: Figure; readonly logLoss: Figure; readonly macroF1: Figure }

export type RegressionPerformance = {
  readonly mae: Figure
  readonly rmse: Figure
  readonly r2: Figure
  /** Mean of prediction minus label. */
  readonly bias: Figure
  readonly mape: Figure
}
