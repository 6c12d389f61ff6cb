import { StatsError } from '../error.ts'

/** Euler's constant. */
const EULER = 0.5772156649015329

/**
 * Mean path length of an unsuccessful search in a binary search tree of n rows, c(n) = 2 H(n - 1) - 2 (n - 1) / n with
 * H(m) = ln m + 0.5772…: what a path is measured against. As scikit-learn has it: 1 for two rows, 0 below.
 * @throws StatsError STATS_BAD_COUNT
 * @example pathNormaliser(256) // 10.2448
 */
export function pathNormaliser(rows: number): number {
  if (!Number.isFinite(rows))
    throw new StatsError('STATS_BAD_COUNT', `pathNormaliser got ${rows} rows, expected a finite number`, { rows })
  if (rows < 2) return 0
  if (rows === 2) return 1
  return 2 * (Math.log(rows - 1) + EULER) - (2 * (rows - 1)) / rows
}
