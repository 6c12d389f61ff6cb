import {
  createProfile,
  createScoreTable,
  freezeProfile,
  type Profile,
  type ProfileBatch,
  twinOf,
  updateProfile,
  updateScoreTable,
} from '@evenkeel/stats'
import type { FeatureColumn, FeatureTable } from '../features/index.ts'
import { daysOf, type Outcomes } from './measure.ts'
import { CLASS_COLUMN, type Reference, SCORE_COLUMN } from './reference.ts'
import type { Measured } from './run.ts'

/** Rows with known outcomes, held out from training. */
export interface HeldOut {
  readonly outcomes: Outcomes
  readonly classes: readonly string[] | null
  readonly loss: Measured | null
  /** Null where the rows have no time. */
  readonly times: Float64Array | null
  readonly twins: Uint8Array
}

/**
 * The reference of a version: raw inputs over all its rows, and its scores over the held-out ones only, since a model is
 * surer of the rows it learnt from than of any it will see.
 */
export function makeReference(raw: FeatureTable, twins: Uint8Array, heldOut: HeldOut | null): Reference {
  const inputs = profileOf(batchOf(raw, twins))
  const columns = heldOut === null ? inputs.columns : { ...inputs.columns, ...profileOf(scoreBatch(heldOut)).columns }
  return {
    profile: { rows: inputs.rows, columns },
    inputs: raw.columns.map((column) => column.name),
    loss: heldOut?.loss ?? null,
    days: heldOut === null || heldOut.times === null ? [] : daysOf(heldOut.outcomes, heldOut.times),
    scores: heldOut === null || heldOut.classes === null ? null : scoreTableOf(heldOut.outcomes),
  }
}

/** The half of each row: by its entity, else by its number, so that twins are there for every version. */
export function twinsOf(rows: number, twins: Float64Array | null): Uint8Array {
  return Uint8Array.from({ length: rows }, (_, row) => {
    const known = twins?.[row]
    return known === undefined || Number.isNaN(known) ? twinOf(String(row)) : known
  })
}

function profileOf(batch: ProfileBatch): Profile {
  const profile = createProfile(freezeProfile(batch, { twins: true }))
  updateProfile(profile, batch)
  return profile
}

function batchOf(raw: FeatureTable, twin: Uint8Array): ProfileBatch {
  const numeric: Record<string, Float64Array> = {}
  const categorical: Record<string, (string | null)[]> = {}
  for (const column of raw.columns) {
    if (column.kind === 'numeric') numeric[column.name] = column.values
    else categorical[column.name] = textsOf(column)
  }
  return { rows: raw.rows, numeric, categorical, twin }
}

function textsOf({ codes, dictionary }: Extract<FeatureColumn, { kind: 'categorical' }>): (string | null)[] {
  return Array.from(codes, (code) => dictionary[code] ?? null)
}

function scoreBatch({ outcomes, classes, twins }: HeldOut): ProfileBatch {
  const { scores, predicted } = outcomes
  const categorical: Record<string, string[]> =
    predicted === null || classes === null ? {} : { [CLASS_COLUMN]: Array.from(predicted, (place) => classes[place]!) }
  return { rows: scores.length, numeric: { [SCORE_COLUMN]: scores }, categorical, twin: twins }
}

function scoreTableOf({ scores, truths, losses }: Outcomes) {
  const table = createScoreTable()
  updateScoreTable(table, scores, truths, losses)
  return table
}
