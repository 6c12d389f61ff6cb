/** A point in time: milliseconds since 1970-01-01T00:00:00Z. Spans of time carry their unit in their name. */
export type Instant = number

const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Time comes in as a parameter everywhere, so that tests, backtests and the demo can run months in seconds. */
export interface Clock {
  now(): Instant
}

export const systemClock: Clock = { now: () => Date.now() }

export interface VirtualClock extends Clock {
  /** Moves to `instant`; going back is our own mistake and throws. */
  moveTo(instant: Instant): void
}

/** A clock that stands still until it is moved. */
export function createVirtualClock(start: Instant): VirtualClock {
  let now = start
  return {
    now: () => now,
    moveTo(instant) {
      if (instant < now) throw new RangeError(`clock moved back from ${now} to ${instant}`)
      now = instant
    },
  }
}
