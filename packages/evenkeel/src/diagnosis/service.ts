import type { Clock, Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { ReadReference } from '../monitoring/index.ts'
import type { Outcomes, PairedLosses, ServedProfile, ServedQuery } from '../serving/index.ts'
import type { AnyEvent, EventType, NewEvent, Projection, Queryable, Transaction } from '../storage/index.ts'
import type { ChampionMove, Taint } from './case.ts'

export interface DiagnosisStep {
  readonly name: string
  readonly on: readonly EventType[]
  run(tx: Transaction, event: AnyEvent): Promise<readonly NewEvent[]>
}

/** What diagnosis needs to know of an incident; `alerts` are those pending or firing. */
export interface IncidentFile {
  readonly id: string
  readonly model: string
  readonly onset: Instant
  readonly open: boolean
  readonly alerts: readonly { readonly monitor: string; readonly version: number; readonly onset: Instant }[]
}

export interface DiagnosisSettings {
  /** How much traffic before the onset serves as the yardstick. */
  readonly lookbackMs: number
  /** The change may have begun this long before the first window that shows it. */
  readonly onsetSlackMs: number
  readonly labelMaturityMs: number
}

type ModelName = { readonly project: string; readonly model: string }

export interface DiagnosisOptions {
  readonly clock: Clock
  readonly readReference: ReadReference
  readonly readProfiles: (q: Queryable, query: ServedQuery) => Promise<readonly ServedProfile[]>
  readonly readOutcomes: (q: Queryable, query: ServedQuery) => Promise<readonly Outcomes[]>
  readonly readPairedLosses: (
    q: Queryable,
    query: { readonly champion: number; readonly challenger: number } & ServedQuery,
  ) => Promise<readonly PairedLosses[]>
  readonly readIncident: (
    q: Queryable,
    incident: { readonly project: string; readonly incident: string },
  ) => Promise<IncidentFile | null>
  /** Moves of the alias `champion` within a span of processing time. */
  readonly readMoves: (q: Queryable, query: ModelName & { readonly span: Span }) => Promise<readonly ChampionMove[]>
  /** Feature overrides of the model, past and present. */
  readonly readTaints: (q: Queryable, query: ModelName) => Promise<readonly Taint[]>
  readonly settingsOf?: (project: string, model: string) => Partial<DiagnosisSettings>
}

/** Why: `diagnosis.investigate`. */
export interface DiagnosisService {
  readonly steps: readonly DiagnosisStep[]
  readonly projections: readonly Projection[]
}
