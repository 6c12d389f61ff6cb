import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { EvenkeelError } from '../error.ts'
import type { Database, Transaction } from './database.ts'

/** One step of the schema: forward only, applied once, never edited after it was released. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

/** Any number will do as long as it is ours: it keeps two starting processes from migrating at once. */
const MIGRATION_LOCK = 7_215_001

const FOLDER = new URL('./migrations/', import.meta.url)

/** The migrations that ship with this build, in order. */
export function shippedMigrations(): Migration[] {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
  return files.map((file) => ({
    number: Number(file.slice(0, 4)),
    name: file.slice(5, -4),
    sql: readFileSync(new URL(file, FOLDER), 'utf8'),
  }))
}

/**
 * Brings the schema up to date, all or nothing, under an advisory lock.
 * @throws EvenkeelError STORAGE_MIGRATION_DRIFT when an applied migration differs from the one shipped,
 *   STORAGE_NEWER when the database was migrated by a later version
 */
export async function migrate(db: Database, migrations: readonly Migration[] = shippedMigrations()): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    const applied = await appliedMigrations(tx)
    checkDrift(applied, migrations)
    const pending = migrations.filter((migration) => !applied.has(migration.number))
    for (const migration of pending) await apply(tx, migration)
    return pending.length
  })
}

async function appliedMigrations(tx: Transaction): Promise<Map<number, { name: string; sha256: string }>> {
  await tx.query(`create table if not exists migrations (
    number int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`)
  const rows = await tx.query<{ number: number; name: string; sha256: string }>(
    'select number, name, sha256 from migrations',
  )
  return new Map(rows.map((row) => [row.number, row]))
}

function checkDrift(applied: Map<number, { name: string; sha256: string }>, migrations: readonly Migration[]): void {
  const shipped = new Map(migrations.map((migration) => [migration.number, migration]))
  for (const [number, { name, sha256 }] of applied) {
    const migration = shipped.get(number)
    if (migration === undefined)
      throw new EvenkeelError(
        'STORAGE_NEWER',
        `the database has migration ${number} (${name}), this build ends at ${migrations.at(-1)?.number ?? 0}; start the newer version of evenkeel, or restore a backup`,
        { number, name },
      )
    if (sha256 !== fingerprint(migration))
      throw new EvenkeelError(
        'STORAGE_MIGRATION_DRIFT',
        `migration ${number} (${name}) was applied with other contents than this build ships; released migrations never change, so restore the file or the database`,
        { number, name },
      )
  }
}

async function apply(tx: Transaction, migration: Migration): Promise<void> {
  await tx.query(migration.sql)
  await tx.query('insert into migrations (number, name, sha256) values ($1, $2, $3)', [
    migration.number,
    migration.name,
    fingerprint(migration),
  ])
}

function fingerprint(migration: Migration): string {
  return createHash('sha256').update(migration.sql.replaceAll('\r\n', '\n')).digest('hex')
}
