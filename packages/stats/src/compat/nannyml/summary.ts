import { StatsError } from '../../error.ts'
import { deviation, finiteOrNull, mean, sum } from './arithmetic.ts'
import { type Chunking, type ChunkRows, splitChunks } from './chunking.ts'
import { type Frame, numbersOf, presentNumbers, rowsTaken } from './frame.ts'
import { type Bounded, bandOf, type Judged, judged, type ResultRow } from './result.ts'
import { standardDeviationThreshold, type Threshold, type ThresholdValues, thresholdValues } from './threshold.ts'

export type SummaryStatistic = 'avg' | 'median' | 'std' | 'sum'

export type SummaryOptions = {
  /** 'count' is the number of rows and takes no columns. */
  readonly statistic: SummaryStatistic | 'count'
  readonly columns?: readonly string[]
  readonly threshold?: Threshold
  readonly chunking?: Chunking
}

/** What the reference says of a column's spread: its standard deviation, density at its median or fourth moment. */
type Spread = { readonly deviation: number; readonly fourthMoment: number; readonly densityAtMedian: number }

export type SummaryState = {
  readonly chunking: Chunking
  readonly statistic: SummaryOptions['statistic']
  readonly columns: readonly { readonly name: string; readonly spread: Spread; readonly thresholds: ThresholdValues }[]
  readonly reference: readonly ResultRow<SummaryFigure>[]
}

export type SummaryFigure = Judged &
  Partial<Pick<Bounded, 'samplingError' | 'upperConfidenceBoundary' | 'lowerConfidenceBoundary'>>

const ROWS: Spread = { deviation: 0, fourthMoment: 0, densityAtMedian: 0 }

/**
 * NannyML 0.13 `SummaryStats…Calculator.fit` for mean, median, standard deviation, sum or row count. What is wrong with
 * them: they alert when a value lies on a threshold, so that chunks of equal size, whose row counts do not vary at all,
 * all alert; sampling errors count missing rows as present; one missing value takes the error of the standard deviation
 * away. Use the moments of a `Profile`.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN, STATS_EMPTY_SAMPLE, STATS_BAD_OPTION
 * @example
 * const fare = Float64Array.from({ length: 50 }, (_, i) => i % 5)
 * const state = nannyml.fitSummary({ columns: { fare } }, { statistic: 'avg', columns: ['fare'] })
 * nannyml.calculateSummary(state, { columns: { fare } })[0].figures[0].samplingError // 0.6389
 */
export function fitSummary(reference: Frame, options: SummaryOptions): SummaryState {
  const { statistic, threshold = standardDeviationThreshold(), chunking = { by: 'default' } } = options
  const names = statistic === 'count' ? ['rows_count'] : (options.columns ?? [])
  if (names.length === 0) throw new StatsError('STATS_BAD_OPTION', `${statistic} got no columns, expected some`)
  const chunks = splitChunks(reference, chunking, 'reference')
  const lowerLimit = statistic === 'count' || statistic === 'std' ? 0 : null
  const columns = names.map((name) => {
    const values = valuesOf(reference, statistic, name, chunks)
    const spread = statistic === 'count' ? ROWS : spreadOf(name, numbersOf(reference, name), statistic)
    return { name, spread, thresholds: thresholdValues(threshold, values, { lowerLimit, dropAtLimit: true }) }
  })
  const fitted = { chunking, statistic, columns }
  return { ...fitted, reference: resultOf(fitted, reference, chunks) }
}

/**
 * The statistic per chunk and column, with its sampling error and a band of three of them; alerts unless strictly
 * between the thresholds.
 * @example
 * const spent = Float64Array.from({ length: 30 }, (_, i) => i % 3)
 * const totals = nannyml.fitSummary({ columns: { spent } }, { statistic: 'sum', columns: ['spent'] })
 * nannyml.calculateSummary(totals, { columns: { spent } })[0].figures[0].value // 3
 */
