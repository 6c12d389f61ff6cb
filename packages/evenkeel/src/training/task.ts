import type { FeatureEncoding, FeatureTable } from '../features/index.ts'
import type { Lineage, Measured, Task } from './run.ts'
import type { TrainingSettings } from './settings.ts'

/** Everything a training needs, as the training thread is given it. */
export interface TrainingTask {
  readonly model: string
  readonly task: Task
  readonly settings: TrainingSettings
  readonly declaredClasses: readonly string[] | undefined
  readonly features: FeatureTable
  /** Raw columns the reference is made of. */
  readonly raw: FeatureTable
  /** One column: the truth. */
  readonly label: FeatureTable
  /** Instant of each row, NaN where it is missing; null where there is no time column. */
  readonly times: Float64Array | null
  /** Half of the twin counts each row belongs to, NaN where it has no entity; null where there is no entity column. */
  readonly twins: Float64Array | null
}

/** Held-out rows as the model sees them and what it says of them: what the exported graph is checked with. */
export interface Probe {
  readonly inputs: Float32Array
  readonly rows: number
  readonly expected: Float64Array
}

/** What a training makes, before anything is stored. */
export interface TrainedModel {
  readonly classes: readonly string[] | null
  readonly categories: readonly FeatureEncoding[]
  readonly graph: Uint8Array
  readonly reference: Uint8Array
  readonly metrics: Readonly<Record<string, Measured>>
  readonly lineage: Omit<Lineage, 'run'>
  readonly probe: Probe
  readonly log: readonly string[]
}

/** What the thread says. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly stage: 'learning' | 'scoring'; readonly done: number; readonly total: number }
  | { readonly kind: 'trained'; readonly trained: TrainedModel }
  | {
      readonly kind: 'refused'
      readonly code: string
      readonly message: string
      readonly details: Readonly<Record<string, unknown>>
    }
