import { type Bins, binCount, codeColumn, outsideIndex, type StreamSpec, streamLayout } from '../sketch/index.ts'
import { deviate } from './chi.ts'
import { orderedDeviates, type TwoCounts } from './column-deviates.ts'
import { pairDeviates } from './pair-deviates.ts'

/** Groups of deviates that are judged together: the largest of a group is its statistic. */
export const FAMILIES = ['column', 'pair', 'projection', 'residual', 'neighbourhood'] as const
export type Family = (typeof FAMILIES)[number]

/** All counts of a window in one vector: columns, then pairs, then projections. */
export type StreamTables = {
  readonly columns: readonly string[]
  readonly side: number
  readonly tables: readonly StreamTable[]
  readonly length: number
  /** Deviates in each family, in the order of `FAMILIES`. */
  readonly sizes: readonly number[]
}

type StreamTable = {
  readonly family: Exclude<Family, 'neighbourhood'>
  readonly name: string
  readonly from: number
  readonly cells: number
  /** Of an ordered stream. */
  readonly scores: ArrayLike<number> | null
  /** Positions of the columns of a pair. */
  readonly between: readonly [number, number] | null
}

const RARE_ROWS = 8
/** Below any deviate. */
const NO_EVIDENCE = -20
/** Deviates per stream. */
export const PER_STREAM = 5

/** @param counts of the reference, columns then streams: projections take the scores of their cells from them */
export function layOut(
  columns: Readonly<Record<string, Bins>>,
  spec: StreamSpec,
  counts: ArrayLike<number>,
): StreamTables {
  const tables: StreamTable[] = []
  let length = 0
  for (const [c, name] of spec.columns.entries()) {
    const cells = binCount(columns[name]!)
    tables.push({
      family: 'column',
      name,
      from: length,
      cells,
      scores: columns[name]!.kind === 'numeric' ? spec.codings[c]!.scores : null,
      between: null,
    })
    length += cells
  }
  const { offsets, length: joint } = streamLayout(spec)
  for (const [p, { a, b }] of spec.pairs.entries())
    tables.push({
      family: 'pair',
      name: `${spec.columns[a]} × ${spec.columns[b]}`,
      from: length + offsets[p]!,
      cells: spec.side ** 2,
      scores: null,
      between: [a, b],
    })
  for (const [p, { kind, bins, columns: joined }] of spec.projections.entries()) {
    const from = length + offsets[spec.pairs.length + p]!
    const cells = binCount(bins)
    const own = Array.from({ length: cells }, (_, j) => counts[from + j]!)
    tables.push({
      family: kind === 'random' ? 'projection' : 'residual',
      name: joined.map((c) => spec.columns[c]).join(' + '),
      from,
      cells,
      scores: codeColumn(bins, own, 2).scores,
      between: null,
    })
  }
  const own = (family: Family) => tables.filter((table) => table.family === family).length * PER_STREAM
  const sizes = FAMILIES.map((family) => (family === 'neighbourhood' ? spec.columns.length : own(family)))
  return { columns: spec.columns, side: spec.side, tables, length: length + joint, sizes }
}

/**
 * Categories that the reference holds fewer than `RARE_ROWS` times, and those that it does not know, count with its rare
 * ones: the bins were cut from the rows they count, so what is rare there is not as rare later.
 */
export function poolRare(
  columns: Readonly<Record<string, Bins>>,
  names: readonly string[],
  reference: ArrayLike<number>,
  counts: Float64Array,
): void {
  let from = 0
  for (const name of names) {
    const bins = columns[name]!
    const { other, missing } = outsideIndex(bins)
    for (let place = 0; other >= 0 && place < missing; place++) {
      if (place === other || reference[from + place]! >= RARE_ROWS) continue
      counts[from + other]! += counts[from + place]!
      counts[from + place] = 0
    }
    from += binCount(bins)
  }
}

/**
 * Every stream's deviates, and the statistic of every family: the largest of its streams; of neighbourhoods, the largest
 * sum over the pairs of one column, which a column that breaks away from several others raises more than any one pair.
 */
export function judge(
  all: StreamTables,
  reference: Float64Array,
  current: Float64Array,
  deviates: Float64Array,
): number[] {
  const around = all.columns.map(() => ({ chiSquare: 0, freedom: 0 }))
  const most = { column: NO_EVIDENCE, pair: NO_EVIDENCE, projection: NO_EVIDENCE, residual: NO_EVIDENCE }
  all.tables.forEach((table, s) => {
    const two: TwoCounts = { reference, current, from: table.from, cells: table.cells }
    const at = s * PER_STREAM
    if (table.between) {
      const { chiSquare, freedom } = pairDeviates(two, all.side, deviates, at)
      for (const c of table.between) {
        around[c]!.chiSquare += chiSquare
        around[c]!.freedom += freedom
      }
    } else orderedDeviates(two, table.scores, deviates, at)
    for (let k = at; k < at + PER_STREAM; k++) most[table.family] = Math.max(most[table.family], deviates[k]!)
  })
  const neighbourhood = around.map(({ chiSquare, freedom }) => deviate(chiSquare, freedom))
  return [most.column, most.pair, most.projection, most.residual, Math.max(NO_EVIDENCE, ...neighbourhood)]
}

/** -ln of Bonferroni's p-value of a family's largest deviate, up to lower terms of the normal tail. */
function surpriseOf(largest: number, size: number): number {
  return largest <= 0 || size === 0 ? 0 : Math.max(0, (largest * largest) / 2 - Math.log(size))
}

/** The most surprising family: what a decision is made on. */
export function surprise({ sizes }: StreamTables, statistics: readonly number[]): number {
  return Math.max(...statistics.map((largest, f) => surpriseOf(largest, sizes[f]!)))
}
