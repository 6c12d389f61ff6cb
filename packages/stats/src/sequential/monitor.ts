import { StatsError } from '../error.ts'
import { DEFAULT_BETS, HOURS_PER_YEAR } from './monitor-options.ts'
import { checkBucket, type HourBucket, type Reference } from './reference.ts'
import {
  type Bet,
  createWatch,
  type HourOfCounts,
  logEvidence,
  NO_EVIDENCE,
  restartEvidence,
  type Watch,
  watchHour,
  watchLate,
} from './watch.ts'

/**
 * Watches all streams of a model for ever with one budget of false alarms.
 *
 * A stream is
 * | state | means | and becomes |
 * |---|---|---|
 * | quiet | its evidence is below its threshold | shifted, when the evidence reaches it: that is the alarm |
 * | shifted | it has alarmed, the evidence is kept | quiet with fresh evidence, when that falls below the square root of the threshold, or no bet has won for `quietHours` |
 * | unwatched | the reference says unknown | nothing: no data is not health |
 *
 * While every bucket of every stream stays within its tolerance, alarms number T / averageRunLength in T at most, in the
 * mean, over all streams together, however they depend on each other.
 */
export type Monitor = {
  readonly reference: Reference
  readonly anchor: Reference | undefined
  readonly options: Required<Omit<MonitorOptions, 'anchor'>>
  /** One per stream; none where the reference is unknown. The second is against the anchor. */
  readonly watches: readonly (Watch | undefined)[]
  readonly anchored: readonly (Watch | undefined)[]
  /** ln of the evidence at which each stream alarms: the average run length over its part of the weights. */
  readonly logThresholds: Float64Array
  readonly shifted: boolean[]
  /** Hours not sealed yet, ascending. */
  readonly open: OpenHour[]
  /** The first hour that is not sealed; before it, rows are late. */
  sealedUntil: number
  /** Rows that came after their hour was sealed, and hours whose calendar cell the reference never saw. */
  lateRows: number
  skippedHours: number
}

type OpenHour = Omit<HourBucket, 'twins'>

export type MonitorOptions = {
  /** Hours between false alarms of the whole family, at least. Default a year. */
  readonly averageRunLengthHours?: number
  readonly bets?: readonly Bet[]
  /** Importance of each stream, any positive numbers: an important one needs less evidence. Default all alike. */
  readonly weights?: readonly number[]
  /** Hours that a bucket stays open for late rows. Default 0: sealed when it is offered. */
  readonly sealAfterHours?: number
  /** Hours without a bet that wins after which a shifted stream counts as recovered. Default 48. */
  readonly quietHours?: number
  /** A second reference that is never replaced, the training data's: drift slow enough to be adopted step by step is seen there. */
  readonly anchor?: Reference
  /** Factor on the tolerances around the anchor, and its part of the budget. Default 4 and 0.1. */
  readonly anchorWidening?: number
  readonly anchorWeight?: number
}

/**
 * @throws StatsError STATS_BAD_OPTION; STATS_BINS_DIFFER where the anchor has other streams
 * @example
 * const hours = Array.from({ length: 336 }, (_, hour) => ({ hour, counts: [[300, 200]] }))
 * const monitor = createMonitor(fitReference([{ name: 'plan', bins: 2 }], hours))
 * monitor.options.averageRunLengthHours // 8766
 */
export function createMonitor(reference: Reference, options: MonitorOptions = {}): Monitor {
  const { anchor, ...given } = options
  const filled = {
    averageRunLengthHours: HOURS_PER_YEAR,
    bets: DEFAULT_BETS,
    weights: reference.streams.map(() => 1),
    sealAfterHours: 0,
    quietHours: 48,
    anchorWidening: 4,
    anchorWeight: 0.1,
    ...given,
  }
  checkOptions(filled, reference)
  checkAnchor(reference, anchor)
  const watchesOf = (of: Reference, widening: number) =>
    of.fitted.map((fitted) =>
      fitted.kind === 'unknown'
        ? undefined
        : createWatch(fitted, { scales: of.scales, bets: filled.bets, minRows: of.minRows, widening }),
    )
  return {
    reference,
    anchor,
    options: filled,
    watches: watchesOf(reference, 1),
    anchored: anchor ? watchesOf(anchor, filled.anchorWidening) : [],
    logThresholds: thresholds(filled),
    shifted: reference.streams.map(() => false),
    open: [],
    sealedUntil: Number.MIN_SAFE_INTEGER,
    lateRows: 0,
    skippedHours: 0,
  }
}

