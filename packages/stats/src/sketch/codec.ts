import { StatsError } from '../error.ts'
import { type Bins, binCount, MAX_EDGES } from './bins.ts'
import { type ByteReader, type ByteWriter, corrupt, crc32, createReader, createWriter } from './bytes.ts'
import type { ColumnProfile } from './column.ts'
import { createDistinct, DISTINCT_REGISTERS, type DistinctSketch } from './distinct.ts'
import type { FrequentValues } from './frequent.ts'
import type { Moments } from './moments.ts'
import type { Profile } from './profile.ts'
import type { QuantileSketch } from './quantiles.ts'

/** The format is described in docs/specs/profile.md; change both together, and the version with them. */
const MAGIC = 0x46504b45 // "EKPF"
export const PROFILE_VERSION = 1
const HEADER_BYTES = 16

/**
 * Bytes of a profile, self-contained (bins included), checksummed.
 * @example decodeProfile(encodeProfile(createProfile({ columns: {} }))).rows // 0
 */
export function encodeProfile(profile: Profile): Uint8Array {
  const body = createWriter()
  body.f64(profile.rows)
  const columns = Object.entries(profile.columns)
  body.varint(columns.length)
  for (const [name, column] of columns) writeColumn(body, name, column)
  return withHeader(body.finish())
}

/**
 * The profile that was encoded.
 * @throws StatsError STATS_PROFILE_FOREIGN (no magic word), STATS_PROFILE_VERSION (older or newer than this library),
 *   STATS_PROFILE_CORRUPT (truncated, checksum, impossible content)
 * @example
 * const bytes = encodeProfile(createProfile({ columns: { city: freezeBins(['Oslo', 'Bergen']) } }))
 * Object.keys(decodeProfile(bytes).columns) // ['city']
 */
export function decodeProfile(bytes: Uint8Array): Profile {
  const body = createReader(openHeader(bytes))
  const rows = body.f64()
  const columns: Record<string, ColumnProfile> = {}
  const length = body.length(8)
  for (let i = 0; i < length; i++) {
    const [name, column] = readColumn(body)
    Object.defineProperty(columns, name, { value: column, enumerable: true, configurable: true, writable: true })
  }
  if (body.left() > 0) throw corrupt(`${body.left()} bytes are left over`)
  if (!(rows >= 0)) throw corrupt(`it has ${rows} rows`)
  return { rows, columns }
}

function withHeader(body: Uint8Array): Uint8Array {
  const header = createWriter()
  header.u32(MAGIC)
  header.u16(PROFILE_VERSION)
  header.u16(0)
  header.u32(body.length)
  header.u32(crc32(body))
  header.raw(body)
  return header.finish()
}

function openHeader(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4 || createReader(bytes).u32() !== MAGIC)
    throw new StatsError('STATS_PROFILE_FOREIGN', 'these bytes are no profile: they do not begin with EKPF')
  const header = createReader(bytes)
  header.u32()
  const version = header.u16()
  if (version !== PROFILE_VERSION) throw wrongVersion(version)
  header.u16()
  const size = header.u32()
  const checksum = header.u32()
  if (bytes.length !== HEADER_BYTES + size)
    throw corrupt(`it has ${bytes.length} bytes, expected ${HEADER_BYTES + size}`)
  const body = bytes.subarray(HEADER_BYTES)
  if (crc32(body) !== checksum) throw corrupt('its checksum does not match')
  return body
}

function wrongVersion(found: number): StatsError {
  const advice = found > PROFILE_VERSION ? 'upgrade @evenkeel/stats to read it' : 'make it again from its rows'
  return new StatsError(
    'STATS_PROFILE_VERSION',
    `the profile has format version ${found}, this library reads ${PROFILE_VERSION}; ${advice}`,
    { found, expected: PROFILE_VERSION },
  )
}

function writeColumn(to: ByteWriter, name: string, column: ColumnProfile): void {
  to.text(name)
  to.u8((column.quantiles ? 1 : 0) | (column.twins ? 2 : 0))
  writeBins(to, column.bins)
  for (const counts of [column.counts, ...(column.twins ?? [])]) for (const count of counts) to.varint(count)
  const { count, mean, m2, min, max } = column.moments
  for (const moment of [count, mean, m2, min, max]) to.f64(moment)
  writeDistinct(to, column.distinct)
  if (column.quantiles) writeQuantiles(to, column.quantiles)
  writeFrequent(to, column.topUnseen)
}

