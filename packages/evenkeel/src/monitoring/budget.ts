import { DAY_MS } from '../clock.ts'
import type { MonitorSettings } from './settings.ts'

const YEAR_MS = 365.25 * DAY_MS
/** Comparisons per input: two drifts (window, cycle), four shares. */
const PER_INPUT = 6
/** Comparisons of the model as a whole: prediction twice, volume, performance twice, calibration, prior, version twice. */
const PER_MODEL = 9

/**
 * The false-alarm level of each single comparison, such that all comparisons of a model together say *shifted*
 * `falseAlarmsPerYear` times a year at most when nothing has changed. A plain union bound: it holds however the
 * comparisons depend on each other, and windows overlap.
 * @param inputs columns watched
 * @example alphaOf({ ...DEFAULT_MONITOR_SETTINGS, windowMs: 86_400_000 }, 4) // 0.000083
 */
export function alphaOf(settings: Pick<MonitorSettings, 'falseAlarmsPerYear' | 'windowMs'>, inputs: number): number {
  const windowsPerYear = YEAR_MS / settings.windowMs
  return Math.min(0.01, settings.falseAlarmsPerYear / windowsPerYear / (inputs * PER_INPUT + PER_MODEL))
}
