import { isFull, isPast } from './buckets.ts'
import { cellOf, hourOfWeek } from './seasons.ts'
import type { CalendarCell, StreamReference } from './stream-reference.ts'
import { logRatio, mixingWeight } from './tolerance-ball.ts'

/**
 * One stream under watch: four e-detectors (by default) in the Shiryaev-Roberts form, in logs.
 *
 * Laws. Let E be the e-value of a bucket that covers h hours (tolerance-ball.ts), its mean at most 1 given the past.
 * 1. `M = (h + M) E`: M minus the hours watched is a supermartingale, so `E[M] <= hours` at any time one may stop.
 *    The hours of a bucket follow from row counts, which say nothing of shapes, so they may be added before it.
 * 2. The weighted mean of the detectors' M is one again, whatever their scales; so is that over streams.
 * 3. So alarms when M reaches streams x averageRunLength, starting from 0 after each, number T / averageRunLength in T
 *    hours at most, in the mean, over all streams together (Shin, Ramdas, Rinaldo 2024).
 */
export type Watch = {
  readonly reference: StreamReference
  /** Effective rows below which a bucket grows, in rows. */
  readonly leastRows: number
  readonly scales: readonly Scale[]
  readonly guesses: readonly Guess[]
  /** Rows that came after their hour was sealed. */
  readonly correction: Scale
  /** ln M of each bet. */
  readonly evidence: Float64Array
  /** CUSUM of each bet, in nats, and the hour before which it was last nought: they say since when. */
  readonly cusum: Float64Array
  readonly since: Float64Array
  /** Start of the last bucket on which a bet won. */
  lastWin: number
}

/** @see Watch */
export type Bet = {
  /** Length of the buckets it is made on, in hours: one of the reference's scales. */
  readonly scaleHours: number
  /** After so many hours an observed row counts half in the guess. */
  readonly halfLifeHours: number
  /** Part of the budget; all weights sum to 1 at most. */
  readonly weight: number
}

/** An open bucket of a scale. */
export type Scale = {
  readonly hours: number
  readonly kappa: number
  readonly counts: Float64Array
  readonly expected: Float64Array
  rows: number
  /** First hour, and number of hours in it. */
  start: number
  covered: number
  /** By how much the ball is wider: above 1 where a calendar cell is in the bucket. */
  widening: number
}

/** What a bet thinks the rows look like: decayed observed rows over decayed expected ones, per bin. */
type Guess = {
  readonly bet: Bet
  /** Index among the bets, and in the scales of the watch. */
  readonly at: number
  readonly scale: number
  readonly observed: Float64Array
  readonly expected: Float64Array
}

/** No evidence yet: M is 0, its logarithm far below anything (and finite, so that JSON keeps it). */
export const NO_EVIDENCE = -1e9
/** Evidence beyond this says nothing more, and would take for ever to come down. */
const MOST_EVIDENCE = 400
/** Rows' worth of the reference in a guess: it does not run after a handful. */
const PRIOR_ROWS = 50
/** A guess remembers at least a quarter of what it knew, however long the bucket was. */
const LEAST_DECAY = 0.25

/** Widest stream: scratch space is kept once. */
export const MOST_BINS = 4096
const shares = new Float64Array(MOST_BINS)
const excess = new Float64Array(MOST_BINS)

export type WatchOptions = {
  readonly scales: readonly number[]
  readonly bets: readonly Bet[]
  readonly minRows: number
  /** Factor on every tolerance. */
  readonly widening?: number
}

/** A scale without a tolerance is not watched: its bets lose their part of the budget. */
export function createWatch(reference: StreamReference, options: WatchOptions): Watch {
  const { bins, designEffect } = reference
  const { bets, widening = 1 } = options
  const scales = options.scales.flatMap((hours, s) => {
    const tolerance = reference.tolerances[s]
    return tolerance?.kind === 'fitted' ? [emptyScale(hours, tolerance.kappa * widening, bins)] : []
  })
  const guesses = bets.flatMap((bet, at): Guess[] => {
    const scale = scales.findIndex(({ hours }) => hours === bet.scaleHours)
    return scale < 0 ? [] : [{ bet, at, scale, observed: new Float64Array(bins), expected: new Float64Array(bins) }]
  })
  return {
    reference,
    leastRows: options.minRows * designEffect,
    scales,
    guesses,
    correction: emptyScale(scales[0]!.hours, scales[0]!.kappa, bins),
    evidence: new Float64Array(bets.length).fill(NO_EVIDENCE),
    cusum: new Float64Array(bets.length),
    since: new Float64Array(bets.length),
    lastWin: NO_EVIDENCE,
  }
}

/** The rows of one stream in one hour: `counts[from … from + bins)`. */
export type HourOfCounts = {
  hour: number
  counts: ArrayLike<number>
  from: number
  calendar?: CalendarCell | undefined
}

/** Adds an hour, later than all before it, and settles the buckets that are full with it. */
export function watchHour(watch: Watch, offered: HourOfCounts): void {
  const { hour } = offered
  const { scales, leastRows } = watch
  for (let s = 0; s < scales.length; s++) {
    const scale = scales[s]!
    if (scale.covered === 0) scale.start = hour
    else if (scale.rows >= leastRows && isPast(scale.hours, scale.start, hour)) {
      settle(watch, s)
      scale.start = hour
    }
    addTo(watch, scale, offered)
    scale.covered++
    if (isFull(scale.hours, hour + 1, scale.rows, leastRows)) settle(watch, s)
  }
}

