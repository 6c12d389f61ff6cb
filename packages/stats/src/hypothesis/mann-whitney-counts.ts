import { marginsOf } from './contingency.ts'
import { type MannWhitneyResult, rankSum } from './mann-whitney.ts'
import { allUsed, type LevelOptions } from './result.ts'
import { checkLevel } from './samples.ts'

/** The test on binned rows, and between which values the superiority of the rows themselves lies, whatever they are. */
export type BinnedMannWhitney = MannWhitneyResult & { readonly least: number; readonly greatest: number }

/**
 * Mann-Whitney from rows per ordered bin, rows of a bin taken for ties: a valid test of the same null. The superiority of
 * the rows is within half of Σ p q of the one found, p and q the shares of the bins: 1/32 with 16 equal bins.
 * @param reference rows per bin, in the order of the values (leave missing and invalid out)
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_COUNT, STATS_EMPTY_SAMPLE
 * @example mannWhitneyOfCounts([50, 30, 20], [20, 30, 50]).superiority // 0.695
 */
export function mannWhitneyOfCounts(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: LevelOptions = {},
): BinnedMannWhitney {
  const level = checkLevel('mannWhitneyOfCounts', options.level)
  const { rows, kept } = marginsOf('mannWhitneyOfCounts', [reference, current])
  const [n, m] = rows as [number, number]
  const [before, after] = [reference, current].map((counts) => Float64Array.from(kept, (j) => counts[j]!)) as [
    Float64Array,
    Float64Array,
  ]
  const steps = { values: Float64Array.from(kept), reference: before, current: after }
  const found = rankSum(steps, { reference: allUsed(n), current: allUsed(m) }, level, 'asymptotic')
  const slack = before.reduce((sum, rowsHere, j) => sum + (rowsHere / n) * (after[j]! / m), 0) / 2
  return {
    ...found,
    least: Math.max(0, found.superiority - slack),
    greatest: Math.min(1, found.superiority + slack),
  }
}
