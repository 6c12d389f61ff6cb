import type { ColumnVerdict, ReportSettings, ReportVerdict } from '../../report/index.ts'

/** What was found of one column. */
export interface Finding {
  readonly column: string
  /** The method that was asked for: `evenkeel`, or a peer's by name. */
  readonly method: string
  /** The peer whose figures these are; null for our own. */
  readonly peer: { readonly name: string; readonly version: string } | null
  readonly verdict: ColumnVerdict
  /** The verdict in words. */
  readonly reason: string
  /** What `value` is: `psi`, or the peer's method, the one it chose where the choice was left to it. */
  readonly measure: string | null
  readonly scale: 'p-value' | 'distance' | 'statistic' | null
  readonly value: number | null
  /** Ours: the noise floor, beyond which the value comes by chance at the rate of false alarms only. A peer's: its threshold. */
  readonly threshold: number | null
  /** PSI less what noise makes of it, in nats; null for a peer. */
  readonly effect: number | null
  readonly rows: Sides
  readonly missing: Sides
}

interface Sides {
  readonly reference: number
  readonly current: number
}

export interface DriftCheck {
  /** shifted when a column is; else unknown when one could not be judged or none was; else steady. */
  readonly verdict: ReportVerdict
  readonly words: string
  readonly rows: Sides
  readonly settings: ReportSettings
  /** What needs a person first: shifted, unknown, steady, left out. */
  readonly findings: readonly Finding[]
  /** Columns of the current table that the reference does not have. */
  readonly added: readonly string[]
}
