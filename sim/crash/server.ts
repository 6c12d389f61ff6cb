import { systemClock } from '../../packages/evenkeel/src/clock.ts'
import { createServer } from '../../packages/evenkeel/src/http/index.ts'
import { createRunner, FLOW } from '../../packages/evenkeel/src/loop/index.ts'
import type { Registry } from '../../packages/evenkeel/src/registry/index.ts'
import { createServing } from '../../packages/evenkeel/src/serving/index.ts'
import { flightRegistry } from '../../packages/evenkeel/src/serving/testing.ts'
import {
  createJournal,
  migrate,
  openDatabase,
  openJobs,
  type Projection,
} from '../../packages/evenkeel/src/storage/index.ts'
import { EFFECTS_TABLE, ROUTING } from './world.ts'

/**
 * The process that is killed: the real database, spool, recorder, join and jobs behind the real HTTP server. It says
 * where it listens on its first line; SIGTERM makes it finish all that is open and leave.
 */
const [dataDir] = process.argv.slice(2)
const db = await openDatabase({ dataDir: dataDir!, url: process.env['DATABASE_URL'] })
await migrate(db)
await db.query("insert into projects (id, created_at) values ('default', now()) on conflict do nothing")
await db.query(EFFECTS_TABLE)
const projections: Projection[] = []
const clock = systemClock
const journal = createJournal({ clock, projections })
const jobs = await openJobs(db, ['crash.effect'])
// On a server a job cut off by a kill is tried again after minutes; this database has one process, so it need not wait.
if (db.kind === 'server')
  await db.query("update jobs.job set state = 'retry', start_after = now() where state = 'active'")
const registry = flightRegistry()
const serving = createServing({
  db,
  journal,
  clock,
  dataDir: dataDir!,
  registry,
  readRouting: async () => ROUTING,
  // Small segments and recordings, so that kills fall into every place between them.
  limits: { segmentBytes: 64 * 1024, rowsPerRecording: 200 },
})
projections.push(...serving.projections)
const [join] = serving.steps
const runner = createRunner({
  db,
  journal,
  clock,
  flow: FLOW.filter(({ step }) => step === 'serving.join'),
  steps: [
    {
      ...join!,
      async run(tx, event) {
        const events = await join!.run(tx, event)
        const joined = events.find(({ type }) => type === 'labels.joined')
        if (joined !== undefined)
          await jobs.enqueue(tx, { queue: 'crash.effect', key: String(event.id), data: { event: event.id } })
        return events
      },
    },
  ],
})
/** The effect is keyed by its event: a second run after a kill changes nothing. */
const handlers = {
  'crash.effect': async ({ data }: { readonly data: Readonly<Record<string, unknown>> }) => {
    await db.query('insert into crash_effects (event) values ($1) on conflict do nothing', [data['event']])
  },
}
await serving.start()
const server = createServer({ db, serving, registry: registry as Registry, version: 'crash', port: 0 })
process.stdout.write(`${await server.start()}\n`)

let leaving = false
process.on('SIGTERM', () => {
  leaving = true
})
while (!leaving) {
  await runner.runOnce()
  await jobs.runDue(handlers)
  await new Promise((resolve) => setTimeout(resolve, 10))
}
await server.stop()
await serving.drain()
await runner.settle()
while ((await jobs.runDue(handlers)) > 0);
await jobs.close()
await serving.stop()
await db.close()
