import { StatsError } from '../error.ts'
import { checkSame, outOfRange } from './rows.ts'

/**
 * How late labels come, by outcome: counts of delays, from cohorts old enough that every label has come that ever
 * will. Only there is the outcome of the late ones known; in younger cohorts the bad ones may be missing, and a delay
 * learnt from them would make bad news look rare instead of late. Counts add up.
 */
export type ArrivalTable = {
  /** Ascending delays from 0; a cohort is complete at the last. */
  readonly edges: readonly number[]
  readonly outcomes: number
  /** Labels by outcome and delay bin: `arrived[outcome * bins + bin]`; bin i holds edges[i] <= delay < edges[i + 1]. */
  readonly arrived: Float64Array
  /** Rows that were not old enough to be counted. */
  tooYoung: number
  /** Rows old enough whose label never came. */
  never: number
}

/** @throws StatsError STATS_BAD_OPTION @example createArrivalTable({ edges: [0, 30, 60] }).arrived.length // 4 */
export function createArrivalTable(shape: {
  readonly edges: readonly number[]
  readonly outcomes?: number
}): ArrivalTable {
  const { edges, outcomes = 2 } = shape
  const isAscending = edges.every((edge, i) => Number.isFinite(edge) && (i === 0 ? edge === 0 : edge > edges[i - 1]!))
  if (!(edges.length > 1 && isAscending && Number.isInteger(outcomes) && outcomes > 0 && outcomes <= 1000))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `an arrival table needs edges that ascend from 0 and 1 to 1000 outcomes, found ${edges.join(', ')} and ${outcomes}`,
    )
  return { edges, outcomes, arrived: new Float64Array(outcomes * (edges.length - 1)), tooYoung: 0, never: 0 }
}

export type Arrivals = {
  /** Time since each row's event. */
  readonly ages: ArrayLike<number>
  /** Time from event to label; NaN = not there. */
  readonly delays: ArrayLike<number>
  /** Class of each label that is there. */
  readonly outcomes: ArrayLike<number>
}

/**
 * Adds rows in place, once for each row, when its cohort is complete.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row; nothing is added then
 * @example
 * const table = createArrivalTable({ edges: [0, 10, 20] })
 * updateArrivalTable(table, { ages: [30, 30, 5], delays: [5, 15, 1], outcomes: [0, 1, 0] })
 * table.arrived // [1, 0, 0, 1]
 */
export function updateArrivalTable(table: ArrivalTable, rows: Arrivals): void {
  checkArrivals(table, rows)
  const { ages, delays, outcomes } = rows
  const complete = table.edges.at(-1)!
  const bins = table.edges.length - 1
  for (let i = 0; i < ages.length; i++) {
    if (ages[i]! < complete) table.tooYoung++
    else if (Number.isNaN(delays[i]!) || delays[i]! >= complete) table.never++
    else table.arrived[outcomes[i]! * bins + binOf(table.edges, delays[i]!)]!++
  }
}

/**
 * The table of both sets of rows. @throws StatsError STATS_BINS_DIFFER
 * @example mergeArrivalTables(createArrivalTable({ edges: [0, 1] }), createArrivalTable({ edges: [0, 1] })).never // 0
 */
export function mergeArrivalTables(a: ArrivalTable, b: ArrivalTable): ArrivalTable {
  const isAlike =
    a.outcomes === b.outcomes && a.edges.length === b.edges.length && a.edges.every((edge, i) => edge === b.edges[i])
  if (!isAlike) throw new StatsError('STATS_BINS_DIFFER', 'two arrival tables have different edges or outcomes')
  return {
    ...a,
    arrived: a.arrived.map((count, i) => count + b.arrived[i]!),
    tooYoung: a.tooYoung + b.tooYoung,
    never: a.never + b.never,
  }
}

/**
 * Share of this outcome's labels that have come at this age, 0 … 1; straight within a bin. 0 for an outcome never seen
 * to arrive, until its cohort is complete: nothing known of it must not pass for all of it known.
 * @example
 * const table = createArrivalTable({ edges: [0, 10, 20] })
 * updateArrivalTable(table, { ages: [30, 30], delays: [5, 15], outcomes: [0, 0] })
 * arrivedShare(table, 0, 15) // 0.75
 */