/**
 * Offers the rows of an hour, in place. Rows of an hour that is still open are added to it, so that counts of replicas
 * and of batches may come in any order; hours older than `sealAfterHours` are then sealed and bet on. Rows of a sealed
 * hour go to a correction, which is bet on when it holds rows enough.
 * @returns what can be said now; an hour that is only added to changes nothing yet
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_COUNT, STATS_BAD_OPTION; nothing is added then
 * @example
 * const hours = Array.from({ length: 336 }, (_, hour) => ({ hour, counts: [[300, 200]] }))
 * const monitor = createMonitor(fitReference([{ name: 'plan', bins: 2 }], hours))
 * const changed = [0, 1, 2, 3, 4].map((hour) => step(monitor, { hour: 336 + hour, counts: [[200, 300]] }))
 * changed.flatMap(({ alarms }) => alarms)[0].hour // 337
 * changed[4].shifted // ["plan"]
 */
export function step(monitor: Monitor, bucket: HourBucket): MonitorReport {
  checkBucket(monitor.reference.streams, bucket)
  const { sealAfterHours } = monitor.options
  if (bucket.hour < monitor.sealedUntil) addLate(monitor, bucket)
  else if (sealAfterHours === 0) monitor.open.push(bucket)
  else addOpen(monitor, bucket)
  return seal(monitor, bucket.hour - sealAfterHours + 1)
}

/**
 * Seals the hours before `until`, where no more hours are coming to do it.
 * @example
 * const hours = Array.from({ length: 336 }, (_, hour) => ({ hour, counts: [[300, 200]] }))
 * seal(createMonitor(fitReference([{ name: 'plan', bins: 2 }], hours)), 400).sealedHours // 0
 */
export function seal(monitor: Monitor, until: number): MonitorReport {
  const alarms: Alarm[] = []
  const recovered: string[] = []
  let sealedHours = 0
  let evidence = evidenceOf(monitor)
  while (monitor.open.length > 0 && monitor.open[0]!.hour < until) {
    const offered = monitor.open.shift()!
    watchAll(monitor, offered)
    evidence = evidenceOf(monitor)
    alarms.push(...newAlarms(monitor, offered.hour, evidence))
    recovered.push(...recoveries(monitor, offered.hour, evidence))
    sealedHours++
  }
  monitor.sealedUntil = Math.max(monitor.sealedUntil, until)
  const { streams } = monitor.reference
  return {
    alarms,
    recovered,
    shifted: streams.filter((_, s) => monitor.shifted[s]).map(({ name }) => name),
    listed: listed(monitor, evidence),
    evidence,
    unwatched: streams.filter((_, s) => !monitor.watches[s]).map(({ name }) => name),
    sealedHours,
  }
}

/** A stream whose evidence has just reached its threshold. */
export type Alarm = {
  readonly name: string
  readonly stream: number
  readonly hour: number
  /** ln of the evidence of the stream, and what it had to reach. */
  readonly logEvidence: number
  readonly logThreshold: number
  /** Hour with which it probably began: where the CUSUM of the strongest bet last left nought. */
  readonly onsetHour: number
  readonly against: 'reference' | 'anchor'
}

export type MonitorReport = {
  readonly alarms: readonly Alarm[]
  readonly recovered: readonly string[]
  /** Names of all streams that have alarmed and not recovered. */
  readonly shifted: readonly string[]
  /** What to look at, strongest first: e-d-BH over all streams, so usually more than have alarmed. */
  readonly listed: readonly string[]
  /** ln of the evidence per stream; -1e9 for none, and for a stream that is not watched. */
  readonly evidence: Float64Array
  /** Streams that the reference does not know enough of to watch. */
  readonly unwatched: readonly string[]
  readonly sealedHours: number
}

