import type { Clock } from '../clock.ts'
import type {
  AnyEvent,
  BlobStore,
  Database,
  EventType,
  Journal,
  NewEvent,
  Projection,
  Queryable,
  Transaction,
} from '../storage/index.ts'
import type { ServingLimits } from './limits.ts'
import type { LabelOutcome, LabelRequest, PredictOutcome, PredictRequest } from './request.ts'
import type { RoutingState } from './routing.ts'

export interface ServingStep {
  readonly name: string
  readonly on: readonly EventType[]
  run(tx: Transaction, event: AnyEvent): Promise<readonly NewEvent[]>
}

/** Plain counters since the start, and gauges. */
export interface ServingMetrics {
  readonly predictions: number
  readonly labels: number
  readonly invalidRequests: number
  readonly refusedBusy: number
  readonly spoolFailures: number
  readonly backlogBytes: number
  readonly queuedRows: number
  readonly recordedPredictions: number
  readonly recordedLabels: number
  readonly duplicatePredictions: number
  readonly shadowScored: number
  readonly shadowSkipped: number
  readonly tornBytesDropped: number
  readonly recordingFailures: number
  readonly routingFailures: number
}

/** The model as it is served now; for health and metadata. */
export interface ServedState {
  readonly model: string
  readonly routing: RoutingState
}

export interface Serving {
  readonly steps: readonly ServingStep[]
  readonly projections: readonly Projection[]
  /** Recovers the spool, loads what the aliases point to, starts recording and polling. */
  start(): Promise<void>
  /** Records what is acknowledged, then closes the spool. */
  stop(): Promise<void>
  /** Resolves when everything acknowledged so far is recorded. */
  drain(): Promise<void>
  /** Reads routing and overrides again and loads what they need; resolves when requests see them. */
  refresh(): Promise<void>
  predict(project: string, model: string, request: PredictRequest): Promise<PredictOutcome>
  label(project: string, model: string, labels: readonly LabelRequest[]): Promise<LabelOutcome>
  served(project: string): readonly ServedState[]
  metrics(): ServingMetrics
}

export interface ServingOptions {
  readonly db: Database
  readonly journal: Journal
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly dataDir: string
  /** Aliases and the rollout in progress, as routing; null for a model without a champion. */
  readonly readRouting: (q: Queryable, project: string, model: string) => Promise<RoutingState | null>
  readonly limits?: Partial<ServingLimits>
}
