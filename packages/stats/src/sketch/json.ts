import { StatsError } from '../error.ts'
import { type Bins, binCount } from './bins.ts'
import { PROFILE_VERSION } from './codec.ts'
import type { ColumnProfile } from './column.ts'
import { DISTINCT_REGISTERS } from './distinct.ts'
import type { Moments } from './moments.ts'
import type { Profile } from './profile.ts'
import type { QuantileSketch } from './quantiles.ts'
import type { StreamCounts } from './stream-counts.ts'
import { type StreamSpec, streamLayout } from './streams.ts'

/** JSON form of a profile: the same content as the binary one, for people and for languages without a decoder. */
export type ProfileJson = {
  readonly format: 'evenkeel-profile'
  readonly version: 1 | 2
  readonly rows: number
  readonly columns: Readonly<Record<string, ColumnJson>>
  readonly streams?: StreamsJson
}

export type StreamsJson = {
  readonly spec: StreamSpec
  readonly counts: readonly number[]
  readonly twins: readonly [readonly number[], readonly number[]] | null
}

export type ColumnJson = {
  readonly bins: Bins
  readonly counts: readonly number[]
  readonly moments: Moments
  readonly distinct: readonly number[]
  readonly quantiles: QuantileSketch | null
  readonly twins: readonly [readonly number[], readonly number[]] | null
  readonly topUnseen: readonly (readonly [string | number, number])[]
}

/** @example profileToJson(createProfile({ columns: {} })).format // "evenkeel-profile" */
export function profileToJson(profile: Profile): ProfileJson {
  const columns: Record<string, ColumnJson> = {}
  for (const [name, column] of Object.entries(profile.columns)) columns[name] = columnToJson(column)
  const json = { format: 'evenkeel-profile', version: PROFILE_VERSION, rows: profile.rows, columns } as const
  return profile.streams ? { ...json, streams: streamsToJson(profile.streams) } : json
}

/**
 * @throws StatsError STATS_PROFILE_FOREIGN, STATS_PROFILE_VERSION, STATS_PROFILE_CORRUPT
 * @example
 * profileFromJson({ format: 'evenkeel-profile', version: 2, rows: 3, columns: {} }).rows // 3
 */
export function profileFromJson(json: ProfileJson): Profile {
  if (json.format !== 'evenkeel-profile')
    throw new StatsError('STATS_PROFILE_FOREIGN', `format is ${String(json.format)}, expected evenkeel-profile`)
  if (json.version !== 1 && json.version !== PROFILE_VERSION)
    throw new StatsError(
      'STATS_PROFILE_VERSION',
      `the profile has format version ${String(json.version)}, this library reads 1 to ${PROFILE_VERSION}`,
    )
  const columns: Record<string, ColumnProfile> = {}
  for (const [name, column] of Object.entries(json.columns)) columns[name] = columnFromJson(name, column)
  const profile = { rows: json.rows, columns }
  return json.streams ? { ...profile, streams: streamsFromJson(json.streams) } : profile
}

function columnToJson(column: ColumnProfile): ColumnJson {
  return {
    bins: column.bins,
    counts: [...column.counts],
    moments: { ...column.moments },
    distinct: [...column.distinct],
    quantiles: column.quantiles && structuredClone(column.quantiles),
    twins: column.twins && [[...column.twins[0]], [...column.twins[1]]],
    topUnseen: [...column.topUnseen],
  }
}

function columnFromJson(name: string, column: ColumnJson): ColumnProfile {
  const expected = binCount(column.bins)
  if (column.counts.length !== expected || column.distinct.length !== DISTINCT_REGISTERS)
    throw new StatsError(
      'STATS_PROFILE_CORRUPT',
      `column ${name} has ${column.counts.length} counts, expected ${expected}`,
      { column: name },
    )
  return {
    bins: column.bins,
    counts: Float64Array.from(column.counts),
    moments: { ...column.moments },
    distinct: Uint8Array.from(column.distinct),
    quantiles: column.quantiles && structuredClone(column.quantiles),
    twins: column.twins && [Float64Array.from(column.twins[0]), Float64Array.from(column.twins[1])],
    topUnseen: new Map(column.topUnseen),
  }
}

function streamsToJson({ spec, counts, twins }: StreamCounts): StreamsJson {
  return { spec, counts: [...counts], twins: twins && [[...twins[0]], [...twins[1]]] }
}

function streamsFromJson({ spec, counts, twins }: StreamsJson): StreamCounts {
  const { length } = streamLayout(spec)
  for (const each of [counts, ...(twins ?? [])])
    if (each.length !== length)
      throw new StatsError('STATS_PROFILE_CORRUPT', `the streams have ${each.length} counts, expected ${length}`)
  return {
    spec,
    counts: Float64Array.from(counts),
    twins: twins && [Float64Array.from(twins[0]), Float64Array.from(twins[1])],
  }
}
