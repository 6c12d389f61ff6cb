import { StatsError } from '../error.ts'
import { createRandom } from '../random.ts'
import { normalCdf, normalQuantile } from '../special/index.ts'
import type { Figure } from './figure.ts'
import { settingsOf, unknown } from './weighted.ts'

export type BootstrapOptions = {
  readonly seed: number | string
  /** Samples drawn. Default 1,000. */
  readonly replicates?: number
  /** Confidence of the interval. Default 0.95. */
  readonly level?: number
  /** Rows that belong together (an entity, a day) as numbers from 0, one for each row: drawn together. */
  readonly clusters?: ArrayLike<number>
  /** With fewer rows (or clusters) the figure is unknown. Default 30. */
  readonly minRows?: number
}

/**
 * Interval of any statistic of rows by drawing them anew, bias-corrected (BC): the percentile interval moved by twice
 * the share of samples below the statistic. For figures with a formula use that: it costs a thousandth.
 * @param rows number of rows @param statistic of the rows of these numbers; not finite = not defined for that sample
 * @returns unknown with too few rows, or where more than one sample in twenty has no value
 * @throws StatsError STATS_BAD_OPTION, STATS_LENGTHS_DIFFER
 * @see Efron 1981
 * @example
 * const values = Array.from({ length: 100 }, (_, i) => i)
 * const mean = (rows) => rows.reduce((sum, row) => sum + values[row], 0) / rows.length
 * bootstrapFigure(100, mean, { seed: 1 }).value // 49.5
 */
export function bootstrapFigure(
  rows: number,
  statistic: (rows: Int32Array) => number,
  options: BootstrapOptions,
): Figure {
  const { seed, replicates = 1000, clusters, minRows = 30 } = options
  const { level } = settingsOf({ level: options.level ?? 0.95 })
  if (!(Number.isInteger(replicates) && replicates >= 100 && Number.isInteger(rows) && rows >= 0))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `a bootstrap needs 100 replicates or more of whole rows, found ${replicates} of ${rows}`,
    )
  if (clusters && clusters.length !== rows)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `bootstrapFigure got ${clusters.length} clusters, expected ${rows}, one per row`,
    )
  const units = unitsOf(rows, clusters)
  if (units.length < Math.max(2, minRows)) return unknown(clusters ? 'too-few-clusters' : 'too-few-rows', rows)
  const value = statistic(Int32Array.from({ length: rows }, (_, i) => i))
  if (!Number.isFinite(value)) return unknown('not-finite', rows)
  const random = createRandom(seed)
  const drawn = Float64Array.from({ length: replicates }, () => {
    const chosen = units.map(() => units[random.integer(units.length)]!)
    return statistic(Int32Array.from(chosen.flat()))
  })
    .filter(Number.isFinite)
    .sort()
  if (drawn.length < 0.95 * replicates) return unknown('not-finite', rows)
  const below = drawn.reduce((count, each) => count + (each < value ? 1 : each === value ? 0.5 : 0), 0)
  const bias = normalQuantile(Math.min(0.999, Math.max(0.001, below / drawn.length)))
  const at = (tail: number) =>
    drawn[Math.min(drawn.length - 1, Math.floor(normalCdf(2 * bias + normalQuantile(tail)) * drawn.length))]!
  const [low, high] = [at((1 - level) / 2), at((1 + level) / 2)]
  return { kind: 'known', value, low: Math.min(low, value), high: Math.max(high, value), rows, level }
}

function unitsOf(rows: number, clusters: ArrayLike<number> | undefined): number[][] {
  if (!clusters) return Array.from({ length: rows }, (_, i) => [i])
  const units = new Map<number, number[]>()
  for (let i = 0; i < rows; i++) units.set(clusters[i]!, [...(units.get(clusters[i]!) ?? []), i])
  return [...units.values()]
}
