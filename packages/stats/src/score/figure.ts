/** A number with its interval: what is known of it from `rows` rows (or blocks), at `level` confidence. */
export type KnownFigure = {
  readonly kind: 'known'
  readonly value: number
  readonly low: number
  readonly high: number
  readonly rows: number
  readonly level: number
}

/** Why a number is not known: too-few-rows, one-class-only, … */
export type UnknownFigure = { readonly kind: 'unknown'; readonly reason: string; readonly rows: number }

export type Figure = KnownFigure | UnknownFigure

export type FigureOptions = {
  /** Confidence of the intervals. Default 0.95. */
  readonly level?: number
  /** With fewer rows every figure is unknown. Default 30. */
  readonly minRows?: number
}
