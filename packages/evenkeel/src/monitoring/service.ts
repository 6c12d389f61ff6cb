import type { Clock } from '../clock.ts'
import type { AnyEvent, EventType, NewEvent, Projection, Queryable, Transaction } from '../storage/index.ts'
import type { WindowFindings } from './finding.ts'
import type { ReadReference, ServedRecords } from './reference.ts'
import type { MonitorSettings } from './settings.ts'

export interface MonitoringStep {
  readonly name: string
  readonly on: readonly EventType[]
  run(tx: Transaction, event: AnyEvent): Promise<readonly NewEvent[]>
}

export interface MonitoringOptions {
  readonly clock: Clock
  readonly records: ServedRecords
  readonly readReference: ReadReference
  /** Settings of a model, where they differ from the defaults. */
  readonly settingsOf?: (project: string, model: string) => Partial<MonitorSettings>
}

/** Windows close, and are held against their reference: `monitoring.profile`, `monitoring.examine`. */
export interface Monitoring {
  readonly steps: readonly MonitoringStep[]
  readonly projections: readonly Projection[]
}

/** Findings of a model, latest window first, at most `limit` windows. */
export type ReadFindings = (
  q: Queryable,
  query: { readonly project: string; readonly model: string; readonly version?: number; readonly limit: number },
) => Promise<WindowFindings[]>
