import { StatsError } from '../../error.ts'
import { createRandom } from '../../random.ts'
import { symmetricEigen } from '../eigen.ts'
import { allUsed, type LevelOptions, type UnknownComparison } from '../result.ts'
import { unknownOf } from '../samples.ts'
import { type MeanAndSpread, type TTestResult, tTestOfMoments } from '../t-test.ts'
import { type Columns, type CompleteRows, spreadsOf, standardised, takeRows } from './rows.ts'

/** What is remembered of a reference: plain numbers, so that it can be stored and used for every window. */
export type Reconstruction = {
  readonly kind: 'fitted'
  readonly means: readonly number[]
  readonly deviations: readonly number[]
  /** Directions that are kept, over the features that have a spread, most variance first. */
  readonly components: readonly (readonly number[])[]
  /** Errors of the reference's rows that the directions were not fitted to. */
  readonly heldOut: MeanAndSpread
}

export type ReconstructionOptions = {
  /** Share of the variance that the kept directions explain at least, above 0 and below 1. Default 0.65, as NannyML. */
  readonly variance?: number
  /** Decides which half of the reference is held out. Default 'reconstruction'. */
  readonly seed?: number | string
}

const LEAST_ROWS = 20
/** Jacobi's rotations cost the cube of the features: some seconds at this many. */
const MOST_FEATURES = 400

/**
 * Fits the directions in which a reference varies to a half of its rows, and keeps the errors of the other half, which
 * is what unseen rows are to be compared with: the rows that were fitted have smaller errors (NannyML's band is made of
 * those). Features in units of their deviation; categories have to be coded as numbers by the caller.
 * @param reference features by column, 2 to 400, 20 complete rows at least
 * @example
 * const random = createRandom(3)
 * const x = Float64Array.from({ length: 400 }, random.normal)
 * fitReconstruction([x, x.map((value) => value + random.normal() / 4)]).components.length // 1
 */
export function fitReconstruction(
  reference: Columns,
  options: ReconstructionOptions = {},
): Reconstruction | UnknownComparison {
  const { variance = 0.65, seed = 'reconstruction' } = options
  if (!(variance > 0 && variance < 1))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `variance of fitReconstruction is ${variance}, expected above 0 and below 1`,
    )
  if (reference.length > MOST_FEATURES)
    throw new StatsError(
      'STATS_BAD_OPTION',
      `fitReconstruction got ${reference.length} features, expected ${MOST_FEATURES} at most`,
    )
  const pair = takeRows('fitReconstruction', reference, reference, LEAST_ROWS)
  if (pair.kind === 'unknown') return pair
  const [fitted, heldOut] = halves(pair.reference, seed)
  const spreads = spreadsOf([fitted])
  const scaled = standardised(fitted, spreads)
  const components = directions(scaled, variance)
  if (components.length === scaled.width)
    return unknownOf(pair, 'no-direction-left-out', scaled.width, components.length + 1)
  const state = {
    kind: 'fitted' as const,
    means: Array.from(spreads.means),
    deviations: Array.from(spreads.deviations),
    components: components.map((direction) => Array.from(direction)),
  }
  return { ...state, heldOut: errorsOf(state, heldOut) }
}

/**
 * Whether the rows of a window are rebuilt from the reference's directions as well as its held-out rows: Welch's test of
 * the mean error (root of the squared deviations left). It sees dependence that breaks, and shifts outside of the kept
 * directions; it is blind to shifts inside of them. `difference` is in units of the error, the effect Hedges' g.
 * @throws StatsError STATS_LENGTHS_DIFFER when the window has other columns
 * @example
 * const random = createRandom(3)
 * const x = Float64Array.from({ length: 400 }, random.normal)
 * const fitted = fitReconstruction([x, x.map((value) => value + random.normal() / 4)])
 * pcaReconstruction(fitted, [x, x.map(random.normal)]).pValue < 1e-9 // true
 */
export function pcaReconstruction(
  fitted: Reconstruction,
  current: Columns,
  options: LevelOptions = {},
): TTestResult | UnknownComparison {
  if (current.length !== fitted.means.length)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `pcaReconstruction got ${current.length} columns, expected ${fitted.means.length} as it was fitted to`,
    )
  const pair = takeRows('pcaReconstruction', current, current, 2)
  const rows = { reference: allUsed(fitted.heldOut.count), current: pair.rows.current }
  if (pair.kind === 'unknown') return { ...pair, reason: 'too-few-rows', rows }
  const errors = errorsOf(fitted, pair.current)
  if (!Number.isFinite(errors.m2)) return unknownOf({ rows }, 'values-too-large', 0, 1)
  return { ...tTestOfMoments(fitted.heldOut, errors, options), rows }
}

function halves({ values, count, width }: CompleteRows, seed: number | string): [CompleteRows, CompleteRows] {
  const order = createRandom(seed).shuffle(Array.from({ length: count }, (_, i) => i))
  const middle = Math.ceil(count / 2)
  return [order.slice(0, middle), order.slice(middle)].map((rows) => {
    const chosen = new Float64Array(rows.length * width)
    for (const [k, i] of rows.entries()) chosen.set(values.subarray(i * width, (i + 1) * width), k * width)
    return { values: chosen, count: rows.length, width }
  }) as [CompleteRows, CompleteRows]
}

/** The fewest leading eigenvectors of the correlations that explain the share. */
function directions({ values, count, width }: CompleteRows, share: number): readonly Float64Array[] {
  const products = new Float64Array(width * width)
  for (let i = 0; i < count; i++)
    for (let j = 0; j < width; j++) {
      const x = values[i * width + j]! / count
      for (let k = j; k < width; k++) products[j * width + k]! += x * values[i * width + k]!
    }
  for (let j = 0; j < width; j++) for (let k = 0; k < j; k++) products[j * width + k] = products[k * width + j]!
  const eigen = symmetricEigen(products, width)
  const total = eigen.values.reduce((sum, value) => sum + Math.max(0, value), 0)
  let explained = 0
  let kept = 0
  while (kept < width && explained < share * total * (1 - 1e-12)) explained += eigen.values[kept++]!
  return eigen.vectors.slice(0, kept)
}

function errorsOf(fitted: Omit<Reconstruction, 'heldOut'>, rows: CompleteRows): MeanAndSpread {
  const { values, count, width } = standardised(rows, fitted)
  let [mean, m2] = [0, 0]
  for (let i = 0; i < count; i++) {
    const row = values.subarray(i * width, (i + 1) * width)
    let left = 0
    for (const x of row) left += x * x
    for (const direction of fitted.components) {
      let along = 0
      for (let k = 0; k < width; k++) along += direction[k]! * row[k]!
      left -= along * along
    }
    const error = Math.sqrt(Math.max(0, left))
    const step = error - mean
    mean += step / (i + 1)
    m2 += step * (error - mean)
  }
  return { count, mean, m2 }
}
