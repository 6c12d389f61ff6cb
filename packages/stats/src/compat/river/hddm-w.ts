import { checkOption } from './values.ts'

export type HddmWOptions = {
  /** Defaults 0.001 and 0.005. */
  readonly driftConfidence?: number
  readonly warningConfidence?: number
  /** Weight of the newest value. Default 0.05. */
  readonly lambdaVal?: number
  /** Whether it also looks for losses that fall. Default false. */
  readonly twoSidedTest?: boolean
}

/** An exponentially weighted mean, whether it has begun, and McDiarmid's factor of its bound. */
type Weighted = { mean: number; begun: boolean; factor: number }

export type HddmW = {
  readonly method: 'HDDMW'
  readonly driftConfidence: number
  readonly warningConfidence: number
  readonly lambdaVal: number
  readonly twoSidedTest: boolean
  /** ln(1 / confidence). */
  readonly driftLog: number
  readonly warningLog: number
  driftDetected: boolean
  warningDetected: boolean
  readonly total: Weighted
  /** Up to the cut with the least upper bound, and since it; the same for falling losses. */
  readonly beforeRise: Weighted
  readonly sinceRise: Weighted
  readonly beforeFall: Weighted
  readonly sinceFall: Weighted
  riseCut: number
  fallCut: number
}

/**
 * river's `drift.binary.HDDMW`: an exponentially weighted mean since a cut against the one up to it, by McDiarmid's bound.
 * For values from 0 to 1 (river takes any). O(1).
 * Weak: `driftConfidence` is for one look, and it looks after every value: with nothing changed it fires 0.9 times in 10,000
 * values at a mean of 0.2 and 8 times at 0.5. That buys speed on large changes. Use `createLossChangeDetector`.
 * @see Frías-Blanco and others 2014; river 0.26.1
 * @throws StatsError STATS_BAD_OPTION
 * @example river.createHddmW().lambdaVal // 0.05
 */
export function createHddmW(options: HddmWOptions = {}): HddmW {
  const { driftConfidence = 0.001, warningConfidence = 0.005, lambdaVal = 0.05, twoSidedTest = false } = options
  checkOption('HDDMW', 'driftConfidence', driftConfidence, { least: 0, most: 1, open: true })
  checkOption('HDDMW', 'warningConfidence', warningConfidence, { least: 0, most: 1, open: true })
  checkOption('HDDMW', 'lambdaVal', lambdaVal, { least: 0, most: 1 })
  return {
    method: 'HDDMW',
    driftConfidence,
    warningConfidence,
    lambdaVal,
    twoSidedTest,
    driftLog: Math.log(1 / driftConfidence),
    warningLog: Math.log(1 / warningConfidence),
    driftDetected: false,
    warningDetected: false,
    total: empty(),
    beforeRise: empty(),
    sinceRise: empty(),
    beforeFall: empty(),
    sinceFall: empty(),
    riseCut: Number.MAX_VALUE,
    fallCut: -Number.MAX_VALUE,
  }
}

export function stepHddmW(state: HddmW, value: number): void {
  if (state.driftDetected) reset(state)
  const { total, lambdaVal, beforeRise, sinceRise, beforeFall, sinceFall } = state
  weigh(total, value, lambdaVal)
  const slack = bound(total.factor, state.driftLog)
  if (total.mean + slack < state.riseCut) {
    state.riseCut = total.mean + slack
    cut(beforeRise, sinceRise, total)
  } else weigh(sinceRise, value, lambdaVal)
  if (total.mean - slack > state.fallCut) {
    state.fallCut = total.mean - slack
    cut(beforeFall, sinceFall, total)
  } else weigh(sinceFall, value, lambdaVal)
  state.driftDetected = differs(beforeRise, sinceRise, state.driftLog)
  state.warningDetected = !state.driftDetected && differs(beforeRise, sinceRise, state.warningLog)
  if (!state.twoSidedTest) return
  if (differs(sinceFall, beforeFall, state.driftLog)) state.driftDetected = true
  else if (differs(sinceFall, beforeFall, state.warningLog)) state.warningDetected = true
}

function differs(low: Weighted, high: Weighted, log: number): boolean {
  const difference = high.mean - low.mean
  return low.begun && high.begun && difference > 0 && difference > bound(low.factor + high.factor, log)
}

function bound(factor: number, log: number): number {
  return Math.sqrt((factor * log) / 2)
}

function weigh(sample: Weighted, value: number, lambda: number): void {
  sample.mean = sample.begun ? lambda * value + (1 - lambda) * sample.mean : value
  sample.begun = true
  sample.factor = lambda * lambda + (1 - lambda) ** 2 * sample.factor
}

function cut(before: Weighted, since: Weighted, total: Weighted): void {
  before.mean = total.mean
  before.begun = total.begun
  before.factor = total.factor
  clear(since)
}

function reset(state: HddmW): void {
  state.driftDetected = state.warningDetected = false
  for (const sample of [state.total, state.beforeRise, state.sinceRise, state.beforeFall, state.sinceFall])
    clear(sample)
  state.riseCut = Number.MAX_VALUE
  state.fallCut = -Number.MAX_VALUE
}

function clear(sample: Weighted): void {
  sample.mean = 0
  sample.begun = false
  sample.factor = 1
}

function empty(): Weighted {
  return { mean: 0, begun: false, factor: 1 }
}
