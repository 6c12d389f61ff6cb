import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Evenkeel, openEvenkeel, serveHttp } from '../assembly/index.ts'
import { createVirtualClock, DAY_MS, type Instant, type VirtualClock } from '../clock.ts'
import { EvenkeelError } from '../error.ts'
import { registerBadVersion } from './bad-version.ts'
import { createClient } from './client.ts'
import { type Flight, readFlights } from './flights.ts'
import type { LedgerEntry } from './ledger.ts'
import { judgeIncidents, judgeSeason, type Outcome } from './outcomes.ts'
import { createPeople } from './people.ts'
import { replayFlights, type Stage, sendJanuary } from './replay.ts'
import { renderDemoReport } from './report.ts'
import { demoConfig, FEED, feedHints, MODEL } from './setup.ts'
import { readStory } from './story.ts'
import { printOutcomes } from './table.ts'
import { createTwin } from './twin.ts'
import { END, REPLAY, START } from './world.ts'

export interface DemoOptions {
  /** Where demo-report.html is written. */
  readonly cwd: string
  readonly json: boolean
  /** Stay up at the end, until `interrupted` resolves. */
  readonly interactive: boolean
  readonly onProgress: (progress: {
    readonly stage: string
    readonly done: number
    readonly total: number | null
  }) => void
  readonly say: (line: string) => void
  /** Resolves when the user has seen enough. */
  readonly interrupted?: Promise<void>
}

const SEED = 2001
const JANUARY_FLIGHTS = 100_000
const REPLAYED_FLIGHTS = 302_000

/** Runs the story to its end. 0 when every outcome was right, 1 when one was not. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-demo-'))
  const clock = createVirtualClock(START)
  let isClosing = false
  const evenkeel = await openEvenkeel(demoConfig(dataDir), {
    clock,
    onTrouble: ({ message, error }) => {
      if (!isClosing) options.say(`trouble: ${message}: ${error}`)
    },
  })
  const server = await serveHttp(evenkeel)
  try {
    const outcomes = await toTheEnd(tell(evenkeel, clock, server.address, options), options)
    if (outcomes === null) return 1
    if (options.interactive) await lookAround(server.address, options)
    return outcomes.every((outcome) => outcome.wrong.length === 0) ? 0 : 1
  } finally {
    isClosing = true
    await server.close()
    await evenkeel.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Null where the user has had enough before the end; what is under way then fails on what is closed, unheard. */
async function toTheEnd<T>(story: Promise<T>, { interrupted, say }: DemoOptions): Promise<T | null> {
  if (interrupted === undefined) return story
  story.catch(() => undefined)
  const told = await Promise.race([story, interrupted.then(() => null)])
  if (told === null) say('stopped before the end; nothing is left behind')
  return told
}

async function tell(
  evenkeel: Evenkeel,
  clock: VirtualClock,
  address: string,
  options: DemoOptions,
): Promise<Outcome[]> {
  const { say, onProgress } = options
  say(
    'Will this flight be more than 15 minutes late? Real US flights of 2001; three incidents are injected, and labelled so.',
  )
  const january = await readFlights({ from: START, until: REPLAY, size: JANUARY_FLIGHTS, seed: SEED })
  const flights = await readFlights({ from: REPLAY, until: END, size: REPLAYED_FLIGHTS, seed: SEED })
  const days = (END - START) / DAY_MS
  const onDay = (now: Instant) =>
    onProgress({
      stage: new Date(now).toISOString().slice(0, 10),
      done: Math.round((now - START) / DAY_MS),
      total: days,
    })
  const client = createClient(address)
  const settle = () => evenkeel.driver.settle()
  const stage = { clock, client, settle, onDay }
  await evenkeel.ingest.declareSource({ name: FEED, hints: feedHints })
  await sendJanuary(january, stage)
  say(`January: ${january.length.toLocaleString('en')} flights came in and were judged; training on them`)
  await trainFirst(evenkeel, settle)
  const ledger = await replay(evenkeel, { january, flights }, stage)
  const story = await readStory(evenkeel.db, MODEL)
  const outcomes = [...judgeIncidents(story, ledger), judgeSeason(story, ledger, END)]
  const report = path.join(options.cwd, 'demo-report.html')
  writeFileSync(report, renderDemoReport({ outcomes, story, ledger }))
  printOutcomes(outcomes, options)
  say(`The whole story, with charts: ${report}`)
  return outcomes
}

async function trainFirst(
  { training, registry, db, config: { project } }: Evenkeel,
  settle: () => Promise<void>,
): Promise<void> {
  const run = await training.requestRun({ project, model: MODEL, reason: 'the first model' })
  await settle()
  const champion = await registry.readAlias(db, { project, model: MODEL, alias: 'champion' })
  if (champion !== null) return
  const failed = await training.readRun(db, { project, run })
  throw new EvenkeelError('DEMO_NOT_TRAINED', `the first model was not trained: ${failed?.error ?? 'no reason given'}`)
}

interface Flights {
  readonly january: readonly Flight[]
  readonly flights: readonly Flight[]
}

async function replay(
  evenkeel: Evenkeel,
  { january, flights }: Flights,
  stage: Omit<Stage, 'twin' | 'people'>,
): Promise<LedgerEntry[]> {
  const { db, registry, remediation, config } = evenkeel
  const { project } = config
  const twin = await createTwin(registry, project, 1)
  const people = createPeople({
    client: stage.client,
    twin,
    readAwaiting: async () =>
      (await remediation.readPlans(db, { project, limit: 20 })).filter((plan) => plan.state === 'awaiting'),
    readChampion: async () => (await registry.readAlias(db, { project, model: MODEL, alias: 'champion' }))!,
    registerBadVersion: () => registerBadVersion(evenkeel, january),
  })
  try {
    return await replayFlights(flights, { ...stage, twin, people })
  } finally {
    await twin.release()
  }
}

async function lookAround(address: string, { say, interrupted }: DemoOptions): Promise<void> {
  say(`Still up, for a look around: ${address}/ (status), ${address}/docs (API). Ctrl-C ends it.`)
  await interrupted
}
