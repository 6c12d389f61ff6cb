import type { Unknown } from '../../error.ts'
import { LearnError } from '../error.ts'
import type { CrossMoments } from './cross-moments.ts'
import { symmetricSpectrum } from './eigen.ts'

/** Principal components of standardised or centred columns. Plain JSON. */
export interface PcaModel {
  readonly kind: 'pca'
  readonly names: readonly string[]
  readonly rows: number
  readonly means: readonly number[]
  /** What a centred value is divided by: its standard deviation (n - 1), or 1. */
  readonly scales: readonly number[]
  /** One row a component, of length 1, from the one with the largest variance; its largest entry is positive. */
  readonly components: readonly (readonly number[])[]
  /** Variance (n - 1) along each component kept, and its share of that of all. */
  readonly variances: readonly number[]
  readonly shares: readonly number[]
}

export interface PcaOptions {
  /** Components kept; all by default. */
  readonly components?: number
  /** Instead: as many as are needed for this share of the variance, (0, 1]. */
  readonly varianceShare?: number
  /** Divide each column by its standard deviation first, so that units do not matter; true. */
  readonly standardise?: boolean
}

/**
 * Principal components from moments alone: windows merged give the same components as their rows together. Equal to
 * scikit-learn's PCA (covariance with n - 1), signs included as long as no two entries tie for the largest.
 * Unknown with fewer than two complete rows, or where no column varies.
 * @throws LearnError LEARN_OPTION_INVALID
 * @example
 * const moments = crossMoments({ a: Float64Array.of(1, 2, 3), b: Float64Array.of(2, 4, 6.3) })
 * const pca = fitPca(moments, { components: 1 })
 * pca.shares[0] > 0.99 // true
 * pca.components[0].map((weight) => weight.toFixed(3)) // ['0.707', '0.707']
 */
export function fitPca(moments: CrossMoments, options: PcaOptions = {}): PcaModel | Unknown {
  const { names, rows, means, products } = moments
  const size = names.length
  checkOptions(options, size)
  if (rows < 2) return { kind: 'unknown', reason: 'too-few-complete-rows', have: rows, need: 2 }
  const deviations = names.map((_, i) => Math.sqrt(products[triangle(i, i)]! / (rows - 1)))
  const varying = deviations.filter((deviation, i) => deviation > ROUNDING * Math.abs(means[i]!)).length
  if (varying === 0) return { kind: 'unknown', reason: 'no-column-varies', have: 0, need: 1 }
  const scales = deviations.map((deviation) => (options.standardise === false || deviation === 0 ? 1 : deviation))
  const covariance = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      covariance[i * size + j] = products[triangle(i, j)]! / (rows - 1) / scales[i]! / scales[j]!
    }
  }
  const { values, vectors } = symmetricSpectrum(covariance, size)
  const variances = Array.from(values, (value) => Math.max(0, value))
  const total = variances.reduce((sum, value) => sum + value, 0)
  const kept = keptOf(variances, total, options)
  return {
    kind: 'pca',
    names,
    rows,
    means,
    scales,
    components: Array.from({ length: kept }, (_, k) => facingUp(vectors.subarray(k * size, (k + 1) * size))),
    variances: variances.slice(0, kept),
    shares: variances.slice(0, kept).map((value) => value / total),
  }
}

/**
 * Rows in the coordinates of the components, rows × components by row. A missing or infinite number counts as the mean.
 * @example
 * const pca = fitPca(crossMoments({ a: Float64Array.of(1, 2, 3) }), { standardise: false })
 * projectPca(pca, [Float64Array.of(5, NaN)]) // Float64Array [3, 0]
 */
export function projectPca(model: PcaModel, columns: readonly Float64Array[]): Float64Array {
  const kept = model.components.length
  const rows = rowsOf(model, columns)
  const projected = new Float64Array(rows * kept)
  const centred = new Float64Array(columns.length)
  for (let row = 0; row < rows; row++) {
    centre(model, columns, row, centred)
    for (let k = 0; k < kept; k++) projected[row * kept + k] = along(model.components[k]!, centred)
  }
  return projected
}

/**
 * Distance of each row from the plane of the components kept, in standardised units: what they cannot say of it.
 * @example
 * const moments = crossMoments({ a: Float64Array.of(0, 1, 2, 3), b: Float64Array.of(0, 1, 2, 3) })
 * const pca = fitPca(moments, { components: 1, standardise: false })
 * reconstructionErrors(pca, [Float64Array.of(1, 1), Float64Array.of(1, 3)]).map((error) => Number(error.toFixed(6))) // Float64Array [0, 1.414214]
 */
export function reconstructionErrors(model: PcaModel, columns: readonly Float64Array[]): Float64Array {
  const rows = rowsOf(model, columns)
  const errors = new Float64Array(rows)
  const rest = new Float64Array(columns.length)
  for (let row = 0; row < rows; row++) {
    centre(model, columns, row, rest)
    // The components are orthogonal: what one takes away leaves the share of the next as it was.
    for (const component of model.components) {
      const length = along(component, rest)
      for (let j = 0; j < rest.length; j++) rest[j]! -= length * component[j]!
    }
    errors[row] = Math.hypot(...rest)
  }
  return errors
}

/** A deviation this small beside the mean is what rounding leaves of a constant. */
const ROUNDING = 1e-14
/** Standardised values are kept within what a sum of their squares can hold. */
const LARGEST_VALUE = 1e100

function centre({ means, scales }: PcaModel, columns: readonly Float64Array[], row: number, out: Float64Array): void {
  for (let j = 0; j < out.length; j++) {
    const value = columns[j]![row]!
    const standardised = Number.isFinite(value) ? (value - means[j]!) / scales[j]! : 0
    out[j] = Math.min(Math.max(standardised, -LARGEST_VALUE), LARGEST_VALUE)
  }
}

function along(component: readonly number[], centred: Float64Array): number {
  let sum = 0
  for (let j = 0; j < centred.length; j++) sum += component[j]! * centred[j]!
  return sum
}

function keptOf(variances: readonly number[], total: number, { components, varianceShare }: PcaOptions): number {
  if (varianceShare === undefined) return components ?? variances.length
  let reached = 0
  const enough = variances.findIndex((variance) => {
    reached += variance
    return reached >= varianceShare * total
  })
  return enough < 0 ? variances.length : enough + 1
}

function facingUp(vector: Float64Array): number[] {
  const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
  return Array.from(vector, (value) => (largest < 0 ? -value : value))
}

function triangle(i: number, j: number): number {
  return (i * (i + 1)) / 2 + j
}

function rowsOf(model: PcaModel, columns: readonly Float64Array[]): number {
  const rows = columns[0]?.length ?? 0
  if (columns.length === model.names.length && columns.every((column) => column.length === rows)) return rows
  const found = `columns of ${columns.map((column) => column.length).join(', ') || 'no'} rows`
  const expected = `${model.names.join(', ')}, in this order and of one length`
  throw new LearnError('LEARN_DATA_INVALID', `found ${found}, expected ${expected}`)
}

function checkOptions({ components, varianceShare }: PcaOptions, size: number): void {
  if (components !== undefined && !(Number.isInteger(components) && components >= 1 && components <= size)) {
    const expected = `a whole number from 1 to ${size}, the number of columns`
    throw new LearnError('LEARN_OPTION_INVALID', `components is ${components}, expected ${expected}`)
  }
  if (varianceShare !== undefined && !(varianceShare > 0 && varianceShare <= 1)) {
    throw new LearnError('LEARN_OPTION_INVALID', `varianceShare is ${varianceShare}, expected above 0 and at most 1`)
  }
}
