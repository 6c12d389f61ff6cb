import type { Unknown } from '../error.ts'
import { isFull, isPast } from './buckets.ts'
import type { ExpectedBuckets } from './concentration.ts'
import { fitHierarchy, type Hierarchy } from './hierarchy.ts'
import { cellOf, hourOfWeek, type SeasonLevel } from './seasons.ts'
import { amongFamily, type Family, familyOf, fitWander, type Wander, wanderRadius } from './tolerance.ts'
import { designEffectOfTwins } from './twins.ts'

/** What one stream of counts looks like when nothing is wrong, by hour of the week, and how far that wanders. */
export type StreamReference = {
  readonly kind: 'fitted'
  readonly name: string
  readonly bins: number
  readonly level: SeasonLevel
  /** Share of each bin in each cell of `level`, cell after cell. */
  readonly cells: Float64Array
  readonly rows: number
  /** How many rows count as one. */
  readonly designEffect: number
  /** Tolerance on each scale, in the order of the scales; unknown where the reference has too few buckets of it. */
  readonly tolerances: readonly (Tolerance | Unknown)[]
  readonly calendar: Readonly<Record<string, CalendarCell>>
  /** What the reference could not see, in words. */
  readonly limits: readonly string[]
}

/** How far the buckets of a scale wander, and the ball that follows. */
export type Tolerance = Wander & {
  readonly kind: 'fitted'
  /** Radius of the ball in nats; twice that is about a PSI. */
  readonly kappa: number
}

/** Days named by the user (holiday, month-end): what multiplies the ordinary shares, and how much wider the ball is. */
export type CalendarCell = { readonly tilt: readonly number[]; readonly widening: number }

/** One stream, hour by hour, in order; hours without rows may be left out. */
export type StreamHistory = {
  readonly name: string
  readonly bins: number
  /** Whole hours since 1970 on the clock the traffic lives by, strictly ascending. */
  readonly hours: ArrayLike<number>
  /** Rows per bin, flat: `counts[t * bins … (t + 1) * bins)` belongs to `hours[t]`. */
  readonly counts: Float64Array
  /** The same for one half of the entities, where twins are kept. */
  readonly twins?: Float64Array
  /** Name of the calendar cell of each hour, undefined for an ordinary one. */
  readonly calendar?: readonly (string | undefined)[]
}

export type FitOptions = {
  /** Lengths of the scales in hours; 24 must be a multiple of each. Default 1, 6 and 24. */
  readonly scales?: readonly number[]
  /** Effective rows below which a bucket grows. Default 300. */
  readonly minRows?: number
  /** The least drift that matters, in nats (half a PSI): no tolerance is narrower. Default 0.001. */
  readonly kappaMin?: number
  /** Share of wandering buckets that may lie outside the tolerance, at most. Default 0.0003. */
  readonly outside?: number
}

export const DEFAULT_SCALES: readonly number[] = [1, 6, 24]
export const DEFAULT_MIN_ROWS = 300
const DEFAULT_KAPPA_MIN = 0.001
const DEFAULT_OUTSIDE = 3e-4

/** Fewer rows fix no shares. */
const LEAST_ROWS = 200
/** Fewer buckets fix no concentration. */
const LEAST_BUCKETS = 8
/** With two weeks, one can be left out; with three days, one of them. */
const LEAST_WEEKS = 2
const LEAST_DAYS = 3
const BLOCKS = 8
/** Rows' worth of the ordinary shares in a calendar cell. */
const CALENDAR_PRIOR_ROWS = 50

/**
 * Fits one stream: seasonal shares shrunk from the hour of the week up, the design effect from twins, and for each
 * scale the tolerance `max(kappaMin, chi-square quantile(1 - outside; bins - 1) / 2C)`. C is fitted to buckets left out
 * a week at a time, so errors of the reference, of its seasons and the wander of the buckets are all in it.
 * A shorter reference falls back to coarser cells and says so in `limits`.
 * Counts are taken as they are: `fitReference` checks them.
 */
