import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { EvenkeelError, isEvenkeelError } from '../error.ts'
import type { EmbeddedWorkerData } from './embedded-worker.ts'

/** Where a client of the embedded server connects: a socket's folder, or a loopback port where there are no sockets. */
export interface EmbeddedServer {
  readonly host: string
  readonly port: number
  stop(): Promise<void>
}

/** pg finds a Unix socket as `<host>/.s.PGSQL.<port>`. */
const SOCKET_PORT = 5432
const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`

/** Connections of one process: the pool, the jobs' reader and a spare. PGlite runs one query at a time anyway. */
const MAX_CONNECTIONS = 16

/**
 * Starts Postgres (PGlite) in a worker thread on `dataDir` and a socket before it, readable by this user only.
 * @throws EvenkeelError STORAGE_LOCKED when another living process has the folder open
 */
export async function startEmbedded(dataDir: string): Promise<EmbeddedServer> {
  createFolder(dataDir)
  const lock = path.join(dataDir, 'evenkeel.lock')
  takeLock(lock)
  const socketDir = process.platform === 'win32' ? null : createSocketDir(dataDir)
  try {
    const postgresDir = path.join(dataDir, 'postgres')
    if (!existsSync(postgresDir)) await createDatabase(postgresDir)
    const { worker, address } = await startWorker({
      dataDir: postgresDir,
      socketPath: socketDir === null ? null : path.join(socketDir, SOCKET_NAME),
      maxConnections: MAX_CONNECTIONS,
    })
    const stop = async () => {
      await stopWorker(worker)
      if (socketDir !== null) rmSync(socketDir, { recursive: true, force: true })
      rmSync(lock, { force: true })
    }
    if (socketDir !== null) return { host: socketDir, port: SOCKET_PORT, stop }
    const port = Number(address.slice(address.lastIndexOf(':') + 1))
    return { host: '127.0.0.1', port, stop }
  } catch (error) {
    rmSync(lock, { force: true })
    throw isEvenkeelError(error) ? error : cannotOpen(dataDir, error)
  }
}

/**
 * Creates the database in a process of its own, because the memory this takes (some 200 MB) would stay with ours, and beside
 * its place, so that a kill in the middle leaves nothing that looks like a database.
 */
async function createDatabase(postgresDir: string): Promise<void> {
  const part = `${postgresDir}.part`
  rmSync(part, { recursive: true, force: true })
  try {
    await promisify(execFile)(process.execPath, [fileURLToPath(siblingFile('embedded-create')), part])
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    throw new Error(creationTrouble(error as { stderr?: unknown }), { cause: error })
  }
  renameSync(part, postgresDir)
}

/** Error numbers of the database's own system interface, as far as people can mend them. */
const CREATION_TROUBLES: readonly (readonly [RegExp, string])[] = [
  [/errno: 51\b|No space left/, 'there is no space left on the disk, and a new database takes some 40 MB'],
  [/errno: (2|63)\b|Permission denied/, 'it may not be written'],
]

function creationTrouble({ stderr }: { readonly stderr?: unknown }): string {
  const text = String(stderr ?? '').trim()
  const known = CREATION_TROUBLES.find(([pattern]) => pattern.test(text))
  return known?.[1] ?? `creating it failed: ${text.split('\n').find((line) => /error/i.test(line)) ?? 'killed'}`
}

function createFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw cannotOpen(dataDir, error)
  }
}

function cannotOpen(dataDir: string, cause: unknown): EvenkeelError {
  const found = cause instanceof Error ? cause.message : String(cause)
  return new EvenkeelError(
    'STORAGE_CANNOT_OPEN',
    `cannot open the database in ${dataDir}: ${found}; check that the folder is writable and the disk is not full, or name another folder with --data`,
    { dataDir, found },
    cause,
  )
}

/** Written whole or not at all; a lock left by a killed process is told by its dead process id. */
function takeLock(lock: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotOpen(path.dirname(lock), error)
      const holder = Number(readFileSync(lock, 'utf8'))
      if (isAlive(holder)) throw locked(path.dirname(lock), holder)
      rmSync(lock, { force: true })
    }
  }
  throw locked(path.dirname(lock), Number.NaN)
}

function locked(dataDir: string, holder: number): EvenkeelError {
  return new EvenkeelError(
    'STORAGE_LOCKED',
    `data directory ${dataDir} is in use by process ${holder}; stop that process, or name another folder with --data`,
    { dataDir, holder },
  )
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return looksLikeNode(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** In a container the same small process ids come again after a restart, so a living pid must also be a node process. */
function looksLikeNode(pid: number): boolean {
  if (pid === process.pid) return heldHere.has(pid)
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node')
  } catch {
    return true
  }
}
const heldHere = new Set([process.pid])

/** Socket paths are limited to about 100 bytes, so the socket lives in the temporary folder, not under `dataDir`. */
function createSocketDir(dataDir: string): string {
  const name = createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 16)
  const dir = path.join(tmpdir(), `evenkeel-${name}`)
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { mode: 0o700 })
  chmodSync(dir, 0o700)
  return dir
}

/** Sources run unbuilt in development and as JavaScript when published: siblings have this module's own ending. */
function siblingFile(name: string): URL {
  return new URL(`./${name}${path.extname(import.meta.url)}`, import.meta.url)
}

function startWorker(data: EmbeddedWorkerData): Promise<{ worker: Worker; address: string }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(siblingFile('embedded-worker'), { workerData: data })
    worker.once('error', reject)
    worker.once('message', (message: { address: string }) => {
      worker.off('error', reject)
      resolve({ worker, address: message.address })
    })
  })
}

function stopWorker(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve())
    worker.postMessage({ kind: 'stop' })
  })
}
