import type { Clock } from '../clock.ts'
import { readOutcomes, readPairedLosses, readProfiles } from '../serving/index.ts'
import type { Projection, Step } from '../storage/index.ts'
import { isEvent } from '../storage/index.ts'
import { createCycleReader } from './cycle.ts'
import { type ExamineDeps, examineWindow } from './judge.ts'
import { profileWindows } from './profile.ts'
import type { ReadReference, ServedRecords } from './reference.ts'
import { type MonitorSettings, settleSettings } from './settings.ts'
import { findingsProjection, type ModelKey } from './tables.ts'

export interface MonitoringOptions {
  readonly clock: Clock
  /** Recorded traffic; serving's own readers unless others are given. */
  readonly records?: ServedRecords
  readonly readReference: ReadReference
  /** The probation in progress, which the rollouts know (`readProbation` of rollout); null for none. */
  readonly readProbation: ExamineDeps['readProbation']
  /** Settings of a model, where they differ from the defaults. */
  readonly settingsOf?: (project: string, model: string) => Partial<MonitorSettings>
}

/** Windows close, and are held against their reference: `monitoring.profile`, `monitoring.examine`. */
export interface Monitoring {
  readonly steps: readonly Step[]
  readonly projections: readonly Projection[]
}

const SERVED: ServedRecords = { readProfiles, readOutcomes, readPairedLosses }

export function createMonitoring(options: MonitoringOptions): Monitoring {
  const { clock, readReference, readProbation } = options
  const records = options.records ?? SERVED
  const readCycle = createCycleReader(records)
  const settings = ({ project, model }: ModelKey) => settleSettings(model, options.settingsOf?.(project, model) ?? {})
  return {
    projections: [findingsProjection],
    steps: [
      {
        name: 'monitoring.profile',
        on: ['predictions.logged', 'labels.joined', 'clock.ticked'],
        run: (tx, event) => profileWindows(tx, event, { now: clock.now(), records, settings }),
      },
      {
        name: 'monitoring.examine',
        on: ['window.closed'],
        async run(tx, event) {
          if (!isEvent(event, 'window.closed')) return []
          const key = { project: event.project, model: event.data.model }
          return examineWindow(tx, key, event.data, { records, readCycle, readReference, readProbation, settings })
        },
      },
    ],
  }
}
