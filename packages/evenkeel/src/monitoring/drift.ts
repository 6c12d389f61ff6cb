import { type ColumnProfile, chiSquareQuantile, compareColumns, mergeColumnProfiles } from '@evenkeel/stats'
import type { FindingSummary } from '../storage/index.ts'
import { steady, unknown } from './finding.ts'

/**
 * Drift is judged on two scales. The *window* alone shows a sudden change at once, but a single day is not a small
 * sample of the reference: its weekday is all of one kind. The *cycle* (the trailing week) has no weekday, and shows
 * small and slow changes. So a window needs `windowFactor` times the material floor, a cycle the floor itself.
 *
 * Measured on the flights of 2001 (January trains 25 days; 150 days, 2,000 flights each, nothing injected), PSI net of
 * noise. Inputs: windows 0.077 at most, cycles 0.004. Score of a model that knows the weekday: windows 0.305 at most,
 * cycles 0.006; of one that does not: 0.030 and 0.006. Distance in kilometres: 0.34 to 0.46 on its first day.
 * Hence factor 2 for inputs and 5 for the score, floor 0.1: no finding in those five months. A window-only rule at 0.1
 * called the first model's score shifted on every weekend.
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

export interface DriftColumns {
  readonly reference: ColumnProfile
  readonly window: ColumnProfile
  /** The trailing cycle, this window included; null until a cycle is complete. */
  readonly cycle: ColumnProfile | null
}

/** Smallest level at which the statistics work out a floor themselves; below it the floor is carried on. */
const LEAST_ALPHA = 1e-4

export function judgeDrift(columns: DriftColumns, options: DriftOptions): FindingSummary {
  const { monitor, floor, windowFactor } = options
  const window = effectOf(columns.reference, columns.window, options)
  if (window.kind === 'unknown') return unknown(monitor, window.reason, window.rows)
  const scales = [{ ...window, scale: 'this window', threshold: floor * windowFactor }]
  const cycle = columns.cycle && effectOf(columns.reference, columns.cycle, options)
  if (cycle?.kind === 'known') scales.push({ ...cycle, scale: 'the last seven days', threshold: floor })
  const worst = scales.toSorted((a, b) => ratioOf(b) - ratioOf(a))[0]!
  const words = `PSI ${worst.effect.toFixed(3)} beyond noise over ${worst.scale}`
  const finding = steady(monitor, { statistic: 'psi', value: worst.effect, ...worst, reason: words })
  if (!worst.beyondNoise || worst.effect < worst.threshold) return finding
  return { ...finding, verdict: 'shifted', reason: `${words}; most moved: ${worst.moved.join(', ')}` }
}

/** Sums of columns of a cycle's windows. @example sumColumns([]) // null */
export function sumColumns(columns: readonly ColumnProfile[]): ColumnProfile | null {
  return columns.length === 0 ? null : columns.reduce((sum, column) => mergeColumnProfiles(sum, column))
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
