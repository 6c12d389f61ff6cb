import type { Random } from '../../packages/stats/src/random.ts'
import type { ProfileBatch } from '../../packages/stats/src/sketch/index.ts'
import { normalCdf, normalQuantile } from '../../packages/stats/src/special/index.ts'
import type { PowerSet } from './sets.ts'

export const SHIFTS = [
  'location',
  'scale',
  'tail',
  'category mix',
  'interaction',
  'correlation break',
  'missingness',
] as const
export type Shift = (typeof SHIFTS)[number]

/** Two windows of one set, different rows; in the current one something may have changed. */
export type Draw = { readonly reference: ProfileBatch; readonly current: ProfileBatch }

/** What shifts need to know of a set, worked out once. */
export type ShiftedSet = {
  readonly set: PowerSet
  /** Numeric columns of twenty values and more, with their finite values in order. */
  readonly sorted: ReadonlyMap<string, Float64Array>
  /** Categorical columns with their values of two to fifty per cent. */
  readonly categories: ReadonlyMap<string, readonly string[]>
  /** A code of every row and column that orders it, for signs and ranks: mid-rank of the row's value, 0 to 1. */
  readonly ranks: ReadonlyMap<string, Float64Array>
  /** Columns whose strongest dependence on another is worth breaking. */
  readonly dependent: readonly string[]
}

const MOST_TRIES = 1_000_000
const LEAST_DEPENDENCE = 0.15
const BASE_MISSING = 0.25

export function prepareSet(set: PowerSet): ShiftedSet {
  const sorted = new Map<string, Float64Array>()
  const ranks = new Map<string, Float64Array>()
  const categories = new Map<string, string[]>()
  for (const [name, values] of Object.entries(set.numeric)) {
    const own = values.filter(Number.isFinite).sort()
    if (new Set(own).size >= 20) sorted.set(name, own)
    ranks.set(
      name,
      values.map((value) => (Number.isFinite(value) ? midRank(own, value) : 0.5)),
    )
  }
  for (const [name, values] of Object.entries(set.categorical)) {
    const counts = new Map<string, number>()
    for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
    const kept = [...counts]
      .filter(([, rows]) => rows > set.rows * 0.02 && rows < set.rows * 0.5)
      .map(([value]) => value)
    if (kept.length > 0) categories.set(name, kept)
    let passed = 0
    const at = new Map(
      [...counts].sort((a, b) => b[1] - a[1]).map(([value, rows]) => [value, (passed += rows) - rows / 2]),
    )
    ranks.set(
      name,
      Float64Array.from(values, (value) => (value === null ? 0.5 : at.get(value)! / passed)),
    )
  }
  return { set, sorted, ranks, categories, dependent: dependentColumns(ranks) }
}

/** Reference and current of `rows` each. Which column is shifted, and how, is drawn anew each time. */
export function draw(
  shifted: ShiftedSet,
  shift: Shift | 'none',
  magnitude: number,
  rows: number,
  random: Random,
): Draw {
  const order = random.sample(indices(shifted.set.rows), 2 * rows)
  const [first, second] = [order.slice(0, rows), order.slice(rows)]
  if (shift === 'missingness') return missing(shifted, first, second, magnitude, random)
  if (shift === 'interaction') {
    const taken = new Set(first)
    return {
      reference: pick(shifted.set, first),
      current: pick(shifted.set, tilted(shifted, taken, rows, magnitude, random)),
    }
  }
  const current = pick(shifted.set, second)
  const reference = pick(shifted.set, first)
  if (shift === 'correlation break') breakDependence(shifted, current, magnitude, random)
  else if (shift === 'category mix' && shifted.categories.size > 0) mixCategories(shifted, current, magnitude, random)
  else if (shift !== 'none') moveNumeric(shifted, shift, current, magnitude, random)
  return { reference, current }
}

/** Values move along the quantile function of the whole set, so that every value is one the set has. */
function moveNumeric(
  { sorted }: ShiftedSet,
  shift: Shift,
  current: ProfileBatch,
  magnitude: number,
  random: Random,
): void {
  const [name] = random.sample(sorted.keys(), 1)
  const own = sorted.get(name!)!
  const values = current.numeric[name!]!
  const decile = random.integer(10)
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue
    const share = moved(shift, randomRank(own, values[i]!, random), magnitude, decile, random)
    values[i] = own[Math.min(own.length - 1, Math.floor(share * own.length))]!
  }
}

function moved(shift: Shift, share: number, magnitude: number, decile: number, random: Random): number {
  const z = normalQuantile(Math.min(1 - 1e-6, Math.max(1e-6, share)))
  if (shift === 'location') return normalCdf(z + magnitude)
  if (shift === 'scale') return normalCdf(z * (1 + magnitude))
  if (random.next() >= magnitude) return share
  // A tail that fills, or, in a set without categories, a decile.
  return shift === 'tail' ? 1 - 0.02 * random.next() : (decile + random.next()) / 10
}

