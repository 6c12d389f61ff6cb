import { StatsError } from '../error.ts'

/** Rows per bin: non-negative, finite. */
export type Counts = ArrayLike<number>

/** Two count vectors over the bins that are not empty in both, with what the statistics and their nulls need. */
export type Table = {
  readonly reference: Float64Array
  readonly current: Float64Array
  readonly referenceRows: number
  readonly currentRows: number
}

/**
 * Checks two count vectors and drops the bins that are empty in both: they say nothing, and their half rows would make
 * two samples of different size differ.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_COUNT, STATS_EMPTY_SAMPLE
 */
export function tableOf(where: string, reference: Counts, current: Counts): Table {
  if (reference.length !== current.length)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `${where} got ${reference.length} reference bins and ${current.length} current bins`,
    )
  const kept: number[] = []
  let referenceRows = 0
  let currentRows = 0
  for (let i = 0; i < reference.length; i++) {
    referenceRows += countAt(where, 'reference', reference, i)
    currentRows += countAt(where, 'current', current, i)
    if (reference[i]! + current[i]! > 0) kept.push(i)
  }
  if (referenceRows === 0 || currentRows === 0)
    throw new StatsError(
      'STATS_EMPTY_SAMPLE',
      `${where} got ${referenceRows} reference rows and ${currentRows} current rows, expected some of both`,
    )
  const pick = (counts: Counts) => Float64Array.from(kept, (i) => counts[i]!)
  return { reference: pick(reference), current: pick(current), referenceRows, currentRows }
}

function countAt(where: string, side: string, counts: Counts, i: number): number {
  const count = counts[i]!
  if (count >= 0 && count < Infinity) return count
  throw new StatsError(
    'STATS_BAD_COUNT',
    `${where} got ${count} rows in bin ${i} of the ${side}, expected a finite number from 0`,
  )
}
