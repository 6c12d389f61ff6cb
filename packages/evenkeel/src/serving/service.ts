import type { Clock } from '../clock.ts'
import type { ModelVersion, Registry } from '../registry/index.ts'
import type { Database, Journal, Projection, Queryable, Step } from '../storage/index.ts'
import type { ServingLimits } from './limits.ts'
import type { LabelOutcome, LabelRequest, PredictOutcome, PredictRequest } from './request.ts'
import type { RoutingState } from './routing.ts'

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
  readonly waitingLabelsDropped: number
}

/** The model as it is served now; for health and metadata. */
export interface ServedState {
  readonly model: string
  readonly routing: RoutingState
  readonly champion: ModelVersion
  readonly challenger: ModelVersion | null
}

/** A model that goes on being served as before, because what it should be served as could not be loaded. */
export interface RefreshProblem {
  readonly project: string
  readonly model: string
  readonly message: string
}

export interface Serving {
  readonly steps: readonly Step[]
  readonly projections: readonly Projection[]
  /** Recovers the spool, loads what the aliases point to, starts recording and polling. */
  start(): Promise<void>
  /** Records what is acknowledged, then closes the spool. */
  stop(): Promise<void>
  /** Resolves when everything acknowledged so far is recorded. */
  drain(): Promise<void>
  /** Reads routing and overrides again and loads what they need; resolves, when requests see them, to what could not be loaded. */
  refresh(): Promise<readonly RefreshProblem[]>
  predict(project: string, model: string, request: PredictRequest): Promise<PredictOutcome>
  label(project: string, model: string, labels: readonly LabelRequest[]): Promise<LabelOutcome>
  served(project: string): readonly ServedState[]
  metrics(): ServingMetrics
}

export interface ServingOptions {
  readonly db: Database
  readonly journal: Journal
  readonly clock: Clock
  /** The spool lies in its folder `spool`. */
  readonly dataDir: string
  readonly registry: Pick<Registry, 'listModels' | 'readAlias' | 'load'>
  /** Aliases and the rollout in progress, as routing; null for a model without a champion. Default: the champion alone. */
  readonly readRouting?: ((q: Queryable, project: string, model: string) => Promise<RoutingState | null>) | undefined
  /** False answers and forgets: for measuring what remembering costs. */
  readonly remember?: boolean | undefined
  readonly limits?: Partial<ServingLimits> | undefined
  /** Told of trouble nobody waits for: a recording that failed and is tried again, a version that cannot be loaded. */
  readonly onTrouble?: ((trouble: { readonly message: string; readonly error: unknown }) => void) | undefined
}
