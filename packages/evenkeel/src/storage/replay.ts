import type { Database, Transaction } from './database.ts'
import { type Projection, project, readJournal } from './journal.ts'

const EVENTS_PER_READ = 500

/** Rows of each projected table, as text in a fixed order: equal before and after a replay, or law 2 is broken. */
type TableDump = Readonly<Record<string, readonly string[]>>

export interface ReplayReport {
  readonly events: number
  readonly tables: readonly string[]
  /** Tables whose rows were not what the journal says; after the replay they are. */
  readonly differed: readonly string[]
}

/** Rebuilds the control plane's tables from the journal, in one transaction: everyone sees the old state or the new. */
export async function replay(db: Database, projections: readonly Projection[]): Promise<ReplayReport> {
  const tables = projections.flatMap((projection) => projection.tables)
  return db.transaction(async (tx) => {
    const before = await dumpTables(tx, tables)
    for (const table of [...tables].reverse()) await tx.query(`delete from ${identifier(table)}`)
    const events = await fold(tx, projections)
    const after = await dumpTables(tx, tables)
    const differed = tables.filter((table) => before[table]?.join('\n') !== after[table]?.join('\n'))
    return { events, tables, differed }
  })
}

async function fold(tx: Transaction, projections: readonly Projection[]): Promise<number> {
  const types = [...new Set(projections.flatMap((projection) => projection.types))]
  let after = 0
  let folded = 0
  for (;;) {
    const events = await readJournal(tx, { after, types, limit: EVENTS_PER_READ })
    for (const event of events) await project(tx, projections, event)
    folded += events.length
    const last = events.at(-1)
    if (last === undefined) return folded
    after = last.id
  }
}

async function dumpTables(tx: Transaction, tables: readonly string[]): Promise<TableDump> {
  const dump: Record<string, readonly string[]> = {}
  for (const table of tables) {
    const rows = await tx.query<{ row: string }>(
      `select to_jsonb(t)::text as row from ${identifier(table)} t order by 1`,
    )
    dump[table] = rows.map(({ row }) => row)
  }
  return dump
}

/** Table names come from our own projections; this keeps even a typing mistake from becoming SQL. */
function identifier(table: string): string {
  if (!/^[a-z_]+$/.test(table)) throw new RangeError(`not a table name: ${table}`)
  return table
}
