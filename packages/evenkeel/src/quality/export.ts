import type { BatchRecord } from '../ingest/index.ts'
import type { CheckName } from './check.ts'
import type { CheckResult, Verdict } from './verdict.ts'

/** What Great Expectations calls our checks; those it has no word for keep ours. */
const EXPECTATIONS: Readonly<Record<CheckName, string>> = {
  columns_present: 'expect_table_columns_to_match_set',
  type: 'expect_column_values_to_be_of_type',
  missing_share: 'expect_column_values_to_not_be_null',
  range: 'expect_column_values_to_be_between',
  allowed_values: 'expect_column_values_to_be_in_set',
  unique: 'expect_column_values_to_be_unique',
  duplicate_rows: 'expect_compound_columns_to_be_unique',
  row_count: 'expect_table_row_count_to_be_between',
  freshness: 'evenkeel_freshness',
  change: 'evenkeel_change',
}

/** A verdict in the shape of a Great Expectations validation result, so that tools that read those can read ours. */
export function validationResult(batch: BatchRecord, verdict: Verdict) {
  const successful = verdict.results.filter((result) => result.outcome === 'passed').length
  const evaluated = verdict.results.length
  return {
    success: verdict.kind === 'accept',
    statistics: {
      evaluated_expectations: evaluated,
      successful_expectations: successful,
      unsuccessful_expectations: evaluated - successful,
      success_percent: evaluated === 0 ? null : (100 * successful) / evaluated,
    },
    meta: { batch: batch.id, source: batch.source, rows: batch.rows, verdict: verdict.kind, reason: verdict.reason },
    results: verdict.results.map(expectationResult),
  }
}

function expectationResult(result: CheckResult) {
  return {
    success: result.outcome === 'passed',
    expectation_config: {
      type: EXPECTATIONS[result.name],
      kwargs: result.column === null ? {} : { column: result.column },
      meta: { check: result.name, severity: result.severity, outcome: result.outcome, expected: result.expected },
    },
    result: {
      observed_value: result.observed,
      ...(result.failingShare === null ? {} : { unexpected_percent: 100 * result.failingShare }),
      partial_unexpected_index_list: result.failingRows,
      details: result.reason,
    },
  }
}
