import type { Column } from '../ingest/index.ts'
import type { ColumnSummary, NumberSummary } from './report.ts'

const TOP_VALUES = 10

export interface ValueCounts {
  readonly counts: ReadonlyMap<string | number, number>
  /** Finite numbers in ascending order; empty for strings. */
  readonly sorted: Float64Array
}

/** Exact counts of the values of a column: a report reads whole files, so it need not estimate. */
export function countValues(column: Column): ValueCounts {
  const counts = new Map<string | number, number>()
  if (column.kind === 'string') {
    for (const value of column.values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
    return { counts, sorted: new Float64Array() }
  }
  const sorted = column.values.filter(Number.isFinite).sort()
  for (let i = 0; i < sorted.length; ) {
    let until = i + 1
    while (until < sorted.length && sorted[until] === sorted[i]) until++
    counts.set(sorted[i]!, until - i)
    i = until
  }
  return { counts, sorted }
}

/** @param rows of the table, missing and invalid ones included */
export function summarise(column: Column, rows: number, { counts, sorted }: ValueCounts): ColumnSummary {
  const present = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const invalid = column.invalid.length
  return {
    rows,
    missing: rows - present - invalid,
    invalid,
    distinct: counts.size,
    numbers: sorted.length === 0 ? null : summariseNumbers(sorted),
    topValues: topOf(counts),
  }
}

function topOf(counts: ReadonlyMap<string | number, number>) {
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, TOP_VALUES)
    .map(([value, rows]) => ({ value, rows }))
}

function summariseNumbers(sorted: Float64Array): NumberSummary {
  const n = sorted.length
  // From the median on, in halves: neither what the numbers have in common nor how far apart they are is lost.
  const half = quantileOf(sorted, 0.5) / 2
  const mean = 2 * (half + sorted.reduce((sum, x) => sum + (x / 2 - half) / n, 0))
  const squares = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  const at = (share: number) => quantileOf(sorted, share)
  return {
    mean,
    deviation: n < 2 ? 0 : Math.min(Number.MAX_VALUE, Math.sqrt(squares / (n - 1))),
    min: sorted[0]!,
    p05: at(0.05),
    p25: at(0.25),
    median: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    max: sorted[n - 1]!,
  }
}

/** Linear between the neighbours (R-7, as NumPy and spreadsheets do). @param sorted ascending, not empty */
export function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  const part = place - below
  return low === high ? low : low * (1 - part) + high * part
}
