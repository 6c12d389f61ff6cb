import { createProfile, freezeProfile, type Profile, type ProfileBatch, updateProfile } from '@evenkeel/stats'
import { type Clock, DAY_MS, type Instant } from '../clock.ts'
import { type OutcomeSums, sumOutcomes } from '../serving/index.ts'
import type { PairedDay, ServedOutcomeRow, ServedProfileRow, ServedRecords, VersionReference } from './reference.ts'

/** One scored row of a small world. */
export interface WorldRow {
  readonly at: Instant
  readonly version: number
  readonly role: 'champion' | 'challenger' | 'shadow'
  readonly x: number
  readonly colour: string | null
  readonly score: number
  readonly label: 0 | 1
  /** When the label arrives. */
  readonly labelAt: Instant
}

/** Traffic held in memory and read back by days as serving would; labels are there once the clock has passed them. */
export interface World {
  readonly records: ServedRecords
  readonly reference: VersionReference
  add(rows: readonly WorldRow[]): void
}

function lossOf({ label, score }: Pick<WorldRow, 'label' | 'score'>): number {
  return label === 1 ? -Math.log(score) : -Math.log1p(-score)
}

/** @param held rows the reference is made of */
export function createWorld(clock: Clock, held: readonly WorldRow[]): World {
  const spec = freezeProfile(batchOf(held))
  const days = new Map<Instant, WorldRow[]>()
  const profiles = new Map<string, Profile>()
  const outcomes = new Map<string, OutcomeSums[]>()
  const inSpan = (span: { readonly from: Instant; readonly until: Instant }, version?: number) =>
    [...days]
      .filter(([day]) => day >= dayOf(span.from) && day < span.until)
      .flatMap(([day, rows]) =>
        [...Map.groupBy(rows, (row) => `${row.version}/${row.role}`).values()].map((group) => ({
          day,
          group,
          first: group[0]!,
        })),
      )
      .filter(({ first }) => version === undefined || first.version === version)
  const readProfiles: ServedRecords['readProfiles'] = async (_, { span, version }) =>
    inSpan(span, version).map(({ day, group, first }): ServedProfileRow => {
      const key = `${day}/${first.version}/${first.role}/${group.length}`
      const profile = profiles.get(key) ?? profileOf(spec, group)
      profiles.set(key, profile)
      return { version: first.version, role: first.role, bucket: day, profile }
    })
  const readOutcomes: ServedRecords['readOutcomes'] = async (_, { span, version }) =>
    inSpan(span, version).map(({ day, group, first }): ServedOutcomeRow => {
      const key = `${day}/${first.version}/${first.role}/${group.length}`
      const now = clock.now()
      const deciles = outcomes.get(key) ?? decilesOf(group, now)
      if (!outcomes.has(key) && group.every((row) => row.labelAt <= now)) outcomes.set(key, deciles)
      return { version: first.version, role: first.role, bucket: day, deciles, ...sumOutcomes(deciles) }
    })
  const readPairedLosses: ServedRecords['readPairedLosses'] = async (_, { span, champion, challenger }) =>
    [...days]
      .filter(([day]) => day >= dayOf(span.from) && day < span.until)
      .map(([day, rows]) =>
        pairsOf(
          day,
          rows.filter((row) => row.labelAt <= clock.now()),
          { champion, challenger },
        ),
      )
      .filter((pairs) => pairs.champion.length > 0)
  return {
    records: { readProfiles, readOutcomes, readPairedLosses },
    reference: referenceOf(spec, held),
    add: (rows) => {
      for (const row of rows) days.set(dayOf(row.at), [...(days.get(dayOf(row.at)) ?? [])])
      for (const row of rows) days.get(dayOf(row.at))?.push(row)
    },
  }
}

function referenceOf(spec: ReturnType<typeof freezeProfile>, held: readonly WorldRow[]): VersionReference {
  const byDay = Map.groupBy(held, (row) => dayOf(row.at))
  const days = [...byDay].map(([day, rows]) => ({ day, ...sumOutcomes(decilesOf(rows, Number.POSITIVE_INFINITY)) }))
  const value = held.reduce((sum, row) => sum + lossOf(row), 0) / held.length
  const loss = { value, low: value, high: value, rows: held.length }
  const inputs = ['x', 'colour']
  return { version: 1, task: 'binary', profile: profileOf(spec, held), inputs, score: 'score', loss, days }
}

function profileOf(spec: ReturnType<typeof freezeProfile>, rows: readonly WorldRow[]): Profile {
  const profile = createProfile(spec)
  updateProfile(profile, batchOf(rows))
  return profile
}

function batchOf(rows: readonly WorldRow[]): ProfileBatch {
  return {
    rows: rows.length,
    numeric: { x: Float64Array.from(rows, (row) => row.x), score: Float64Array.from(rows, (row) => row.score) },
    categorical: { colour: rows.map((row) => row.colour) },
  }
}

function decilesOf(rows: readonly WorldRow[], now: Instant): OutcomeSums[] {
  const deciles = Array.from({ length: 10 }, () => sumOutcomes([]) as { -readonly [Key in keyof OutcomeSums]: number })
  for (const row of rows) {
    const sums = deciles[Math.min(9, Math.floor(row.score * 10))]!
    sums.rows++
    if (row.labelAt > now) continue
    sums.labelled++
    sums.scoreSum += row.score
    sums.labelSum += row.label
    sums.lossSum += lossOf(row)
  }
  return deciles
}

/** Rows of one day that both versions scored are added in the same order for both. */
function pairsOf(
  day: Instant,
  rows: readonly WorldRow[],
  { champion, challenger }: { readonly champion: number; readonly challenger: number },
): PairedDay {
  const losses = (version: number) => rows.filter((row) => row.version === version).map(lossOf)
  const [before, after] = [losses(champion), losses(challenger)]
  const both = Math.min(before.length, after.length)
  return {
    day,
    champion: Float64Array.from(before.slice(0, both)),
    challenger: Float64Array.from(after.slice(0, both)),
  }
}

function dayOf(at: Instant): Instant {
  return Math.floor(at / DAY_MS) * DAY_MS
}