/** Adds rows that came after their hour was sealed. They are bet on when they are enough, and guesses learn nothing of them. */
export function watchLate(watch: Watch, offered: HourOfCounts): void {
  const { correction } = watch
  if (correction.rows === 0) correction.start = offered.hour
  addTo(watch, correction, offered)
  if (correction.rows < watch.leastRows) return
  for (const guess of watch.guesses)
    if (guess.scale === 0) accumulate(watch, guess.at, gainOf(watch, guess, correction), correction)
  empty(correction)
}

function addTo({ reference }: Watch, scale: Scale, { hour, counts, from, calendar }: HourOfCounts): void {
  const { bins, cells, level } = reference
  const sum = scale.counts
  const expected = scale.expected
  const cell = cellOf(level, hourOfWeek(hour)) * bins
  let rows = 0
  for (let j = 0; j < bins; j++) {
    const count = counts[from + j]!
    sum[j]! += count
    rows += count
  }
  if (calendar === undefined) for (let j = 0; j < bins; j++) expected[j]! += rows * cells[cell + j]!
  else if (rows > 0) addTilted(scale, cells.subarray(cell, cell + bins), rows, calendar)
  scale.rows += rows
}

function addTilted(scale: Scale, cell: Float64Array, rows: number, { tilt, widening }: CalendarCell): void {
  const total = cell.reduce((sum, share, j) => sum + share * tilt[j]!, 0)
  for (let j = 0; j < cell.length; j++) scale.expected[j]! += (rows * cell[j]! * tilt[j]!) / total
  scale.widening = Math.max(scale.widening, widening)
}

/** Bets on a full bucket, learns from it, and empties it. */
function settle(watch: Watch, s: number): void {
  const scale = watch.scales[s]!
  for (const guess of watch.guesses) {
    if (guess.scale !== s) continue
    accumulate(watch, guess.at, gainOf(watch, guess, scale), scale)
    learn(guess, scale, watch.reference.designEffect)
  }
  empty(scale)
}

/** ln of the e-value of a bucket under a guess made before it. */
function gainOf(watch: Watch, { observed, expected }: Guess, scale: Scale): number {
  const { bins, designEffect } = watch.reference
  let total = 0
  for (let j = 0; j < bins; j++) {
    const share = scale.expected[j]! / scale.rows
    const prior = PRIOR_ROWS * share
    const tilt = (observed[j]! + prior) / (expected[j]! + prior)
    shares[j] = share
    excess[j] = tilt
    total += share * tilt
  }
  for (let j = 0; j < bins; j++) excess[j] = excess[j]! / total - 1
  const weight = mixingWeight(shares, excess, bins, scale.kappa * scale.widening)
  if (weight === 1) return 0
  const gain = logRatio(scale.counts, excess, bins, weight) / designEffect
  if (gain > 0) watch.lastWin = scale.start
  return gain
}

function accumulate(watch: Watch, at: number, gain: number, scale: Scale): void {
  const grown = Math.log(scale.covered + Math.exp(watch.evidence[at]!)) + gain
  watch.evidence[at] = Math.max(NO_EVIDENCE, Math.min(MOST_EVIDENCE, grown))
  const raised = watch.cusum[at]! + gain
  if (raised > 0) watch.cusum[at] = raised
  else {
    watch.cusum[at] = 0
    watch.since[at] = scale.start + scale.covered
  }
}

function learn({ observed, expected, bet }: Guess, scale: Scale, designEffect: number): void {
  const decay = Math.max(LEAST_DECAY, 2 ** (-scale.covered / bet.halfLifeHours))
  const unit = 1 / designEffect
  for (let j = 0; j < observed.length; j++) {
    observed[j] = decay * observed[j]! + unit * scale.counts[j]!
    expected[j] = decay * expected[j]! + unit * scale.expected[j]!
  }
}

/** ln of the weighted mean of the bets' M. */
export function logEvidence({ evidence, guesses }: Watch): number {
  let largest = NO_EVIDENCE
  for (let d = 0; d < evidence.length; d++) largest = Math.max(largest, evidence[d]!)
  let sum = 0
  for (const { bet, at } of guesses) sum += bet.weight * Math.exp(evidence[at]! - largest)
  return largest + Math.log(sum)
}

/** Forgets the evidence, not the guesses: what has been bet is settled. */
export function restartEvidence(watch: Watch): void {
  watch.evidence.fill(NO_EVIDENCE)
  watch.cusum.fill(0)
}

function emptyScale(hours: number, kappa: number, bins: number): Scale {
  const bucket = { counts: new Float64Array(bins), expected: new Float64Array(bins) }
  return { hours, kappa, ...bucket, rows: 0, start: 0, covered: 0, widening: 1 }
}

function empty(scale: Scale): void {
  scale.counts.fill(0)
  scale.expected.fill(0)
  scale.rows = 0
  scale.covered = 0
  scale.widening = 1
}
