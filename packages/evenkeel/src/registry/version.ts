import type { Instant } from '../clock.ts'
import type { ViewEncoding } from '../features/index.ts'
import type { Schema } from '../ingest/index.ts'
import type { BlobId } from '../storage/index.ts'
import type { Lineage, Measured, Task } from '../training/index.ts'

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
  /** The encoded reference (`decodeReference`): profile of raw inputs and score, held-out outcomes. */
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

/** One move of an alias; null is nowhere. */
export interface AliasMove {
  readonly event: number
  readonly model: string
  readonly alias: string
  readonly from: number | null
  readonly to: number | null
  readonly at: Instant
  readonly by: string
  readonly reason: string
  readonly remedy: string | null
}

/** What a version belongs to. */
export interface RegisteredModel {
  readonly project: string
  readonly model: string
  readonly task: Task
  readonly versions: number
  readonly createdAt: Instant
}
