import { StatsError } from '../error.ts'
import { createRandom } from '../random.ts'
import { drawSplit, hypergeometricLogPmf, lgamma, normalQuantile } from '../special/index.ts'
import { type Margins, marginsOf } from './contingency.ts'
import { allUsed, type Effect, type LevelOptions, type TestResult } from './result.ts'
import { checkLevel } from './samples.ts'

export type FisherOptions = LevelOptions & {
  /** Tables drawn where there are too many to go through. Default 9999. */
  readonly draws?: number
  /** Seed of those draws. Default: the table itself. */
  readonly seed?: number | string
}

/** Tables gone through one by one, some 10 ms; beyond, tables are drawn. */
const MOST_TABLES = 200_000
/** Tables as probable as the one at hand count as such in spite of rounding. */
const SAME = 1 + 1e-7

/**
 * Fisher's exact test of independence given both margins, two-sided: the probability of all tables that are no more
 * probable than this one (Freeman and Halton 1951 beyond 2 × 2). Every table is gone through where two rows have at most
 * 200,000 of them; else `draws` tables are drawn and p = (k + 1) / (draws + 1), which holds its level for any number.
 * SciPy's `fisher_exact` always draws beyond 2 × 2. `statistic` is the probability of the table.
 * The effect of a 2 × 2 table is the log odds ratio with half a row added to every cell (Haldane, Anscombe), with
 * Gart's interval; of others, the bias-corrected share of explained variation is in `chiSquareContingency`.
 * @param table rows × columns of whole counts
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_COUNT, STATS_EMPTY_SAMPLE
 * @example fisherExact([[8, 2], [1, 5]]).pValue // 0.03497
 */
export function fisherExact(table: readonly ArrayLike<number>[], options: FisherOptions = {}): TestResult {
  const level = checkLevel('fisherExact', options.level)
  const margins = marginsOf('fisherExact', table)
  checkWhole(table)
  const { rows, kept } = margins
  const counts = table.map((row) => Float64Array.from(kept, (j) => row[j]!))
  const observed = logProbability(counts, margins)
  const enumerated = rows.length === 2 ? enumerate(margins, observed) : null
  return {
    kind: 'tested',
    statistic: Math.exp(observed),
    pValue: upToOne(enumerated ?? drawnShare(counts, margins, observed, options)),
    method: enumerated === null ? 'permutation' : 'exact',
    effect: logOdds(counts, level),
    rows: { reference: allUsed(rows[0]!), current: allUsed(margins.total - rows[0]!) },
  }
}

/** The sum over all tables is 1 but for rounding. */
function upToOne(p: number): number {
  return p > 1 - 1e-12 ? 1 : p
}

function logOdds(counts: readonly Float64Array[], level: number): Effect {
  const name = 'log odds ratio'
  if (counts.length !== 2 || counts[0]!.length !== 2) return { name, value: 0, interval: null }
  const [a, b, c, d] = [...counts[0]!, ...counts[1]!].map((rows) => rows + 0.5) as [number, number, number, number]
  const value = Math.log((a * d) / (b * c))
  const half = normalQuantile(0.5 + level / 2) * Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
  return { name, value, interval: { low: value - half, high: value + half, level } }
}

/** Σ over the tables of two rows, column by column; null when there are more than can be gone through. */
function enumerate({ rows, columns, kept, total }: Margins, observed: number): number | null {
  const sizes = kept.map((j) => columns[j]!)
  const [n] = rows as [number, number]
  let tables = 1
  for (const size of sizes.slice(1)) tables *= Math.min(size, n) + 1
  if (tables > MOST_TABLES) return null
  const limit = observed + Math.log(SAME)
  const walk = (column: number, left: number, leftTotal: number, logP: number): number => {
    if (column === sizes.length) return logP <= limit ? Math.exp(logP) : 0
    const size = sizes[column]!
    const urn = { total: leftTotal, marked: size, drawn: left }
    let sum = 0
    for (let taken = Math.max(0, left - (leftTotal - size)); taken <= Math.min(size, left); taken++)
      sum += walk(column + 1, left - taken, leftTotal - size, logP + hypergeometricLogPmf(taken, urn))
    return sum
  }
  return walk(0, n, total, 0)
}

function drawnShare(
  counts: readonly Float64Array[],
  { rows, columns, kept }: Margins,
  observed: number,
  { draws = 9999, seed }: FisherOptions,
): number {
  if (!(Number.isInteger(draws) && draws >= 19 && draws <= 1e6))
    throw new StatsError('STATS_BAD_OPTION', `draws of fisherExact is ${draws}, expected a whole number from 19 to 1e6`)
  const random = createRandom(seed ?? `fisher ${counts.map((row) => row.join()).join(' and ')}`)
  const limit = observed + Math.log(SAME)
  const constant = marginTerm(
    rows,
    kept.map((j) => columns[j]!),
  )
  const row = new Float64Array(kept.length)
  let farther = 1
  for (let draw = 0; draw < draws; draw++) {
    const left = Float64Array.from(kept, (j) => columns[j]!)
    let cells = 0
    for (const size of rows.slice(1)) {
      drawSplit(random, left, size, row)
      for (let j = 0; j < row.length; j++) {
        left[j]! -= row[j]!
        cells += lgamma(row[j]! + 1)
      }
    }
    for (const rest of left) cells += lgamma(rest + 1)
    if (constant - cells <= limit) farther++
  }
  return farther / (draws + 1)
}

function logProbability(counts: readonly Float64Array[], { rows, columns, kept }: Margins): number {
  const constant = marginTerm(
    rows,
    kept.map((j) => columns[j]!),
  )
  return counts.reduce((sum, row) => row.reduce((rest, cell) => rest - lgamma(cell + 1), sum), constant)
}

function marginTerm(rows: readonly number[], columns: readonly number[]): number {
  const total = rows.reduce((sum, row) => sum + row, 0)
  return [...rows, ...columns].reduce((sum, margin) => sum + lgamma(margin + 1), -lgamma(total + 1))
}

function checkWhole(table: readonly ArrayLike<number>[]): void {
  for (const [i, row] of table.entries())
    for (let j = 0; j < row.length; j++)
      if (!Number.isInteger(row[j]))
        throw new StatsError(
          'STATS_BAD_COUNT',
          `fisherExact has ${row[j]} in row ${i}, column ${j}, expected whole rows`,
        )
}
