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

/** Scores of rows the model did not learn from. */
export interface ScoredHeldOut {
  readonly scores: Float64Array
  /** Number of the class predicted; null for regression. */
  readonly predicted: Int32Array | null
  readonly classes: readonly string[] | null
  readonly twins: Uint8Array
}

/** What is known beside the distributions, once the truth of the held-out rows is known. */
export interface HeldOutTruth {
  readonly outcomes: Outcomes
  readonly loss: Measured | null
  /** Null where the rows have no time. */
  readonly times: Float64Array | null
}

/**
 * The reference of a version: raw inputs over all its rows, and its scores over the held-out ones only, since a model is
 * surer of the rows it learnt from than of any it will see.
 */
export function makeReference(
  raw: FeatureTable,
  twins: Uint8Array,
  scored: ScoredHeldOut | null,
  truth: HeldOutTruth | null,
): Reference {
  const inputs = profileOf(batchOf(raw, twins))
  const columns = scored === null ? inputs.columns : { ...inputs.columns, ...profileOf(scoreBatch(scored)).columns }
  return {
    profile: { rows: inputs.rows, columns },
    inputs: raw.columns.map((column) => column.name),
    loss: truth?.loss ?? null,
    days: truth === null || truth.times === null ? [] : daysOf(truth.outcomes, truth.times),
    scores: truth === null || truth.outcomes.predicted === null ? null : scoreTableOf(truth.outcomes),
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

function scoreBatch({ scores, predicted, classes, twins }: ScoredHeldOut): ProfileBatch {
  const categorical: Record<string, string[]> =
    predicted === null || classes === null ? {} : { [CLASS_COLUMN]: Array.from(predicted, (place) => classes[place]!) }
  return { rows: scores.length, numeric: { [SCORE_COLUMN]: scores }, categorical, twin: twins }
}

function scoreTableOf({ scores, truths, losses }: Outcomes) {
  const table = createScoreTable()
  updateScoreTable(table, scores, truths, losses)
  return table
}
