import { StatsError } from '../../error.ts'
import { deviation, finiteOrNull, mean } from './arithmetic.ts'
import { type Chunking, type ChunkRows, splitChunks } from './chunking.ts'
import { symmetricEigen } from './eigen.ts'
import { type Column, columnOf, type Frame, isNumeric, presentCategories, presentNumbers } from './frame.ts'
import { type Bounded, bandOf, judged, type ResultRow } from './result.ts'
import { standardDeviationThreshold, type Threshold, type ThresholdValues, thresholdValues } from './threshold.ts'

export type ReconstructionOptions = {
  readonly columns: readonly string[]
  /** Share of the variance that the components keep, above 0 and below 1. Default 0.65. */
  readonly variance?: number
  readonly threshold?: Threshold
  readonly chunking?: Chunking
}

/** How a column becomes a standardised number. */
type Encoding = {
  readonly name: string
  /** Of each category its share of the reference; absent for numbers. */
  readonly frequencies?: Readonly<Record<string, number>>
  /** What stands for missing: a mean, or the most frequent category. */
  readonly fill: number | string
  readonly centre: number
  readonly scale: number
}

/** Plain data of a fitted reconstruction. `components`: unit vectors, each as long as there are columns. */
export type ReconstructionState = {
  readonly chunking: Chunking
  readonly encodings: readonly Encoding[]
  readonly offset: Float64Array
  readonly components: readonly Float64Array[]
  readonly thresholds: ThresholdValues
  readonly reference: readonly ResultRow<Bounded>[]
}

const NAMED = { name: 'reconstruction_error', method: 'pca' }

/**
 * NannyML 0.13 `DataReconstructionDriftCalculator.fit`: missing values filled, categories replaced by their share of
 * the reference, all standardised, the fewest principal components that keep `variance`. What is wrong with it: the
 * error sees only what moves away from the kept components, so that drift along them is invisible; categories of equal
 * share are the same to it; missing values look like the mean. Use `freezeStreams`: pair tables and random projections
 * are counts, which a detector watches.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_EMPTY_SAMPLE, STATS_BAD_OPTION, STATS_CONSTANT when no column varies
 * @example
 * const up = Float64Array.from({ length: 50 }, (_, i) => i)
 * const state = nannyml.fitReconstruction({ columns: { up, down: up.map((v) => -v) } }, { columns: ['up', 'down'] })
 * nannyml.calculateReconstruction(state, { columns: { up, down: up } })[0].figures[0].alert // true
 */
export function fitReconstruction(reference: Frame, options: ReconstructionOptions): ReconstructionState {
  const { variance = 0.65, chunking = { by: 'default' }, threshold = standardDeviationThreshold() } = options
  if (!(variance > 0 && variance < 1) || options.columns.length === 0)
    throw new StatsError(
      'STATS_BAD_OPTION',
      `reconstruction got variance ${variance} and ${options.columns.length} columns, expected a share between 0 and 1, and columns`,
    )
  const chunks = splitChunks(reference, chunking, 'reference')
  const encodings = options.columns.map((name) => fitEncoding(name, columnOf(reference, name)))
  const columns = encodings.map((encoding) => encoded(encoding, columnOf(reference, encoding.name)))
  const fitted = { encodings, offset: Float64Array.from(columns, mean), components: componentsOf(columns, variance) }
  const errors = reconstructionErrors(fitted, reference)
  const values = chunks.map(({ rows }) => mean(Float64Array.from(rows, (row) => errors[row]!)))
  const thresholds = thresholdValues(threshold, values, { lowerLimit: 0, dropAtLimit: true })
  return { chunking, ...fitted, thresholds, reference: resultOf(errors, chunks, thresholds) }
}

/**
 * NannyML 0.13 `DataReconstructionDriftCalculator.calculate`: the mean error of each chunk, its standard error (ddof 1)
 * and band; alerts unless strictly between the thresholds.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN
 * @example
 * const rows = { a: Float64Array.of(1, 2, 3, 4, 6, 7, 8, 9, 1, 2, 3, 4), b: Float64Array.of(1, 2, 3, 4, 6, 7, 8, 9, 1, 2, 3, 5) }
 * const fitted = nannyml.fitReconstruction({ columns: rows }, { columns: ['a', 'b'] })
 * nannyml.calculateReconstruction(fitted, { columns: rows })[0].chunk.key // '[0:0]'
 */
export function calculateReconstruction(state: ReconstructionState, current: Frame): readonly ResultRow<Bounded>[] {
  return resultOf(reconstructionErrors(state, current), splitChunks(current, state.chunking), state.thresholds)
}