function mixCategories({ categories }: ShiftedSet, current: ProfileBatch, magnitude: number, random: Random): void {
  const [name] = random.sample(categories.keys(), 1)
  const [value] = random.sample(categories.get(name!)!, 1)
  const values = current.categorical[name!] as (string | null)[]
  for (let i = 0; i < values.length; i++) if (random.next() < magnitude) values[i] = value!
}

/** A column's values change places within a share of the rows: its own distribution stays to the row. */
function breakDependence({ dependent }: ShiftedSet, current: ProfileBatch, magnitude: number, random: Random): void {
  const [name] = random.sample(dependent, 1)
  const values = (current.numeric[name!] ?? current.categorical[name!]) as (string | number | null)[]
  const chosen = [...indices(values.length)].filter(() => random.next() < magnitude)
  const places = random.shuffle(chosen)
  const before = chosen.map((i) => values[i]!)
  for (const [k, i] of places.entries()) values[i] = before[k]!
}

/** Rows come more often where two columns are both high or both low; two columns that need not depend on each other. */
function tilted(
  { set, ranks }: ShiftedSet,
  taken: ReadonlySet<number>,
  rows: number,
  magnitude: number,
  random: Random,
): number[] {
  const [a, b] = random.sample(ranks.values(), 2) as [Float64Array, Float64Array]
  const chosen = new Set<number>()
  for (let tries = 0; chosen.size < rows && tries < MOST_TRIES; tries++) {
    const i = random.integer(set.rows)
    const sign = Math.sign(a[i]! - 0.5) * Math.sign(b[i]! - 0.5)
    if (!taken.has(i) && random.next() * (1 + magnitude) < 1 + magnitude * sign) chosen.add(i)
  }
  return [...chosen]
}

/** A quarter of one column is missing in either window, by chance; in the current one it follows another column. */
function missing(
  { set, ranks }: ShiftedSet,
  first: readonly number[],
  second: readonly number[],
  magnitude: number,
  random: Random,
): Draw {
  const [gone, by] = random.sample(ranks.keys(), 2) as [string, string]
  const blank = (batch: ProfileBatch, chance: (i: number) => number) => {
    const values = (batch.numeric[gone] ?? batch.categorical[gone]) as (string | number | null)[]
    for (let i = 0; i < values.length; i++)
      if (random.next() < chance(i)) values[i] = batch.numeric[gone] ? Number.NaN : null
    return batch
  }
  const rank = ranks.get(by)!
  return {
    reference: blank(pick(set, first), () => BASE_MISSING),
    current: blank(pick(set, second), (i) => BASE_MISSING * (1 + magnitude * (2 * rank[second[i]!]! - 1))),
  }
}

function pick(set: PowerSet, rows: readonly number[]): ProfileBatch {
  const numeric = Object.entries(set.numeric).map(([name, values]) => [
    name,
    Float64Array.from(rows, (i) => values[i]!),
  ])
  const categorical = Object.entries(set.categorical).map(([name, values]) => [name, rows.map((i) => values[i]!)])
  return { rows: rows.length, numeric: Object.fromEntries(numeric), categorical: Object.fromEntries(categorical) }
}

function dependentColumns(ranks: ReadonlyMap<string, Float64Array>): string[] {
  const kept = [...ranks].filter(([name, own]) =>
    [...ranks].some(([other, values]) => other !== name && Math.abs(correlation(own, values)) > LEAST_DEPENDENCE),
  )
  return kept.map(([name]) => name)
}

function correlation(x: Float64Array, y: Float64Array): number {
  const [mx, my] = [mean(x), mean(y)]
  let [xy, xx, yy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mx) * (y[i]! - my)
    xx += (x[i]! - mx) ** 2
    yy += (y[i]! - my) ** 2
  }
  return xx * yy === 0 ? 0 : xy / Math.sqrt(xx * yy)
}

function mean(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value, 0) / x.length
}

function midRank(sorted: Float64Array, value: number): number {
  return (bound(sorted, value, false) + bound(sorted, value, true)) / 2 / sorted.length
}

function randomRank(sorted: Float64Array, value: number, random: Random): number {
  const [low, high] = [bound(sorted, value, false), bound(sorted, value, true)]
  return (low + random.next() * (high - low)) / sorted.length
}

/** Values below `value`, or up to it. */
function bound(sorted: Float64Array, value: number, inclusive: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value || (inclusive && sorted[middle] === value)) low = middle + 1
    else high = middle
  }
  return low
}

function indices(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i)
}
