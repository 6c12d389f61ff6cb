import { StatsError } from '../error.ts'
import { type BinOptions, type Bins, freezeBins, outsideIndex } from './bins.ts'
import {
  type ColumnOptions,
  type ColumnProfile,
  createColumnProfile,
  mergeColumnProfiles,
  updateCategorical,
  updateNumeric,
} from './column.ts'
import { valuesOf } from './places.ts'
import { createStreamCounts, mergeStreamCounts, type StreamCounts, updateStreamCounts } from './stream-counts.ts'
import { freezeStreams, type StreamOptions, type StreamSpec } from './streams.ts'

/** What is profiled: the frozen bins of every column, whether twin counts are kept, and streams that join columns. */
export type ProfileSpec = ColumnOptions & {
  readonly columns: Readonly<Record<string, Bins>>
  readonly streams?: StreamSpec
}

/** Summary of a window: its rows, one mergeable summary per column, and the counts of the streams that join them. */
export type Profile = {
  rows: number
  readonly columns: Readonly<Record<string, ColumnProfile>>
  readonly streams?: StreamCounts
}

/** Rows held by column. Numeric: NaN = missing, ±Infinity = invalid. Categorical: null = missing; booleans as 'true', 'false'. */
export type ProfileBatch = {
  readonly rows: number
  readonly numeric: Readonly<Record<string, Float64Array>>
  readonly categorical: Readonly<Record<string, readonly (string | null)[]>>
  /** 0 or 1 per row (`twinOf(entity)`), for profiles that keep twins. */
  readonly twin?: Uint8Array
}

/**
 * Freezes the bins of every column of a reference, and with `streams` the pairs and projections that join them.
 * @example Object.keys(freezeProfile({ rows: 2, numeric: { x: Float64Array.of(1, 2) }, categorical: {} }).columns) // ["x"]
 */
export function freezeProfile(
  reference: ProfileBatch,
  options: BinOptions & ColumnOptions & { readonly streams?: StreamOptions } = {},
): ProfileSpec {
  const columns: Record<string, Bins> = {}
  for (const [name, values] of Object.entries(reference.numeric)) columns[name] = freezeBins(values, options)
  for (const [name, values] of Object.entries(reference.categorical)) columns[name] = freezeBins(values, options)
  const spec = { columns, twins: options.twins ?? false }
  return options.streams ? { ...spec, streams: freezeStreams(reference, columns, options.streams) } : spec
}

/**
 * An empty profile over the bins of a reference.
 * @example
 * createProfile({ columns: { city: freezeBins(['Oslo']) } }).rows // 0
 */
export function createProfile(spec: ProfileSpec): Profile {
  const columns: Record<string, ColumnProfile> = {}
  for (const [name, bins] of Object.entries(spec.columns)) columns[name] = createColumnProfile(bins, spec)
  return withStreams({ rows: 0, columns }, spec.streams && createStreamCounts(spec.streams, spec))
}

/**
 * The bins a profile was made over: what `createProfile` needs to make one that can be merged with it.
 * @example
 * specOf(createProfile({ columns: { city: freezeBins(['Oslo']) } })).twins // false
 */
export function specOf(profile: Profile): ProfileSpec {
  const spec = {
    columns: binsOf(profile),
    twins: Object.values(profile.columns).some((column) => column.twins !== null),
  }
  return profile.streams ? { ...spec, streams: profile.streams.spec } : spec
}

/**
 * Adds a batch in place. A column of the profile that the batch lacks counts as missing in every row; a column of the
 * batch that the profile lacks is passed over (whether columns are complete is the gate's question, not the profile's).
 * @throws StatsError STATS_WRONG_KIND, STATS_LENGTHS_DIFFER; the profile is unchanged then
 * @example
 * const profile = createProfile({ columns: { city: freezeBins(['Oslo']) } })
 * updateProfile(profile, { rows: 2, numeric: {}, categorical: { city: ['Oslo', null] } })
 * profile.rows // 2
 */
export function updateProfile(profile: Profile, batch: ProfileBatch): void {
  checkTwins(profile, batch)
  for (const [name, column] of Object.entries(profile.columns)) valuesOf(batch, name, column.bins)
  for (const [name, column] of Object.entries(profile.columns)) {
    const numeric = Object.hasOwn(batch.numeric, name) ? batch.numeric[name] : undefined
    const categorical = Object.hasOwn(batch.categorical, name) ? batch.categorical[name] : undefined
    if (numeric) updateNumeric(column, numeric, 0, batch.rows, batch.twin)
    else if (categorical) updateCategorical(column, categorical, 0, batch.rows, batch.twin)
    else countMissing(column, batch)
  }
  if (profile.streams) updateStreamCounts(profile.streams, binsOf(profile), batch)
  profile.rows += batch.rows
}

function binsOf(profile: Profile): Record<string, Bins> {
  return Object.fromEntries(Object.entries(profile.columns).map(([name, column]) => [name, column.bins]))
}

/** A column that the batch lacks: every row of it is missing. */
function countMissing(column: ColumnProfile, batch: ProfileBatch): void {
  const { missing } = outsideIndex(column.bins)
  column.counts[missing]! += batch.rows
  if (column.twins) for (let i = 0; i < batch.rows; i++) column.twins[batch.twin![i] === 1 ? 1 : 0][missing]!++
}

/**
 * The profile of both windows. @throws StatsError STATS_BINS_DIFFER naming the column
 * @example
 * mergeProfiles({ rows: 2, columns: {} }, { rows: 3, columns: {} }).rows // 5
 */
export function mergeProfiles(a: Profile, b: Profile): Profile {
  const columns: Record<string, ColumnProfile> = {}
  for (const name of new Set([...Object.keys(a.columns), ...Object.keys(b.columns)]))
    columns[name] = mergeNamed(name, a.columns[name], b.columns[name])
  return withStreams({ rows: a.rows + b.rows, columns }, mergeStreams(a.streams, b.streams))
}

function mergeStreams(a: StreamCounts | undefined, b: StreamCounts | undefined): StreamCounts | undefined {
  if (a && b) return mergeStreamCounts(a, b)
  if (!a && !b) return undefined
  throw new StatsError('STATS_BINS_DIFFER', 'one profile keeps streams and the other does not; they cannot be merged')
}

function withStreams(profile: Profile, streams: StreamCounts | undefined): Profile {
  return streams ? { ...profile, streams } : profile
}

function mergeNamed(name: string, a: ColumnProfile | undefined, b: ColumnProfile | undefined): ColumnProfile {
  if (!a || !b)
    throw new StatsError(
      'STATS_BINS_DIFFER',
      `column ${name} is in one profile and not in the other; only profiles of one reference can be merged`,
      { column: name },
    )
  try {
    return mergeColumnProfiles(a, b)
  } catch (error) {
    if (!(error instanceof StatsError)) throw error
    throw new StatsError(error.code, `column ${name}: ${error.message}`, { column: name, ...error.details })
  }
}

function checkTwins(profile: Profile, batch: ProfileBatch): void {
  const kept = Object.values(profile.columns).some((column) => column.twins !== null)
  if (!kept || batch.twin?.length === batch.rows) return
  throw new StatsError(
    'STATS_LENGTHS_DIFFER',
    `the profile keeps twins, and the batch of ${batch.rows} rows has ${batch.twin?.length ?? 0} of them, expected one per row`,
    { found: batch.twin?.length ?? 0, expected: batch.rows },
  )
}