function thresholds({ weights, averageRunLengthHours }: Monitor['options']): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Float64Array.from(weights, (weight) => Math.log((averageRunLengthHours * total) / weight))
}

/** ln of the evidence of each stream, of its reference and its anchor together. */
function evidenceOf({ watches, anchored, options }: Monitor): Float64Array {
  const { anchorWeight } = options
  return Float64Array.from(watches, (watch, s) => {
    const other = anchored[s]
    if (!watch) return NO_EVIDENCE
    if (!other) return logEvidence(watch)
    const own = logEvidence(watch) + Math.log(1 - anchorWeight)
    const old = logEvidence(other) + Math.log(anchorWeight)
    return Math.max(own, old) + Math.log1p(Math.exp(-Math.abs(own - old)))
  })
}

function addOpen({ open, reference }: Monitor, { hour, counts, calendar }: HourBucket): void {
  let at = open.findIndex((other) => other.hour >= hour)
  if (at < 0) at = open.length
  if (open[at]?.hour !== hour) {
    const none = reference.streams.map(({ bins }) => new Float64Array(bins))
    open.splice(at, 0, { hour, counts: none, ...(calendar !== undefined && { calendar }) })
  }
  const before = open[at]!
  const summed = before.counts.map((sum, s) => Float64Array.from(sum, (rows, j) => rows + counts[s]![j]!))
  open[at] = { ...before, counts: summed }
}

function addLate(monitor: Monitor, bucket: HourBucket): void {
  let rows = 0
  for (let j = 0; j < (bucket.counts[0]?.length ?? 0); j++) rows += bucket.counts[0]![j]!
  monitor.lateRows += rows
  if (isUnseen(monitor, bucket.calendar)) return
  eachWatch(monitor, bucket, watchLate)
}

function watchAll(monitor: Monitor, hour: OpenHour): void {
  if (isUnseen(monitor, hour.calendar)) monitor.skippedHours++
  else eachWatch(monitor, hour, watchHour)
}

/** A named day that no reference has seen is not judged as an ordinary one. */
function isUnseen({ reference }: Monitor, calendar: string | undefined): boolean {
  return calendar !== undefined && !reference.calendar.includes(calendar)
}

function eachWatch({ watches, anchored }: Monitor, { hour, counts, calendar }: OpenHour, add: typeof watchHour): void {
  // One object for all streams: a thousand short-lived ones an hour were a fifth of the time.
  const offered: HourOfCounts = { hour, counts: [], from: 0, calendar: undefined }
  for (const side of [watches, anchored])
    for (let s = 0; s < side.length; s++) {
      const watch = side[s]
      if (!watch) continue
      offered.counts = counts[s]!
      offered.calendar = calendar === undefined ? undefined : watch.reference.calendar[calendar]
      add(watch, offered)
    }
}

function newAlarms(monitor: Monitor, hour: number, evidence: Float64Array): Alarm[] {
  const alarms: Alarm[] = []
  for (let s = 0; s < monitor.watches.length; s++) {
    if (monitor.shifted[s] || !monitor.watches[s]) continue
    const logThreshold = monitor.logThresholds[s]!
    const reached = evidence[s]!
    if (reached < logThreshold) continue
    monitor.shifted[s] = true
    const { name } = monitor.reference.streams[s]!
    alarms.push({ name, stream: s, hour, logEvidence: reached, logThreshold, ...onset(monitor, s) })
  }
  return alarms
}

/** Hour with which the evidence of the strongest bet began: where its CUSUM last left nought. */
export function onsetHour({ cusum, since }: Watch): number {
  return since[cusum.indexOf(Math.max(...cusum))]!
}

