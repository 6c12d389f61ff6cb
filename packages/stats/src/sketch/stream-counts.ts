import { StatsError } from '../error.ts'
import { type Bins, MAX_EDGES } from './bins.ts'
import { findPlaces, valuesOf } from './places.ts'
import type { ProfileBatch } from './profile.ts'
import { type StreamLayout, type StreamSpec, streamLayout } from './streams.ts'

/** Rows per cell of every stream, one after the other: pairs, then projections (`streamLayout` says where each begins). */
export type StreamCounts = {
  readonly spec: StreamSpec
  counts: Float64Array
  readonly twins: readonly [Float64Array, Float64Array] | null
}

/** Rows taken at a time: their places stay in the first cache. */
const BLOCK = 1024
/** Edges that five halvings search. */
const FEW = 32

/** @example createStreamCounts({ columns: [], codings: [], side: 5, pairs: [], projections: [] }).counts.length // 0 */
export function createStreamCounts(spec: StreamSpec, options: { readonly twins?: boolean } = {}): StreamCounts {
  const { length } = streamLayout(spec)
  const zeros = () => new Float64Array(length)
  return { spec, counts: zeros(), twins: options.twins ? [zeros(), zeros()] : null }
}

/**
 * Adds the rows of a batch in place; a column it lacks is missing in every row.
 * @param columns the bins the spec was frozen with
 * @throws StatsError STATS_WRONG_KIND, STATS_LENGTHS_DIFFER, STATS_BINS_DIFFER; nothing is counted then
 * @param own where rows per place of each column are added too, in the order of the spec: places are found once for both
 * @example
 * const rows = { rows: 4, numeric: { x: Float64Array.of(1, 2, 3, 4) }, categorical: { c: ['a', 'a', 'b', 'b'] } }
 * const { columns } = freezeProfile(rows)
 * const streams = createStreamCounts(freezeStreams(rows, columns))
 * updateStreamCounts(streams, columns, rows)
 * streams.counts.slice(0, 25).reduce((sum, count) => sum + count) // 4
 */
export function updateStreamCounts(
  streams: StreamCounts,
  columns: Readonly<Record<string, Bins>>,
  batch: ProfileBatch,
  own?: readonly Float64Array[],
): void {
  const work = workOf(streams.spec)
  const { spec, layout, codes, cells } = work
  if (streams.twins && batch.twin?.length !== batch.rows)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `the streams keep twins, and the batch of ${batch.rows} rows has ${batch.twin?.length ?? 0} of them`,
      { found: batch.twin?.length ?? 0, expected: batch.rows },
    )
  const bins = spec.columns.map((name) => binsOf(columns, name))
  const values = spec.columns.map((name, c) => valuesOf(batch, name, bins[c]!))
  for (let from = 0; from < batch.rows; from += BLOCK) {
    const until = Math.min(batch.rows, from + BLOCK)
    const rows = until - from
    for (let c = 0; c < bins.length; c++) {
      const places = work.places[c]!
      findPlaces(bins[c]!, values[c], from, until, places)
      codeRows(work, c, rows)
      const counts = own?.[c]
      if (counts) for (let i = 0; i < rows; i++) counts[places[i]!]!++
    }
    for (const [p, { a, b }] of spec.pairs.entries()) {
      for (let i = 0; i < rows; i++) cells[i] = work.downs[a]![i]! + codes[b]![i]!
      countCells(streams, batch, cells, from, rows, layout.offsets[p]!)
    }
    for (let p = 0; p < spec.projections.length; p++) {
      projectRows(work, p, rows)
      countCells(streams, batch, cells, from, rows, layout.offsets[spec.pairs.length + p]!)
    }
  }
}

/**
 * The counts of both sets of rows, exact in any order and grouping. @throws StatsError STATS_BINS_DIFFER
 * @example
 * const streams = createStreamCounts({ columns: [], codings: [], side: 5, pairs: [{ a: 0, b: 1, information: 0 }], projections: [] })
 * mergeStreamCounts(streams, streams).counts.length // 25
 */
export function mergeStreamCounts(a: StreamCounts, b: StreamCounts): StreamCounts {
  if (!sameStreams(a.spec, b.spec))
    throw new StatsError(
      'STATS_BINS_DIFFER',
      'two profiles keep different streams; only those of one reference can be merged',
    )
  const add = (x: Float64Array, y: Float64Array) => x.map((count, i) => count + y[i]!)
  return {
    spec: a.spec,
    counts: add(a.counts, b.counts),
    twins: a.twins && b.twins ? [add(a.twins[0], b.twins[0]), add(a.twins[1], b.twins[1])] : null,
  }
}

/**
 * Whether two specs count the same things at the same places.
 * @example
 * const empty = { columns: [], codings: [], side: 5, pairs: [], projections: [] }
 * sameStreams(empty, { ...empty, side: 4 }) // false
 */
export function sameStreams(a: StreamSpec, b: StreamSpec): boolean {
  return a === b || textOf(a) === textOf(b)
}

const texts = new WeakMap<StreamSpec, string>()

/** Everything that decides where a row counts, in one order. */
function itemsOf({ columns, codings, side, pairs, projections }: StreamSpec): unknown[] {
  return [
    columns,
    codings.map(({ groups, scores }) => [groups, scores]),
    side,
    pairs.map(({ a, b }) => [a, b]),
    projections.map((each) => [each.kind, each.columns, each.weights, each.bins.edges]),
  ]
}

