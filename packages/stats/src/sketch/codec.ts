import { StatsError } from '../error.ts'
import { type Bins, binCount } from './bins.ts'
import { type ByteReader, type ByteWriter, corrupt, crc32, createReader, createWriter } from './bytes.ts'
import type { ColumnProfile } from './column.ts'
import { createDistinct, DISTINCT_REGISTERS, type DistinctSketch, MOST_RANK } from './distinct.ts'
import { FREQUENT_LIMIT, type FrequentValues } from './frequent.ts'
import type { Moments } from './moments.ts'
import type { Profile } from './profile.ts'
import { MAX_LEVELS, type QuantileSketch } from './quantiles.ts'
import { readNumericBins, readStreams, writeStreams } from './stream-codec.ts'

/** The format is described in docs/specs/profile.md; change both together, and the version with them. */
const MAGIC = 0x46504b45 // "EKPF"
export const PROFILE_VERSION = 2 as const
/** Still read: it has no streams, and is the same in all else. */
const OLDEST_VERSION = 1
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
  body.u8(profile.streams ? 1 : 0)
  if (profile.streams) writeStreams(body, profile.streams)
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
  const { version, content } = openHeader(bytes)
  const body = createReader(content)
  const rows = whole(body.f64())
  const columns: Record<string, ColumnProfile> = {}
  const length = body.length(8)
  for (let i = 0; i < length; i++) {
    const [name, column] = readColumn(body)
    if (Object.hasOwn(columns, name)) throw corrupt(`column ${name} is in it twice`)
    Object.defineProperty(columns, name, { value: column, enumerable: true, configurable: true, writable: true })
  }
  const streams = version > 1 && flag(body.u8(), 1) ? readStreams(body, binsOf(columns)) : null
  if (body.left() > 0) throw corrupt(`${body.left()} bytes are left over`)
  return streams ? { rows, columns, streams } : { rows, columns }
}

function binsOf(columns: Readonly<Record<string, ColumnProfile>>): Record<string, Bins> {
  return Object.fromEntries(Object.entries(columns).map(([name, { bins }]) => [name, bins]))
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

function openHeader(bytes: Uint8Array): { readonly version: number; readonly content: Uint8Array } {
  if (bytes.length < 4 || createReader(bytes).u32() !== MAGIC)
    throw new StatsError('STATS_PROFILE_FOREIGN', 'these bytes are no profile: they do not begin with EKPF')
  const header = createReader(bytes)
  header.u32()
  const version = header.u16()
  if (version < OLDEST_VERSION || version > PROFILE_VERSION) throw wrongVersion(version)
  if (header.u16() !== 0) throw corrupt('its header has something where nothing may be')
  const size = header.u32()
  const checksum = header.u32()
  if (bytes.length !== HEADER_BYTES + size)
    throw corrupt(`it has ${bytes.length} bytes, expected ${HEADER_BYTES + size}`)
  const body = bytes.subarray(HEADER_BYTES)
  if (crc32(body) !== checksum) throw corrupt('its checksum does not match')
  return { version, content: body }
}

function wrongVersion(found: number): StatsError {
  const advice = found > PROFILE_VERSION ? 'upgrade @evenkeel/stats to read it' : 'make it again from its rows'
  return new StatsError(
    'STATS_PROFILE_VERSION',
    `the profile has format version ${found}, this library reads ${OLDEST_VERSION} to ${PROFILE_VERSION}; ${advice}`,
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
  const flags = flag(from.u8(), 3)
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
  if (kind === 0) return readNumericBins(from)
  const list = () => Array.from({ length: from.length(1) }, () => from.text())
  const singletonShare = from.f64()
  if (!(singletonShare >= 0 && singletonShare <= 1)) throw corrupt(`a share of singletons is ${singletonShare}`)
  return { kind: 'categorical', values: list(), known: list(), open: kind === 2, singletonShare }
}

function readMoments(from: ByteReader): Moments {
  const moments = { count: from.f64(), mean: from.f64(), m2: from.f64(), min: from.f64(), max: from.f64() }
  if (!Object.values(moments).every(Number.isFinite)) throw corrupt('a moment is not finite')
  if (moments.count < 0 || moments.m2 < 0 || moments.min > moments.max) throw corrupt('moments that no values have')
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
  if (flag(from.u8(), 1) === 0) return from.raw(DISTINCT_REGISTERS).map(rank)
  const sketch = createDistinct()
  const length = from.length(3)
  for (let i = 0; i < length; i++) {
    const register = from.u16()
    if (register >= DISTINCT_REGISTERS) throw corrupt(`register ${register} of ${DISTINCT_REGISTERS}`)
    sketch[register] = rank(from.u8())
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
  const rows = whole(from.f64())
  const skip = from.varint()
  const random = from.u32() | 0
  const levels = Array.from({ length: from.length(1) }, () => Array.from({ length: from.length(8) }, () => from.f64()))
  if (levels.length === 0 || levels.length > MAX_LEVELS || levels.flat().some((value) => !Number.isFinite(value)))
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
    const value = flag(from.u8(), 1) === 0 ? from.f64() : from.text()
    if (typeof value === 'number' && !Number.isFinite(value)) throw corrupt('a frequent value is not finite')
    values.set(value, from.varint())
  }
  if (values.size !== length || length > FREQUENT_LIMIT)
    throw corrupt(`${length} frequent values, of which ${values.size} differ`)
  return values
}

function whole(rows: number): number {
  if (Number.isSafeInteger(rows) && rows >= 0) return rows
  throw corrupt(`it has ${rows} rows`)
}

/** Bits that mean something. */
function flag(bits: number, known: number): number {
  if ((bits & ~known) === 0) return bits
  throw corrupt(`flags ${bits}, of which only ${known} mean something`)
}

function rank(zeros: number): number {
  if (zeros <= MOST_RANK) return zeros
  throw corrupt(`a register holds ${zeros}, expected ${MOST_RANK} at most`)
}
