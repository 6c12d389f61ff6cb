import { decodeProfile, encodeProfile, type Profile, type ScoreTable } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import { EvenkeelError } from '../error.ts'
import type { Measured } from './run.ts'

/** Columns of a profile beside the raw ones: the score of a row, and its class. No raw column can be called so. */
export const SCORE_COLUMN = 'evenkeel:score'
export const CLASS_COLUMN = 'evenkeel:class'

/** Held-out outcomes of one UTC day of event time, summed as serving sums them. */
export interface ReferenceDay {
  readonly day: Instant
  readonly rows: number
  readonly labelled: number
  readonly scoreSum: number
  /** Binary: positives. Multiclass: rows predicted right. Regression: sum of labels. */
  readonly labelSum: number
  /** Log loss in nats, or squared error. */
  readonly lossSum: number
}

/** What a version was when it was made: what its windows are held against. */
export interface Reference {
  /** Raw inputs over all rows read; score and class over the held-out ones. */
  readonly profile: Profile
  /** Columns of the profile that are raw inputs and not the calendar. */
  readonly inputs: readonly string[]
  /** Held-out mean loss; null where it was never measured. */
  readonly loss: Measured | null
  readonly days: readonly ReferenceDay[]
  /** Held-out scores against labels, by tenth of the score; null for a regression and where never measured. */
  readonly scores: ScoreTable | null
}

const FORMAT = 'evenkeel.reference'
const VERSION = 1

export function encodeReference(reference: Reference): Uint8Array {
  const { profile, scores, ...rest } = reference
  const profileText = Buffer.from(encodeProfile(profile)).toString('base64')
  const json = { format: FORMAT, version: VERSION, ...rest, scores: scores && plainTable(scores), profile: profileText }
  return new TextEncoder().encode(JSON.stringify(json))
}

/** @throws EvenkeelError REFERENCE_INVALID */
export function decodeReference(bytes: Uint8Array): Reference {
  const json = parse(bytes)
  if (json?.format !== FORMAT || json.version !== VERSION)
    throw new EvenkeelError(
      'REFERENCE_INVALID',
      `found a reference of format ${json?.format} version ${json?.version}, expected ${FORMAT} version ${VERSION}; it was written by another release`,
    )
  const { inputs, loss, days, scores, profile } = json
  return {
    inputs,
    loss,
    days,
    scores: scores && tableOf(scores),
    profile: decodeProfile(Buffer.from(profile, 'base64')),
  }
}

type PlainTable = {
  readonly [Field in keyof ScoreTable]: ScoreTable[Field] extends number ? number : readonly number[]
}

type ReferenceJson = Pick<Reference, 'inputs' | 'loss' | 'days'> & {
  readonly format: string
  readonly version: number
  readonly profile: string
  readonly scores: PlainTable | null
}

function parse(bytes: Uint8Array): ReferenceJson | null {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}

function plainTable(table: ScoreTable): PlainTable {
  return {
    edges: table.edges,
    rows: [...table.rows],
    labelled: [...table.labelled],
    scoreSums: [...table.scoreSums],
    labelSums: [...table.labelSums],
    lossSums: [...table.lossSums],
    invalid: table.invalid,
  }
}

function tableOf(plain: PlainTable): ScoreTable {
  return {
    edges: plain.edges,
    rows: Float64Array.from(plain.rows),
    labelled: Float64Array.from(plain.labelled),
    scoreSums: Float64Array.from(plain.scoreSums),
    labelSums: Float64Array.from(plain.labelSums),
    lossSums: Float64Array.from(plain.lossSums),
    invalid: plain.invalid,
  }
}