function textOf(spec: StreamSpec): string {
  let text = texts.get(spec)
  if (text === undefined) texts.set(spec, (text = JSON.stringify(itemsOf(spec))))
  return text
}

function binsOf(columns: Readonly<Record<string, Bins>>, name: string): Bins {
  const bins = columns[name]
  if (bins) return bins
  throw new StatsError('STATS_BINS_DIFFER', `the streams join a column ${name}, of which no bins were given`, {
    column: name,
  })
}

/** Coarse codes of one block of rows of a column, and what they are as the first of a pair. */
function codeRows({ groups, places, codes, downs, spec }: Work, c: number, rows: number): void {
  const [group, own, code, down] = [groups[c]!, places[c]!, codes[c]!, downs[c]!]
  const { side } = spec
  for (let i = 0; i < rows; i++) {
    const coarse = group[own[i]!]!
    code[i] = coarse
    down[i] = coarse * side
  }
}

const even = new Int32Array(256)
const odd = new Int32Array(256)

/** Rows of a block by cell. Two tables in turn: an increment waits for the last one of its cell, and they are often alike. */
function countCells(
  { counts, twins }: StreamCounts,
  { twin }: ProfileBatch,
  cells: Uint16Array,
  from: number,
  rows: number,
  offset: number,
): void {
  even.fill(0)
  odd.fill(0)
  const whole = rows & ~1
  for (let i = 0; i < whole; i += 2) {
    even[cells[i]!]!++
    odd[cells[i + 1]!]!++
  }
  if (whole < rows) even[cells[whole]!]!++
  for (let cell = 0; cell < even.length; cell++) {
    const count = even[cell]! + odd[cell]!
    if (count > 0) counts[offset + cell]! += count
  }
  if (twins && twin) for (let i = 0; i < rows; i++) twins[twin[from + i] === 1 ? 1 : 0][offset + cells[i]!]!++
}

/** Cells of one block of rows in projection p. Terms are added in their order, as when the bins were frozen. */
function projectRows({ spec, tables, edges, places, sums, cells }: Work, p: number, rows: number): void {
  const { columns } = spec.projections[p]!
  const table = tables[p]!
  const at = (k: number) => [table[k]!, places[columns[k]!]!] as const
  sums.fill(0, 0, rows)
  let k = 0
  for (; k + 2 < columns.length; k += 3) {
    const [t0, p0] = at(k)
    const [t1, p1] = at(k + 1)
    const [t2, p2] = at(k + 2)
    for (let i = 0; i < rows; i++) sums[i] = sums[i]! + t0[p0[i]!]! + t1[p1[i]!]! + t2[p2[i]!]!
  }
  for (; k < columns.length; k++) {
    const [t0, p0] = at(k)
    for (let i = 0; i < rows; i++) sums[i] = sums[i]! + t0[p0[i]!]!
  }
  findCells(edges[p]!, sums, rows, cells)
}

/** Number of edges at or below each sum, as in places.ts; edges are padded with +Infinity to 32 or 128. */
function findCells(edges: Float64Array, sums: Float64Array, rows: number, cells: Uint16Array): void {
  const few = edges.length === FEW
  for (let i = 0; i < rows; i++) {
    const sum = sums[i]!
    let place = few ? 0 : Number(edges[63]! <= sum) << 6
    if (!few) place |= Number(edges[place + 31]! <= sum) << 5
    place |= Number(edges[place + 15]! <= sum) << 4
    place |= Number(edges[place + 7]! <= sum) << 3
    place |= Number(edges[place + 3]! <= sum) << 2
    place |= Number(edges[place + 1]! <= sum) << 1
    cells[i] = place | Number(edges[place]! <= sum)
  }
}

function paddedEdges(edges: readonly number[]): Float64Array {
  const padded = new Float64Array(edges.length < FEW ? FEW : MAX_EDGES + 1).fill(Infinity)
  padded.set(edges)
  return padded
}

type Work = {
  readonly spec: StreamSpec
  readonly layout: StreamLayout
  readonly groups: readonly Uint8Array[]
  /** Weight times score by place, for each column of each projection. */
  readonly tables: readonly (readonly Float64Array[])[]
  readonly edges: readonly Float64Array[]
  readonly places: readonly Uint16Array[]
  readonly codes: readonly Uint8Array[]
  /** Code times side. */
  readonly downs: readonly Uint8Array[]
  readonly sums: Float64Array
  readonly cells: Uint16Array
}

const works = new WeakMap<StreamSpec, Work>()

function workOf(spec: StreamSpec): Work {
  const known = works.get(spec)
  if (known) return known
  const work: Work = {
    spec,
    layout: streamLayout(spec),
    groups: spec.codings.map(({ groups }) => Uint8Array.from(groups)),
    tables: spec.projections.map(({ columns, weights }) =>
      columns.map((c, k) => Float64Array.from(spec.codings[c]!.scores, (score) => score * weights[k]!)),
    ),
    edges: spec.projections.map(({ bins }) => paddedEdges(bins.edges)),
    places: spec.columns.map(() => new Uint16Array(BLOCK)),
    codes: spec.columns.map(() => new Uint8Array(BLOCK)),
    downs: spec.columns.map(() => new Uint8Array(BLOCK)),
    sums: new Float64Array(BLOCK),
    cells: new Uint16Array(BLOCK),
  }
  works.set(spec, work)
  return work
}
