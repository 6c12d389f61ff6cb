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
  readonly from: Instant
  readonly until: Instant
  readonly rows: number
  readonly seed: number
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A trained model, for ever the same (law 6). What moves is an alias. */
export interface ModelVersion {
  readonly project: string
  readonly model: string
  /** 1, 2, 3… within the model. */
  readonly version: number
  readonly task: Task
  /** Class names in the order of the model's outputs; null for regression. The last of two is the positive one. */
  readonly classes: readonly string[] | null
  /** Raw input columns a request must have, with type, unit, range, categories. */
  readonly inputs: Schema
  /** How raw rows become the model's input; null for a foreign model, whose inputs go in as they are, in schema order. */
  readonly encoding: ViewEncoding | null
  /** The ONNX graph. */
  readonly artifact: BlobId
  /** The encoded reference profile: raw inputs, score, held-out labels' score table. */
  readonly reference: BlobId
  /** Held-out figures by name: `logLoss`, `rocAuc`, `mae`… */
  readonly metrics: Readonly<Record<string, Measured>>
  readonly lineage: Lineage | null
  readonly createdAt: Instant
  readonly createdBy: string
}

/** A name for the version in use. `champion` serves, `challenger` is being tried. */
export interface Alias {
  readonly model: string
  readonly alias: string
  readonly version: number
  readonly movedAt: Instant
  readonly movedBy: string
}