function resultOf(errors: Float64Array, chunks: readonly ChunkRows[], thresholds: ThresholdValues) {
  return chunks.map(({ chunk, rows }): ResultRow<Bounded> => {
    const taken = Float64Array.from(rows, (row) => errors[row]!)
    const samplingError = finiteOrNull(deviation(taken, 1) / Math.sqrt(rows.length))
    const figure = judged(NAMED, mean(taken), thresholds, 'not-within')
    return { chunk, figures: [{ ...figure, samplingError, ...bandOf(figure.value, samplingError, { lower: 0 }) }] }
  })
}

/** Per row, the length of what the components do not hold. */
function reconstructionErrors(
  { encodings, offset, components }: Pick<ReconstructionState, 'encodings' | 'offset' | 'components'>,
  frame: Frame,
): Float64Array {
  const columns = encodings.map((encoding) => encoded(encoding, columnOf(frame, encoding.name)))
  const rest = new Float64Array(columns.length)
  return Float64Array.from({ length: columns[0]!.length }, (_, row) => {
    for (let j = 0; j < rest.length; j++) rest[j] = columns[j]![row]! - offset[j]!
    const loads = components.map((component) => component.reduce((total, weight, j) => total + weight * rest[j]!, 0))
    components.forEach((component, k) => {
      for (let j = 0; j < rest.length; j++) rest[j]! -= loads[k]! * component[j]!
    })
    return Math.sqrt(rest.reduce((total, value) => total + value * value, 0))
  })
}

function componentsOf(columns: readonly Float64Array[], variance: number): readonly Float64Array[] {
  const centred = columns.map((column) => {
    const centre = mean(column)
    return column.map((value) => value - centre)
  })
  const { values, vectors } = symmetricEigen(centred.map((a) => Float64Array.from(centred, (b) => product(a, b))))
  const kept = values.map((value) => Math.max(0, value))
  const total = kept.reduce((sum, value) => sum + value, 0)
  if (!(total > 0)) throw new StatsError('STATS_CONSTANT', 'all columns are constant, expected one that varies')
  let share = 0
  const enough = kept.findIndex((value) => (share += value / total) > variance)
  return vectors.slice(0, enough < 0 ? vectors.length : enough + 1)
}

function product(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let row = 0; row < a.length; row++) total += a[row]! * b[row]!
  return total
}

function fitEncoding(name: string, column: Column): Encoding {
  const bare = isNumeric(column) ? fitNumeric(name, column) : fitCategories(name, column)
  const values = encoded({ ...bare, centre: 0, scale: 1 }, column)
  const centre = mean(values)
  const variance = deviation(values) ** 2
  const rounding = values.length * Number.EPSILON
  const constant = variance <= rounding * variance + (rounding * centre) ** 2
  return { ...bare, centre, scale: constant ? 1 : Math.sqrt(variance) }
}

function fitNumeric(name: string, column: Float64Array): Pick<Encoding, 'name' | 'fill'> {
  const present = presentNumbers(column)
  if (present.length > 0) return { name, fill: mean(present) }
  throw new StatsError('STATS_EMPTY_SAMPLE', `all ${column.length} reference values of ${name} are missing`)
}

function fitCategories(name: string, column: Exclude<Column, Float64Array>) {
  const counts = new Map<string, number>()
  for (const value of presentCategories(column)) counts.set(value, (counts.get(value) ?? 0) + 1)
  if (counts.size === 0)
    throw new StatsError('STATS_EMPTY_SAMPLE', `all ${column.length} reference values of ${name} are missing`)
  const most = counts.values().reduce((largest, count) => Math.max(largest, count), 0)
  const fill = [...counts.keys()].filter((category) => counts.get(category) === most).sort()[0]!
  counts.set(fill, most + column.filter((value) => value === null).length)
  const frequencies = Object.fromEntries([...counts].map(([category, count]) => [category, count / column.length]))
  return { name, fill, frequencies }
}

function encoded({ name, frequencies, fill, centre, scale }: Encoding, column: Column): Float64Array {
  if (frequencies === undefined) {
    if (!isNumeric(column))
      throw new StatsError('STATS_BAD_COLUMN', `column ${name} holds categories, expected numbers as in the reference`)
    return column.map((value) => ((Number.isNaN(value) ? (fill as number) : value) - centre) / scale)
  }
  if (isNumeric(column))
    throw new StatsError('STATS_BAD_COLUMN', `column ${name} holds numbers, expected categories as in the reference`)
  const share = (category: string) => (Object.hasOwn(frequencies, category) ? frequencies[category]! : 0)
  return Float64Array.from(column, (value) => (share(value ?? (fill as string)) - centre) / scale)
}