export function fitStream(history: StreamHistory, options: FitOptions = {}): StreamReference | Unknown {
  const { name, bins, hours, counts } = history
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const designEffect = history.twins ? designEffectOfTwins(counts, history.twins, bins) : 1
  if (rows / designEffect < LEAST_ROWS)
    return { kind: 'unknown', reason: 'too-few-rows', have: Math.floor(rows / designEffect), need: LEAST_ROWS }
  const ordinary = ordinaryHours(history)
  if (ordinary.length === 0) return { kind: 'unknown', reason: 'no-ordinary-hours', have: 0, need: 1 }
  const plan = planFolds(ordinary.map((t) => hours[t]!))
  const hourly = {
    bins,
    ofWeek: plan.hours.map(hourOfWeek),
    fold: plan.fold,
    folds: plan.folds,
    counts: rowsOf(counts, bins, ordinary),
  }
  const hierarchy = fitHierarchy(hourly, plan.levels)
  const limits = [...plan.limits]
  const tolerances = (options.scales ?? DEFAULT_SCALES).map((scaleHours) => {
    const tolerance = fitTolerance({ ...hourly, hours: plan.hours, hierarchy, designEffect, scaleHours }, options)
    if (tolerance.kind === 'unknown')
      limits.push(`no tolerance for ${scaleHours} h: ${tolerance.have} buckets of ${tolerance.need}`)
    return tolerance
  })
  if (tolerances.every(({ kind }) => kind === 'unknown'))
    return { kind: 'unknown', reason: 'too-few-buckets', have: mostBuckets(tolerances), need: LEAST_BUCKETS }
  const { level, cells } = hierarchy
  const calendar = fitCalendar(history, hierarchy)
  return { kind: 'fitted', name, bins, level, cells, rows, designEffect, tolerances, calendar, limits }
}

function ordinaryHours({ hours, calendar }: StreamHistory): number[] {
  const kept: number[] = []
  for (let t = 0; t < hours.length; t++) if (calendar?.[t] === undefined) kept.push(t)
  return kept
}

type FoldPlan = {
  readonly hours: readonly number[]
  readonly fold: readonly number[]
  readonly folds: number
  readonly levels: readonly SeasonLevel[]
  readonly limits: readonly string[]
}

/** What is left out together: a week, else a day, else an eighth of the hours. */
function planFolds(hours: readonly number[]): FoldPlan {
  const first = hours[0]!
  const span = hours[hours.length - 1]! - first + 1
  const by = (length: number) => {
    const fold = hours.map((hour) => Math.min(Math.floor((hour - first) / length), Math.floor(span / length) - 1))
    return { hours, fold, folds: Math.max(...fold) + 1 }
  }
  if (span >= LEAST_WEEKS * 168)
    return { ...by(168), levels: ['constant', 'hour-by-weekend', 'hour-of-week'], limits: [] }
  const days = `${(span / 24).toFixed(1)} days`
  if (span >= LEAST_DAYS * 24)
    return { ...by(24), levels: ['constant', 'hour-of-day'], limits: [`${days} of reference: no season of the week`] }
  const length = Math.max(1, Math.floor(span / BLOCKS))
  return { ...by(length), levels: ['constant'], limits: [`${days} of reference: no season at all`] }
}

type ScaleFit = {
  readonly bins: number
  readonly counts: Float64Array
  readonly hours: readonly number[]
  readonly ofWeek: readonly number[]
  readonly fold: readonly number[]
  readonly hierarchy: Hierarchy
  readonly designEffect: number
  readonly scaleHours: number
}

function fitTolerance(fit: ScaleFit, options: FitOptions): Tolerance | Unknown {
  const { minRows = DEFAULT_MIN_ROWS } = options
  const buckets = expectedBuckets(fit, minRows)
  const found = buckets.rows.length
  if (found < LEAST_BUCKETS) return { kind: 'unknown', reason: 'too-few-buckets', have: found, need: LEAST_BUCKETS }
  return toleranceOf(fitWander(buckets), fit.bins, options)
}

function toleranceOf(wander: Wander, bins: number, options: FitOptions): Tolerance {
  const { kappaMin = DEFAULT_KAPPA_MIN, outside = DEFAULT_OUTSIDE } = options
  return { kind: 'fitted', ...wander, kappa: Math.max(kappaMin, wanderRadius(wander, bins, outside)) }
}

/** What the streams of a model have in common, scale by scale. */
export function familiesOf(streams: readonly (StreamReference | Unknown)[]): (Family | undefined)[] {
  const fitted = streams.filter((stream) => stream.kind === 'fitted')
  const scales = Math.max(0, ...fitted.map(({ tolerances }) => tolerances.length))
  return Array.from({ length: scales }, (_, s) =>
    familyOf(fitted.flatMap(({ tolerances }) => (tolerances[s]!.kind === 'fitted' ? [tolerances[s]!] : []))),
  )
}