function readColumn(from: ByteReader): [string, ColumnProfile] {
  const name = from.text()
  const flags = from.u8()
  const bins = readBins(from)
  const readCounts = () => Float64Array.from({ length: binCount(bins) }, () => from.varint())
  const counts = readCounts()
  const twins: [Float64Array, Float64Array] | null = flags & 2 ? [readCounts(), readCounts()] : null
  const moments = readMoments(from)
  const distinct = readDistinct(from)
  const quantiles = flags & 1 ? readQuantiles(from) : null
  return [name, { bins, counts, moments, distinct, quantiles, twins, topUnseen: readFrequent(from) }]
}

function writeBins(to: ByteWriter, bins: Bins): void {
  to.u8(bins.kind === 'numeric' ? 0 : bins.open ? 2 : 1)
  if (bins.kind === 'numeric') {
    to.varint(bins.edges.length)
    for (const edge of bins.edges) to.f64(edge)
    return
  }
  to.f64(bins.singletonShare)
  for (const list of [bins.values, bins.known]) {
    to.varint(list.length)
    for (const value of list) to.text(value)
  }
}

function readBins(from: ByteReader): Bins {
  const kind = from.u8()
  if (kind > 2) throw corrupt(`a column has bins of kind ${kind}, expected 0, 1 or 2`)
  if (kind === 0) return { kind: 'numeric', edges: readEdges(from) }
  const list = () => Array.from({ length: from.length(1) }, () => from.text())
  const singletonShare = from.f64()
  if (!(singletonShare >= 0 && singletonShare <= 1)) throw corrupt(`a share of singletons is ${singletonShare}`)
  return { kind: 'categorical', values: list(), known: list(), open: kind === 2, singletonShare }
}

function readEdges(from: ByteReader): number[] {
  const edges = Array.from({ length: from.length(8) }, () => from.f64())
  if (edges.length > MAX_EDGES) throw corrupt(`a column has ${edges.length} bin edges, expected ${MAX_EDGES} at most`)
  if (edges.some((edge, i) => !Number.isFinite(edge) || (i > 0 && edge <= edges[i - 1]!)))
    throw corrupt('bin edges do not ascend')
  return edges
}

function readMoments(from: ByteReader): Moments {
  const moments = { count: from.f64(), mean: from.f64(), m2: from.f64(), min: from.f64(), max: from.f64() }
  if (!Object.values(moments).every(Number.isFinite)) throw corrupt('a moment is not finite')
  return moments
}

/** Sparse while fewer than a third of the registers are set: pairs of place and rank. */
function writeDistinct(to: ByteWriter, sketch: DistinctSketch): void {
  const set = [...sketch.keys()].filter((register) => sketch[register]! > 0)
  const sparse = set.length * 3 < DISTINCT_REGISTERS
  to.u8(sparse ? 1 : 0)
  if (!sparse) {
    to.raw(sketch)
    return
  }
  to.varint(set.length)
  for (const register of set) {
    to.u16(register)
    to.u8(sketch[register]!)
  }
}

function readDistinct(from: ByteReader): DistinctSketch {
  if (from.u8() === 0) return from.raw(DISTINCT_REGISTERS)
  const sketch = createDistinct()
  const length = from.length(3)
  for (let i = 0; i < length; i++) {
    const register = from.u16()
    if (register >= DISTINCT_REGISTERS) throw corrupt(`register ${register} of ${DISTINCT_REGISTERS}`)
    sketch[register] = from.u8()
  }
  return sketch
}

function writeQuantiles(to: ByteWriter, sketch: QuantileSketch): void {
  to.f64(sketch.rows)
  to.varint(sketch.skip)
  to.u32(sketch.random >>> 0)
  to.varint(sketch.levels.length)
  for (const level of sketch.levels) {
    to.varint(level.length)
    for (const value of level) to.f64(value)
  }
}

function readQuantiles(from: ByteReader): QuantileSketch {
  const rows = from.f64()
  const skip = from.varint()
  const random = from.u32() | 0
  const levels = Array.from({ length: from.length(1) }, () => Array.from({ length: from.length(8) }, () => from.f64()))
  if (!(rows >= 0) || levels.length > 64 || levels.flat().some((value) => !Number.isFinite(value)))
    throw corrupt('a quantile sketch holds what none can hold')
  return { rows, skip, random, levels }
}

function writeFrequent(to: ByteWriter, values: FrequentValues): void {
  to.varint(values.size)
  for (const [value, count] of values) {
    to.u8(typeof value === 'number' ? 0 : 1)
    if (typeof value === 'number') to.f64(value)
    else to.text(value)
    to.varint(count)
  }
}

function readFrequent(from: ByteReader): FrequentValues {
  const values: FrequentValues = new Map()
  const length = from.length(3)
  for (let i = 0; i < length; i++) {
    const value = from.u8() === 0 ? from.f64() : from.text()
    values.set(value, from.varint())
  }
  return values
}
