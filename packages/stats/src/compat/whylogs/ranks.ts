import type { Unknown } from '../../error.ts'
import type { ColumnProfile } from '../../sketch/index.ts'

/** A distribution as whylogs asks a KLL sketch about it. */
export type Ranks = {
  readonly kind: 'ranks'
  readonly rows: number
  readonly least: number
  readonly greatest: number
  /** Ascending. */
  readonly values: Float64Array
  /** Rows up to and with each value. */
  readonly until: Float64Array
}

/** A column of numbers (booleans are 0 and 1), as whylogs takes it in; null, undefined and NaN are left out. */
export type Numbers = ArrayLike<number | boolean | null | undefined>

/**
 * The distribution of the values themselves. The peer's sketch keeps all of up to 1,024 values, and is equal to this; with
 * more it is random, with a rank error of some 0.3 % of the rows.
 * @example whylogs.ranksOf([3, 1, 2]).greatest // 3
 */
export function ranksOf(column: Numbers): Ranks | Unknown {
  const kept: number[] = []
  for (let i = 0; i < column.length; i++) {
    const value = column[i]
    if (value !== null && value !== undefined && !Number.isNaN(value)) kept.push(Number(value))
  }
  if (kept.length === 0) return NO_NUMBERS
  const values = Float64Array.from(kept).sort()
  return {
    kind: 'ranks',
    rows: values.length,
    least: values[0]!,
    greatest: values.at(-1)!,
    values,
    until: values.map((_, i) => i + 1),
  }
}

/**
 * The distribution in the quantile sketch of one of our profiles: rank error below 2.5 % of the rows, 99 times of 100.
 * @example
 * const column = createColumnProfile(freezeBins(Float64Array.of(1, 2, 3, 4)))
 * updateNumeric(column, Float64Array.of(1, 2, 3, 4))
 * whylogs.ranksOfProfile(column).rows // 4
 */
export function ranksOfProfile(column: ColumnProfile): Ranks | Unknown {
  const { quantiles, moments } = column
  if (quantiles === null || moments.count === 0) return NO_NUMBERS
  const items = quantiles.levels.flatMap((level, h) => level.map((value) => ({ value, weight: 2 ** h })))
  items.sort((a, b) => a.value - b.value)
  const kept = items.reduce((sum, { weight }) => sum + weight, 0)
  let passed = 0
  return {
    kind: 'ranks',
    rows: moments.count,
    least: moments.min,
    greatest: moments.max,
    values: Float64Array.from(items, ({ value }) => value),
    until: Float64Array.from(items, ({ weight }) => ((passed += weight) * moments.count) / kept),
  }
}

/** The value at a share of the rows: the least at 0, the greatest at 1, else the one in place floor(share × rows). */
export function quantileOf(ranks: Ranks, share: number): number {
  if (share === 0) return ranks.least
  const place = share === 1 ? ranks.rows : Math.floor(share * ranks.rows)
  return place === ranks.rows ? ranks.greatest : ranks.values[firstAbove(ranks.until, place)]!
}

/** Share of the rows that are less than the value. */
export function shareBelow(ranks: Ranks, value: number): number {
  const at = firstAbove(ranks.values, value, true)
  return at === 0 ? 0 : ranks.until[at - 1]! / ranks.rows
}

/** First place whose entry is greater than the bound, or no less where `orEqual`. */
function firstAbove(ascending: Float64Array, bound: number, orEqual = false): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! > bound || (orEqual && ascending[middle] === bound)) high = middle
    else low = middle + 1
  }
  return low
}

const NO_NUMBERS: Unknown = { kind: 'unknown', reason: 'no-numbers', have: 0, need: 1 }