/** The stream with the tolerances that follow from its own buckets and those of its family. */
export function withFamilies(
  stream: StreamReference,
  families: readonly (Family | undefined)[],
  options: FitOptions = {},
): StreamReference {
  const tolerances = stream.tolerances.map((tolerance, s) =>
    tolerance.kind === 'fitted' ? toleranceOf(amongFamily(tolerance, families[s]), stream.bins, options) : tolerance,
  )
  return { ...stream, tolerances }
}

/** The hours gathered into buckets as the monitor gathers them, in effective rows. */
function expectedBuckets(fit: ScaleFit, minRows: number): ExpectedBuckets {
  const { bins, counts, hours, ofWeek, fold, hierarchy, designEffect, scaleHours } = fit
  const bucketOf = new Int32Array(hours.length)
  let bucket = 0
  let rows = 0
  let start = hours[0]!
  for (let t = 0; t < hours.length; t++) {
    if (rows / designEffect >= minRows && isPast(scaleHours, start, hours[t]!)) {
      bucket++
      rows = 0
    }
    if (rows === 0) start = hours[t]!
    bucketOf[t] = bucket
    for (let j = 0; j < bins; j++) rows += counts[t * bins + j]!
  }
  // The last bucket counts only if it was full.
  const full = isFull(scaleHours, hours[hours.length - 1]! + 1, rows / designEffect, minRows) ? bucket + 1 : bucket
  const gathered = {
    bins,
    rows: new Float64Array(full),
    counts: new Float64Array(full * bins),
    expected: new Float64Array(full * bins),
  }
  for (let t = 0; t < hours.length && bucketOf[t]! < full; t++) {
    const b = bucketOf[t]!
    const shares = hierarchy.heldOut[fold[t]!]!
    const cell = cellOf(hierarchy.level, ofWeek[t]!) * bins
    let n = 0
    for (let j = 0; j < bins; j++) n += counts[t * bins + j]! / designEffect
    gathered.rows[b]! += n
    for (let j = 0; j < bins; j++) {
      gathered.counts[b * bins + j]! += counts[t * bins + j]! / designEffect
      gathered.expected[b * bins + j]! += n * shares[cell + j]!
    }
  }
  return gathered
}

/**
 * Named days: their shares as a multiple of the ordinary ones of their hours. A day of such a name will differ from the
 * v seen before it by the wander of one and the error of v: the ball is wider by 1 + 1 / v.
 */
function fitCalendar(history: StreamHistory, { level, cells }: Hierarchy): Record<string, CalendarCell> {
  const { bins, hours, counts } = history
  const seen = new Map<string, { counts: Float64Array; expected: Float64Array; days: Set<number> }>()
  history.calendar?.forEach((name, t) => {
    if (name === undefined) return
    const cell = seen.get(name) ?? { counts: new Float64Array(bins), expected: new Float64Array(bins), days: new Set() }
    seen.set(name, cell)
    cell.days.add(Math.floor(hours[t]! / 24))
    const at = cellOf(level, hourOfWeek(hours[t]!)) * bins
    const n = counts.subarray(t * bins, (t + 1) * bins).reduce((sum, count) => sum + count, 0)
    for (let j = 0; j < bins; j++) {
      cell.counts[j]! += counts[t * bins + j]!
      cell.expected[j]! += n * cells[at + j]!
    }
  })
  return Object.fromEntries(
    [...seen].map(([name, cell]) => {
      const rows = Math.max(
        1,
        cell.expected.reduce((sum, count) => sum + count, 0),
      )
      const tilt = Array.from(cell.counts, (count, j) => {
        const prior = CALENDAR_PRIOR_ROWS * (cell.expected[j]! / rows || cells[j]!)
        return (count + prior) / (cell.expected[j]! + prior)
      })
      return [name, { tilt, widening: 1 + 1 / cell.days.size }]
    }),
  )
}

function rowsOf(counts: Float64Array, bins: number, hours: readonly number[]): Float64Array {
  if (hours.length * bins === counts.length) return counts
  const kept = new Float64Array(hours.length * bins)
  hours.forEach((t, at) => {
    kept.set(counts.subarray(t * bins, (t + 1) * bins), at * bins)
  })
  return kept
}

function mostBuckets(tolerances: readonly (Tolerance | Unknown)[]): number {
  return Math.max(...tolerances.map((tolerance) => (tolerance.kind === 'unknown' ? tolerance.have : 0)))
}
