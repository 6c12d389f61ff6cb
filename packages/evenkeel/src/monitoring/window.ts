import type { Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'

/**
 * A window is judged twice: its `data` (inputs, scores, volume) when late rows have had time to come, its `labels`
 * (performance, calibration) when the labels have matured.
 */
export type WindowKind = 'data' | 'labels'

/** A half-open span of event time of one model, aligned to the window length. */
export interface Window extends Span {
  /** `<start>/<kind>`: unique within the model. */
  readonly id: string
  readonly kind: WindowKind
}

/** @example windowAt('data', 90_000_000, 86_400_000).id // "1970-01-02T00:00:00.000Z/data" */
export function windowAt(kind: WindowKind, at: Instant, lengthMs: number): Window {
  const from = Math.floor(at / lengthMs) * lengthMs
  return { id: `${new Date(from).toISOString()}/${kind}`, kind, from, until: from + lengthMs }
}
