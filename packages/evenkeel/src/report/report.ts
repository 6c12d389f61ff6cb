import type { Distance } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import type { ColumnType, Role } from '../ingest/index.ts'

/**
 * What changed between two tables. This is also the JSON form: `version` counts changes that a reader must know of,
 * added fields do not.
 */
export interface DriftReport {
  readonly format: 'evenkeel-report'
  readonly version: 1
  readonly createdAt: Instant
  readonly reference: TableSummary
  readonly current: TableSummary
  /** shifted when a column is; else unknown when one could not be judged or none was; else steady. */
  readonly verdict: ReportVerdict
  readonly words: string
  readonly settings: ReportSettings
  /** Largest change first. */
  readonly columns: readonly ColumnReport[]
  /** Columns of the current table that the reference does not have. */
  readonly added: readonly string[]
  /** Quantiles and numbers of distinct values are estimates: the tables were scanned and not held whole. */
  readonly estimated: boolean
}

export type ReportVerdict = 'steady' | 'shifted' | 'unknown'

export interface ReportSettings {
  /** Probability that any column at all is called shifted when nothing changed; shared out over the columns judged. */
  readonly falseAlarms: number
  /** Rows on either side below which a column is unknown. */
  readonly minRows: number
  /** PSI beyond noise, in nats, below which a change is real but too small to matter. */
  readonly floor: number
}

export interface TableSummary {
  readonly name: string
  readonly rows: number
  readonly columns: number
}

/** left-out: not judged on purpose, because it moves by its nature (times, identifiers, free text). */
export type ColumnVerdict = ReportVerdict | 'left-out'

export interface ColumnReport {
  readonly column: string
  readonly type: ColumnType
  readonly role: Role
  readonly unit: string | null
  readonly verdict: ColumnVerdict
  /** The verdict in words: what changed, or why it is steady, unknown or left out. */
  readonly reason: string
  /** PSI less what noise makes of it, in nats; null when not judged. */
  readonly effect: number | null
  readonly measures: {
    readonly psi: Distance | null
    readonly jensenShannon: Distance | null
    readonly ks: Distance | null
  }
  readonly reference: ColumnSummary
  /** Null when the current table does not have the column. */
  readonly current: ColumnSummary | null
  readonly distribution: Distribution | null
  /** Oddities of the data itself, in words. */
  readonly notices: readonly string[]
}

export interface ColumnSummary {
  readonly rows: number
  readonly missing: number
  /** Cells with something that is not of the column's type. */
  readonly invalid: number
  readonly distinct: number
  /** Null for columns of strings and without any value. */
  readonly numbers: NumberSummary | null
  /** Most frequent first. */
  readonly topValues: readonly { readonly value: string | number; readonly rows: number }[]
}

export interface NumberSummary {
  readonly mean: number
  readonly deviation: number
  readonly min: number
  readonly p05: number
  readonly p25: number
  readonly median: number
  readonly p75: number
  readonly p95: number
  readonly max: number
}

/** Shares of the rows with a value. */
export type Distribution =
  | {
      readonly kind: 'numeric'
      readonly edges: readonly number[]
      readonly reference: readonly number[]
      readonly current: readonly number[]
    }
  | {
      readonly kind: 'categorical'
      readonly values: readonly string[]
      readonly reference: readonly number[]
      readonly current: readonly number[]
    }
