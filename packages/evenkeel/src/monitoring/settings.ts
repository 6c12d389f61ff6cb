import { DAY_MS, HOUR_MS } from '../clock.ts'
import { EvenkeelError } from '../error.ts'

/** How one model is watched. The names are those of the configuration's `monitors`. */
export interface MonitorSettings {
  /** Span of event time that is judged at once, whole hours; windows are aligned to multiples of it since 1970-01-01T00:00Z. */
  readonly windowMs: number
  /** How long a window waits for late rows before its data is judged. */
  readonly latenessMs: number
  /** Age at which nearly all labels have arrived; a window's outcomes are judged then. */
  readonly labelMaturityMs: number
  /** Rows below which a window is unknown instead of judged. */
  readonly minRows: number
  /** Shifted findings of one model, all monitors together, when nothing has changed (law 14). */
  readonly falseAlarmsPerYear: number
  /** PSI of an input beyond what noise makes of it, in nats, below which a shift is too small to speak of. */
  readonly driftFloor: number
  /** The same for the model's score. */
  readonly predictionFloor: number
  /** Rise of the loss, as a share of its reference, too small to speak of. */
  readonly performanceFloor: number
}

export const DEFAULT_MONITOR_SETTINGS: MonitorSettings = {
  windowMs: DAY_MS,
  latenessMs: HOUR_MS,
  labelMaturityMs: 2 * DAY_MS,
  minRows: 200,
  falseAlarmsPerYear: 1,
  driftFloor: 0.1,
  predictionFloor: 0.1,
  performanceFloor: 0.05,
}

/**
 * Defaults with what a model sets differently. Traffic is kept by the hour, so a window is made of whole hours.
 * @throws EvenkeelError MONITORING_WINDOW_INVALID
 */
export function settleSettings(model: string, given: Partial<MonitorSettings>): MonitorSettings {
  const settings = { ...DEFAULT_MONITOR_SETTINGS, ...given }
  const { windowMs } = settings
  if (windowMs >= HOUR_MS && windowMs % HOUR_MS === 0) return settings
  throw new EvenkeelError(
    'MONITORING_WINDOW_INVALID',
    `windowMs of model ${model} is ${windowMs}, expected a multiple of ${HOUR_MS}, one hour; change monitors.windowMs`,
    { model, windowMs },
  )
}
