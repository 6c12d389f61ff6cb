import type { Clock } from '../clock.ts'
import type { FeatureView, Span } from '../features/index.ts'
import type { Batch, Schema } from '../ingest/index.ts'
import type { BlobStore, Database, JobHandler, Jobs, Journal, Queryable, Step } from '../storage/index.ts'
import type { Run, Task } from './run.ts'
import type { TrainingSettings } from './settings.ts'

/** Where training rows come from: accepted batches of a source, served predictions with their labels… */
export interface TrainingRows {
  /**
   * Rows with the view's raw columns, the label and the time column, in any order. `excluded` counts the rows of the span
   * that were left out: labels not yet mature, quarantined rows.
   */
  read(request: TrainingRowsRequest): Promise<{ readonly batch: Batch; readonly excluded: number }>
}

export interface TrainingRowsRequest {
  readonly project: string
  readonly model: string
  /** Null: everything there is. */
  readonly span: Span | null
  /** Raw columns wanted. */
  readonly columns: readonly string[]
  readonly label: string
  readonly time: string | null
  readonly maxRows: number
}

/** How a model is made, as its configuration says. */
export interface Recipe {
  readonly view: FeatureView
  /** Schema of the raw columns the view reads; entity and time columns included. */
  readonly schema: Schema
  /** Raw column with the truth. */
  readonly label: string
  readonly task: Task
  /** Order of the classes, the positive one of two last; sorted when absent. */
  readonly classes?: readonly string[] | undefined
  readonly settings?: Partial<TrainingSettings> | undefined
}

export interface TrainingOptions {
  readonly db: Database
  readonly journal: Journal
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly rows: TrainingRows
  /** Null for a model that is not trained here. */
  readonly recipeOf: (project: string, model: string) => Promise<Recipe | null>
  readonly onProgress?: (progress: TrainingProgress) => void
}

export interface TrainingProgress {
  readonly run: string
  readonly stage: 'reading' | 'features' | 'learning' | 'scoring' | 'checking'
  readonly done: number
  /** Null when nobody knows. */
  readonly total: number | null
}

export interface TrainRequest {
  readonly project: string
  readonly model: string
  readonly reason: string
  readonly span?: Span | null
  /** Version whose successor is trained. */
  readonly parent?: number | null
  readonly remedy?: string | null
  readonly cause?: number | null
}

export interface Training {
  readonly steps: readonly Step[]
  readonly jobs: Readonly<Record<'train', JobHandler>>
  /** Asks for a run: appends `run.requested`. Resolves to the run's id. */
  requestRun(request: TrainRequest): Promise<string>
  readRun(q: Queryable, name: { readonly project: string; readonly run: string }): Promise<Run | null>
  /** Newest first. */
  listRuns(
    q: Queryable,
    query: { readonly project: string; readonly model?: string; readonly limit: number },
  ): Promise<readonly Run[]>
}
