import { StatsError, type Unknown } from '../error.ts'
import { addToBaseline, type Baseline, BLOCK_ROWS, emptyBaseline, LEAST_ROWS } from './lagged-baseline.ts'

/**
 * Concept drift in a stream of bounded losses: an e-detector whose baseline is the stream's own past.
 *
 * Laws. Let [low, high] be the baseline ± its tolerance, both made of older losses only, and E the bet of a value.
 * 1. `E = 1 + λ (loss - high)` with `0 <= λ <= 1 / high`, or `1 + λ (low - loss)` with `0 <= λ <= 1 / (1 - low)`: never
 *    negative, and its mean given the past is at most 1 while the mean loss given the past lies in [low, high]. Which, and
 *    λ, are chosen before the loss is seen.
 * 2. `M = (1 + M) E` where there is a bet and M as it was where there is none: M less the number of bets is a
 *    supermartingale; so is the mean of several. So alarms at M >= averageRunLength, starting from 0 after each, number
 *    T / averageRunLength at most in T values, in the mean (Shin, Ramdas and Rinaldo 2024).
 * 3. That holds for any dependence and any wandering inside [low, high], for 0/1 and for all other losses in 0 … lossRange. It
 *    does not cover a baseline that errs by more than its tolerance, `max(tolerance, standardErrors x its standard error)`.
 */
export type LossChangeDetector = {
  readonly lossRange: number
  readonly averageRunLength: number
  readonly tolerance: number
  readonly standardErrors: number
  /** Losses seen since it was made. */
  rows: number
  /** Row with which the present baseline began: 0, or the one after the last alarm. */
  since: number
  baseline: Baseline
  /** Mean of the latest losses, by half-life; the Shiryaev-Roberts statistic of its bets; its CUSUM, and the row that began with. */
  readonly recent: number[]
  readonly evidence: number[]
  readonly cusum: number[]
  readonly start: number[]
  /** Sum of the losses since then. */
  readonly lost: number[]
}

export type LossChangeOptions = {
  /** Losses lie in 0 … lossRange. Default 1. */
  readonly lossRange?: number
  /** Losses between false alarms, at least, in the mean. Default 100,000. */
  readonly averageRunLength?: number
  /** Change of the mean loss, as a share of lossRange, that is never worth an alarm. Default 0.01. */
  readonly tolerance?: number
  /** Standard errors by which the baseline may be wrong. Default 2. */
  readonly standardErrors?: number
}

export type LossChange = {
  /** Place in the block that was offered. */
  readonly at: number
  /** Row after which the alarm came, and the row the change is estimated to have begun with, both from 0 since the start. */
  readonly row: number
  readonly onset: number
  readonly direction: 'rose' | 'fell'
  /** Mean loss of the baseline, and since the onset. */
  readonly before: number
  readonly after: number
}

export type LossWatch = {
  readonly kind: 'watching'
  readonly before: number
  /** Mean losses that are no change. */
  readonly low: number
  readonly high: number
  /** ln of the evidence (-1e9 before the first bet), and what it must reach. */
  readonly logEvidence: number
  readonly logThreshold: number
}

/** Losses after which one counts half in the guess of what is now: for abrupt, middling and slow changes. */
const HALF_LIVES = [10, 60, 400]
const KEPT = HALF_LIVES.map((halfLife) => 2 ** (-1 / halfLife))
/** A guess never goes nearer to 0 or 1: one loss of the other kind would take nearly all evidence. */
const EDGE = 0.005
/** Where losses vary less than 0/1 ones do, bets may grow to this share of the largest valid one. */
const BOLD = 0.5

/** @throws StatsError STATS_BAD_OPTION @example createLossChangeDetector().averageRunLength // 100000 */
export function createLossChangeDetector(options: LossChangeOptions = {}): LossChangeDetector {
  const { lossRange = 1, averageRunLength = 100_000, tolerance = 0.01, standardErrors = 2 } = options
  const right =
    lossRange > 0 &&
    lossRange < Infinity &&
    averageRunLength > 1 &&
    averageRunLength <= 1e12 &&
    tolerance > 0 &&
    tolerance < 1 &&
    standardErrors >= 0 &&
    standardErrors <= 100
  if (!right)
    throw new StatsError(
      'STATS_BAD_OPTION',
      'a loss change detector needs lossRange above 0, averageRunLength above 1 and up to 1e12, tolerance between 0 and 1 and ' +
        `standardErrors 0 to 100, found ${lossRange}, ${averageRunLength}, ${tolerance} and ${standardErrors}`,
      { ...options },
    )
  const zeros = () => HALF_LIVES.map(() => 0)
  return {
    lossRange,
    averageRunLength,
    tolerance,
    standardErrors,
    rows: 0,
    since: 0,
    baseline: emptyBaseline(),
    recent: zeros(),
    evidence: zeros(),
    cusum: zeros(),
    start: zeros(),
    lost: zeros(),
  }
}

