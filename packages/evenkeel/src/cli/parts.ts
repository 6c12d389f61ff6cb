import type { OnProgress, Services } from '../assembly/index.ts'
import type { Config } from '../config/index.ts'

export type {
  AlertStatus,
  Explanation,
  IncidentStatus,
  IngestOutcome,
  LabelOutcome,
  ModelStatus,
  OnProgress,
  PredictOutcome,
  Progress,
  RemedyStatus,
  RunningServer,
  Services,
  StatusReport,
  TrainOutcome,
} from '../assembly/index.ts'

export interface DemoRequest {
  readonly json: boolean
  readonly quiet: boolean
  /** Somebody is looking: stay up at the end. */
  readonly interactive: boolean
  readonly cwd: string
  readonly onProgress: OnProgress
  /** A line for people. */
  readonly say: (line: string) => void
}

/** The rest of the process, opened only by the verbs that need it. */
export interface Parts {
  open(config: Config): Promise<Services>
  /** Runs the demo to its end and gives its exit code: 0 when every outcome was right, 1 when one was not. */
  demo(request: DemoRequest): Promise<number>
}
