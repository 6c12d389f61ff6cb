import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, DAY_MS, HOUR_MS, type Instant } from '../clock.ts'
import { type Database, type JobHandler, type Jobs, type Journal, maintain } from '../storage/index.ts'
import type { Runner } from './runner.ts'
import { latestTick } from './tables.ts'

/** Keeps steps, jobs and time going; the same code at its own pace in production and all at once in a test. */
export interface Driver {
  /** Runs everything that waits, jobs included, until there is nothing left to do at this time of the clock. */
  settle(): Promise<void>
  /** Goes on by itself until stopped. */
  start(): void
  /** Resolves when the step and the job under way have ended. */
  stop(): Promise<void>
}

export interface DriverOptions {
  readonly db: Database
  readonly journal: Journal
  readonly clock: Clock
  readonly runner: Runner
  readonly jobs: Jobs
  readonly handlers: Readonly<Record<string, JobHandler>>
  /** One for each channel: each deals with one message that is due, and none waits for another. */
  readonly deliveries: readonly (() => Promise<number>)[]
  readonly project: string
  /** Waits until everything acknowledged so far is recorded, so that steps see it. */
  readonly drain: () => Promise<void>
  /** Lets the data plane see what the steps have decided: aliases, rollouts, overrides. */
  readonly refresh: () => Promise<void>
  /** Drops some of what is kept no longer; resolves to how many rows, 0 when nothing is left to drop. */
  readonly forget: () => Promise<number>
  readonly onError: (error: unknown) => void
}

/** Time passes as an event, so that what is overdue wakes somebody; an hour is finer than any deadline we keep. */
const TICK_MS = HOUR_MS
/** How long an idle loop waits before it looks again. */
const IDLE_MS = 200
/** Messages to people are in no such hurry; a call on this little is nothing. */
const IDLE_DELIVERY_MS = 1_000
/** After a failure of the world (the database is away) the loop waits longer, and goes on. */
const TROUBLE_MS = 2_000
/** The embedded database is looked after once in so many events: often enough for its planner, too rarely to be felt. */
const EVENTS_PER_MAINTENANCE = 50

export function createDriver(options: DriverOptions): Driver {
  const { runner, jobs, handlers, deliveries } = options
  const tick = createTicker(options)
  const forget = createDaily(options)
  let stopped = new AbortController()
  let loops: Promise<void>[] = []
  const goOn = async (work: () => Promise<number>, { signal }: AbortController, idleMs = IDLE_MS) => {
    while (!signal.aborted) {
      const pause = await work().then(
        (done) => (done > 0 ? 0 : idleMs),
        (error) => {
          options.onError(error)
          return TROUBLE_MS
        },
      )
      if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => {})
    }
  }
  let sinceMaintenance = 0
  const steps = async () => {
    const handled = (await tick()) + (await runner.settle())
    if (handled > 0) await options.refresh()
    sinceMaintenance += handled
    if (sinceMaintenance >= EVENTS_PER_MAINTENANCE) {
      sinceMaintenance = 0
      await maintain(options.db)
    }
    return handled + (await forget())
  }
  return {
    async settle() {
      await options.drain()
      while ((await steps()) + (await jobs.runDue(handlers)) + (await deliverAll(deliveries)) > 0);
    },
    start() {
      stopped = new AbortController()
      // Jobs may take minutes; neither the steps nor the people who are called must wait for them.
      const told = deliveries.map((deliver) => goOn(deliver, stopped, IDLE_DELIVERY_MS))
      loops = [goOn(steps, stopped), goOn(() => jobs.runDue(handlers), stopped), ...told]
    },
    async stop() {
      stopped.abort()
      await Promise.all(loops)
      loops = []
    },
  }
}

async function deliverAll(deliveries: readonly (() => Promise<number>)[]): Promise<number> {
  const done = await Promise.all(deliveries.map((deliver) => deliver()))
  return done.reduce((sum, count) => sum + count, 0)
}

/** Appends `clock.ticked` when the last one is an hour old. */
function createTicker({ db, journal, clock, project }: DriverOptions): () => Promise<number> {
  let last: Instant | null = null
  return async () => {
    last ??= await latestTick(db, project)
    if (last !== null && clock.now() - last < TICK_MS) return 0
    await db.transaction((tx) =>
      journal.append(tx, null, [{ type: 'clock.ticked', project, subject: project, data: {} }]),
    )
    last = clock.now()
    return 1
  }
}

/** Forgets once a day of the clock, a batch at a time between the steps, until nothing is left to forget. */
function createDaily({ clock, forget }: DriverOptions): () => Promise<number> {
  let doneOn: number | null = null
  return async () => {
    const day = Math.floor(clock.now() / DAY_MS)
    if (day === doneOn) return 0
    const rows = await forget()
    if (rows === 0) doneOn = day
    return rows
  }
}
