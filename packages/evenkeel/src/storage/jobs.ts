import { createHash } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import type { Database, Transaction } from './database.ts'

/** Work that touches the world outside (train, deploy, notify): asked for in a transaction, done after it, at least once. */
export interface JobRequest {
  readonly queue: string
  /** Idempotency key: asked for twice, the job is there once. */
  readonly key: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Job {
  readonly id: string
  readonly queue: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Does the work. It may run again after a kill, so what it leaves behind must be the same the second time. */
export type JobHandler = (job: Job) => Promise<void>

export interface Jobs {
  enqueue(tx: Transaction, request: JobRequest): Promise<void>
  /** Fetches and runs one job of each queue that has a handler; resolves to how many ran. */
  runDue(handlers: Readonly<Record<string, JobHandler>>): Promise<number>
  close(): Promise<void>
}

/** A job that died with its process is tried again after this long on a server; at once on the embedded database. */
const EXPIRE_SECONDS = 900
const RETRY_LIMIT = 3
const RETRY_DELAY_SECONDS = 1
const NO_JOB = '00000000-0000-0000-0000-000000000000'

/** Opens the job queues named by `queues` in the schema `jobs` of the same database. */
export async function openJobs(db: Database, queues: readonly string[]): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: await db.query(text, values) }) },
    schema: 'jobs',
    backend: db.kind === 'embedded' ? 'pglite' : 'postgres',
    schedule: false,
    supervise: db.kind === 'server',
    monitorVacuum: false,
  })
  // Maintenance trouble (a lost connection while supervising) is reported by the next fetch as well.
  boss.on('error', () => {})
  await boss.start()
  for (const queue of queues) {
    const options = { retryLimit: RETRY_LIMIT, retryDelay: RETRY_DELAY_SECONDS, expireInSeconds: EXPIRE_SECONDS }
    if ((await boss.getQueue(queue)) === null) await boss.createQueue(queue, options)
    // Sending looks the queue up once; asked for the first time inside a transaction, that would wait for itself.
    await boss.findJobs(queue, { id: NO_JOB })
  }
  if (db.kind === 'embedded') await retryOrphans(db)
  return {
    async enqueue(tx, { queue, key, data }) {
      const id = jobId(queue, key)
      await boss.send(
        queue,
        { ...data },
        { id, db: { executeSql: async (text, values) => ({ rows: await tx.query(text, values) }) } },
      )
    },
    async runDue(handlers) {
      let ran = 0
      for (const [queue, handler] of Object.entries(handlers)) ran += await runOne(boss, queue, handler)
      return ran
    },
    close: () => boss.stop({ graceful: false, close: false }),
  }
}

/** The embedded database has one process, so a job that is active when it starts was cut off by a kill. */
async function retryOrphans(db: Database): Promise<void> {
  await db.query("update jobs.job set state = 'retry', start_after = now() where state = 'active'")
}

async function runOne(boss: PgBoss, queue: string, handler: JobHandler): Promise<number> {
  const [job] = await boss.fetch<Record<string, unknown>>(queue)
  if (job === undefined) return 0
  try {
    await handler({ id: job.id, queue, data: job.data })
    await boss.complete(queue, job.id)
  } catch (error) {
    await boss.fail(queue, job.id, { message: error instanceof Error ? error.message : String(error) })
  }
  return 1
}

/** A UUID made of the key, so that the primary key of the jobs' table keeps the second request out. */
function jobId(queue: string, key: string): string {
  const hex = createHash('sha256').update(`${queue}\n${key}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
