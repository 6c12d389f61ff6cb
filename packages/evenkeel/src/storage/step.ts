import type { Transaction } from './database.ts'
import type { AnyEvent, EventType, NewEvent } from './event.ts'

/**
 * One step of the loop: wakes on some events, reads and writes in the transaction it is given, and says what happened.
 * The runner appends what it returns, with the waking event as cause unless the step names a truer one, folds it into the
 * tables and moves the step's cursor, all in that same transaction (laws 3 and 4). What touches the world outside is enqueued as a job.
 */
export interface Step {
  /** `<folder>.<verb>`, as in `loop/flow.ts`; also the name of its cursor. */
  readonly name: string
  readonly on: readonly EventType[]
  run(tx: Transaction, event: AnyEvent): Promise<readonly NewEvent[]>
}