/**
 * Takes losses in, in order, in place, and starts anew after each alarm. O(1) a loss. A baseline is only taken
 * from a stretch whose mean does not move, so the first alarm can come after some 400 losses, the next one after 120 to 400,
 * the more the slower the change before it was.
 * @param losses each 0 … lossRange
 * @throws StatsError STATS_OUT_OF_RANGE for any other; nothing of the block was taken in
 * @example
 * const detector = createLossChangeDetector()
 * updateLossChange(detector, [...Array(600).fill(0), ...Array(20).fill(1)]).map(({ row, onset }) => [row, onset]) // [[605, 601]]
 */
export function updateLossChange(detector: LossChangeDetector, losses: ArrayLike<number>): LossChange[] {
  for (let i = 0; i < losses.length; i++) checkLoss(detector, losses[i]!, i)
  const changes: LossChange[] = []
  for (let i = 0; i < losses.length; i++) {
    if (advance(detector, losses[i]! / detector.lossRange)) changes.push(alarm(detector, i))
  }
  return changes
}

/**
 * One loss of `updateLossChange`.
 * @throws StatsError STATS_OUT_OF_RANGE; the state is as it was
 * @example stepLossChange(createLossChangeDetector(), 0.5) // undefined
 */
export function stepLossChange(detector: LossChangeDetector, loss: number): LossChange | undefined {
  checkLoss(detector, loss, 0)
  return advance(detector, loss / detector.lossRange) ? alarm(detector, 0) : undefined
}

/**
 * What it compares with, and how near an alarm is; unknown until there is a baseline.
 * @example lossChangeEvidence(createLossChangeDetector()).kind // 'unknown'
 */
export function lossChangeEvidence(detector: LossChangeDetector): LossWatch | Unknown {
  const { baseline, evidence, averageRunLength, lossRange } = detector
  const have = detector.rows - detector.since
  const need = baseline.settleBlocks * BLOCK_ROWS
  if (have < need) return { kind: 'unknown', reason: 'too-few-rows', have, need }
  if (baseline.rows < LEAST_ROWS) return { kind: 'unknown', reason: 'mean-still-moves', have, need: have + BLOCK_ROWS }
  const mean = evidence.reduce((sum, x) => sum + x, 0) / evidence.length
  return {
    kind: 'watching',
    before: baseline.mean * lossRange,
    low: baseline.low * lossRange,
    high: baseline.high * lossRange,
    logEvidence: mean > 0 ? Math.log(mean) : -1e9,
    logThreshold: Math.log(averageRunLength),
  }
}

/** Bets on the loss, then learns from it. @returns whether the evidence is enough */
function advance(detector: LossChangeDetector, loss: number): boolean {
  const { baseline, recent, evidence, lost } = detector
  const ready = baseline.rows >= LEAST_ROWS
  let sum = 0
  if (ready)
    for (let k = 0; k < KEPT.length; k++) {
      bet(detector, k, loss)
      sum += evidence[k]!
      lost[k]! += loss
      recent[k] = loss + KEPT[k]! * (recent[k]! - loss)
    }
  detector.rows++
  addToBaseline(baseline, loss, detector)
  if (!ready && baseline.rows >= LEAST_ROWS) recent.fill(baseline.mean)
  return sum >= KEPT.length * detector.averageRunLength
}

function bet(detector: LossChangeDetector, k: number, loss: number): void {
  const { baseline, recent, evidence, cusum } = detector
  const { low, high, dispersion } = baseline
  const guess = Math.min(1 - EDGE, Math.max(EDGE, recent[k]!))
  let gain: number
  if (guess > high) gain = 1 + stake(guess - high, high, dispersion) * (loss - high)
  else if (guess < low) gain = 1 + stake(low - guess, 1 - low, dispersion) * (low - loss)
  else return
  evidence[k] = (1 + evidence[k]!) * gain
  if (cusum[k]! <= 1) {
    cusum[k] = gain
    detector.start[k] = detector.rows
    detector.lost[k] = 0
  } else cusum[k] = cusum[k]! * gain
}

/**
 * Fastest growing bet on a 0/1 loss whose mean is `excess` above `limit` (Kelly); larger where losses disperse less than
 * that, as the best bet is about excess / variance.
 */
function stake(excess: number, limit: number, dispersion: number): number {
  const kelly = excess / (limit * (1 - limit))
  return Math.max(kelly, Math.min(kelly / dispersion, BOLD / limit))
}

/** The change that was found; the detector starts anew. */
function alarm(detector: LossChangeDetector, at: number): LossChange {
  const { baseline, evidence, start, lossRange } = detector
  const strongest = evidence.indexOf(Math.max(...evidence))
  const onset = start[strongest]!
  const after = detector.lost[strongest]! / (detector.rows - onset)
  const change: LossChange = {
    at,
    row: detector.rows - 1,
    onset,
    direction: after > baseline.mean ? 'rose' : 'fell',
    before: baseline.mean * lossRange,
    after: after * lossRange,
  }
  detector.since = detector.rows
  detector.baseline = emptyBaseline(detector.rows - onset)
  for (const list of [detector.recent, evidence, detector.cusum, start, detector.lost]) list.fill(0)
  return change
}

function checkLoss(detector: LossChangeDetector, loss: number, at: number): void {
  if (!(loss >= 0 && loss <= detector.lossRange))
    throw new StatsError('STATS_OUT_OF_RANGE', `loss ${at} is ${loss}, expected 0 to ${detector.lossRange}`, {
      row: at,
      found: loss,
    })
}