export function arrivedShare({ edges, arrived }: ArrivalTable, outcome: number, age: number): number {
  if (age >= edges.at(-1)!) return 1
  const bins = edges.length - 1
  let [total, come] = [0, 0]
  for (let bin = 0; bin < bins; bin++) {
    const count = arrived[outcome * bins + bin] ?? 0
    const passed = (age - edges[bin]!) / (edges[bin + 1]! - edges[bin]!)
    total += count
    come += count * Math.min(1, Math.max(0, passed))
  }
  return total > 0 ? come / total : 0
}

/** Survival of the label delay: share of labels still missing after each time at which one came. */
export type DelayCurve = {
  readonly times: Float64Array
  readonly missing: Float64Array
  /** Greenwood's standard error. */
  readonly error: Float64Array
}

/**
 * Kaplan and Meier's curve of the label delay from cohorts of every age: rows still without a label are censored at
 * their age. Right only if the delay does not depend on the outcome; otherwise use an ArrivalTable.
 * @param durations delay of each row whose label came, else its age @param isThere whether its label came
 * @see Kaplan and Meier 1958; equal to SciPy 1.17's `ecdf` of censored data
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example delayCurve([1, 2, 2, 3], [true, true, false, true]).missing // [0.75, 0.5, 0]
 */
export function delayCurve(durations: ArrayLike<number>, isThere: ArrayLike<boolean>): DelayCurve {
  checkSame('delayCurve', 'flags', isThere.length, durations.length)
  for (let i = 0; i < durations.length; i++)
    if (!(durations[i]! >= 0 && durations[i]! < Infinity))
      throw outOfRange('delayCurve', `duration ${i}`, durations[i]!, 'a finite number from 0')
  const order = Uint32Array.from({ length: durations.length }, (_, i) => i).sort(
    (a, b) => durations[a]! - durations[b]!,
  )
  const steps: { time: number; missing: number; error: number }[] = []
  let [missing, hazard] = [1, 0]
  for (let from = 0; from < order.length; ) {
    const time = durations[order[from]!]!
    const atRisk = order.length - from
    let [until, came] = [from, 0]
    for (; until < order.length && durations[order[until]!] === time; until++) if (isThere[order[until]!]) came++
    if (came > 0) {
      missing *= 1 - came / atRisk
      if (came < atRisk) hazard += came / (atRisk * (atRisk - came))
      steps.push({ time, missing, error: missing * Math.sqrt(hazard) })
    }
    from = until
  }
  return {
    times: Float64Array.from(steps, ({ time }) => time),
    missing: Float64Array.from(steps, (step) => step.missing),
    error: Float64Array.from(steps, ({ error }) => error),
  }
}

function checkArrivals(table: ArrivalTable, { ages, delays, outcomes }: Arrivals): void {
  checkSame('updateArrivalTable', 'delays', delays.length, ages.length)
  checkSame('updateArrivalTable', 'outcomes', outcomes.length, ages.length)
  for (let i = 0; i < ages.length; i++) {
    if (!(ages[i]! >= 0 && ages[i]! < Infinity))
      throw outOfRange('updateArrivalTable', `age ${i}`, ages[i]!, 'a finite number from 0')
    if (Number.isNaN(delays[i]!)) continue
    if (!(delays[i]! >= 0)) throw outOfRange('updateArrivalTable', `delay ${i}`, delays[i]!, 'from 0, or NaN')
    if (!(Number.isInteger(outcomes[i]) && outcomes[i]! >= 0 && outcomes[i]! < table.outcomes))
      throw outOfRange('updateArrivalTable', `outcome ${i}`, outcomes[i]!, `0 to ${table.outcomes - 1}`)
  }
}

function binOf(edges: readonly number[], delay: number): number {
  let bin = 0
  while (bin < edges.length - 2 && delay >= edges[bin + 1]!) bin++
  return bin
}
