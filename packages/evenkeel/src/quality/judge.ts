import { type Profile, wilsonInterval } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import type { Batch } from '../ingest/index.ts'
import { judgeChange } from './change.ts'
import type { Check, ColumnsPresent, Freshness, RowCount } from './check.ts'
import { type RowCheck, type Tally, tally } from './values.ts'
import type { CheckOutcome, CheckResult, Verdict } from './verdict.ts'

/** What a batch is judged against beside itself. */
export interface JudgeContext {
  readonly now: Instant
  /** Profile of the reference, for `change`; null when there is none yet. */
  readonly reference: Profile | null
}

/** What a check found, before it is put on record. */
export interface Answer {
  readonly outcome: CheckOutcome
  readonly observed: string
  readonly expected: string
  readonly reason: string
  readonly failingShare?: number
  readonly failingRows?: readonly number[]
}

/**
 * Judges a batch that was brought to its schema. Pure. A check that cannot be evaluated is unknown; a value check over a
 * column without values passes where a `missing_share` check of that column was evaluated: absence is that check's business.
 */
export function judge(batch: Batch, checks: readonly Check[], context: JudgeContext): Verdict {
  const results = checks.map((check) => resultOf(check, answer(check, batch, context)))
  return verdictOf(results.map((result, index) => excuseAbsence(result, checks[index]!, results)))
}

function answer(check: Check, batch: Batch, context: JudgeContext): Answer {
  switch (check.name) {
    case 'columns_present':
      return judgeColumns(check, batch)
    case 'row_count':
      return judgeRowCount(check, batch)
    case 'freshness':
      return judgeFreshness(check, batch, context.now)
    case 'change':
      return judgeChange(check, batch, context.reference)
    default:
      return judgeRows(check, tally(check, batch))
  }
}

function resultOf(check: Check, found: Answer): CheckResult {
  return {
    name: check.name,
    column: 'column' in check ? check.column : null,
    severity: check.severity,
    outcome: found.outcome,
    observed: found.observed,
    expected: found.expected,
    failingShare: found.failingShare ?? null,
    failingRows: found.failingRows ?? [],
    reason: found.reason,
  }
}

const VALUE_CHECKS: readonly Check['name'][] = ['type', 'range', 'allowed_values', 'unique']
const NO_VALUES = 'it has no values'

function excuseAbsence(result: CheckResult, check: Check, results: readonly CheckResult[]): CheckResult {
  if (result.outcome !== 'unknown' || !VALUE_CHECKS.includes(check.name) || result.observed !== NO_VALUES) return result
  const isJudged = results.some(
    (other) => other.name === 'missing_share' && other.column === result.column && other.outcome !== 'unknown',
  )
  if (!isJudged) return result
  return { ...result, outcome: 'passed', reason: `${result.column} has no values, which its missing_share judges` }
}

/** One failed: quarantine. None failed and one unknown: unknown, which is not accept (law 5). Warnings decide nothing. */
function verdictOf(results: readonly CheckResult[]): Verdict {
  const deciding = results.filter((result) => result.severity === 'fail' && result.outcome !== 'passed')
  const failed = deciding.filter((result) => result.outcome === 'failed')
  if (failed.length > 0) return { kind: 'quarantine', results, reason: reasonsOf(failed) }
  if (deciding.length > 0) return { kind: 'unknown', results, reason: `could not be told: ${reasonsOf(deciding)}` }
  const passed = results.filter((result) => result.outcome === 'passed').length
  return { kind: 'accept', results, reason: `${passed} of ${results.length} checks passed, none failed` }
}

const MAX_REASONS = 5

