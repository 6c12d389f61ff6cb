import { StatsError } from '../error.ts'

/**
 * KLL quantile sketch (Karnin, Lang, Liberty 2016): level h holds values that stand for 2^h rows each; a full level is
 * sorted and every second value promoted. After `SAMPLE_AFTER` rows one row of each block of eight is drawn and enters
 * at level 3, as the paper's sampler does: it keeps the cost of a row at a few nanoseconds.
 * Rank error below 2.5 % of the rows with 99 % probability (measured in the tests); `min` and `max` are in the moments.
 */
export type QuantileSketch = {
  /** Rows offered, missing ones included: a block is a block of rows. */
  rows: number
  /** Rows until the next draw, counted from the next row. */
  skip: number
  /** State of the xorshift generator; seeded alike in every sketch, so that the same rows give the same sketch. */
  random: number
  levels: number[][]
}

const CAPACITY = 200
const SMALLEST_LEVEL = 8
const SAMPLE_AFTER = 4096
const BLOCK = 8
const BLOCK_LEVEL = 3

export function createQuantiles(): QuantileSketch {
  return { rows: 0, skip: 0, random: 0x9e3779b9 | 0, levels: [[]] }
}

/** Offers values[from … until) to the sketch; values that are not finite are passed over. */
export function updateQuantiles(sketch: QuantileSketch, values: Float64Array, from: number, until: number): void {
  let at = from
  for (; at < until && sketch.rows < SAMPLE_AFTER; at++) {
    sketch.rows++
    insert(sketch, 0, values[at]!)
  }
  sketch.rows += until - at
  for (at += sketch.skip; at < until; ) {
    insert(sketch, BLOCK_LEVEL, values[at]!)
    at += nextDraw(sketch)
  }
  sketch.skip = at - until
}

/** Merges two sketches; the bound holds for the sum of their rows. Neither argument changes. */
export function mergeQuantiles(a: QuantileSketch, b: QuantileSketch): QuantileSketch {
  const levels = Array.from({ length: Math.max(a.levels.length, b.levels.length) }, (_, h) =>
    [...(a.levels[h] ?? []), ...(b.levels[h] ?? [])].sort((x, y) => x - y),
  )
  const merged = { rows: a.rows + b.rows, skip: 0, random: (a.random ^ b.random) | 1, levels }
  for (let h = 0; h < merged.levels.length; h++)
    while (merged.levels[h]!.length > capacity(merged, h)) compact(merged, h)
  return merged
}

/**
 * The value below which a share of the rows lies, or undefined when the sketch is empty.
 * @param share 0 to 1
 * @example
 * const column = createColumnProfile(freezeBins(Float64Array.of(1, 2, 3, 4)))
 * updateNumeric(column, Float64Array.of(1, 2, 3, 4))
 * quantile(column.quantiles, 0.5) // 2
 */
export function quantile(sketch: QuantileSketch, share: number): number | undefined {
  if (!(share >= 0 && share <= 1))
    throw new StatsError('STATS_BAD_OPTION', `share of quantile is ${share}, expected 0 to 1`, { share })
  const weighted = sketch.levels.flatMap((level, h) => level.map((value) => ({ value, weight: 2 ** h })))
  weighted.sort((x, y) => x.value - y.value)
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  let passed = 0
  for (const { value, weight } of weighted) if ((passed += weight) >= share * total) return value
  return weighted.at(-1)?.value
}

function insert(sketch: QuantileSketch, level: number, value: number): void {
  if (value - value !== 0) return
  while (sketch.levels.length <= level) sketch.levels.push([])
  sketch.levels[level]!.push(value)
  for (let h = level; h < sketch.levels.length && sketch.levels[h]!.length > capacity(sketch, h); h++)
    compact(sketch, h)
}

/** Levels shrink by a third downwards from the newest: old levels stand for most rows and deserve most room. */
export const MAX_LEVELS = 64
const CAPACITIES = Array.from({ length: MAX_LEVELS }, (_, depth) =>
  Math.max(SMALLEST_LEVEL, Math.ceil(CAPACITY * (2 / 3) ** depth)),
)

function capacity(sketch: QuantileSketch, level: number): number {
  return CAPACITIES[sketch.levels.length - 1 - level]!
}

function compact(sketch: QuantileSketch, level: number): void {
  const sorted = Float64Array.from(sketch.levels[level]!).sort()
  if (sketch.levels.length === level + 1) sketch.levels.push([])
  const above = sketch.levels[level + 1]!
  const even = sorted.length & ~1
  for (let i = step(sketch) & 1; i < even; i += 2) above.push(sorted[i]!)
  sketch.levels[level] = even === sorted.length ? [] : [sorted[even]!]
}

/** Rows from this draw to the next: the rest of this block and a uniform place in the next one. */
function nextDraw(sketch: QuantileSketch): number {
  const here = (sketch.random >>> 8) & (BLOCK - 1)
  const there = (step(sketch) >>> 8) & (BLOCK - 1)
  return BLOCK - here + there
}

function step(sketch: QuantileSketch): number {
  let x = sketch.random
  x ^= x << 13
  x ^= x >>> 17
  x ^= x << 5
  return (sketch.random = x)
}