export function calculateSummary(state: SummaryState, current: Frame): readonly ResultRow<SummaryFigure>[] {
  return resultOf(state, current, splitChunks(current, state.chunking))
}

function resultOf(
  { statistic, columns }: Pick<SummaryState, 'statistic' | 'columns'>,
  frame: Frame,
  chunks: readonly ChunkRows[],
): readonly ResultRow<SummaryFigure>[] {
  const byColumn = columns.map(({ name }) => valuesOf(frame, statistic, name, chunks))
  return chunks.map(({ chunk, rows }, i) => ({
    chunk,
    figures: columns.map(({ name, spread, thresholds }, j): SummaryFigure => {
      const figure = judged({ name, method: statistic }, byColumn[j]![i]!, thresholds, 'not-within')
      if (statistic === 'count') return figure
      const samplingError = errorOf(statistic, spread, rows.length)
      const bounds = statistic === 'std' ? { lower: 0 } : {}
      return { ...figure, samplingError, ...bandOf(figure.value, samplingError, bounds) }
    }),
  }))
}

function valuesOf(
  frame: Frame,
  statistic: SummaryOptions['statistic'],
  name: string,
  chunks: readonly ChunkRows[],
): readonly (number | null)[] {
  if (statistic === 'count') return chunks.map(({ rows }) => rows.length)
  const column = numbersOf(frame, name)
  return chunks.map(({ rows }) => finiteOrNull(compute(statistic, presentNumbers(rowsTaken(column, rows)))))
}

/** NaN where there are too few values; the sum of none is 0. */
function compute(statistic: SummaryStatistic, values: Float64Array): number {
  if (statistic === 'sum') return sum(values)
  if (statistic === 'avg') return mean(values)
  return statistic === 'std' ? deviation(values, 1) : medianOf(values)
}

/** One standard error of the statistic of `rows` rows drawn from the reference. */
function errorOf(statistic: SummaryStatistic, spread: Spread, rows: number): number | null {
  if (statistic === 'avg') return finiteOrNull(spread.deviation / Math.sqrt(rows))
  if (statistic === 'sum') return finiteOrNull(spread.deviation * Math.sqrt(rows))
  if (statistic === 'median')
    return spread.densityAtMedian === 0 ? 0 : finiteOrNull(Math.sqrt(1 / (4 * rows * spread.densityAtMedian ** 2)))
  const inner = spread.fourthMoment - ((rows - 3) * spread.deviation ** 4) / (rows - 1)
  return inner >= 0 ? finiteOrNull((1 / (2 * spread.deviation)) * Math.sqrt(inner / rows)) : null
}

function spreadOf(name: string, column: Float64Array, statistic: SummaryStatistic): Spread {
  const values = presentNumbers(column)
  if (values.length < 2)
    throw new StatsError(
      'STATS_TOO_FEW_ROWS',
      `${values.length} reference values of ${name} are present, expected at least 2`,
      { column: name, have: values.length, need: 2 },
    )
  const centre = mean(values)
  return {
    deviation: deviation(values, 1),
    // The peer's moment of a column with missing values is NaN: -1 has no error either.
    fourthMoment: values.length < column.length ? -1 : mean(values.map((value) => (value - centre) ** 4)),
    densityAtMedian: statistic === 'median' ? densityAt(medianOf(values), values) : 0,
  }
}

/** Gaussian kernel density with Scott's bandwidth, s n^(-1/5); 0 stands for the infinite density of a constant. */
function densityAt(point: number, values: Float64Array): number {
  const bandwidth = deviation(values, 1) * values.length ** -0.2
  if (bandwidth === 0) return 0
  const heights = values.map((value) => Math.exp(-0.5 * ((value - point) / bandwidth) ** 2))
  return sum(heights) / (values.length * bandwidth * Math.sqrt(2 * Math.PI))
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted()
  return sorted.length === 0 ? Number.NaN : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}
