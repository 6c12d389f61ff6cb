import {
  createProfile,
  decodeProfile,
  encodeProfile,
  INVALID_CATEGORY,
  type Profile,
  type ProfileBatch,
  specOf,
  twinOf,
  updateProfile,
} from '@evenkeel/stats'
import { HOUR_MS } from '../clock.ts'
import { CLASS_COLUMN, SCORE_COLUMN } from '../registry/index.ts'
import type { Transaction } from '../storage/index.ts'
import type { Answer, Arm } from './arm.ts'
import type { PredictionRecord } from './record.ts'
import type { ArmRole } from './routing.ts'
import { type ProfileKey, readProfileBytes, writeProfile } from './tables.ts'

/** One row as an arm saw it. */
export interface ArmRow {
  readonly arm: Arm
  readonly role: ArmRole
  /** What the record's values are called: the columns of the version that answered. */
  readonly columns: readonly string[]
  readonly record: PredictionRecord
  readonly answer: Answer
}

/**
 * The profiles of the hours that are being served, kept decoded. This spool alone writes its rows of `serving_profiles`,
 * so what was committed last is what is there; after a failed transaction `forget` makes the next one read them again.
 */
export interface LiveProfiles {
  add(tx: Transaction, project: string, model: string, rows: readonly ArmRow[]): Promise<void>
  forget(): void
}

const MAX_LIVE = 256

export function createLiveProfiles(spool: string): LiveProfiles {
  const live = new Map<string, Profile>()
  return {
    async add(tx, project, model, rows) {
      for (const group of groupByHour(rows)) {
        const { arm, role, record } = group[0]!
        const key = {
          project,
          model,
          version: arm.version.version,
          role,
          source: record[11],
          bucket: hourOf(record[8]),
          spool,
        }
        const liveName = JSON.stringify(Object.values(key))
        const profile =
          live.get(liveName) ?? (await readProfile(tx, key)) ?? createProfile(specOf(arm.servable.reference))
        updateProfile(profile, batchOf(group, profile))
        live.delete(liveName)
        live.set(liveName, profile)
        const receivedAt = group.reduce((last, { record }) => Math.max(last, record[9]), 0)
        await writeProfile(tx, key, { rows: profile.rows, bytes: encodeProfile(profile), receivedAt })
      }
      for (const name of live.keys()) if (live.size > MAX_LIVE) live.delete(name)
    },
    forget: () => live.clear(),
  }
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS
}

async function readProfile(tx: Transaction, key: ProfileKey): Promise<Profile | null> {
  const bytes = await readProfileBytes(tx, key)
  return bytes === null ? null : decodeProfile(bytes)
}

function groupByHour(rows: readonly ArmRow[]): Iterable<readonly ArmRow[]> {
  const groups = new Map<string, ArmRow[]>()
  for (const row of rows) {
    const name = `${row.arm.version.version}\n${row.role}\n${row.record[3]}\n${hourOf(row.record[8])}\n${row.record[11]}`
    const group = groups.get(name)
    if (group) group.push(row)
    else groups.set(name, [row])
  }
  return groups.values()
}

/** The rows by column, for the columns the version's reference has. */
function batchOf(rows: readonly ArmRow[], profile: Profile): ProfileBatch {
  const numeric: Record<string, Float64Array> = {}
  const categorical: Record<string, (string | null)[]> = {}
  for (const [name, { bins }] of Object.entries(profile.columns)) {
    const read = reader(rows[0]!.columns, name)
    if (read === null) continue
    if (bins.kind === 'numeric') numeric[name] = numbersOf(rows, read)
    else categorical[name] = rows.map((row) => asCategory(read(row)))
  }
  const twin = new Uint8Array(rows.length)
  for (let i = 0; i < rows.length; i++) twin[i] = twinOf(rows[i]!.record[10] ?? rows[i]!.record[6])
  return { rows: rows.length, numeric, categorical, twin }
}

/** A loop, because `Float64Array.from` with a function is ten times as slow. */
function numbersOf(rows: readonly ArmRow[], read: (row: ArmRow) => Value): Float64Array {
  const values = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) values[i] = asNumber(read(rows[i]!))
  return values
}

type Value = number | string | null

/** How a column is read from a row whose values lie in the order of the columns of the version that answered. */
function reader(columns: readonly string[], name: string): ((row: ArmRow) => Value) | null {
  const place = columns.indexOf(name)
  if (place >= 0) return (row) => row.record[12][place] ?? null
  if (name === SCORE_COLUMN) return (row) => row.answer.score
  return name === CLASS_COLUMN ? (row) => row.answer.className : null
}

function asNumber(value: Value): number {
  if (value === null) return Number.NaN
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY
}

function asCategory(value: Value): string | null {
  return value === null || typeof value === 'string' ? value : INVALID_CATEGORY
}
