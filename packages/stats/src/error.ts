/**
 * What the caller did that cannot be answered: wrong lengths, another column's bins, bytes that are no profile.
 * `code` is stable; the message names place, found, expected.
 */
export class StatsError extends Error {
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'StatsError'
    this.code = code
    this.details = details
  }
}

/** An expected outcome: the data at hand cannot answer the question. Never healthy, never NaN. */
export type Unknown = {
  readonly kind: 'unknown'
  readonly reason: string
  readonly have: number
  readonly need: number
}
