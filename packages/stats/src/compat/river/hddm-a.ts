import { checkOption } from './values.ts'

export type HddmAOptions = {
  /** Defaults 0.001 and 0.005. */
  readonly driftConfidence?: number
  readonly warningConfidence?: number
  /** Whether it also looks for losses that fall. Default false. */
  readonly twoSidedTest?: boolean
}

export type HddmA = {
  readonly method: 'HDDMA'
  readonly driftConfidence: number
  readonly warningConfidence: number
  readonly twoSidedTest: boolean
  /** ln(1 / driftConfidence) for the cut, ln(2 / confidence) for the verdicts. */
  readonly cutLog: number
  readonly driftLog: number
  readonly warningLog: number
  driftDetected: boolean
  warningDetected: boolean
  n: number
  mean: number
  /** The prefix with the least upper, and the one with the largest lower bound. */
  leastN: number
  leastMean: number
  largestN: number
  largestMean: number
}

/**
 * river's `drift.binary.HDDMA`: the mean against that of the prefix whose upper Hoeffding bound is least. For values from
 * 0 to 1 (river takes any). O(1).
 * Weak: the bound is for one fixed cut and one look, but the cut is chosen by the data and looked at after every value, so
 * `driftConfidence` is no false-alarm rate; Hoeffding's bound does not know that rare losses vary little: a rise from 0.01 to
 * 0.05 after 3,000 values takes 9,000 more, or is not seen in 20,000. Use `createLossChangeDetector`, which needs 470.
 * @see Frías-Blanco and others 2014; river 0.26.1
 * @throws StatsError STATS_BAD_OPTION
 * @example river.createHddmA({ twoSidedTest: true }).driftConfidence // 0.001
 */
export function createHddmA(options: HddmAOptions = {}): HddmA {
  const { driftConfidence = 0.001, warningConfidence = 0.005, twoSidedTest = false } = options
  checkOption('HDDMA', 'driftConfidence', driftConfidence, { least: 0, most: 1, open: true })
  checkOption('HDDMA', 'warningConfidence', warningConfidence, { least: 0, most: 1, open: true })
  const cutLog = Math.log(1 / driftConfidence)
  const driftLog = Math.log(2 / driftConfidence)
  const warningLog = Math.log(2 / warningConfidence)
  return {
    method: 'HDDMA',
    driftConfidence,
    warningConfidence,
    twoSidedTest,
    cutLog,
    driftLog,
    warningLog,
    ...fresh(),
  }
}

export function stepHddmA(state: HddmA, value: number): void {
  if (state.driftDetected) Object.assign(state, fresh())
  state.n++
  state.mean += (1 / state.n) * (value - state.mean)
  moveCuts(state)
  const { n, mean, driftLog, warningLog } = state
  const rise = mean - state.leastMean
  state.driftDetected = exceeds(rise, state.leastN, n, driftLog)
  state.warningDetected = !state.driftDetected && exceeds(rise, state.leastN, n, warningLog)
  if (!state.twoSidedTest) return
  const fall = state.largestMean - mean
  if (exceeds(fall, state.largestN, n, driftLog)) state.driftDetected = true
  else if (exceeds(fall, state.largestN, n, warningLog)) state.warningDetected = true
}

function moveCuts(state: HddmA): void {
  const { n, mean } = state
  if (n === 1) {
    state.leastN = state.largestN = 1
    state.leastMean = state.largestMean = mean
    return
  }
  const log = state.cutLog
  const slack = bound(n, log)
  if (state.leastMean + bound(state.leastN, log) >= mean + slack) {
    state.leastN = n
    state.leastMean = mean
  }
  if (state.largestMean - bound(state.largestN, log) <= mean - slack) {
    state.largestN = n
    state.largestMean = mean
  }
}

function bound(n: number, log: number): number {
  return Math.sqrt((1 / (2 * n)) * log)
}

function exceeds(difference: number, cut: number, n: number, log: number): boolean {
  if (cut === n || difference < 0) return false
  const m = ((n - cut) / cut) * (1 / n)
  return difference >= Math.sqrt((m / 2) * log)
}

function fresh() {
  return {
    driftDetected: false,
    warningDetected: false,
    n: 0,
    mean: 0,
    leastN: 0,
    leastMean: 0,
    largestN: 0,
    largestMean: 0,
  }
}
