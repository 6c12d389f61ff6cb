import { type Clock, HOUR_MS, type Instant } from '../clock.ts'
import type { Database, JobHandler, Jobs, Journal } from '../storage/index.ts'
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
  readonly project: string
  /** Waits until everything acknowledged so far is recorded, so that steps see it. */
  readonly drain: () => Promise<void>
  /** Lets the data plane see what the steps have decided: aliases, rollouts, overrides. */
  readonly refresh: () => Promise<void>
  readonly onError: (error: unknown) => void
}

/** Time passes as an event, so that what is overdue wakes somebody; an hour is finer than any deadline we keep. */
const TICK_MS = HOUR_MS
/** How long an idle loop waits before it looks again. */
const IDLE_MS = 200
/** After a failure of the world (the database is away) the loop waits longer, and goes on. */
const TROUBLE_MS = 2_000

export function createDriver(options: DriverOptions): Driver {
  const { runner, jobs, handlers } = options
  const tick = createTicker(options)
  let stopping = false
  let loops: Promise<void>[] = []
  let wake = () => {}
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const goOn = async (work: () => Promise<number>) => {
    while (!stopping) {
      const pause = await work().then(
        (done) => (done > 0 ? 0 : IDLE_MS),
        (error) => {
          options.onError(error)
          return TROUBLE_MS
        },
      )
      if (pause > 0 && !stopping) await rest(pause)
    }
  }
  const steps = async () => {
    const handled = (await tick()) + (await runner.settle())
    if (handled > 0) await options.refresh()
    return handled
  }
  return {
    async settle() {
      await options.drain()
      while ((await steps()) + (await jobs.runDue(handlers)) > 0);
    },
    start() {
      stopping = false
      // Jobs may take minutes; the steps must not wait for them.
      loops = [goOn(steps), goOn(() => jobs.runDue(handlers))]
    },
    async stop() {
      stopping = true
      wake()
      await Promise.all(loops)
      loops = []
    },
  }
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
