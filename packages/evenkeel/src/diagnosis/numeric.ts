import { type ColumnProfile, distinctCount, type NumericBins, outsideIndex } from '@evenkeel/stats'
import {
  type ColumnCase,
  type Hypothesis,
  invalidBurst,
  missingBurst,
  percent,
  pointMass,
  round,
  tell,
} from './hypothesis.ts'
import { logMeanExp, logSumExp, rowsOf } from './likelihood.ts'
import { UNIT_CHANGES, type UnitChange } from './units.ts'

/** A value of the column and how many rows it stands for. */
interface Point {
  readonly value: number
  readonly rows: number
}

/**
 * A numeric column over its frozen bins, with the open ends cut finer where many rows came to lie there: all the ways of
 * being out of range are not the same.
 */
export interface NumericCase extends ColumnCase {
  readonly edges: readonly number[]
  readonly pointsBefore: readonly Point[]
  readonly pointsAfter: readonly Point[]
  readonly distinctBefore: number
  readonly distinctAfter: number
}

/** Rows in an open end, as a share, from which it is cut finer; and into how many parts. */
const CUT_FROM_SHARE = 0.03
const CUTS = 5

/** Puts counts of the frozen bins into the finer layout of the case. */
export type NumericLayout = (column: ColumnProfile) => Float64Array

export interface NumericParts {
  readonly feature: string
  readonly source: string | null
  readonly before: ColumnProfile
  readonly after: ColumnProfile
}

/** The finer layout: bins of both profiles' reference, ends cut at quantiles of what lies beyond them now. */
export function numericLayout(after: ColumnProfile): { layout: NumericLayout; edges: readonly number[] } {
  const bins = after.bins as NumericBins
  const { above } = outsideIndex(bins)
  const rows = Math.max(1, rowsOf(after.counts))
  const points = sketchPoints(after)
  const first = bins.edges[0] ?? 0
  const last = bins.edges.at(-1) ?? 0
  const low = after.counts[0]! / rows < CUT_FROM_SHARE ? [] : cuts(points.filter((point) => point.value < first))
  const high = after.counts[above]! / rows < CUT_FROM_SHARE ? [] : cuts(points.filter((point) => point.value >= last))
  const edges = [...new Set([...low, ...bins.edges, ...high])].sort((a, b) => a - b)
  return { layout: (column) => spread(edges, column), edges }
}

/** Every count goes to the finer bins its points lie in, so that bins stay exact and only their insides are estimated. */
function spread(edges: readonly number[], column: ColumnProfile): Float64Array {
  const counts = new Float64Array(edges.length + 3)
  for (const { value, rows } of weighPoints(column)) counts[placeOf(edges, value)]! += rows
  const { missing, invalid } = outsideIndex(column.bins)
  counts[edges.length + 1] = column.counts[missing]!
  counts[edges.length + 2] = column.counts[invalid]!
  return counts
}

/** Points of the quantile sketch, weighted so that every frozen bin has exactly its rows. */
function weighPoints(column: ColumnProfile): Point[] {
  const bins = column.bins as NumericBins
  const { above } = outsideIndex(bins)
  const inBin = Array.from({ length: above + 1 }, (): Point[] => [])
  if (bins.edges.length > 0)
    for (const point of sketchPoints(column)) inBin[placeOf(bins.edges, point.value)]!.push(point)
  return inBin.flatMap((points, bin) => {
    const rows = column.counts[bin]!
    if (rows === 0) return []
    const weight = points.reduce((sum, point) => sum + point.rows, 0)
    if (weight === 0) return [{ value: typicalValue(bins, bin, column), rows }]
    return points.map((point) => ({ value: point.value, rows: (point.rows * rows) / weight }))
  })
}

/** A bin none of whose rows is in the sketch: its middle; the range's end where it is open. */
function typicalValue(bins: NumericBins, bin: number, column: ColumnProfile): number {
  const low = bins.edges[bin - 1] ?? column.moments.min
  const high = bins.edges[bin] ?? column.moments.max
  return (low + high) / 2
}

function sketchPoints(column: ColumnProfile): Point[] {
  return (column.quantiles?.levels ?? []).flatMap((level, height) =>
    level.map((value) => ({ value, rows: 2 ** height })),
  )
}

function cuts(points: readonly Point[]): number[] {
  const sorted = points.map((point) => point.value).sort((a, b) => a - b)
  return Array.from({ length: CUTS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / CUTS)]).filter(
    (value) => value !== undefined,
  )
}

