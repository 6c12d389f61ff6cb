import { type Clock, DAY_MS, type Instant } from '../clock.ts'
import type { Config } from '../config/index.ts'
import { FLOW, readStuck } from '../loop/index.ts'
import { decideForgetting, forgetWindows } from '../monitoring/index.ts'
import { forgetNotifications } from '../notification/index.ts'
import { forgetOutcomes, forgetPredictions, forgetProfiles, forgetWaitingLabels } from '../serving/index.ts'
import {
  type Database,
  FORGETTABLE_TYPES,
  type ForgetQuery,
  forgetEvents,
  type Journal,
  noteForgotten,
  readLatest,
  type Transaction,
} from '../storage/index.ts'

/** Rows one transaction drops at most: tens of milliseconds on the embedded database, behind which nobody notices. */
const ROWS_PER_BATCH = 5_000
/** Events that were set aside are few; with more of them than this, their newest may be forgotten like the rest. */
const MAX_STUCK = 10_000

interface RetentionOptions {
  readonly db: Database
  readonly journal: Journal
  readonly clock: Clock
  readonly config: Config
  readonly rowsPerBatch?: number
}

/** Drops at most one batch of each kind that is older than the configuration keeps it; resolves to how many rows went. */
export type Forget = () => Promise<number>

type Counts = Readonly<Record<string, number>>

interface Kind {
  readonly kept: keyof Config['retention']
  forget(tx: Transaction, query: ForgetQuery): Promise<Counts>
}

/**
 * Keeps what `retention` says, counted from when it was received, whatever time it tells of: history that was replayed
 * yesterday is a day old. Every batch is a transaction of its own, with the count of what it dropped.
 */
export function createRetention(options: RetentionOptions): Forget {
  const { db, clock, config, rowsPerBatch = ROWS_PER_BATCH } = options
  const kinds = kindsOf(options)
  return async () => {
    let rows = 0
    for (const project of projectsOf(config))
      for (const { kept, forget } of kinds) {
        const before = clock.now() - config.retention[kept] * DAY_MS
        const query = { project, before, limit: rowsPerBatch }
        rows += await db.transaction(async (tx) => count(tx, query, clock.now(), await forget(tx, query)))
      }
    return rows
  }
}

/** The configuration's own project, and those its keys are for. */
function projectsOf({ project, server }: Config): Set<string> {
  return new Set([project, ...server.apiKeys.flatMap((key) => key.project ?? [])])
}

async function count(tx: Transaction, { project, before }: ForgetQuery, at: Instant, counts: Counts): Promise<number> {
  let total = 0
  for (const [what, rows] of Object.entries(counts).filter(([, rows]) => rows > 0)) {
    await noteForgotten(tx, project, { what, rows, before, at })
    total += rows
  }
  return total
}

function kindsOf({ journal }: RetentionOptions): readonly Kind[] {
  return [
    { kept: 'predictionsDays', forget: forgetPredictions },
    { kept: 'predictionsDays', forget: forgetWaitingLabels },
    { kept: 'journalDays', forget: forgetNotifications },
    { kept: 'profilesDays', forget: forgetProfiles },
    { kept: 'profilesDays', forget: forgetOutcomes },
    { kept: 'profilesDays', forget: forgetWindows },
    { kept: 'profilesDays', forget: (tx, query) => forgetFindings(journal, tx, query) },
    { kept: 'journalDays', forget: forgetJournal },
  ]
}

async function forgetFindings(journal: Journal, tx: Transaction, query: ForgetQuery): Promise<Counts> {
  const forgotten = await decideForgetting(tx, query)
  if (forgotten === null) return {}
  const [tick] = await readLatest(tx, { types: ['clock.ticked'], limit: 1 })
  await journal.append(tx, tick?.id ?? null, [forgotten])
  return { findings: forgotten.data.rows }
}

async function forgetJournal(tx: Transaction, query: ForgetQuery): Promise<Counts> {
  const except = (await readStuck(tx, MAX_STUCK)).map(({ event }) => event)
  let events = 0
  for (const type of FORGETTABLE_TYPES) {
    const readers = FLOW.filter(({ on }) => (on as readonly string[]).includes(type)).map(({ step }) => step)
    const limit = query.limit - events
    if (limit > 0) events += await forgetEvents(tx, { ...query, limit, type, readers, except })
  }
  return { events }
}
