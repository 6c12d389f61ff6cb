import { StatsError } from '../../../error.ts'
import { type Chunking, type ChunkRows, splitChunks } from '../chunking.ts'
import { asNumbers, type Column, categoriesOf, columnOf, type Frame, isNumeric, rowsTaken } from '../frame.ts'
import { type Judged, judged, type ResultRow } from '../result.ts'
import { standardDeviationThreshold, type Threshold, type ThresholdValues, thresholdValues } from '../threshold.ts'
import {
  type CategoricalMethod,
  type ContinuousMethod,
  distanceTo,
  type FittedMethod,
  fitMethod,
  LIMITS,
  type UnivariateMethod,
} from './method.ts'

export type UnivariateOptions = {
  readonly columns: readonly string[]
  /** Texts that are numbers. */
  readonly treatAsNumerical?: readonly string[]
  /** Numbers that are categories. Integers of few values are continuous unless named here. */
  readonly treatAsCategorical?: readonly string[]
  /** Default jensen_shannon. */
  readonly continuousMethods?: readonly ContinuousMethod[]
  /** Default jensen_shannon. */
  readonly categoricalMethods?: readonly CategoricalMethod[]
  /** Default mean + 3 standard deviations, no lower side. One for chi2 is ignored, as the peer does. */
  readonly thresholds?: Partial<Readonly<Record<UnivariateMethod, Threshold>>>
  readonly chunking?: Chunking
}

type FittedColumn = {
  readonly name: string
  readonly kind: 'continuous' | 'categorical'
  readonly methods: readonly {
    readonly fitted: FittedMethod
    readonly thresholds: ThresholdValues
    readonly lastP: number
  }[]
}

/** Plain data: what `calculateUnivariate` needs, and the result on the reference itself. */
export type UnivariateState = {
  readonly chunking: Chunking
  readonly columns: readonly FittedColumn[]
  readonly reference: readonly ResultRow[]
}

const CHI2_LEVEL = 0.05

/**
 * NannyML 0.13 `UnivariateDriftCalculator.fit`: bins, values or counts of the reference, and thresholds from the
 * reference chunks. What is wrong with it: Doane's bins span the range of the reference, so that one outlier blinds
 * Jensen-Shannon, Hellinger and, above 10,000 rows, Kolmogorov-Smirnov and Wasserstein; a distance of few rows is large
 * with no drift at all, and grows with the number of categories; chi2 alerts on p < 0.05 in every chunk and column. Use
 * `freezeBins`, whose edges are quantiles of the reference, and `compareColumns`, whose distances come with their
 * noise.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN, STATS_EMPTY_SAMPLE, STATS_OUT_OF_RANGE, STATS_BAD_OPTION
 * @example
 * const x = Float64Array.from({ length: 100 }, (_, i) => i % 7)
 * const state = nannyml.fitUnivariate({ columns: { x } }, { columns: ['x'] })
 * nannyml.calculateUnivariate(state, { columns: { x: x.map((v) => v + 3) } })[0].figures[0].alert // true
 */
export function fitUnivariate(reference: Frame, options: UnivariateOptions): UnivariateState {
  const chunking = options.chunking ?? { by: 'default' }
  const chunks = splitChunks(reference, chunking, 'reference')
  const columns = kindsOf(reference, options).map(({ name, kind }): FittedColumn => {
    const values = valuesOf(reference, name, kind)
    const methods: readonly UnivariateMethod[] =
      kind === 'continuous'
        ? (options.continuousMethods ?? ['jensen_shannon'])
        : (options.categoricalMethods ?? ['jensen_shannon'])
    return { name, kind, methods: methods.map((method) => fitColumn(method, name, values, chunks, options)) }
  })
  return { chunking, columns, reference: resultOf({ columns }, reference, chunks) }
}

/**
 * NannyML 0.13 `UnivariateDriftCalculator.calculate`: a figure for each chunk, column and method. A column without
 * values in a chunk has value null and no alert; chi2 then repeats the verdict of the chunk before, because the peer
 * keeps the last p-value.
 * @example
 * const size = Float64Array.from({ length: 60 }, (_, i) => i % 5)
 * const fitted = nannyml.fitUnivariate({ columns: { size } }, { columns: ['size'], continuousMethods: ['wasserstein'] })
 * nannyml.calculateUnivariate(fitted, { columns: { size: size.map((v) => v + 9) } })[0].figures[0].alert // true
 */
export function calculateUnivariate(state: UnivariateState, current: Frame): readonly ResultRow[] {
  return resultOf(state, current, splitChunks(current, state.chunking))
}

function fitColumn(
  method: UnivariateMethod,
  name: string,
  values: Column,
  chunks: readonly ChunkRows[],
  { thresholds = {} }: UnivariateOptions,
) {
  const fitted = fitMethod(method, name, values)
  const distances = chunks.map(({ rows }) => distanceTo(fitted, rowsTaken(values, rows)))
  const lastP = distances.findLast(({ pValue }) => pValue !== undefined)?.pValue ?? 1
  if (method === 'chi2') return { fitted, lastP, thresholds: { lower: null, upper: null } }
  const threshold = thresholds[method] ?? standardDeviationThreshold({ stdLowerMultiplier: null })
  const found = distances.map(({ value }) => value)
  return { fitted, lastP, thresholds: thresholdValues(threshold, found, LIMITS[method]) }
}

function resultOf(
  { columns }: Pick<UnivariateState, 'columns'>,
  frame: Frame,
  chunks: readonly ChunkRows[],
): readonly ResultRow[] {
  const byColumn = columns.map((column) => figuresOf(column, valuesOf(frame, column.name, column.kind), chunks))
  return chunks.map(({ chunk }, i) => ({ chunk, figures: byColumn.flatMap((figures) => figures[i]!) }))
}

function figuresOf({ name, methods }: FittedColumn, values: Column, chunks: readonly ChunkRows[]): readonly Judged[][] {
  const pValues = methods.map(({ lastP }) => lastP)
  return chunks.map(({ rows }) => {
    const taken = rowsTaken(values, rows)
    return methods.map(({ fitted, thresholds }, m) => {
      const { value, pValue } = distanceTo(fitted, taken)
      const figure = judged({ name, method: fitted.method }, value, thresholds)
      if (fitted.method !== 'chi2') return figure
      pValues[m] = pValue ?? pValues[m]!
      return { ...figure, alert: pValues[m]! < CHI2_LEVEL }
    })
  })
}

/** Continuous columns first, each kind by name. */
function kindsOf(frame: Frame, options: UnivariateOptions): readonly Pick<FittedColumn, 'name' | 'kind'>[] {
  const { columns, treatAsNumerical = [], treatAsCategorical = [] } = options
  if (columns.length === 0) throw new StatsError('STATS_BAD_OPTION', 'found no columns to compare, expected some')
  const kinds = [...new Set(columns)].sort().map((name) => {
    const numeric = treatAsNumerical.includes(name) || isNumeric(columnOf(frame, name))
    const kind = numeric && !treatAsCategorical.includes(name) ? ('continuous' as const) : ('categorical' as const)
    return { name, kind }
  })
  return [...kinds.filter(({ kind }) => kind === 'continuous'), ...kinds.filter(({ kind }) => kind === 'categorical')]
}

function valuesOf(frame: Frame, name: string, kind: FittedColumn['kind']): Column {
  const column = columnOf(frame, name)
  return kind === 'continuous' ? asNumbers(name, column) : categoriesOf(column)
}