/** Bin of a value: the number of edges at or below it. */
function placeOf(edges: readonly number[], value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (edges[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}

export function numericCase(
  parts: NumericParts,
  { layout, edges, concentration }: { layout: NumericLayout; edges: readonly number[]; concentration: number },
): NumericCase {
  return {
    feature: parts.feature,
    source: parts.source,
    before: layout(parts.before),
    after: layout(parts.after),
    concentration,
    missing: edges.length + 1,
    invalid: edges.length + 2,
    ordered: true,
    edges,
    pointsBefore: weighPoints(parts.before),
    pointsAfter: weighPoints(parts.after),
    distinctBefore: distinctCount(parts.before.distinct),
    distinctAfter: distinctCount(parts.after.distinct),
  }
}

/** Faults of a numeric column, one hypothesis a type. */
export function numericFaults(column: NumericCase): Hypothesis[] {
  return [missingBurst(column), invalidBurst(column), ...unitChange(column), ...stuckValue(column)]
}

/** Below this a factor is a guess among its neighbours, and dividing by it would be another fault. */
const SURE_FACTOR = 0.9
/** Nats by which the medians may speak against a factor that is given: a deviation of some 5 %. */
const MEDIAN_DOUBT_NATS = 0.8

/**
 * The best of the table's changes, at the price of having tried them all. The factor is given as a means to undo the change
 * only where it is sure and hits every row: rows that were right would be made wrong.
 */
function unitChange(column: NumericCase): Hypothesis[] {
  if (column.pointsBefore.length === 0) return []
  const tried = UNIT_CHANGES.map((change) => {
    const told = tell(column, unitStory(column, change))
    const median = medianNats(column, change, told)
    return { told, median, sharp: told.nats + median }
  })
  const best = tried.reduce((a, b) => (b.sharp > a.sharp ? b : a))
  const certainty = Math.exp(best.sharp - logSumExp(tried.map(({ sharp }) => sharp)))
  const whole = Number(best.told.evidence['affected']) >= SURE_FACTOR
  const undoable = certainty >= SURE_FACTOR && whole && best.median >= -MEDIAN_DOUBT_NATS
  const evidence = { ...best.told.evidence, factorProbability: round(certainty) }
  const nats = logMeanExp(tried.map(({ told }) => told.nats))
  return [{ ...best.told, nats, evidence, parameters: undoable ? best.told.parameters : {} }]
}

/** Relative error of a median: what days and sketches make of it. */
const MEDIAN_ERROR = 0.04

/** Bins are too coarse to tell neighbouring factors; where every row is hit, the median must be the changed median. */
function medianNats(column: NumericCase, { factor, offset }: UnitChange, told: Hypothesis): number {
  if (Number(told.evidence['affected']) < SURE_FACTOR) return 0
  const expected = medianOf(column.pointsBefore) * factor + offset
  const error = (medianOf(column.pointsAfter) - expected) / (MEDIAN_ERROR * Math.abs(expected))
  return Number.isFinite(error) ? Math.max(-50, -0.5 * error ** 2) : 0
}

function unitStory(column: NumericCase, change: UnitChange) {
  const { factor, offset } = change
  const hit = new Float64Array(column.before.length)
  const rows = rowsOf(column.before)
  for (const point of column.pointsBefore)
    hit[placeOf(column.edges, point.value * factor + offset)]! += point.rows / rows
  for (const place of [column.missing, column.invalid]) hit[place] = column.before[place]! / rows
  const ratio = medianOf(column.pointsAfter) / medianOf(column.pointsBefore)
  return {
    type: 'unit-change' as const,
    hit,
    words: (affected: string) =>
      `${column.feature} is received multiplied by ${round(factor)}${offset === 0 ? '' : ` plus ${round(offset)}`} in about ${affected} of the rows, as if ${change.words}`,
    evidence: { factor: round(factor), medianRatio: Number.isFinite(ratio) ? round(ratio) : null },
    parameters: offset === 0 ? { factor } : { factor, offset },
  }
}

function medianOf(points: readonly Point[]): number {
  const sorted = [...points].sort((a, b) => a.value - b.value)
  const half = sorted.reduce((sum, point) => sum + point.rows, 0) / 2
  let passed = 0
  for (const point of sorted) if ((passed += point.rows) >= half) return point.value
  return Number.NaN
}

/** How sure one can be that rows of one exact value are stuck, where the column used to have many values in that bin. */
const EXACT_NATS = 15
const MIN_STUCK_SHARE = 0.05

function stuckValue(column: NumericCase): Hypothesis[] {
  const before = sharesByValue(column.pointsBefore)
  const risen = [...sharesByValue(column.pointsAfter)]
    .map(([value, share]) => ({ value, share, rise: share - (before.get(value) ?? 0) }))
    .sort((a, b) => b.rise - a.rise)[0]
  if (risen === undefined || risen.rise < MIN_STUCK_SHARE) return []
  const place = placeOf(column.edges, risen.value)
  const usual = before.get(risen.value) ?? 0
  const alone = usual >= 0.9 * (column.before[place]! / Math.max(1, rowsOf(column.before)))
  const story = {
    type: 'stuck-value' as const,
    hit: pointMass(column.before.length, place),
    bonus: alone && usual > 0 ? 0 : EXACT_NATS,
    words: (affected: string) =>
      `${column.feature} is exactly ${round(risen.value)} in ${percent(risen.share)} of the rows (${percent(usual)} before): stuck in about ${affected}`,
    evidence: {
      value: risen.value,
      shareBefore: round(usual),
      shareAfter: round(risen.share),
      distinctBefore: Math.round(column.distinctBefore),
      distinctAfter: Math.round(column.distinctAfter),
    },
    parameters: { value: risen.value },
  }
  return [tell(column, story)]
}

function sharesByValue(points: readonly Point[]): Map<number, number> {
  const rows = Math.max(
    1,
    points.reduce((sum, point) => sum + point.rows, 0),
  )
  const shares = new Map<number, number>()
  for (const point of points) shares.set(point.value, (shares.get(point.value) ?? 0) + point.rows / rows)
  return shares
}
