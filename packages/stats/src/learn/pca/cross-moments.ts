import { LearnError } from '../error.ts'

/**
 * Means and products of deviations of some columns: all that principal components need, in a size that does not grow
 * with rows, and adds up over windows and replicas. Plain JSON.
 */
export interface CrossMoments {
  readonly kind: 'cross-moments'
  readonly names: readonly string[]
  /** Rows in which every column had a finite number; the others are counted apart and left out. */
  readonly rows: number
  readonly incomplete: number
  readonly means: readonly number[]
  /** Σ (x_i - mean_i)(x_j - mean_j) for j <= i, row after row. */
  readonly products: readonly number[]
}

/**
 * Moments of some rows.
 * @param columns by name, all of one length; NaN = missing
 * @throws LearnError LEARN_DATA_INVALID when there is no column or the lengths differ
 * @example crossMoments({ a: Float64Array.of(1, 3), b: Float64Array.of(2, 6) }).products // [2, 4, 8]
 */
export function crossMoments(columns: Readonly<Record<string, Float64Array>>): CrossMoments {
  const names = Object.keys(columns)
  const values = Object.values(columns)
  checkLengths(names, values)
  const total = values[0]!.length
  const complete: number[] = []
  for (let row = 0; row < total; row++) {
    if (values.every((column) => Math.abs(column[row]!) <= LARGEST_SQUARE_ROOT)) complete.push(row)
  }
  const rows = complete.length
  const centred = values.map((column) => {
    // Twice, as the first mean of large values has lost digits.
    const first = complete.reduce((sum, row) => sum + column[row]! / rows, 0)
    const mean = first + complete.reduce((sum, row) => sum + (column[row]! - first) / rows, 0)
    return { mean, values: Float64Array.from(complete, (row) => column[row]! - mean) }
  })
  const products = centred.flatMap((one, i) => centred.slice(0, i + 1).map((other) => dot(one.values, other.values)))
  const means = centred.map(({ mean }) => mean)
  return { kind: 'cross-moments', names, rows, incomplete: total - rows, means, products }
}

/**
 * The moments of both sets of rows together (Chan, Golub and LeVeque 1979), the same bits in either order.
 * @throws LearnError LEARN_DATA_INVALID when they are of different columns
 * @example
 * const [one, two] = [crossMoments({ a: Float64Array.of(1) }), crossMoments({ a: Float64Array.of(3) })]
 * mergeCrossMoments(one, two).products // [2]
 */
export function mergeCrossMoments(a: CrossMoments, b: CrossMoments): CrossMoments {
  if (a.names.length !== b.names.length || a.names.some((name, i) => name !== b.names[i])) {
    throw new LearnError('LEARN_DATA_INVALID', `found moments of ${b.names.join(', ')}, expected ${a.names.join(', ')}`)
  }
  const rows = a.rows + b.rows
  const incomplete = a.incomplete + b.incomplete
  if (a.rows === 0 || b.rows === 0) return { ...(a.rows === 0 ? b : a), rows, incomplete }
  const apart = a.means.map((mean, i) => mean - b.means[i]!)
  const weight = (a.rows * b.rows) / rows
  let cell = 0
  const products = apart.flatMap((one, i) =>
    apart.slice(0, i + 1).map((other) => {
      const at = cell++
      return a.products[at]! + b.products[at]! + one * other * weight
    }),
  )
  const means = a.means.map((mean, i) => (a.rows * mean + b.rows * b.means[i]!) / rows)
  return { kind: 'cross-moments', names: a.names, rows, incomplete, means, products }
}

/** Squares of larger numbers, summed, could leave the range of a double. */
const LARGEST_SQUARE_ROOT = 1e145

function checkLengths(names: readonly string[], values: readonly Float64Array[]): void {
  if (names.length === 0) throw new LearnError('LEARN_DATA_INVALID', 'found no columns, expected at least one')
  const odd = values.findIndex((column) => column.length !== values[0]!.length)
  if (odd < 0) return
  const found = `column ${names[odd]} has ${values[odd]!.length} rows`
  throw new LearnError('LEARN_DATA_INVALID', `${found}, expected ${values[0]!.length} as column ${names[0]}`)
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!
  return sum
}
