import { StatsError, type Unknown } from '../../error.ts'
import { type ColumnType, cleaned, hasMoreThan, inferColumnType, type Values } from './column.ts'
import { type DriftResult, judgeBy, runTest, type TestOptions } from './run.ts'
import type { TestId } from './table.ts'

/** Columns by name. */
export type Frame = Readonly<Record<string, Values>>

/** Evidently's two tests of text. They are not here: see docs/methods/compat-evidently.md. */
export type TextTestId = 'perc_text_content_drift' | 'abs_text_content_drift'

const SMALL_REFERENCE_ROWS = 1000
const FEW_VALUES = 5

/**
 * The test that Evidently takes where none is named, from the kind of column, the rows of the reference and the distinct
 * values of both samples, all after missing and infinite values are taken out. The size of the current sample does not
 * count, though the distances of the large-reference branch depend on it more than on any drift.
 * @example evidently.defaultTest([1, 2, 3, 4, 5], [2, 3, 4, 5, 6], 'num') // 'ks'
 */
export function defaultTest(
  reference: Values,
  current: Values,
  type: ColumnType = inferColumnType(current),
): TestId | TextTestId | Unknown {
  const [a, b] = [cleaned(reference, 'reference'), cleaned(current, 'current')]
  if ('kind' in a) return a
  if ('kind' in b) return b
  if (type === 'unknown') return { kind: 'unknown', reason: 'column-type', have: 0, need: 1 }
  if (type === 'text')
    return a.values.length > SMALL_REFERENCE_ROWS ? 'abs_text_content_drift' : 'perc_text_content_drift'
  const manyValues = hasMoreThan(FEW_VALUES, a.values, b.values)
  if (a.values.length > SMALL_REFERENCE_ROWS) return type === 'num' && manyValues ? 'wasserstein' : 'jensenshannon'
  if (type === 'num' && manyValues) return 'ks'
  return hasMoreThan(2, a.values, b.values) ? 'chisquare' : 'z'
}

/** A test and threshold for all columns, for those of a type, and for one by name; the last named wins. */
export type DriftOptions = {
  readonly test?: TestId
  readonly numTest?: TestId
  readonly catTest?: TestId
  readonly columnTests?: Readonly<Record<string, TestId>>
  readonly threshold?: number
  readonly numThreshold?: number
  readonly catThreshold?: number
  readonly columnThresholds?: Readonly<Record<string, number>>
  /** How columns are to be read where `inferColumnType` of the current column is not what is meant. */
  readonly columnTypes?: Readonly<Record<string, ColumnType>>
  /** Columns to judge; default: all of the current frame whose type is known. */
  readonly columns?: readonly string[]
  /** Share of drifted columns that makes the data drifted. Default 0.5. */
  readonly driftShare?: number
  readonly seed?: number | string
}

export type DatasetDrift = {
  readonly columns: Readonly<Record<string, DriftResult>>
  readonly drifted: number
  /** Drifted columns over all columns looked at. */
  readonly share: number
  /** Unknown where the columns that could not be judged would decide. */
  readonly datasetDrift: boolean | Unknown
}

/**
 * Evidently's `DataDriftPreset`: every column by its test, the data by the share of drifted columns. Two deviations: a
 * column that makes Evidently raise (empty, missing from the reference) is unknown here and the others are judged; columns
 * of text are unknown. Wrong in it: a total break of 49 % of the columns is no drift, and nothing corrects for the number
 * of columns. Use `compareProfiles`, or monitors with one budget for all columns.
 * @throws STATS_NO_COLUMNS where there is nothing to look at
 * @example
 * const drift = evidently.datasetDrift({ a: [1.5, 2.5, 3.5], b: ['x', 'y', 'y'] }, { a: [9.5, 8.5, 7.5], b: ['x', 'x', 'y'] })
 * drift.share // 0
 */
export function datasetDrift(reference: Frame, current: Frame, options: DriftOptions = {}): DatasetDrift {
  const names = options.columns ?? Object.keys(current).filter((name) => typeOf(name, current, options) !== 'unknown')
  if (names.length === 0)
    throw new StatsError('STATS_NO_COLUMNS', 'the current frame has no column of a type that Evidently judges')
  const columns = Object.fromEntries(names.map((name) => [name, judge(name, reference, current, options)]))
  const results = Object.values(columns)
  const drifted = results.filter((result) => result.kind === 'judged' && result.drifted).length
  const unknown = results.filter((result) => result.kind === 'unknown').length
  const share = drifted / names.length
  const { driftShare = 0.5 } = options
  const open = share < driftShare && (drifted + unknown) / names.length >= driftShare
  return {
    columns,
    drifted,
    share,
    datasetDrift: open
      ? { kind: 'unknown', reason: 'columns-not-judged', have: names.length - unknown, need: names.length }
      : share >= driftShare,
  }
}

/**
 * One column by Evidently's default test, or by the one named.
 * @example evidently.columnDrift(['a', 'b', 'a', 'b'], ['b', 'b', 'a', 'b']).test // 'z'
 */
export function columnDrift(
  reference: Values,
  current: Values,
  options: Omit<TestOptions, 'type'> & { readonly type?: ColumnType; readonly test?: TestId } = {},
): DriftResult {
  const type = options.type ?? inferColumnType(current)
  const test = options.test ?? defaultTest(reference, current, type)
  if (typeof test !== 'string') return test
  if (type === 'unknown' || type === 'text' || isOfText(test))
    return { kind: 'unknown', reason: `column-type-${type}`, have: 0, need: 1 }
  const { test: named, type: _type, ...rest } = options
  return named === undefined
    ? judgeBy(test, type, { reference, current }, rest)
    : runTest(test, reference, current, { ...rest, type })
}

function judge(name: string, reference: Frame, current: Frame, options: DriftOptions): DriftResult {
  const [a, b] = [own(reference, name), own(current, name)]
  if (a === undefined) return { kind: 'unknown', reason: 'not-in-reference', have: 0, need: 1 }
  if (b === undefined) return { kind: 'unknown', reason: 'not-in-current', have: 0, need: 1 }
  const type = typeOf(name, current, options)
  const test = own(options.columnTests, name) ?? (type === 'num' ? options.numTest : options.catTest) ?? options.test
  const threshold =
    own(options.columnThresholds, name) ??
    (type === 'num' ? options.numThreshold : options.catThreshold) ??
    options.threshold
  return columnDrift(a, b, {
    type,
    ...(test === undefined ? {} : { test }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
}

function typeOf(name: string, current: Frame, options: DriftOptions): ColumnType {
  return own(options.columnTypes, name) ?? inferColumnType(own(current, name) ?? [])
}

function isOfText(test: TestId | TextTestId): test is TextTestId {
  return test.endsWith('text_content_drift')
}

/** A column may be called `constructor`. */
function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
