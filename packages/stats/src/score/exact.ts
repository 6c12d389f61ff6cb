import { StatsError } from '../error.ts'
import { betaQuantile } from '../special/index.ts'
import type { Figure, FigureOptions } from './figure.ts'
import { settingsOf, unknown } from './weighted.ts'

/**
 * Clopper and Pearson's exact interval of a share: never below its level, whatever the share and however few the rows;
 * wider than Wilson's for that.
 * @param rows whole number; 0 rows are unknown
 * @throws StatsError STATS_BAD_COUNT
 * @see Clopper and Pearson 1934; equal to SciPy 1.17's `binomtest(…).proportion_ci('exact')`
 * @example exactShare(3, 20).low // 0.0320709
 */
export function exactShare(successes: number, rows: number, options: FigureOptions = {}): Figure {
  const { level } = settingsOf(options)
  if (!(Number.isInteger(successes) && Number.isInteger(rows) && successes >= 0 && successes <= rows))
    throw new StatsError(
      'STATS_BAD_COUNT',
      `exactShare got ${successes} of ${rows} rows, expected whole numbers, 0 to rows`,
      {
        successes,
        rows,
      },
    )
  if (rows === 0 || rows < (options.minRows ?? 1)) return unknown('too-few-rows', rows)
  const tail = (1 - level) / 2
  const low = successes === 0 ? 0 : betaQuantile(tail, successes, rows - successes + 1)
  const high = successes === rows ? 1 : betaQuantile(1 - tail, successes + 1, rows - successes)
  return { kind: 'known', value: successes / rows, low, high, rows, level }
}