function reasonsOf(results: readonly CheckResult[]): string {
  const shown = results.slice(0, MAX_REASONS).map((result) => result.reason)
  const more = results.length - shown.length
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

function judgeRows(check: RowCheck, found: Tally | string): Answer {
  const { mostly = 1 } = check
  const what = 'column' in check ? `${check.name} of ${check.column}` : check.name
  const expected = `${percent(mostly)} of rows ${EXPECTED[check.name]}${limitsOf(check)}`
  if (typeof found === 'string')
    return { outcome: 'unknown', observed: 'nothing', expected, reason: `${what} cannot be told: ${found}` }
  if (found.asked === 0)
    return { outcome: 'unknown', observed: NO_VALUES, expected, reason: `${what} cannot be told: ${NO_VALUES}` }
  const failingShare = found.failing / found.asked
  const failed = failsBeyond(found, 1 - mostly, check.confidence)
  const example = found.example === null ? '' : `, such as ${JSON.stringify(found.example.slice(0, 60))}`
  const observed = `${found.failing} of ${found.asked} rows (${percent(failingShare)}) fail${example}`
  return {
    outcome: failed ? 'failed' : 'passed',
    observed,
    expected,
    reason: `${what}: ${observed}, expected ${expected}`,
    failingShare,
    failingRows: found.failingRows,
  }
}

const EXPECTED: Readonly<Record<RowCheck['name'], string>> = {
  type: 'with a value of the pinned type',
  missing_share: 'with a value',
  range: 'with a value in',
  allowed_values: 'with one of',
  unique: 'with a value of their own',
  duplicate_rows: 'that come once',
}

function limitsOf(check: RowCheck): string {
  if (check.name === 'range') return ` [${check.min ?? '-∞'}, ${check.max ?? '∞'}]`
  if (check.name === 'allowed_values') return ` ${check.values.length} known values`
  return ''
}

/** Rounding must not fail a share that is exactly the tolerance. */
const ROUNDING = 1e-9

function failsBeyond(found: Tally, tolerance: number, confidence: number | undefined): boolean {
  if (found.failing / found.asked <= tolerance + ROUNDING) return false
  if (confidence === undefined) return true
  return wilsonInterval(found.failing, found.asked, 2 * confidence - 1).low > tolerance
}

function judgeColumns(check: ColumnsPresent, batch: Batch): Answer {
  const absent = check.columns.filter((name) => !Object.hasOwn(batch.columns, name))
  const known = new Set(check.columns)
  const extra = check.exact ? Object.keys(batch.columns).filter((name) => !known.has(name)) : []
  const found = [
    ...(absent.length > 0 ? [`${absent.join(', ')} absent`] : []),
    ...(extra.length > 0 ? [`${extra.join(', ')} not expected`] : []),
  ]
  const observed = found.length === 0 ? 'all there' : found.join(', ')
  const expected = `columns ${check.columns.join(', ')}`
  return {
    outcome: found.length === 0 ? 'passed' : 'failed',
    observed,
    expected,
    reason: `columns_present: ${inShort(absent, extra) || observed}`,
  }
}

const NAMED_IN_REASON = 8

/** What is missing says what was expected; the whole lists stand beside it, in observed and expected. */
function inShort(absent: readonly string[], extra: readonly string[]): string {
  return [
    ...(absent.length > 0 ? [`${abridge(absent)} absent`] : []),
    ...(extra.length > 0 ? [`${abridge(extra)} not expected`] : []),
  ].join(', ')
}

function abridge(names: readonly string[]): string {
  const rest = names.length - NAMED_IN_REASON
  return rest <= 0 ? names.join(', ') : `${names.slice(0, NAMED_IN_REASON).join(', ')} and ${rest} more`
}

function judgeRowCount({ min = 0, max = Infinity }: RowCount, batch: Batch): Answer {
  const expected = max === Infinity ? `at least ${min} rows` : `${min} to ${max} rows`
  const outcome = batch.rows >= min && batch.rows <= max ? 'passed' : 'failed'
  const observed = `${batch.rows} rows`
  return { outcome, observed, expected, reason: `row_count: found ${observed}, expected ${expected}` }
}

function judgeFreshness(check: Freshness, batch: Batch, now: Instant): Answer {
  const expected = `an event time in ${check.column} at most ${hours(check.maxAgeMs)} old`
  const column = Object.hasOwn(batch.columns, check.column) ? batch.columns[check.column] : undefined
  const newest =
    column?.kind === 'numeric'
      ? column.values.reduce((max, value) => (value > max ? value : max), -Infinity)
      : -Infinity
  if (newest === -Infinity)
    return {
      outcome: 'unknown',
      observed: 'no time',
      expected,
      reason: `freshness cannot be told: ${check.column} holds no time`,
    }
  const observed = `newest ${new Date(newest).toISOString()}, ${hours(now - newest)} old`
  const outcome = now - newest <= check.maxAgeMs ? 'passed' : 'failed'
  return { outcome, observed, expected, reason: `freshness: ${observed}, expected ${expected}` }
}

function hours(ms: number): string {
  return `${Math.round(ms / 360_000) / 10} h`
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`
}
