import type { Instant } from '../clock.ts'
import type { Task, VersionFacts } from '../training/index.ts'

/** A trained model, for ever the same (law 6). What moves is an alias. */
export interface ModelVersion extends VersionFacts {
  readonly project: string
  readonly model: string
  /** 1, 2, 3… within the model. */
  readonly version: number
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
