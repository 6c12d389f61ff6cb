import type { CheckName, Severity } from './check.ts'

export type CheckOutcome = 'passed' | 'failed' | 'unknown'

/** What one check found. */
export interface CheckResult {
  readonly name: CheckName
  /** Null for checks of the whole batch. */
  readonly column: string | null
  readonly severity: Severity
  readonly outcome: CheckOutcome
  readonly observed: string
  readonly expected: string
  /** Share of the rows it looked at; null where it does not look at rows, or could not. */
  readonly failingShare: number | null
  /** Indices of failing rows, the first MAX_FAILING_ROWS of them. */
  readonly failingRows: readonly number[]
  /** In words: what was found, or why it could not be told. */
  readonly reason: string
}

/** Failing rows a result names and the database keeps; the whole batch stays in the lake. */
export const MAX_FAILING_ROWS = 20

/**
 * accept: every check of severity `fail` passed. quarantine: one failed. unknown: none failed, and one could not be
 * evaluated; unknown is not accept (law 5), so the batch is held like a quarantined one until a person looks.
 */
export interface Verdict {
  readonly kind: 'accept' | 'quarantine' | 'unknown'
  readonly results: readonly CheckResult[]
  /** Why, in words, for people and events. */
  readonly reason: string
}
