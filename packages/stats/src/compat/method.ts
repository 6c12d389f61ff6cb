import type { Unknown } from '../error.ts'

/** A column as any of the peers would hold it; null, undefined and NaN are missing. */
export type NamedColumn = ArrayLike<number | string | boolean | null | undefined>
export type ColumnKind = 'numeric' | 'categorical'

export type WindowOptions = {
  /** Default: the peer's. For NannyML: the upper threshold, instead of one from the chunks of the reference. */
  readonly threshold?: number
  /** How the column is to be read, where the method takes either kind. Default: as the peer infers it. */
  readonly column?: ColumnKind
  /** Of methods that the peer leaves unseeded. */
  readonly seed?: number | string
}

/** What a peer says of the current column beside the reference. */
export type NamedVerdict = {
  readonly kind: 'judged'
  /** The method that judged: the one that was chosen, where the name left the choice to the peer. */
  readonly method: string
  readonly score: number
  readonly scale: 'p-value' | 'distance' | 'statistic'
  /** null where the verdict does not come from one. */
  readonly threshold: number | null
  readonly shifted: boolean
}
export type NamedResult = NamedVerdict | Unknown

/** A method that sets a current column beside a reference column. */
export type WindowMethod = {
  readonly kind: 'window'
  readonly name: string
  readonly column: ColumnKind | 'either'
  readonly run: (reference: NamedColumn, current: NamedColumn, options?: WindowOptions) => NamedResult
}

/** A method that takes one value after another. */
export type StreamMethod = {
  readonly kind: 'stream'
  readonly name: string
  /** What a value is: any number, the loss of a prediction, or 1 for a correct one. */
  readonly input: 'number' | 'loss' | 'correct'
  readonly start: (options?: Readonly<Record<string, unknown>>) => StreamRun
}
export type StreamRun = { readonly step: (value: number) => 'drift' | 'warning' | 'steady' }

export type NamedMethod = WindowMethod | StreamMethod
