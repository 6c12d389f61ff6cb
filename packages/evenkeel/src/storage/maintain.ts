import type { Database } from './database.ts'

interface WornTable {
  readonly schema: string
  readonly table: string
}

/**
 * A server's autovacuum by hand, where there is none: the embedded database has no background workers, so its planner would
 * go on believing that every table is empty, and rows that are updated often would leave their dead behind for ever.
 * The thresholds are those of PostgreSQL's own defaults. Resolves to the tables it went over.
 * @see PostgreSQL 18, chapter "Routine Vacuuming", The Autovacuum Daemon
 */
export async function maintain(db: Database): Promise<readonly string[]> {
  if (db.kind === 'server') return []
  await db.query('select pg_stat_force_next_flush()')
  const worn = await db.query<WornTable>(
    `select schemaname as schema, relname as table from pg_stat_user_tables
     where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup`,
  )
  for (const { schema, table } of worn) await db.query(`vacuum (analyze) ${quote(schema)}.${quote(table)}`)
  return worn.map(({ table }) => table)
}

/** Names come from the catalogue; quoted, they cannot be anything else. */
function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
