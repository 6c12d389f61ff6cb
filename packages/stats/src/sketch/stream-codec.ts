import { type Bins, binCount, MAX_EDGES, type NumericBins } from './bins.ts'
import { type ByteReader, type ByteWriter, corrupt } from './bytes.ts'
import type { ColumnCoding } from './coding.ts'
import type { StreamPair } from './partners.ts'
import type { StreamCounts } from './stream-counts.ts'
import { type StreamProjection, type StreamSpec, streamLayout } from './streams.ts'

/** Streams in a profile of version 2: what they join, and their counts. Described in docs/specs/profile.md. */
export function writeStreams(to: ByteWriter, { spec, counts, twins }: StreamCounts): void {
  to.varint(spec.columns.length)
  for (const [c, name] of spec.columns.entries()) {
    to.text(name)
    for (const group of spec.codings[c]!.groups) to.u8(group)
    for (const score of spec.codings[c]!.scores) to.f64(score)
  }
  to.u8(spec.side)
  to.varint(spec.pairs.length)
  for (const { a, b, information } of spec.pairs) {
    to.varint(a)
    to.varint(b)
    to.f64(information)
  }
  to.varint(spec.projections.length)
  for (const projection of spec.projections) writeProjection(to, projection)
  to.u8(twins ? 1 : 0)
  for (const each of [counts, ...(twins ?? [])]) for (const count of each) to.varint(count)
}

/** @param columns bins of the profile's columns: codings have an entry for each of their places */
export function readStreams(from: ByteReader, columns: Readonly<Record<string, Bins>>): StreamCounts {
  const names: string[] = []
  const codings: ColumnCoding[] = []
  const width = from.length(1)
  for (let c = 0; c < width; c++) {
    const name = from.text()
    if (!Object.hasOwn(columns, name) || names.includes(name))
      throw corrupt(`its streams join a column ${name} twice or in vain`)
    names.push(name)
    codings.push(readCoding(from, binCount(columns[name]!)))
  }
  const side = from.u8()
  if (side < 3 || side > 16 || codings.some(({ groups }) => groups.some((group) => group >= side)))
    throw corrupt(`a coarse code is beyond ${side}`)
  const pairs = Array.from({ length: from.length(10) }, () => readPair(from, width))
  const projections = Array.from({ length: from.length(2) }, () => readProjection(from, width))
  const spec: StreamSpec = { columns: names, codings, side, pairs, projections }
  const { length } = streamLayout(spec)
  const flag = from.u8()
  if (flag > 1) throw corrupt(`a flag is ${flag}`)
  if (length * (flag === 1 ? 3 : 1) > from.left()) throw corrupt(`${length} stream counts do not fit in it`)
  const read = () => Float64Array.from({ length }, () => from.varint())
  return { spec, counts: read(), twins: flag === 1 ? [read(), read()] : null }
}

function writeProjection(to: ByteWriter, { kind, columns, weights, bins }: StreamProjection): void {
  to.u8(kind === 'random' ? 0 : 1)
  to.varint(columns.length)
  for (const [k, c] of columns.entries()) {
    to.varint(c)
    to.f64(weights[k]!)
  }
  to.varint(bins.edges.length)
  for (const edge of bins.edges) to.f64(edge)
}

function readProjection(from: ByteReader, width: number): StreamProjection {
  const kind = from.u8()
  if (kind > 1) throw corrupt(`a projection of kind ${kind}`)
  const columns: number[] = []
  const weights: number[] = []
  const terms = from.length(9)
  for (let k = 0; k < terms; k++) {
    columns.push(below(from.varint(), width))
    weights.push(finite(from.f64()))
  }
  if (terms === 0) throw corrupt('a projection of no columns')
  return { kind: kind === 0 ? 'random' : 'residual', columns, weights, bins: readNumericBins(from) }
}

/** Edges of numeric bins, finite and ascending. */
export function readNumericBins(from: ByteReader): NumericBins {
  const edges = Array.from({ length: from.length(8) }, () => from.f64())
  if (edges.length > MAX_EDGES) throw corrupt(`there are ${edges.length} bin edges, expected ${MAX_EDGES} at most`)
  if (edges.some((edge, i) => !Number.isFinite(edge) || (i > 0 && edge <= edges[i - 1]!)))
    throw corrupt('bin edges do not ascend')
  return { kind: 'numeric', edges }
}

function readCoding(from: ByteReader, places: number): ColumnCoding {
  const groups = Array.from({ length: places }, () => from.u8())
  return { groups, scores: Array.from({ length: places }, () => finite(from.f64())) }
}

function readPair(from: ByteReader, width: number): StreamPair {
  const a = from.varint()
  const b = below(from.varint(), width)
  const information = from.f64()
  if (a >= b || !(information >= 0 && information < Infinity)) throw corrupt(`a pair of columns ${a} and ${b}`)
  return { a, b, information }
}

function below(place: number, limit: number): number {
  if (place < limit) return place
  throw corrupt(`column ${place} of ${limit}`)
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value
  throw corrupt('a number is not finite')
}
