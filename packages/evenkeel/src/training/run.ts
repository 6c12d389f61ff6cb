import type { Instant } from '../clock.ts'
import type { ViewEncoding } from '../features/index.ts'
import type { Schema } from '../ingest/index.ts'
import type { BlobId } from '../storage/index.ts'

export type Task = 'binary' | 'multiclass' | 'regression'

/** A figure with the interval it was measured with. */
export interface Measured {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly rows: number
}

/** Where a version came from; everything needed to train it again. Null where it was made elsewhere. */
export interface Lineage {
  readonly run: string
  /** Hash over the training rows. */
  readonly inputs: string
  /** First and last event time of the rows read, the first included, the last not. */
  readonly from: Instant
  readonly until: Instant
  readonly rows: number
  readonly seed: number
  readonly parameters: Readonly<Record<string, unknown>>
}

/** What a run made: all that a version is, before it has a number. */
export interface VersionFacts {
  readonly task: Task
  /** Class names in the order of the model's outputs; null for regression. The last of two is the positive one. */
  readonly classes: readonly string[] | null
  /** Raw input columns a request must have, with type, unit, range, categories. */
  readonly inputs: Schema
  /** How raw rows become the model's input; null for a foreign model, whose inputs go in as they are, in schema order. */
  readonly encoding: ViewEncoding | null
  /** The ONNX graph. */
  readonly artifact: BlobId
  /** The encoded reference (`decodeReference`): profile of raw inputs and score, held-out outcomes. */
  readonly reference: BlobId
  /** Held-out figures by name: `logLoss`, `rocAuc`, `mae`… */
  readonly metrics: Readonly<Record<string, Measured>>
  readonly lineage: Lineage | null
}

/** requested → running → finished | failed; a run cut off by a kill is running again. */
type RunState = 'requested' | 'running' | 'finished' | 'failed'

export interface Run {
  readonly run: string
  readonly project: string
  readonly model: string
  readonly state: RunState
  readonly reason: string
  readonly from: Instant | null
  readonly until: Instant | null
  /** Version whose successor is trained. */
  readonly parent: number | null
  readonly remedy: string | null
  /** Event that asked for it. */
  readonly requestedBy: number
  readonly requestedAt: Instant
  readonly startedAt: Instant | null
  readonly finishedAt: Instant | null
  readonly attempts: number
  readonly facts: VersionFacts | null
  readonly error: string | null
  readonly log: readonly string[]
}
