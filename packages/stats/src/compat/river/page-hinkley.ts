import { StatsError } from '../../error.ts'
import { checkOption } from './values.ts'

export type PageHinkleyOptions = {
  /** Values before the first verdict. Default 30. */
  readonly minInstances?: number
  /** What a value may deviate without counting, in its own unit. Default 0.005. */
  readonly delta?: number
  /** What the sum must leave its extreme by, in the unit of the values. Default 50. */
  readonly threshold?: number
  /** Share of the sum that is kept with every value. Default 0.9999. */
  readonly alpha?: number
  /** Whether it looks for a mean that rises, falls, or both, the default. */
  readonly mode?: 'up' | 'down' | 'both'
}

export type PageHinkley = {
  readonly method: 'PageHinkley'
  readonly minInstances: number
  readonly delta: number
  readonly threshold: number
  readonly alpha: number
  readonly mode: 'up' | 'down' | 'both'
  driftDetected: boolean
  warningDetected: boolean
  n: number
  mean: number
  rise: number
  fall: number
  leastRise: number
  largestFall: number
}

/**
 * river's `drift.PageHinkley`: the sum of deviations from the running mean left its minimum (or maximum) by `threshold`.
 * O(1). Any finite values.
 * Weak: delta and threshold are in the unit of the values, so that with the defaults a normal stream of standard deviation
 * 100 fires 333 times in 10,000 values with nothing changed, and a loss needs to rise for 50 losses' worth before it is seen.
 * (The maximum for falling values starts at -1, not below everything; that is without effect as long as delta is above -1.)
 * Use `createLossChangeDetector` for losses.
 * @see Page 1954; river 0.26.1
 * @throws StatsError STATS_BAD_OPTION
 * @example
 * river.update(river.createPageHinkley(), [...Array(100).fill(0), ...Array(100).fill(5)]) // [110]
 */
export function createPageHinkley(options: PageHinkleyOptions = {}): PageHinkley {
  const { minInstances = 30, delta = 0.005, threshold = 50, alpha = 1 - 0.0001, mode = 'both' } = options
  checkOption('PageHinkley', 'minInstances', minInstances, { least: 0, whole: true })
  checkOption('PageHinkley', 'delta', delta, { least: -1e100, most: 1e100 })
  checkOption('PageHinkley', 'threshold', threshold, { least: 0, most: 1e200 })
  checkOption('PageHinkley', 'alpha', alpha, { least: 0, most: 1 })
  if (!['up', 'down', 'both'].includes(mode))
    throw new StatsError('STATS_BAD_OPTION', `mode of PageHinkley is ${mode}, expected up, down or both`, { mode })
  return { method: 'PageHinkley', minInstances, delta, threshold, alpha, mode, ...fresh() }
}

export function stepPageHinkley(state: PageHinkley, value: number): void {
  if (state.driftDetected) Object.assign(state, fresh())
  state.n++
  state.mean += (1 / state.n) * (value - state.mean)
  const deviation = value - state.mean
  state.rise = state.alpha * state.rise + deviation - state.delta
  state.fall = state.alpha * state.fall + deviation + state.delta
  if (state.rise < state.leastRise) state.leastRise = state.rise
  if (state.fall > state.largestFall) state.largestFall = state.fall
  if (state.n < state.minInstances) return
  const risen = state.mode !== 'down' && state.rise - state.leastRise > state.threshold
  const fallen = state.mode !== 'up' && state.largestFall - state.fall > state.threshold
  state.driftDetected = risen || fallen
}

function fresh() {
  return {
    driftDetected: false,
    warningDetected: false,
    n: 0,
    mean: 0,
    rise: 0,
    fall: 0,
    leastRise: Number.MAX_VALUE,
    largestFall: -1,
  }
}
