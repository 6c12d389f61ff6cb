import { StatsError } from '../error.ts'
import { normalQuantile } from '../special/index.ts'
import { type Bins, outsideIndex } from './bins.ts'

/**
 * What a column looks like to the streams that join it with others. Both are functions of its place among the counts,
 * so no stream reads a value twice, and no outlier weighs more than its bin.
 */
export type ColumnCoding = {
  /** Coarse code of each place: 0 … groups - 1 for values in their order, `groups` for missing and invalid. */
  readonly groups: readonly number[]
  /**
   * Normal score of each place: the standard normal quantile of its mid-rank in the reference, then shifted and scaled
   * to mean 0 and variance 1 there. Categories stand in the order of their frequency; missing and invalid are 0.
   */
  readonly scores: readonly number[]
}

/** Rows' worth of doubt: an empty place at the end of the order has a finite score. */
const HALF_ROW = 0.5
/**
 * Share, and rows, that the ends of the order hold at least. What lies outside the reference is not in it, and its rarest
 * categories are those that chance put there: with scores of their own, every later window would seem to spread.
 */
const END_SHARE = 0.02
const END_ROWS = 8

/**
 * Codes a column from its reference counts.
 * @param groups of about equal share; a place holding more than that has one of its own
 * @example codeColumn(freezeBins(['a', 'b']), [30, 10, 0, 0, 5, 0], 4).groups // [0, 1, 1, 1, 4, 4]
 */
export function codeColumn(bins: Bins, counts: ArrayLike<number>, groups: number): ColumnCoding {
  const { missing } = outsideIndex(bins)
  if (!(Number.isInteger(groups) && groups >= 1))
    throw new StatsError('STATS_BAD_OPTION', `groups of codeColumn is ${groups}, expected a whole number from 1`, {
      groups,
    })
  let rows = 0
  for (let place = 0; place < missing; place++) {
    if (!(counts[place]! >= 0 && counts[place]! <= Number.MAX_SAFE_INTEGER))
      throw new StatsError(
        'STATS_BAD_COUNT',
        `codeColumn got ${counts[place]} rows at place ${place} of ${missing}, expected a number from 0`,
        { place },
      )
    rows += counts[place]!
  }
  return { groups: groupPlaces(counts, missing, rows, groups), scores: scorePlaces(counts, missing, rows) }
}

function groupPlaces(counts: ArrayLike<number>, missing: number, rows: number, groups: number): number[] {
  const codes: number[] = []
  let passed = 0
  let code = 0
  let taken = 0
  for (let place = 0; place < missing; place++) {
    const count = counts[place]!
    const left = groups - code
    const fair = (rows - passed + taken) / left
    // A place goes to the next group when this one would be further from its fair share with it than without.
    if (count > 0 && taken > 0 && left > 1 && taken + count / 2 > fair) {
      code++
      taken = 0
    }
    codes.push(code)
    taken += count
    passed += count
  }
  return [...codes, groups, groups]
}

function scorePlaces(counts: ArrayLike<number>, missing: number, rows: number): number[] {
  const raw = midRanks(counts, missing, rows)
  let mean = 0
  let square = 0
  for (let place = 0; place < missing; place++) mean += (counts[place]! / Math.max(1, rows)) * raw[place]!
  for (let place = 0; place < missing; place++)
    square += (counts[place]! / Math.max(1, rows)) * (raw[place]! - mean) ** 2
  const scale = square > 1e-9 ? 1 / Math.sqrt(square) : 0
  return [...raw.map((score) => (score - mean) * scale), 0, 0]
}

/** Places at either end share the rank of the first ones that together hold `END_SHARE`. */
function midRanks(counts: ArrayLike<number>, missing: number, rows: number): number[] {
  const end = Math.max(END_ROWS, END_SHARE * rows)
  const raw = new Array<number>(missing).fill(0)
  let passed = 0
  for (let place = 0; place < missing; ) {
    let until = place + 1
    let held = counts[place]!
    const mayEnd = passed === 0 || rows - passed - held < end
    while (mayEnd && until < missing && (passed === 0 ? held < end : true)) held += counts[until++]!
    raw.fill(normalQuantile((passed + held / 2 + HALF_ROW) / (rows + 2 * HALF_ROW)), place, until)
    passed += held
    place = until
  }
  return raw
}
