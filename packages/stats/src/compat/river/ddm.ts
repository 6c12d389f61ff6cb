import { checkOption } from './values.ts'

export type DdmOptions = {
  /** Values before the first verdict. Default 30. */
  readonly warmStart?: number
  /** Deviations above the least error rate. Defaults 2 and 3. */
  readonly warningThreshold?: number
  readonly driftThreshold?: number
}

export type Ddm = {
  readonly method: 'DDM'
  readonly warmStart: number
  readonly warningThreshold: number
  readonly driftThreshold: number
  driftDetected: boolean
  warningDetected: boolean
  n: number
  mean: number
  leastMean: number
  leastDeviation: number
  /** Of mean + deviation; the largest number before there is one. */
  leastSum: number
}

/**
 * river's `drift.binary.DDM`, on losses 0 and 1 (anything from 0 to 1): p + s against the least p + s since the start,
 * s = √(p (1 - p) / n). O(1).
 * Weak: the mean is over everything since the reset, so the older the stream, the later the alarm (a rise from 0.2 to 0.4
 * after 10,000 values: 540 values, `createLossChangeDetector` 110); 3 deviations, looked at after every value, are no
 * false-alarm rate; it never sees losses fall; after a start without errors the first error is a drift, as in the example.
 * Use `createLossChangeDetector`.
 * @see Gama, Medas, Castillo and Rodrigues 2004; river 0.26.1
 * @throws StatsError STATS_BAD_OPTION
 * @example
 * const detector = river.createDdm()
 * river.update(detector, [...Array(500).fill(0), ...Array(20).fill(1)]) // [500]
 */
export function createDdm(options: DdmOptions = {}): Ddm {
  const { warmStart = 30, warningThreshold = 2, driftThreshold = 3 } = options
  checkOption('DDM', 'warmStart', warmStart, { least: 0, whole: true })
  checkOption('DDM', 'warningThreshold', warningThreshold, { least: 0 })
  checkOption('DDM', 'driftThreshold', driftThreshold, { least: 0 })
  return { method: 'DDM', warmStart, warningThreshold, driftThreshold, ...fresh() }
}

export function stepDdm(state: Ddm, value: number): void {
  if (state.driftDetected) Object.assign(state, fresh())
  state.n++
  state.mean += (1 / state.n) * (value - state.mean)
  const { n, mean } = state
  if (n <= state.warmStart) return
  const deviation = Math.sqrt((mean * (1 - mean)) / n)
  const sum = mean + deviation
  if (sum <= state.leastSum) {
    state.leastMean = mean
    state.leastDeviation = deviation
    state.leastSum = sum
  }
  state.driftDetected = sum > state.leastMean + state.driftThreshold * state.leastDeviation
  state.warningDetected = !state.driftDetected && sum > state.leastMean + state.warningThreshold * state.leastDeviation
}

function fresh() {
  return {
    driftDetected: false,
    warningDetected: false,
    n: 0,
    mean: 0,
    leastMean: 0,
    leastDeviation: 0,
    leastSum: Number.MAX_VALUE,
  }
}
