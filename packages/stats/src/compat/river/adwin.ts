import { checkOption } from './values.ts'

export type AdwinOptions = {
  /** Default 0.002. */
  readonly delta?: number
  /** Looks for a change with every so-manieth value. Default 32. */
  readonly clock?: number
  /** Buckets of one size before two are merged, 2 at least (with 1, river panics). Default 5. */
  readonly maxBuckets?: number
  /** Values on either side of a cut, at least. Default 5. */
  readonly minWindowLength?: number
  /** No verdict on windows up to this length. Default 10. */
  readonly gracePeriod?: number
}

/** Buckets of 2^level values, oldest first. */
type Level = { readonly totals: number[]; readonly variances: number[] }

export type Adwin = {
  readonly method: 'ADWIN'
  readonly delta: number
  readonly clock: number
  readonly maxBuckets: number
  readonly minWindowLength: number
  readonly gracePeriod: number
  driftDetected: boolean
  warningDetected: boolean
  ticks: number
  width: number
  total: number
  /** Sum of squared deviations from the mean of the window. */
  variance: number
  readonly levels: Level[]
}

/**
 * river's `drift.ADWIN`: an exponential histogram of a growing window; every 32nd value all its cuts are tried, and while
 * the means of two parts differ by more than Bernstein's bound at delta / ln(width), its oldest bucket is dropped. O(log width).
 * Weak: river throws the whole window away after a change, also the newer part that ADWIN is meant to keep; the bound holds
 * for values from 0 to 1 and independent ones, and is not scaled for others; the clock adds up to 31 values to the delay.
 * Older releases (before online-ml/river#1613) skip the newest bucket of every size and fire later. No false alarms in our
 * nulls, but one change is often reported several times. Use
 * `createLossChangeDetector` for losses: half the delay.
 * @see Bifet and Gavaldà 2007; river 0.26.1 (its Rust core)
 * @throws StatsError STATS_BAD_OPTION
 * @example
 * river.update(river.createAdwin(), [...Array(1000).fill(0), ...Array(100).fill(1)]) // [1023]
 */
export function createAdwin(options: AdwinOptions = {}): Adwin {
  const { delta = 0.002, clock = 32, maxBuckets = 5, minWindowLength = 5, gracePeriod = 10 } = options
  checkOption('ADWIN', 'delta', delta, { least: Number.MIN_VALUE, most: 1 })
  checkOption('ADWIN', 'clock', clock, { least: 1, whole: true })
  checkOption('ADWIN', 'maxBuckets', maxBuckets, { least: 2, most: 10_000, whole: true })
  checkOption('ADWIN', 'minWindowLength', minWindowLength, { least: 1, whole: true })
  checkOption('ADWIN', 'gracePeriod', gracePeriod, { least: 0, whole: true })
  return { method: 'ADWIN', delta, clock, maxBuckets, minWindowLength, gracePeriod, ...fresh() }
}

export function stepAdwin(state: Adwin, value: number): void {
  if (state.driftDetected) Object.assign(state, fresh())
  state.width++
  if (state.width > 1) {
    const deviation = value - state.total / (state.width - 1)
    state.variance += ((state.width - 1) * deviation * deviation) / state.width
  }
  state.total += value
  state.levels[0]!.totals.push(value)
  state.levels[0]!.variances.push(0)
  merge(state)
  state.ticks++
  if (state.ticks % state.clock !== 0 || state.width <= state.gracePeriod) return
  while (hasCut(state)) {
    dropOldest(state)
    state.driftDetected = true
  }
}

/** The two oldest buckets of a full level become one of the next. */
function merge({ levels, maxBuckets }: Adwin): void {
  for (let at = 0; levels[at]!.totals.length > maxBuckets; at++) {
    const { totals, variances } = levels[at]!
    if (levels.length === at + 1) levels.push({ totals: [], variances: [] })
    const next = levels[at + 1]!
    const size = 2 ** at
    const gap = totals[0]! / size - totals[1]! / size
    next.variances.push(variances[0]! + variances[1]! + size * 0.5 * gap * gap)
    next.totals.push(totals[0]! + totals[1]!)
    totals.splice(0, 2)
    variances.splice(0, 2)
  }
}

/** Whether the window has two parts, cut between buckets, whose means differ by more than chance. */
function hasCut(state: Adwin): boolean {
  const { levels, width, minWindowLength: least } = state
  const log = Math.log((2 * Math.log(width)) / state.delta)
  const spread = state.variance / width
  let [older, newer, olderTotal, newerTotal] = [0, width, 0, state.total]
  for (let at = levels.length - 1; at >= 0; at--) {
    const { totals } = levels[at]!
    const size = 2 ** at
    for (let k = 0; k < totals.length; k++) {
      older += size
      newer -= size
      olderTotal += totals[k]!
      newerTotal -= totals[k]!
      if (newer < least || older < least || newer === 0) continue
      const share = 1 / (older - least + 1) + 1 / (newer - least + 1)
      const bound = Math.sqrt(2 * share * spread * log) + (2 / 3) * log * share
      if (Math.abs(olderTotal / older - newerTotal / newer) > bound) return true
    }
  }
  return false
}

function dropOldest(state: Adwin): void {
  const { levels } = state
  const { totals, variances } = levels.at(-1)!
  const size = 2 ** (levels.length - 1)
  const total = totals.shift()!
  const variance = variances.shift()!
  state.width -= size
  state.total -= total
  const gap = total / size - state.total / state.width
  state.variance -= variance + (size * state.width * gap * gap) / (size + state.width)
  if (totals.length === 0) levels.pop()
}

function fresh() {
  return {
    driftDetected: false,
    warningDetected: false,
    ticks: 0,
    width: 0,
    total: 0,
    variance: 0,
    levels: [{ totals: [], variances: [] }] as Level[],
  }
}
