import { StatsError } from '../error.ts'
import { normalQuantile, tQuantile } from '../special/index.ts'
import type { Figure, FigureOptions, UnknownFigure } from './figure.ts'

const DEFAULT_LEVEL = 0.95
const DEFAULT_MIN_ROWS = 30

export type Settings = { readonly level: number; readonly minRows: number; readonly z: number }

export function settingsOf(options: FigureOptions): Settings {
  const { level = DEFAULT_LEVEL, minRows = DEFAULT_MIN_ROWS } = options
  if (!(level > 0 && level < 1))
    throw new StatsError('STATS_BAD_OPTION', `level is ${level}, expected between 0 and 1`, { level })
  if (!(minRows >= 0))
    throw new StatsError('STATS_BAD_OPTION', `minRows is ${minRows}, expected a number from 0`, { minRows })
  return { level, minRows, z: normalQuantile(0.5 + level / 2) }
}

/** Squares of such weights, and their sums, stay within the doubles. */
const LARGEST_WEIGHT = 1e100

/** Weights of the rows, all 1 when none are given. @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE */
export function weightsOf(where: string, rows: number, weights: ArrayLike<number> | undefined): Float64Array {
  if (!weights) return new Float64Array(rows).fill(1)
  checkLength(where, 'weights', weights.length, rows)
  return Float64Array.from({ length: rows }, (_, i) => {
    const weight = weights[i]!
    if (weight === 0 || (weight >= 1 / LARGEST_WEIGHT && weight <= LARGEST_WEIGHT)) return weight
    throw new StatsError(
      'STATS_OUT_OF_RANGE',
      `weight ${i} of ${where} is ${weight}, expected 0 or ${1 / LARGEST_WEIGHT} to ${LARGEST_WEIGHT}`,
      { row: i },
    )
  })
}

export function checkLength(where: string, what: string, found: number, expected: number): void {
  if (found === expected) return
  throw new StatsError('STATS_LENGTHS_DIFFER', `${where} got ${found} ${what}, expected ${expected}, one per row`, {
    found,
    expected,
  })
}

export function unknown(reason: string, rows: number): UnknownFigure {
  return { kind: 'unknown', reason, rows }
}

export type Range = { readonly low: number; readonly high: number }
export const SHARE: Range = { low: 0, high: 1 }
export const ANY: Range = { low: -Infinity, high: Infinity }

/** A figure value ± t or z standard errors within its range; unknown when the error is not a number. */
export function around(value: number, error: number, rows: number, settings: Settings, range: Range = ANY): Figure {
  if (!Number.isFinite(value) || !Number.isFinite(error)) return unknown('not-finite', rows)
  const { z, level } = settings
  return {
    kind: 'known',
    value,
    low: Math.max(range.low, value - z * error),
    high: Math.min(range.high, value + z * error),
    rows,
    level,
  }
}

/** Weighted mean of a value per row, and its standard error (linearised, so right for unequal weights). */
export function meanAndError(
  weights: Float64Array,
  valueAt: (i: number) => number,
): { readonly mean: number; readonly error: number } {
  let total = 0
  let sum = 0
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!
    sum += weights[i]! * valueAt(i)
  }
  const mean = sum / total
  let squares = 0
  for (let i = 0; i < weights.length; i++) squares += (weights[i]! * (valueAt(i) - mean)) ** 2
  const rows = weights.length
  return { mean, error: rows < 2 ? Number.NaN : Math.sqrt((squares * rows) / (rows - 1)) / total }
}

/** Mean of a value per row with its normal interval. */
export function meanFigure(
  weights: Float64Array,
  valueAt: (i: number) => number,
  settings: Settings,
  range: Range = ANY,
): Figure {
  const { mean, error } = meanAndError(weights, valueAt)
  return around(mean, error, weights.length, settings, range)
}

/**
 * A ratio of two means, a(i) over b(i), with its delta-method interval: precision, recall and F1 are such ratios.
 * Near 0 and 1 the interval is that of a proportion of the rows that decide (Wilson), which never has no width.
 */
export function ratioFigure(
  weights: Float64Array,
  parts: { readonly above: (i: number) => number; readonly below: (i: number) => number },
  settings: Settings,
): Figure {
  let above = 0
  let below = 0
  for (let i = 0; i < weights.length; i++) {
    above += weights[i]! * parts.above(i)
    below += weights[i]! * parts.below(i)
  }
  const value = above / below
  let squares = 0
  let baseSquares = 0
  for (let i = 0; i < weights.length; i++) {
    squares += (weights[i]! * (parts.above(i) - value * parts.below(i))) ** 2
    baseSquares += (weights[i]! * parts.below(i)) ** 2
  }
  return wilsonLike(
    value,
    { variance: squares / (below * below), rows: weights.length, decisive: (below * below) / baseSquares },
    settings,
  )
}

/** Wilson's interval at the effective size that the variance implies: value (1 - value) / variance, or what decides. */
export function wilsonLike(
  value: number,
  known: { readonly variance: number; readonly rows: number; readonly decisive: number },
  settings: Settings,
): Figure {
  if (!Number.isFinite(value)) return unknown('nothing-to-divide-by', known.rows)
  const { z, level } = settings
  const implied = known.variance > 0 ? (value * (1 - value)) / known.variance : known.decisive
  const size = implied > 0 ? implied : known.decisive
  const centre = (value + (z * z) / (2 * size)) / (1 + (z * z) / size)
  const half = (z / (1 + (z * z) / size)) * Math.sqrt((value * (1 - value)) / size + (z * z) / (4 * size * size))
  return {
    kind: 'known',
    value,
    low: Math.min(value, Math.max(0, centre - half)),
    high: Math.max(value, Math.min(1, centre + half)),
    rows: known.rows,
    level,
  }
}

/** Student's quantile for a two-sided interval at this level. */
export function tFor(level: number, df: number): number {
  return tQuantile(0.5 + level / 2, df)
}
