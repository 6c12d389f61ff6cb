import { checkOption } from './values.ts'

export type FhddmOptions = {
  /** Default 100. */
  readonly slidingWindowSize?: number
  /** Default 0.000001. */
  readonly confidenceLevel?: number
  /** A second, shorter window (stacking FHDDM); none by default. */
  readonly shortWindowSize?: number
}

export type Fhddm = {
  readonly method: 'FHDDM'
  readonly slidingWindowSize: number
  readonly confidenceLevel: number
  /** 0 for none. */
  readonly shortWindowSize: number
  /** Hoeffding's bounds of the two windows. */
  readonly epsilon: number
  readonly shortEpsilon: number
  driftDetected: boolean
  warningDetected: boolean
  /** A ring: the next value goes to `n mod slidingWindowSize`. */
  readonly window: number[]
  n: number
  sum: number
  largest: number
  largestShort: number
}

/**
 * river's `drift.binary.FHDDM`: the mean of the last values fell from its maximum by Hoeffding's bound. O(1), and
 * O(short window) with one.
 * Wrong: its text says 1 is an error, but it watches for a *fall* in ones: fed with errors it fires when the model gets
 * better and never when it gets worse. Feed it 1 for correct. The bound is for one look at two independent windows, the
 * maximum of many overlapping ones is neither. Use `createLossChangeDetector`, which is told losses and sees both ways.
 * @see Pesaranghader and Viktor 2016; river 0.26.1
 * @throws StatsError STATS_BAD_OPTION
 * @example
 * river.update(river.createFhddm(), [...Array(200).fill(1), ...Array(60).fill(0)]) // [226]
 */
export function createFhddm(options: FhddmOptions = {}): Fhddm {
  const { slidingWindowSize = 100, confidenceLevel = 0.000001, shortWindowSize = 0 } = options
  checkOption('FHDDM', 'slidingWindowSize', slidingWindowSize, { least: 1, most: 1e6, whole: true })
  checkOption('FHDDM', 'confidenceLevel', confidenceLevel, { least: 0, most: 1, open: true })
  if (options.shortWindowSize !== undefined)
    checkOption('FHDDM', 'shortWindowSize', shortWindowSize, { least: 1, most: slidingWindowSize, whole: true })
  const epsilon = (size: number) => (size === 0 ? 0 : Math.sqrt(Math.log(1 / confidenceLevel) / (2 * size)))
  return {
    method: 'FHDDM',
    slidingWindowSize,
    confidenceLevel,
    shortWindowSize,
    epsilon: epsilon(slidingWindowSize),
    shortEpsilon: epsilon(shortWindowSize),
    window: new Array<number>(slidingWindowSize).fill(0),
    ...fresh(),
  }
}

export function stepFhddm(state: Fhddm, value: number): void {
  if (state.driftDetected) Object.assign(state, fresh())
  const { window, slidingWindowSize } = state
  const place = state.n % slidingWindowSize
  // What falls out is taken away after the verdict on the full window before it: in river's order, for the same rounding.
  window[place] = value
  state.sum += value
  state.n++
  if (state.n < slidingWindowSize) return
  const mean = state.sum / slidingWindowSize
  if (mean > state.largest) state.largest = mean
  state.driftDetected = state.largest - mean > state.epsilon
  if (state.shortWindowSize > 0) judgeShort(state)
  state.sum -= window[state.n % slidingWindowSize]!
}

function judgeShort(state: Fhddm): void {
  const { window, shortWindowSize: size } = state
  let sum = 0
  for (let i = state.n - size; i < state.n; i++) sum += window[i % window.length]!
  const mean = sum / size
  if (mean > state.largestShort) state.largestShort = mean
  if (state.largestShort - mean > state.shortEpsilon) state.driftDetected = true
}

function fresh() {
  return { driftDetected: false, warningDetected: false, n: 0, sum: 0, largest: 0, largestShort: 0 }
}
