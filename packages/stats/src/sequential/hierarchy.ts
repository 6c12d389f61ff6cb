import { CELLS, cellOf, type SeasonLevel } from './seasons.ts'

/** Counts of one stream by hour, flat: hour t holds `counts[t * bins … (t + 1) * bins)`. */
export type HourlyCounts = {
  readonly bins: number
  /** Hour of the week, 0 to 167, and what it is left out with, from 0: its week, where there are weeks. */
  readonly ofWeek: ArrayLike<number>
  readonly fold: ArrayLike<number>
  readonly folds: number
  readonly counts: Float64Array
}

export type Hierarchy = {
  /** Finest level that predicts better than the one above it. */
  readonly level: SeasonLevel
  /** Share of each bin in each cell of that level, cell after cell. */
  readonly cells: Float64Array
  /** The same, made without the fold, for every fold. */
  readonly heldOut: readonly Float64Array[]
}

/**
 * Pulls towards the parent, in units of the mean rows of a cell. Relative, not in rows: 30,000 rows are everything for a
 * cell of 100 rows and nothing for one of a million.
 */
const PULLS = [0.01, 0.1, 0.3, 1, 3, 10, 30]

/** Relative gain of likelihood that may be nothing but rounding. */
const ROUNDING = 1e-9

/** Half a row per bin (Jeffreys prior): a bin the reference never saw is improbable, not impossible. */
const PSEUDO_ROWS = 0.5

/**
 * Shares per seasonal cell, each level shrunk to the one before it: `(c + k p_parent) / (n + k)`. The pull k of a level
 * is the one under which the folds left out are likeliest, and a level that never helps is not kept.
 */
export function fitHierarchy(history: HourlyCounts, levels: readonly SeasonLevel[]): Hierarchy {
  const { bins } = history
  let level: SeasonLevel = 'constant'
  let tables = tabulate(history, level)
  let shares = [tables.all, ...tables.rest].map((table) => withPseudoRows(table, bins))
  for (const finer of levels) {
    if (finer === 'constant') continue
    const parents = { level, shares }
    tables = tabulate(history, finer)
    const best = likeliest(tables, parents, finer, bins)
    if (best === undefined) continue
    level = finer
    shares = best
  }
  const [cells, ...heldOut] = shares
  return { level, cells: cells!, heldOut }
}

type Tables = {
  readonly all: Float64Array
  readonly rest: readonly Float64Array[]
  readonly of: readonly Float64Array[]
}

/** Counts per cell: of all hours, without each fold, of each fold. */
function tabulate({ bins, ofWeek, fold, folds, counts }: HourlyCounts, level: SeasonLevel): Tables {
  const of = Array.from({ length: folds }, () => new Float64Array(CELLS[level] * bins))
  for (let t = 0; t < ofWeek.length; t++) {
    const table = of[fold[t]!]!
    const at = cellOf(level, ofWeek[t]!) * bins
    for (let j = 0; j < bins; j++) table[at + j]! += counts[t * bins + j]!
  }
  const all = new Float64Array(CELLS[level] * bins)
  for (const table of of) for (let i = 0; i < all.length; i++) all[i]! += table[i]!
  return { all, of, rest: of.map((table) => all.map((rows, i) => rows - table[i]!)) }
}

type Parents = { readonly level: SeasonLevel; readonly shares: readonly Float64Array[] }

/** The shares under the pull that predicts the folds best, or nothing where the parents predict them no worse. */
function likeliest(tables: Tables, parents: Parents, level: SeasonLevel, bins: number): Float64Array[] | undefined {
  const meanRows = tables.all.reduce((sum, rows) => sum + rows, 0) / CELLS[level]
  const parentAt = Array.from({ length: CELLS[level] }, (_, cell) => cellOf(parents.level, hourIn(level, cell)))
  const shrink = (table: Float64Array, parent: Float64Array, pull: number) =>
    shrunk(table, parent, { parentAt, pull, bins })
  let best = parents.shares.slice(1).map((parent, f) => shrink(tables.rest[f]!, parent, Infinity))
  let score = predictive(tables.of, best)
  let chosen = Infinity
  for (const relative of PULLS) {
    const pull = relative * meanRows
    const shares = parents.shares.slice(1).map((parent, f) => shrink(tables.rest[f]!, parent, pull))
    const reached = predictive(tables.of, shares)
    if (reached <= score + ROUNDING * Math.abs(score)) continue
    score = reached
    chosen = pull
    best = shares
  }
  return chosen === Infinity ? undefined : [shrink(tables.all, parents.shares[0]!, chosen), ...best]
}

type Shrinkage = { readonly parentAt: readonly number[]; readonly pull: number; readonly bins: number }

function shrunk(table: Float64Array, parent: Float64Array, { parentAt, pull, bins }: Shrinkage): Float64Array {
  const shares = new Float64Array(table.length)
  for (let cell = 0; cell < parentAt.length; cell++) {
    const at = cell * bins
    let rows = 0
    for (let j = 0; j < bins; j++) rows += table[at + j]!
    const own = pull === Infinity ? 0 : rows / (rows + pull)
    for (let j = 0; j < bins; j++) {
      const seen = rows > 0 ? table[at + j]! / rows : 0
      shares[at + j] = own * seen + (1 - own) * parent[parentAt[cell]! * bins + j]!
    }
  }
  return shares
}

function predictive(counts: readonly Float64Array[], shares: readonly Float64Array[]): number {
  let sum = 0
  for (let f = 0; f < counts.length; f++) {
    const seen = counts[f]!
    const expected = shares[f]!
    for (let i = 0; i < seen.length; i++) if (seen[i]! > 0) sum += seen[i]! * Math.log(expected[i]!)
  }
  return sum
}

function withPseudoRows(table: Float64Array, bins: number): Float64Array {
  const rows = table.reduce((sum, count) => sum + count, 0)
  return table.map((count) => (count + PSEUDO_ROWS) / (rows + PSEUDO_ROWS * bins))
}

/** An hour of the week that lies in the cell. */
function hourIn(level: SeasonLevel, cell: number): number {
  return level === 'hour-by-weekend' && cell >= 24 ? cell + 96 : cell
}
