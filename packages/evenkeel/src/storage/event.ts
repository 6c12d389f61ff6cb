import type { Instant } from '../clock.ts'
import type { EventData } from './events.ts'

export type EventType = keyof EventData

/** Something that happened, once, for a stated reason. Immutable. */
export interface Event<Type extends EventType = EventType> {
  readonly id: number
  readonly project: string
  readonly type: Type
  /** What it is about, usually a model or a source: what `explain` and lists filter by. */
  readonly subject: string
  readonly at: Instant
  /** The event that led to it; null for what came from outside (law 4). */
  readonly cause: number | null
  readonly data: EventData[Type]
}

/** An event of one type out of the union, so that `switch (event.type)` narrows `data`. */
export type AnyEvent = { [Type in EventType]: Event<Type> }[EventType]

/** An event about to be appended; the journal gives it its id and time. */
export type NewEvent = {
  [Type in EventType]: {
    readonly type: Type
    readonly project: string
    readonly subject: string
    readonly data: EventData[Type]
    /** The event that led to it, where that is another one than the one the step woke on: an hour that passed causes little. */
    readonly cause?: number
  }
}[EventType]

/**
 * What may come from outside, and then has no cause: data, requests, time, and what a person does. Everything else names
 * the event that led to it (law 4).
 */
export const EXTERNAL_TYPES: readonly EventType[] = [
  'project.created',
  'clock.ticked',
  'batch.arrived',
  'batch.released',
  'predictions.logged',
  'labels.arrived',
  'run.requested',
  'version.registered',
  'alias.moved',
  'switch.thrown',
]

/** Narrows an event to the types a step or projection listens to. */
export function isEvent<Type extends EventType>(
  event: AnyEvent,
  type: Type,
): event is Extract<AnyEvent, { type: Type }> {
  return event.type === type
}

/** The same events with a truer cause than the one their step woke on; without one, as they are. */
export function causedBy(cause: number | null, events: readonly NewEvent[]): readonly NewEvent[] {
  return cause === null ? events : events.map((event) => ({ ...event, cause }))
}
