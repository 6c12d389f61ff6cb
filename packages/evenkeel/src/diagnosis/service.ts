import { type Clock, DAY_MS } from '../clock.ts'
import type { ReadReference } from '../monitoring/index.ts'
import type { Projection, Step } from '../storage/index.ts'

export interface DiagnosisSettings {
  /** How much traffic before the onset serves as the yardstick. */
  readonly lookbackMs: number
  /** How much of what came of predictions: labels vary from day to day more than inputs do. */
  readonly outcomeLookbackMs: number
  /** The change may have begun this long before the first window that shows it, or after. */
  readonly onsetSlackMs: number
  readonly labelMaturityMs: number
}

export const DEFAULT_DIAGNOSIS_SETTINGS: DiagnosisSettings = {
  lookbackMs: 7 * DAY_MS,
  outcomeLookbackMs: 28 * DAY_MS,
  onsetSlackMs: DAY_MS,
  labelMaturityMs: 2 * DAY_MS,
}

export interface DiagnosisOptions {
  readonly clock: Clock
  readonly readReference: ReadReference
  /** Settings of a model, where they differ from the defaults. */
  readonly settingsOf?: (project: string, model: string) => Partial<DiagnosisSettings>
}

/** Why: `diagnosis.investigate`. */
export interface DiagnosisService {
  readonly steps: readonly Step[]
  readonly projections: readonly Projection[]
}