function onset({ watches, anchored }: Monitor, s: number): Pick<Alarm, 'onsetHour' | 'against'> {
  const nats = (watch: Watch | undefined) => (watch ? Math.max(...watch.cusum) : -1)
  const [own, old] = [watches[s]!, anchored[s]]
  return old && nats(old) > nats(own)
    ? { onsetHour: onsetHour(old), against: 'anchor' }
    : { onsetHour: onsetHour(own), against: 'reference' }
}

function recoveries(monitor: Monitor, hour: number, evidence: Float64Array): string[] {
  const recovered: string[] = []
  for (let s = 0; s < monitor.shifted.length; s++) {
    if (!monitor.shifted[s] || !hasRecovered(monitor, s, hour, evidence[s]!)) continue
    monitor.shifted[s] = false
    for (const watch of [monitor.watches[s], monitor.anchored[s]]) if (watch) restartEvidence(watch)
    evidence[s] = NO_EVIDENCE
    recovered.push(monitor.reference.streams[s]!.name)
  }
  return recovered
}

function hasRecovered(monitor: Monitor, s: number, hour: number, evidence: number): boolean {
  if (evidence < monitor.logThresholds[s]! / 2) return true
  const lastWin = Math.max(monitor.watches[s]!.lastWin, monitor.anchored[s]?.lastWin ?? NO_EVIDENCE)
  return hour - lastWin > monitor.options.quietHours
}

/** e-d-BH (Dandapanthula, Ramdas 2025): the k strongest of which the k-th reaches threshold / k. */
function listed({ reference, logThresholds }: Monitor, evidence: Float64Array): string[] {
  const least = -Math.log(Math.max(1, evidence.length))
  const strongest: { s: number; above: number }[] = []
  for (let s = 0; s < evidence.length; s++) {
    const above = evidence[s]! - logThresholds[s]!
    if (above >= least) strongest.push({ s, above })
  }
  strongest.sort((a, b) => b.above - a.above)
  let kept = strongest.length
  while (kept > 0 && strongest[kept - 1]!.above < -Math.log(kept)) kept--
  return strongest.slice(0, kept).map(({ s }) => reference.streams[s]!.name)
}

function checkOptions(options: Monitor['options'], { streams, scales }: Reference): void {
  const { averageRunLengthHours, bets, weights, sealAfterHours, quietHours, anchorWidening, anchorWeight } = options
  const budget = bets.reduce((sum, { weight }) => sum + weight, 0)
  const isBet = (bet: Bet) => scales.includes(bet.scaleHours) && bet.halfLifeHours > 0 && bet.weight > 0
  const wrong =
    (!(averageRunLengthHours > 1 && averageRunLengthHours < Infinity) && 'averageRunLengthHours above 1') ||
    (!(bets.length > 0 && bets.every(isBet)) &&
      `bets on the scales ${scales.join(', ')} with half-life and weight above 0`) ||
    (!(budget <= 1 + 1e-9) && 'bets whose weights sum to 1 at most') ||
    (!(weights.length === streams.length && weights.every((w) => w > 0 && w < Infinity)) &&
      `${streams.length} weights above 0`) ||
    (!(Number.isInteger(sealAfterHours) && sealAfterHours >= 0) && 'sealAfterHours, a whole number from 0') ||
    (!(quietHours > 0 && anchorWidening >= 1 && anchorWeight > 0 && anchorWeight < 1) &&
      'quietHours above 0, anchorWidening from 1, anchorWeight between 0 and 1')
  if (wrong) throw new StatsError('STATS_BAD_OPTION', `a monitor needs ${wrong}`)
}

function checkAnchor(reference: Reference, anchor: Reference | undefined): void {
  if (!anchor) return
  const differs = (s: number) => {
    const [own, old] = [reference.streams[s], anchor.streams[s]]
    return own?.name !== old?.name || own?.bins !== old?.bins
  }
  const at = [...Array(Math.max(reference.streams.length, anchor.streams.length)).keys()].find(differs)
  if (at === undefined) return
  throw new StatsError(
    'STATS_BINS_DIFFER',
    `stream ${at} is ${reference.streams[at]?.name} in the reference and ${anchor.streams[at]?.name} in the anchor, expected the same streams with the same bins`,
    { stream: at },
  )
}
