/** What a paired comparison can say of the challenger, valid at any time it is asked. */
export type PairedVerdict = {
  /**
   * better: its mean loss is lower, for certain at 1 - alpha. worse: higher. not-worse: it is at most `margin` higher.
   * undecided: none of these yet.
   */
  readonly kind: 'better' | 'worse' | 'not-worse' | 'undecided'
  /** Mean of challenger loss minus champion loss, and a confidence sequence for it: below 0 the challenger is better. */
  readonly difference: { readonly mean: number; readonly low: number; readonly high: number }
  /** Pairs (or blocks) seen. */
  readonly rows: number
  readonly alpha: number
}
