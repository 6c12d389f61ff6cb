import type { Clock } from '../clock.ts'
import { EvenkeelError } from '../error.ts'
import {
  type AnyEvent,
  type Database,
  type Journal,
  moveCursor,
  type NewEvent,
  readCursor,
  readJournal,
  type Step,
} from '../storage/index.ts'
import type { FlowLine } from './flow.ts'
import { latestEventId, lockCursor, setAside } from './tables.ts'

/** Runs the steps of the flow, each at its own pace, each event once in effect. */
export interface Runner {
  /** Lets every step deal with the events that wait for it now; resolves to how many were dealt with. */
  runOnce(): Promise<number>
  /** Runs until no step has anything to do. */
  settle(): Promise<number>
}

export interface RunnerOptions {
  readonly db: Database
  readonly journal: Journal
  readonly clock: Clock
  readonly flow: readonly FlowLine[]
  readonly steps: readonly Step[]
  /** Told of every failure of a step, for the log. */
  readonly onFailure?: (failure: StepFailure) => void
}

export interface StepFailure {
  readonly step: string
  readonly event: AnyEvent
  readonly error: unknown
  readonly attempt: number
  /** True when the event was set aside, for a person to look at and retry. */
  readonly setAside: boolean
}

const EVENTS_PER_READ = 100
/** A step that fails on an event this often is wrong about it; going on trying would only hold up what comes after. */
const ATTEMPTS = 3

/** @throws EvenkeelError FLOW_MISMATCH when the steps are not those of the flow, or wake on other events */
export function createRunner(options: RunnerOptions): Runner {
  const readers = matchSteps(options.flow, options.steps).map((line) => createReader(options, line))
  const runOnce = async () => {
    const latest = await latestEventId(options.db)
    let handled = 0
    for (const advance of readers) handled += await advance(latest)
    return handled
  }
  return {
    runOnce,
    async settle() {
      let total = 0
      for (;;) {
        const handled = await runOnce()
        if (handled === 0) return total
        total += handled
      }
    },
  }
}

interface MatchedStep {
  readonly step: Step
  readonly line: FlowLine
}

function matchSteps(flow: readonly FlowLine[], steps: readonly Step[]): MatchedStep[] {
  const byName = new Map(steps.map((step) => [step.name, step]))
  const matched = flow.map((line) => {
    const step = byName.get(line.step)
    if (step === undefined) throw mismatch(`the flow names step ${line.step}, which nobody provides`)
    if (!sameTypes(line.on, step.on))
      throw mismatch(`step ${line.step} wakes on ${step.on.join(', ')}; the flow says ${line.on.join(', ')}`)
    return { step, line }
  })
  const stray = steps.find((step) => !flow.some((line) => line.step === step.name))
  if (stray !== undefined) throw mismatch(`step ${stray.name} is not in the flow`)
  return matched
}

function sameTypes(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join()
}

function mismatch(message: string): EvenkeelError {
  return new EvenkeelError('FLOW_MISMATCH', `${message}; change loop/flow.ts or the step`)
}

/** A reader keeps its place in memory and in the database; the database is right when they differ. */
function createReader(options: RunnerOptions, { step, line }: MatchedStep): (latest: number) => Promise<number> {
  const { db } = options
  let position: number | null = null
  let attempt = 0
  return async (latest) => {
    position ??= await readCursor(db, step.name)
    if (position >= latest) return 0
    const events = await readJournal(db, { after: position, types: step.on, limit: EVENTS_PER_READ })
    let handled = 0
    for (const event of events) {
      try {
        await handle(options, { step, line }, event)
        attempt = 0
      } catch (error) {
        attempt++
        const giveUp = attempt >= ATTEMPTS
        options.onFailure?.({ step: step.name, event, error, attempt, setAside: giveUp })
        if (!giveUp) return handled + 1
        await setAside(db, { step: step.name, event: event.id, error, at: options.clock.now() })
        attempt = 0
      }
      position = event.id
      handled++
    }
    if (events.length < EVENTS_PER_READ) position = Math.max(position, latest)
    return handled
  }
}

/** One event, one transaction: cursor, rows and new events commit together (law 3). */
async function handle({ db, journal }: RunnerOptions, { step, line }: MatchedStep, event: AnyEvent): Promise<void> {
  await db.transaction(async (tx) => {
    const position = await lockCursor(tx, step.name)
    if (position >= event.id) return // another process was here first
    const events = await step.run(tx, event)
    checkEmitted(line, events)
    await journal.append(tx, event.id, events)
    await moveCursor(tx, step.name, event.id)
  })
}

function checkEmitted(line: FlowLine, events: readonly NewEvent[]): void {
  const stray = events.find((event) => !line.emits.includes(event.type))
  if (stray !== undefined)
    throw mismatch(`step ${line.step} emitted ${stray.type}; the flow allows ${line.emits.join(', ') || 'nothing'}`)
}
