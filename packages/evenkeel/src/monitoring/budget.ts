import { DAY_MS } from '../clock.ts'
import type { MonitorSettings } from './settings.ts'

const YEAR_MS = 365.25 * DAY_MS
/** Comparisons per input: two drifts (window, cycle), four shares. */
const PER_INPUT = 6
/** Comparisons of the model as a whole: prediction twice, volume, performance twice, calibration, prior, version twice. */
const PER_MODEL = 9
/** Parts of the budget that calibration and performance may each spend on the long scale, which looks for lasting harm. */
const LONG_SHARE = 1 / 8
/** Windows of the long scale share all but a day: what they say in a row is one alarm, and changes about once a week. */
const LONG_LOOKS_PER_YEAR = 52

/**
 * The false-alarm level of each single comparison, such that all comparisons of a model together say *shifted*
 * `falseAlarmsPerYear` times a year at most when nothing has changed. A plain union bound: it holds however the
 * comparisons depend on each other, and windows overlap.
 * @param inputs columns watched
 * @example alphaOf({ ...DEFAULT_MONITOR_SETTINGS, windowMs: 86_400_000 }, 4) // 0.000062
 */
export function alphaOf(settings: Pick<MonitorSettings, 'falseAlarmsPerYear' | 'windowMs'>, inputs: number): number {
  const windowsPerYear = YEAR_MS / settings.windowMs
  const budget = settings.falseAlarmsPerYear * (1 - 2 * LONG_SHARE)
  return Math.min(0.01, budget / windowsPerYear / (inputs * PER_INPUT + PER_MODEL))
}

/**
 * The level of one look of calibration, or of performance, over four weeks.
 * @example longAlphaOf({ falseAlarmsPerYear: 1 }) // 0.0024
 */
export function longAlphaOf({ falseAlarmsPerYear }: Pick<MonitorSettings, 'falseAlarmsPerYear'>): number {
  return Math.min(0.01, (falseAlarmsPerYear * LONG_SHARE) / LONG_LOOKS_PER_YEAR)
}
