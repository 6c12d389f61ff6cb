import { type ColumnProfile, chiSquareQuantile, compareColumns, psi } from '@evenkeel/stats'
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
/** A level whose floor is cheap to work out. */
const PLAIN_ALPHA = 0.1

export function judgeDrift(columns: DriftColumns, options: DriftOptions): FindingSummary {
  const { monitor, floor } = options
  const window = effectOf(columns.reference, columns.window, options)
  if (window.kind === 'unknown') return unknown(monitor, window.reason, window.rows)
  const scales = [{ ...window, scale: 'this window', threshold: windowThreshold(columns, options) }]
  const cycle = columns.cycle && effectOf(columns.reference, columns.cycle, options)
  if (cycle?.kind === 'known' && window.effect >= PRESENT_PART * floor)
    scales.push({ ...cycle, scale: 'the last seven days', threshold: floor })
  const worst = scales.toSorted((a, b) => ratioOf(b) - ratioOf(a))[0]!
  const words = `PSI ${worst.effect.toFixed(3)} beyond noise over ${worst.scale}`
  const finding = steady(monitor, { statistic: 'psi', value: worst.effect, ...worst, reason: words })
  if (!worst.beyondNoise || worst.effect < worst.threshold) return finding
  return { ...finding, verdict: 'shifted', reason: `${words}; most moved: ${worst.moved.join(', ')}` }
}

/** The reference never moves (law 11): what is ordinary only raises what a single window must show. */
function windowThreshold({ reference, earlier }: DriftColumns, options: DriftOptions): number {
  const effects = earlier
    .map((column) => plainEffect(reference, column, options))
    .filter((effect) => effect !== null)
    .toSorted((a, b) => a - b)
  const ordinary = effects[Math.floor(effects.length / 2)] ?? 0
  return Math.max(options.floor * options.windowFactor, ORDINARY_FACTOR * ordinary)
}

/** The effect alone; whether it is noise does not matter here. */
function plainEffect(reference: ColumnProfile, current: ColumnProfile, { minRows }: DriftOptions): number | null {
  const rows = (column: ColumnProfile) => column.counts.reduce((sum, count) => sum + count, 0)
  if (rows(current) < minRows) return null
  const compared = psi(reference.counts, current.counts, { alpha: PLAIN_ALPHA })
  return Math.max(0, compared.value - compared.noiseMean)
}

const ratioOf = (scale: { effect: number; threshold: number; beyondNoise: boolean }) =>
  scale.beyondNoise ? scale.effect / scale.threshold : 0

function effectOf(reference: ColumnProfile, current: ColumnProfile, options: DriftOptions) {
  const { monitor, alpha, minRows } = options
  const compared = compareColumns(monitor, reference, current, { alpha: Math.max(alpha, LEAST_ALPHA), minRows })
  if (compared.kind === 'unknown') return { kind: 'unknown', reason: compared.reason, rows: compared.have } as const
  const floor = compared.psi.noiseFloor * tailRatio(alpha, reference.counts.length - 1)
  return {
    kind: 'known',
    effect: compared.effect,
    beyondNoise: compared.psi.value > floor,
    rows: compared.rows.current,
    moved: compared.moved.slice(0, 2).map(({ bin, reference: before, current: after }) => words(bin, before, after)),
  } as const
}

/** How much further out the chi-square tail is at `alpha` than at the least level worked out. */
function tailRatio(alpha: number, df: number): number {
  if (alpha >= LEAST_ALPHA) return 1
  return chiSquareQuantile(1 - alpha, df) / chiSquareQuantile(1 - LEAST_ALPHA, df)
}

function words(bin: string, before: number, after: number): string {
  return `${bin} ${percent(before)} → ${percent(after)}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}
