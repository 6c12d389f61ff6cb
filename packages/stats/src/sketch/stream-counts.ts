import { StatsError } from '../error.ts'
import type { Bins } from './bins.ts'
import { countPair } from './partners.ts'
import { edgeTable, findPlaces, placeOf } from './places.ts'
import type { ProfileBatch } from './profile.ts'
import { type StreamLayout, type StreamSpec, streamLayout, valuesOf } from './streams.ts'

/** Rows per cell of every stream, one after the other: pairs, then projections (`streamLayout` says where each begins). */
export type StreamCounts = {
  readonly spec: StreamSpec
  counts: Float64Array
  readonly twins: readonly [Float64Array, Float64Array] | null
}

/** Rows taken at a time: their places stay in the first cache. */
const BLOCK = 1024

/** @example createStreamCounts({ columns: [], codings: [], side: 5, pairs: [], projections: [] }).counts.length // 0 */
export function createStreamCounts(spec: StreamSpec, options: { readonly twins?: boolean } = {}): StreamCounts {
  const { length } = streamLayout(spec)
  const zeros = () => new Float64Array(length)
  return { spec, counts: zeros(), twins: options.twins ? [zeros(), zeros()] : null }
}

/**
 * Adds the rows of a batch in place; a column it lacks is missing in every row.
 * @param columns the bins the spec was frozen with
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
): void {
  const work = workOf(streams.spec)
  const { spec, layout, places, codes, cells } = work
  for (let from = 0; from < batch.rows; from += BLOCK) {
    const until = Math.min(batch.rows, from + BLOCK)
    const rows = until - from
    for (const [c, name] of spec.columns.entries()) {
      findPlaces(columns[name]!, valuesOf(batch, name), from, until, places[c]!)
      const [groups, own, code] = [work.groups[c]!, places[c]!, codes[c]!]
      for (let i = 0; i < rows; i++) code[i] = groups[own[i]!]!
    }
    for (const [p, { a, b }] of spec.pairs.entries()) {
      const offset = layout.offsets[p]!
      countPair(codes[a]!, codes[b]!, rows, spec.side, streams.counts, offset)
      if (streams.twins && batch.twin)
        for (let i = 0; i < rows; i++)
          streams.twins[batch.twin[from + i] === 1 ? 1 : 0][offset + codes[a]![i]! * spec.side + codes[b]![i]!]!++
    }
    for (let p = 0; p < spec.projections.length; p++) {
      const offset = layout.offsets[spec.pairs.length + p]!
      projectRows(work, p, rows)
      for (let i = 0; i < rows; i++) streams.counts[offset + cells[i]!]!++
      if (streams.twins && batch.twin)
        for (let i = 0; i < rows; i++) streams.twins[batch.twin[from + i] === 1 ? 1 : 0][offset + cells[i]!]!++
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

/** Cells of one block of rows in projection p. */
function projectRows({ spec, tables, edges, places, sums, cells }: Work, p: number, rows: number): void {
  const { columns } = spec.projections[p]!
  const table = tables[p]!
  const first = table[0]!
  const own = places[columns[0]!]!
  for (let i = 0; i < rows; i++) sums[i] = first[own[i]!]!
  for (let k = 1; k < columns.length; k++) {
    const weighted = table[k]!
    const other = places[columns[k]!]!
    for (let i = 0; i < rows; i++) sums[i]! += weighted[other[i]!]!
  }
  const search = edges[p]!
  for (let i = 0; i < rows; i++) cells[i] = placeOf(search, sums[i]!)
}

type Work = {
  readonly spec: StreamSpec
  readonly layout: StreamLayout
  readonly groups: readonly Uint8Array[]
  /** Weight times score by place, for each column of each projection. */
  readonly tables: readonly (readonly Float64Array[])[]
  readonly edges: readonly ReturnType<typeof edgeTable>[]
  readonly places: readonly Uint16Array[]
  readonly codes: readonly Uint8Array[]
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
    edges: spec.projections.map(({ bins }) => edgeTable(bins)),
    places: spec.columns.map(() => new Uint16Array(BLOCK)),
    codes: spec.columns.map(() => new Uint8Array(BLOCK)),
    sums: new Float64Array(BLOCK),
    cells: new Uint16Array(BLOCK),
  }
  works.set(spec, work)
  return work
}
