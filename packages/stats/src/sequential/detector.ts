import { StatsError } from '../error.ts'
import { BETS, logMeanExp } from './bets.ts'

/**
 * Watches bounded losses for ever: an e-detector (Shin, Ramdas, Rinaldo 2022) in the Shiryaev-Roberts form, in logs.
 * While the conditional mean of the losses stays within reference + tolerance, however it wanders and depends on the
 * past, the expected number of false alarms among T losses is T / averageRunLength at most.
 * The state is plain numbers and can be stored as JSON.
 */
export type LossDetector = {
  /** Highest mean loss that is still right: reference mean + tolerance. */
  readonly limit: number
  readonly lossRange: number
  readonly averageRunLength: number
  /** Losses, or blocks, seen since the start or the last alarm. */
  rows: number
  /** ln of the Shiryaev-Roberts statistic of each bet. */
  evidence: number[]
  /** CUSUM of each bet and the row before which it was last at nought: they say since when. */
  cusum: number[]
  start: number[]
}

export type LossDetectorOptions = {
  readonly referenceMean: number
  readonly tolerance: number
  readonly lossRange?: number
  /** Losses between false alarms, at least, when nothing is wrong. Default 100,000. */
  readonly averageRunLength?: number
}

export type LossAlarm = {
  readonly alarmed: boolean
  /** ln of the evidence (-1e9 before the first loss), and what it must reach. */
  readonly logEvidence: number
  readonly logThreshold: number
  readonly rows: number
  /** Estimated row (from 0, since start or last alarm) with which the losses rose; meaningful when alarmed. */
  readonly onset: number
}

/** @example createLossDetector({ referenceMean: 0.1, tolerance: 0.05 }).rows // 0 */
export function createLossDetector(options: LossDetectorOptions): LossDetector {
  const { referenceMean, tolerance, lossRange = 1, averageRunLength = 100_000 } = options
  const limit = referenceMean + tolerance
  if (
    !(
      referenceMean >= 0 &&
      tolerance >= 0 &&
      limit > 0 &&
      limit < lossRange &&
      lossRange < Infinity &&
      averageRunLength > 1 &&
      averageRunLength < Infinity
    )
  )
    throw new StatsError(
      'STATS_BAD_OPTION',
      `a loss detector needs 0 < referenceMean + tolerance < lossRange and a finite run length above 1, found ${referenceMean} + ${tolerance}, ${lossRange} and ${averageRunLength}`,
    )
  return { limit, lossRange, averageRunLength, ...fresh() }
}

/**
 * Adds losses (or means of blocks) in place, stops at the first alarm and starts anew after it.
 * @returns the state at the end, or at the alarm; `used` losses were looked at, offer the rest again
 * @throws StatsError STATS_OUT_OF_RANGE for a loss outside 0 … lossRange; the losses before it have been counted
 * @example
 * const detector = createLossDetector({ referenceMean: 0.1, tolerance: 0.05 })
 * updateLossDetector(detector, new Float64Array(100).fill(1)).used // 9
 */
export function updateLossDetector(
  detector: LossDetector,
  losses: ArrayLike<number>,
): LossAlarm & { readonly used: number } {
  const logThreshold = Math.log(detector.averageRunLength)
  for (let i = 0; i < losses.length; i++) {
    step(detector, losses[i]!, i)
    const alarm = lossAlarm(detector)
    if (alarm.logEvidence < logThreshold) continue
    Object.assign(detector, fresh())
    return { ...alarm, alarmed: true, used: i + 1 }
  }
  return { ...lossAlarm(detector), used: losses.length }
}

/**
 * The evidence so far; never an alarm by itself, since an alarm starts the detector anew.
 * @example
 * lossAlarm(createLossDetector({ referenceMean: 0.1, tolerance: 0.05 })).rows // 0
 */
export function lossAlarm(detector: LossDetector): LossAlarm {
  const strongest = detector.cusum.indexOf(Math.max(...detector.cusum))
  return {
    alarmed: false,
    logEvidence: logMeanExp(detector.evidence),
    logThreshold: Math.log(detector.averageRunLength),
    rows: detector.rows,
    onset: detector.start[strongest]!,
  }
}

/** M = (1 + M) E for each bet, E = 1 + λ (loss - limit) / limit, whose mean is 1 at most while all is well. */
function step(detector: LossDetector, loss: number, at: number): void {
  if (!(loss >= 0 && loss <= detector.lossRange))
    throw new StatsError('STATS_OUT_OF_RANGE', `loss ${at} is ${loss}, expected 0 to ${detector.lossRange}`, {
      row: at,
      found: loss,
    })
  const excess = (loss - detector.limit) / detector.limit
  for (let k = 0; k < BETS.length; k++) {
    const gain = Math.log1p(BETS[k]! * excess)
    detector.evidence[k] = softplus(detector.evidence[k]!) + gain
    const raised = detector.cusum[k]! + gain
    detector.cusum[k] = Math.max(0, raised)
    if (raised <= 0) detector.start[k] = detector.rows + 1
  }
  detector.rows++
}

function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}

/** No evidence yet: the statistic starts at 0, its logarithm far below anything (and finite, so that JSON keeps it). */
function fresh() {
  return { rows: 0, evidence: BETS.map(() => -1e9), cusum: BETS.map(() => 0), start: BETS.map(() => 0) }
}
