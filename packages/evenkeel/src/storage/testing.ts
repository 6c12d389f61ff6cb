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
 * Opens an embedded database on a new folder, with the project `default` in it; with EVENKEEL_TEST_DATABASE_URL, a new
 * database on that server instead, so that the same tests run against a real PostgreSQL.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-test-'))
  const server = process.env['EVENKEEL_TEST_DATABASE_URL']
  const { db, drop } = server === undefined ? await openCopy(dataDir) : await createOnServer(server, dataDir)
  return {
    db,
    dataDir,
    async close() {
      await db.close()
      await drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

interface Opened {
  readonly db: Database
  drop(): Promise<void>
}

/** Creating an embedded database takes seconds and copying one takes a blink, so the first caller leaves a template. */
async function openCopy(dataDir: string): Promise<Opened> {
  cpSync(await template(), dataDir, { recursive: true })
  return { db: await openDatabase({ dataDir }), drop: async () => {} }
}

async function createOnServer(server: string, dataDir: string): Promise<Opened> {
  const name = `evenkeel_test_${randomUUID().replaceAll('-', '')}`
  const admin = await openDatabase({ dataDir, url: server, maxConnections: 1 })
  await admin.query(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const db = await openDatabase({ dataDir, url: url.href })
  await prepare(db)
  return {
    db,
    async drop() {
      await admin.query(`drop database ${name} with (force)`)
      await admin.close()
    },
  }
}

async function prepare(db: Database): Promise<void> {
  await migrate(db)
  await db.query("insert into projects (id, created_at) values ('default', now())")
}

async function template(): Promise<string> {
  const fingerprint = hashBytes(new TextEncoder().encode(JSON.stringify(shippedMigrations()))).slice(0, 16)
  const dir = path.join(tmpdir(), `evenkeel-test-template-${fingerprint}`)
  if (existsSync(dir)) return dir
  const part = path.join(tmpdir(), `evenkeel-test-part-${randomUUID()}`)
  mkdirSync(part)
  const db = await openDatabase({ dataDir: part })
  await prepare(db)
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
