import { tQuantile } from '@evenkeel/stats'
import type { FindingSummary } from '../storage/index.ts'
import { judged, unknown } from './finding.ts'

/** Fewer earlier windows than this do not say what is usual. */
const MIN_HISTORY = 7
/** A change by less than a factor of two is ordinary business. */
const MATERIAL = Math.log(2)
/** Log rows vary by this at least, however calm the history: 5 %. */
const LEAST_SPREAD = 0.05
/** Makes the median absolute deviation a standard deviation, for normal data. */
const MAD_SCALE = 1.4826

/**
 * Rows of a window against those of earlier windows at the same time of day, on the log scale: a t prediction interval
 * around their median (counts of real traffic vary far more than Poisson's). No rows at all is a shift here, where
 * rows were usual: this is the monitor for which absence says something.
 */
export function judgeVolume(rows: number, history: readonly number[], alpha: number): FindingSummary {
  if (history.length < MIN_HISTORY) return unknown('volume', 'too-few-windows', rows)
  const logs = history.map(logRows)
  const usual = median(logs)
  const spread = Math.max(LEAST_SPREAD, MAD_SCALE * median(logs.map((log) => Math.abs(log - usual))))
  const n = history.length
  const bound = tQuantile(1 - alpha / 2, n - 1) * spread * Math.sqrt(1 + 1 / n)
  return judged('volume', {
    statistic: 'log ratio',
    value: Math.abs(logRows(rows) - usual),
    threshold: Math.max(MATERIAL, bound),
    rows,
    reason: `${rows} rows, ${Math.round(Math.exp(usual) - HALF_ROW)} usual`,
  })
}

const HALF_ROW = 0.5
const logRows = (rows: number) => Math.log(rows + HALF_ROW)

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}
