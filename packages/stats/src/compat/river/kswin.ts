import { StatsError } from '../../error.ts'
import { finiteKolmogorovSf, twoSampleRows } from '../finite-kolmogorov.ts'
import { type PythonRandom, samplePython, seedPythonRandom } from './python-random.ts'
import { checkOption, checkValue } from './values.ts'

export type KswinOptions = {
  /** Default 0.005. */
  readonly alpha?: number
  /** Defaults 100 and 30: the newest 30 of 100 values against 30 drawn from the rest. */
  readonly windowSize?: number
  readonly statSize?: number
  /** Whole. Default 0, where river's is none: another draw every time. */
  readonly seed?: number
  /** Values that came before; the last `windowSize` of them are kept. */
  readonly window?: readonly number[]
}

export type Kswin = {
  readonly method: 'KSWIN'
  readonly alpha: number
  readonly windowSize: number
  readonly statSize: number
  readonly seed: number
  driftDetected: boolean
  warningDetected: boolean
  /** p-value of the last test; 0 before the first, as in river. */
  pValue: number
  n: number
  /** Oldest first. */
  window: number[]
  random: PythonRandom
}

/**
 * river's `drift.KSWIN`: with every value, SciPy's two-sample Kolmogorov-Smirnov test of the newest values against as many
 * drawn from the rest of the window by Python's `random.sample`, which is reproduced draw for draw. A drift needs p ≤ alpha
 * and a distance above 0.1. O(w log w).
 * Wrong: it tests anew with every value, each time at alpha, so it fires some 12 times in 10,000 values with nothing changed; 30
 * against 30 values see large changes only, and what it says depends on the seed. The values it means to keep after a drift
 * are thrown away with the next one. Use `createLossChangeDetector` for losses, a tolerance-ball watch for features.
 * @see Raab, Heusinger and Schleif 2020; river 0.26.1, SciPy 1.17
 * @throws StatsError STATS_BAD_OPTION, also where the rest of the window is smaller than `statSize`: river raises there
 * @example
 * river.update(river.createKswin(), [...Array(200).fill(0), ...Array(30).fill(1)]) // [213]
 */
export function createKswin(options: KswinOptions = {}): Kswin {
  const { alpha = 0.005, windowSize = 100, statSize = 30, seed = 0, window = [] } = options
  checkOption('KSWIN', 'alpha', alpha, { least: 0, most: 1 })
  checkOption('KSWIN', 'windowSize', windowSize, { least: 2, most: 1e6, whole: true })
  checkOption('KSWIN', 'statSize', statSize, { least: 1, most: Math.floor(windowSize / 2), whole: true })
  if (!Number.isSafeInteger(seed))
    throw new StatsError('STATS_BAD_OPTION', `seed of KSWIN is ${seed}, expected a whole number`, { seed })
  for (const [i, value] of window.entries()) checkValue('KSWIN', value, i)
  return { method: 'KSWIN', alpha, windowSize, statSize, seed, ...fresh(seed), window: window.slice(-windowSize) }
}

export function stepKswin(state: Kswin, value: number): void {
  if (state.driftDetected) Object.assign(state, fresh(state.seed))
  const { window, windowSize, statSize } = state
  state.n++
  window.push(value)
  if (window.length > windowSize) window.shift()
  if (window.length < windowSize) return
  const drawn = samplePython(state.random, windowSize - statSize, statSize)
  for (let i = 0; i < statSize; i++) drawn[i] = window[drawn[i]!]!
  const newest = window.slice(windowSize - statSize)
  const gap = largestGap(sorted(drawn), sorted(newest))
  state.pValue = pValueOf(gap, statSize)
  state.driftDetected = state.pValue <= state.alpha && gap / statSize > 0.1
  if (state.driftDetected) state.window = newest
}

/** Of two sorted samples of one size: the largest difference in how many values are at most x. */
function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i]! <= x) i++
    while (j < b.length && b[j]! <= x) j++
    largest = Math.max(largest, Math.abs(i - j))
  }
  return largest
}

/** A few values are put in place one by one, which costs less than a call of the engine's sort. */
function sorted(values: readonly number[]): ArrayLike<number> {
  if (values.length > 64) return Float64Array.from(values).sort()
  const out = values.slice()
  for (let i = 1; i < out.length; i++) {
    const value = out[i]!
    let j = i
    for (; j > 0 && out[j - 1]! > value; j--) out[j] = out[j - 1]!
    out[j] = value
  }
  return out
}

/** SciPy's `ks_2samp` for two samples of n: exact by reflection up to 10,000 (Gnedenko and Korolyuk 1951). */
function pValueOf(gap: number, n: number): number {
  if (gap === 0) return 1
  if (n > 10_000) return finiteKolmogorovSf(twoSampleRows(n, n), gap / n)
  let p = 0
  for (let k = Math.floor(n / gap); k >= 0; k--) {
    let ratio = 1
    for (let j = 0; j < gap; j++) ratio = ((n - k * gap - j) * ratio) / (n + k * gap + j + 1)
    p = ratio * (1 - p)
  }
  return Math.min(1, Math.max(0, 2 * p))
}

function fresh(seed: number) {
  return {
    driftDetected: false,
    warningDetected: false,
    pValue: 0,
    n: 0,
    window: [] as number[],
    random: seedPythonRandom(seed),
  }
}
