import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { hashBytes } from './blobs.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate, shippedMigrations } from './migrate.ts'

/** A real, migrated database of its own for one test file. */
export interface TestDatabase {
  readonly db: Database
  readonly dataDir: string
  close(): Promise<void>
}

/**
 * Opens an embedded database on a new folder, with the project `default` in it. Creating one takes seconds and copying
 * one takes a blink, so the first caller leaves a template behind, named after the migrations it was made with.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-test-'))
  cpSync(await template(), dataDir, { recursive: true })
  const db = await openDatabase({ dataDir })
  return {
    db,
    dataDir,
    async close() {
      await db.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function template(): Promise<string> {
  const fingerprint = hashBytes(new TextEncoder().encode(JSON.stringify(shippedMigrations()))).slice(0, 16)
  const dir = path.join(tmpdir(), `evenkeel-test-template-${fingerprint}`)
  if (existsSync(dir)) return dir
  const part = path.join(tmpdir(), `evenkeel-test-part-${randomUUID()}`)
  mkdirSync(part)
  const db = await openDatabase({ dataDir: part })
  await migrate(db)
  await db.query("insert into projects (id, created_at) values ('default', now())")
  await db.close()
  keepFirst(part, dir)
  return dir
}

/** Two test files may make the template at once; the second one's is thrown away. */
function keepFirst(part: string, dir: string): void {
  try {
    renameSync(part, dir)
  } catch {
    rmSync(part, { recursive: true, force: true })
  }
}
