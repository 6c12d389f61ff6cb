import type { Instant } from '../clock.ts'
import type { NotificationState } from '../notification/index.ts'
import type { AnyEvent, FindingVerdict, Forgotten } from '../storage/index.ts'

/** How far long work has come; `total` is null when nobody knows. */
export interface Progress {
  readonly stage: string
  readonly done: number
  readonly total: number | null
}

export type OnProgress = (progress: Progress) => void

/** What a person asks of Evenkeel, one verb each: what the command line calls. Times are epoch milliseconds. */
export interface Services {
  status(): Promise<StatusReport>
  /** Rows of a source that may train: accepted or released. */
  countRows(source: string): Promise<number>
  /** Reads a file, has it judged, and keeps it either way. */
  ingest(request: { source: string; file: string; onProgress?: OnProgress }): Promise<IngestOutcome>
  /** Trains on the accepted rows of the model's source and waits for the verdict. */
  train(request: { model: string; onProgress?: OnProgress }): Promise<TrainOutcome>
  /** Predictions for the rows of a file, in their order; each is remembered like one that came over HTTP. */
  predict(request: { model: string; file: string; onProgress?: OnProgress }): Promise<PredictOutcome>
  /** Labels from a file with a prediction's id, or entity and time, beside the label. */
  label(request: { model: string; file: string; onProgress?: OnProgress }): Promise<LabelOutcome>
  /** The chain of causes and effects around an alert, incident, plan, remedy, run, batch or `model@version`; null when unknown. */
  explain(about: string): Promise<Explanation | null>
  replay(): Promise<{ events: number; tables: readonly string[]; differed: readonly string[] }>
  /** Starts the HTTP server and the loop of the configuration. */
  serve(): Promise<RunningServer>
  close(): Promise<void>
}

export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly address: string
  /** Answers what is under way, then stops. */
  close(): Promise<void>
}

export interface StatusReport {
  readonly project: string
  readonly at: Instant
  readonly database: 'embedded' | 'server'
  /** Whether remedies may act by themselves. */
  readonly automation: 'on' | 'off'
  readonly models: readonly ModelStatus[]
  readonly alerts: readonly AlertStatus[]
  readonly incidents: readonly IncidentStatus[]
  readonly remedies: readonly RemedyStatus[]
  /** Messages to people: how many wait, were delivered, or reached nobody. */
  readonly notifications: Readonly<Record<NotificationState, number>>
  /** What retention has dropped so far, by kind. */
  readonly forgotten: readonly Forgotten[]
}

export interface ModelStatus {
  readonly model: string
  readonly champion: number | null
  readonly challenger: number | null
  /** Null: the last window could not be judged, or there is none; `reason` says why. */
  readonly health: FindingVerdict
  readonly reason: string
  readonly predictions: number
  readonly labels: number
  /** End of the last window judged. */
  readonly judgedUntil: Instant | null
}

export interface AlertStatus {
  readonly alert: string
  readonly model: string
  readonly monitor: string
  readonly state: string
  readonly severity: string
  readonly since: Instant
  readonly reason: string
}

export interface IncidentStatus {
  readonly incident: string
  readonly model: string
  readonly title: string
  readonly state: string
  readonly since: Instant
}

export interface RemedyStatus {
  /** Id of the remedy, or of the plan while it awaits a decision. */
  readonly id: string
  readonly model: string
  readonly action: string
  readonly state: string
  readonly since: Instant
  readonly words: string
}

export interface IngestOutcome {
  /** Of a file taken in several pieces, the first that was quarantined, else the first. */
  readonly batch: string
  readonly source: string
  readonly rows: number
  readonly verdict: 'accepted' | 'quarantined'
  /** Checks that failed or warned, in words. */
  readonly reasons: readonly string[]
}

export interface TrainOutcome {
  readonly model: string
  /** Null when the run failed. */
  readonly version: number | null
  readonly champion: number | null
  readonly metrics: Readonly<Record<string, { value: number; low: number; high: number; rows: number }>>
  /** Why it did or did not become champion, or why the run failed. */
  readonly reason: string
}

export interface PredictOutcome {
  readonly model: string
  readonly version: number
  readonly predictions: readonly Readonly<Record<string, string | number | null>>[]
}

export interface LabelOutcome {
  readonly model: string
  readonly rows: number
  /** Joined to a prediction by now; null when the server joins them later. */
  readonly joined: number | null
}

export interface Explanation {
  readonly about: string
  /** From the first cause to the last effect. */
  readonly events: readonly AnyEvent[]
}
