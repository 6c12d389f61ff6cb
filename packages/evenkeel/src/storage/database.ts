import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import { EvenkeelError } from '../error.ts'
import { type EmbeddedServer, startEmbedded } from './embedded.ts'

/** Anything that runs SQL: the database itself, or the transaction a step is in. Values are always parameters. */
export interface Queryable {
  query<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** A transaction in progress. What only makes sense inside one asks for this type. */
export interface Transaction extends Queryable {
  readonly inTransaction: true
}

export interface Database extends Queryable {
  /** 'embedded' or 'server': for messages and health, never to branch on. */
  readonly kind: 'embedded' | 'server'
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Folder of the embedded database; ignored when `url` is given. */
  readonly dataDir: string
  /** `postgres://…` of a real server. */
  readonly url?: string | undefined
  /** Connections held at most. */
  readonly maxConnections?: number | undefined
}

const DEFAULT_MAX_CONNECTIONS = 8
/**
 * The embedded database is one session behind all its connections, and its socket server takes turns by message, not by
 * query: a second connection's sync in between loses the first one's portal. One connection, and queries queue before it.
 */
const EMBEDDED_CONNECTIONS = 1
/** A query that takes longer than this is our mistake or a dead server; either way it must not hang the loop. */
const STATEMENT_TIMEOUT_MS = 120_000

/** Times are epoch milliseconds and counts are numbers in our code; none of our counters passes 2^53. */
const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.TIMESTAMPTZ, (text) => Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))],
])

/** Opens the embedded database in `dataDir`, or the server at `url`. Migrations are the caller's next line. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const embedded = options.url === undefined ? await startEmbedded(options.dataDir) : null
  const pool = new pg.Pool({
    ...address(options, embedded),
    max: embedded ? EMBEDDED_CONNECTIONS : (options.maxConnections ?? DEFAULT_MAX_CONNECTIONS),
    statement_timeout: embedded ? undefined : STATEMENT_TIMEOUT_MS,
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as never,
    },
  })
  // A dropped idle connection is replaced by the pool at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  await pool.query('select 1').catch(async (cause: unknown) => {
    await pool.end()
    await embedded?.stop()
    throw cannotConnect(options, cause)
  })
  return wrap(pool, embedded)
}

function address(options: DatabaseOptions, embedded: EmbeddedServer | null): pg.PoolConfig {
  if (embedded === null) return { connectionString: options.url }
  return { host: embedded.host, port: embedded.port, user: 'postgres', database: 'postgres' }
}

function cannotConnect(options: DatabaseOptions, cause: unknown): EvenkeelError {
  const where = options.url === undefined ? options.dataDir : withoutPassword(options.url)
  const found = cause instanceof Error ? cause.message : String(cause)
  return new EvenkeelError(
    'STORAGE_CANNOT_CONNECT',
    `cannot reach the database at ${where}: ${found}; check DATABASE_URL and that the server is up`,
    { where, found },
    cause,
  )
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url)
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
  } catch {
    return 'an address that is not a URL'
  }
}

function wrap(pool: pg.Pool, embedded: EmbeddedServer | null): Database {
  return {
    kind: embedded ? 'embedded' : 'server',
    query: (text, values) => {
      refuseWithinTransaction(text)
      return run(pool, text, values)
    },
    transaction: (work) => {
      refuseWithinTransaction('begin')
      return inTransaction(pool, work)
    },
    async close() {
      await pool.end()
      await embedded?.stop()
    },
  }
}

async function run<Row extends object>(
  on: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = values.length === 0 ? await on.query<Row>(text) : await on.query<Row>(text, [...values])
  return result.rows
}

/**
 * A second connection asked for in the middle of a transaction waits for that transaction, and the transaction for it:
 * for ever on the embedded database, which runs one at a time, and on a server as soon as the pool is empty.
 */
const current = new AsyncLocalStorage<{ open: boolean }>()

function refuseWithinTransaction(text: string): void {
  assert(!current.getStore()?.open, `query outside the transaction in progress, use tx: ${text.slice(0, 80)}`)
}

async function inTransaction<T>(pool: pg.Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  const tx: Transaction = { inTransaction: true, query: (text, values) => run(client, text, values) }
  const scope = { open: true }
  try {
    await client.query('begin')
    const result = await current
      .run(scope, () => work(tx))
      .finally(() => {
        scope.open = false
      })
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    // A connection that cannot even roll back is thrown away, so that its transaction cannot leak into the next one.
    await client.query('rollback').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    )
    throw error
  }
}
