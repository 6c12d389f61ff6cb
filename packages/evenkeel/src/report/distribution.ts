import type { Distribution } from './report.ts'
import { quantileOf, type ValueCounts } from './summary.ts'

const BARS = 24
const CATEGORIES = 12
/** The outer bars also hold the rows beyond these shares, so that one wild value does not squeeze all others into a bar. */
const TAIL = 0.005

/** Both tables over the same bars; null when neither has a value. */
export function distributionOf(reference: ValueCounts, current: ValueCounts, numeric: boolean): Distribution | null {
  if (reference.counts.size === 0 && current.counts.size === 0) return null
  return numeric ? overIntervals(reference.sorted, current.sorted) : overValues(reference, current)
}

function overIntervals(reference: Float64Array, current: Float64Array): Distribution {
  const edges = intervalEdges(reference, current)
  return { kind: 'numeric', edges, reference: sharesWithin(reference, edges), current: sharesWithin(current, edges) }
}

/** Few distinct integers get a bar each, centred on it; everything else equal bars over the bulk of both tables. */
export function intervalEdges(reference: Float64Array, current: Float64Array): readonly number[] {
  const sides = [reference, current].filter((side) => side.length > 0)
  const low = Math.min(...sides.map((side) => quantileOf(side, TAIL)))
  const high = Math.max(...sides.map((side) => quantileOf(side, 1 - TAIL)))
  const whole = sides.every((side) => side.every(Number.isInteger))
  if (whole && high - low < BARS)
    return Array.from({ length: Math.floor(high) - Math.ceil(low) + 2 }, (_, i) => Math.ceil(low) - 0.5 + i)
  if (low === high) return [low - 0.5, low + 0.5]
  return Array.from({ length: BARS + 1 }, (_, i) => low * (1 - i / BARS) + high * (i / BARS))
}

function sharesWithin(sorted: Float64Array, edges: readonly number[]): readonly number[] {
  const counts = new Array<number>(edges.length - 1).fill(0)
  let bar = 0
  for (const value of sorted) {
    while (bar < counts.length - 1 && value >= edges[bar + 1]!) bar++
    counts[bar]!++
  }
  return counts.map((count) => (sorted.length === 0 ? 0 : count / sorted.length))
}

/** The most frequent values of either table; the rest as one bar. */
function overValues(reference: ValueCounts, current: ValueCounts): Distribution {
  const [before, after] = [sharesOf(reference), sharesOf(current)]
  const all = [...new Set([...before.keys(), ...after.keys()])].sort(
    (a, b) => weight(before, after, b) - weight(before, after, a) || (a < b ? -1 : 1),
  )
  const shown = all.length <= CATEGORIES + 1 ? all : all.slice(0, CATEGORIES)
  const rest = all.slice(shown.length)
  const column = (shares: ReadonlyMap<string, number>) => {
    const values = shown.map((value) => shares.get(value) ?? 0)
    return rest.length === 0 ? values : [...values, rest.reduce((sum, value) => sum + (shares.get(value) ?? 0), 0)]
  }
  const values = rest.length === 0 ? shown : [...shown, `${rest.length} others`]
  return { kind: 'categorical', values, reference: column(before), current: column(after) }
}

function sharesOf({ counts }: ValueCounts): ReadonlyMap<string, number> {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return new Map([...counts].map(([value, count]) => [String(value), count / total]))
}

function weight(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>, value: string): number {
  return Math.max(a.get(value) ?? 0, b.get(value) ?? 0)
}
