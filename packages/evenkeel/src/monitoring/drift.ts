import { binLabels, type ColumnProfile, chiSquareQuantile, heldOutCounts, psi } from '@evenkeel/stats'
import type { FindingSummary } from '../storage/index.ts'
import { steady, unknown } from './finding.ts'

/**
 * Drift is judged on two scales. The *window* alone shows a sudden change at once, but a single day is no small sample of
 * the reference: its weekday is all of one kind. The *cycle* (the trailing week) has no weekday, and shows small and slow
 * changes. So a window needs `windowFactor` times the material floor, and more than what is ordinary for single windows
 * of this version (`ORDINARY_FACTOR` times the median of the cycle's earlier ones); a cycle needs the floor itself, and
 * a latest window that still shows it, so that a change that is over does not linger for a week.
 *
 * Measured on the flights of 2001 (January trains 25 days; then 150 days of 2,000 flights, nothing injected), PSI net of
 * noise. Inputs: windows 0.077 at most, cycles 0.004. Score of boosted trees that know the weekday: windows 0.305 at
 * most, cycles 0.006; of trees that do not: 0.030 and 0.006; of a table of hours and weekdays, whose every day is unlike
 * the week: windows 2.6. Distance in kilometres: 0.34 to 0.46 on its first day. A rule of 0.1 for single windows would
 * have called the first model's score shifted on every weekend, and the table's every day.
 */
export interface DriftOptions {
  readonly monitor: string
  /** PSI beyond noise, in nats. */
  readonly floor: number
  readonly windowFactor: number
  /** False-alarm level of one comparison. */
  readonly alpha: number
  readonly minRows: number
}

export const INPUT_WINDOW_FACTOR = 2
export const SCORE_WINDOW_FACTOR = 5
const ORDINARY_FACTOR = 2.5
/** Part of the floor that the latest window must show for a cycle's change to be present. */
const PRESENT_PART = 0.5

export interface DriftColumns {
  readonly reference: ColumnProfile
  readonly window: ColumnProfile
  /** The trailing cycle, this window included; null until a cycle is complete. */
  readonly cycle: ColumnProfile | null
  /** The cycle's earlier days, one by one. */
  readonly earlier: readonly ColumnProfile[]
}

/** Smallest level at which the statistics work out a floor themselves; below it the floor is carried on. */
const LEAST_ALPHA = 1e-4
/** A level whose floor is cheap to work out, where only the mean of the noise is wanted. */
const EASY_ALPHA = 0.1
/** So many times the asymptotic floor is beyond noise in sparse tables too, where the floor may be twice as high. */
const FAR_BEYOND = 4

export function judgeDrift(columns: DriftColumns, options: DriftOptions): FindingSummary {
  const { monitor, floor, alpha, minRows } = options
  const { reference } = columns
  const window = effectOf(reference, columns.window, options)
  if (window === null) {
    const few = totalOf(columns.window) < minRows
    return unknown(monitor, few ? 'too-few-rows' : 'too-few-reference-rows', totalOf(columns.window))
  }
  const scales = [
    {
      ...window,
      column: columns.window,
      scale: 'this window',
      threshold: windowThreshold(columns, options, window.effect),
    },
  ]
  const cycle = columns.cycle && effectOf(reference, columns.cycle, options)
  if (columns.cycle && cycle && window.effect >= PRESENT_PART * floor)
    scales.push({ ...cycle, column: columns.cycle, scale: 'the last seven days', threshold: floor })
  const ranked = scales.toSorted((a, b) => b.effect / b.threshold - a.effect / a.threshold)
  const shifted = ranked.find(
    (scale) => scale.effect >= scale.threshold && isBeyondNoise(scale.value, reference, scale.column, alpha),
  )
  const { effect, threshold, rows, column, scale } = shifted ?? ranked[0]!
  const reason = `PSI ${effect.toFixed(3)} beyond noise over ${scale}`
  const finding = steady(monitor, { statistic: 'psi', value: effect, threshold, rows, reason })
  if (shifted === undefined) return finding
  return { ...finding, verdict: 'shifted', reason: `${reason}; most moved: ${movedBins(reference, column)}` }
}

/**
 * The reference never moves (law 11): what is ordinary only raises what a single window must show. So a window below the
 * least threshold is steady whatever was ordinary, and most windows need not be told.
 */
function windowThreshold({ reference, earlier }: DriftColumns, options: DriftOptions, shown: number): number {
  const least = options.floor * options.windowFactor
  if (shown < least) return least
  const effects = earlier
    .map((column) => effectOf(reference, column, options)?.effect ?? null)
    .filter((effect) => effect !== null)
    .toSorted((a, b) => a - b)
  const ordinary = effects[Math.floor(effects.length / 2)] ?? 0
  return Math.max(least, ORDINARY_FACTOR * ordinary)
}

interface Effect {
  readonly rows: number
  /** PSI less what noise makes of it, never below 0. */
  readonly effect: number
  readonly value: number
}

/** PSI against the reference as held-out rows would lie in it; null with too few rows on either side. */
function effectOf(reference: ColumnProfile, current: ColumnProfile, { minRows }: DriftOptions): Effect | null {
  const rows = totalOf(current)
  if (rows < Math.max(1, minRows) || totalOf(reference) < Math.max(1, minRows)) return null
  const { value, noiseMean } = psi(heldOutCounts(reference.bins, reference.counts), current.counts, {
    alpha: EASY_ALPHA,
  })
  return { rows, value, effect: Math.max(0, value - noiseMean) }
}

/**
 * Whether a PSI is beyond what noise exceeds with probability `alpha`. Asked only of effects that are material: the exact
 * floor of a sparse table at such levels takes tens of thousands of permutations, and most windows never need it.
 */
function isBeyondNoise(value: number, reference: ColumnProfile, current: ColumnProfile, alpha: number): boolean {
  const before = heldOutCounts(reference.bins, reference.counts)
  const df = before.filter((rows, i) => rows + current.counts[i]! > 0).length - 1
  const asymptotic = (1 / totalOf(reference) + 1 / totalOf(current)) * chiSquareQuantile(1 - alpha, Math.max(1, df))
  if (value > FAR_BEYOND * asymptotic) return true
  const { noiseFloor } = psi(before, current.counts, { alpha: Math.max(alpha, LEAST_ALPHA) })
  return value > noiseFloor * tailRatio(alpha, Math.max(1, df))
}

/** How much further out the chi-square tail is at `alpha` than at the least level worked out. */
function tailRatio(alpha: number, df: number): number {
  if (alpha >= LEAST_ALPHA) return 1
  return chiSquareQuantile(1 - alpha, df) / chiSquareQuantile(1 - LEAST_ALPHA, df)
}

const MOVED_BINS = 2

/** The bins with the largest part of the PSI, in words. */
function movedBins(reference: ColumnProfile, current: ColumnProfile): string {
  const [n, m] = [totalOf(reference), totalOf(current)]
  return binLabels(reference.bins)
    .map((bin, i) => ({ bin, before: reference.counts[i]! / n, after: current.counts[i]! / m }))
    .toSorted((a, b) => partOf(b) - partOf(a))
    .slice(0, MOVED_BINS)
    .map(({ bin, before, after }) => words(bin, before, after))
    .join(', ')
}

function partOf({ before, after }: { readonly before: number; readonly after: number }): number {
  return (after - before) * Math.log((after + 1e-4) / (before + 1e-4))
}

function totalOf({ counts }: ColumnProfile): number {
  return counts.reduce((sum, rows) => sum + rows, 0)
}

function words(bin: string, before: number, after: number): string {
  return `${bin} ${percent(before)} → ${percent(after)}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}
