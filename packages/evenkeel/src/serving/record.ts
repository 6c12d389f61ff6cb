import type { Instant } from '../clock.ts'
import type { RawRow } from '../features/index.ts'

type Value = number | string | null

/** One answered row in the spool: an array, because names repeated on every line cost more than the values. */
export type PredictionRecord = readonly [
  kind: 'p',
  project: string,
  model: string,
  version: number,
  /** 0 champion, 1 challenger. */
  role: 0 | 1,
  /** The arm that is to score the row too; 0 for none. */
  shadow: number,
  id: string,
  /** 1 when the caller chose the id, so that it may come twice. */
  chosen: 0 | 1,
  at: Instant,
  receivedAt: Instant,
  entity: string | null,
  source: string,
  /** Raw values as received, in the order of the version's columns. */
  features: readonly Value[],
  score: number,
  className: string | null,
  scores: readonly number[] | null,
  /** Values served instead of the received ones, where an override was in force. */
  changed: RawRow | null,
]

export type LabelRecord = readonly [
  kind: 'l',
  project: string,
  model: string,
  id: string | null,
  entity: string | null,
  at: Instant | null,
  className: string | null,
  value: number | null,
  receivedAt: Instant,
]

export type SpoolRecord = PredictionRecord | LabelRecord

/** The part of a prediction's record that its route decides; built once per route. */
export function predictionPrefix(
  project: string,
  model: string,
  version: number,
  role: 'champion' | 'challenger',
  shadow: number | null,
): string {
  return `["p",${JSON.stringify(project)},${JSON.stringify(model)},${version},${role === 'champion' ? 0 : 1},${shadow ?? 0},`
}

/** The records of one frame. */
export function parseFrame(payload: string): SpoolRecord[] {
  return JSON.parse(payload) as SpoolRecord[]
}
