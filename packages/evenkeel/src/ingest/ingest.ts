import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../clock.ts'
import { EvenkeelError } from '../error.ts'
import {
  type BlobStore,
  type Database,
  hashBytes,
  type Journal,
  type Lake,
  type Transaction,
} from '../storage/index.ts'
import { readAccepted, readLatestAccepted, spanOf, timeColumnOf } from './accepted.ts'
import type { Batch } from './batch.ts'
import { conformBatch } from './conform.ts'
import { decodeBatch } from './decode.ts'
import { inferSchema } from './infer.ts'
import { readLakeBatch, tableOfBatch } from './lake-batch.ts'
import type { IngestLimits } from './limits.ts'
import { refuse } from './refuse.ts'
import type { Schema } from './schema.ts'
import type { DeclareRequest, Ingest, Receipt, ReceiveRequest, ReviseRequest, Source } from './source.ts'
import * as tables from './tables.ts'

export interface IngestDependencies {
  readonly db: Database
  readonly journal: Journal
  readonly blobs: BlobStore
  readonly lake: Lake
  readonly clock: Clock
  readonly limits?: Partial<IngestLimits> | undefined
}

const DEFAULT_PROJECT = 'default'
const DEFAULT_BY = 'system'
const PARQUET = 'application/vnd.apache.parquet'

/** Takes batches in: decoded, typed by their source's pinned schema, stored, announced. Judging them is the gate's. */
export function createIngest(deps: IngestDependencies): Ingest {
  const { db, lake } = deps
  return {
    declareSource: (request) => declareSource(deps, request),
    reviseSource: (request) => reviseSource(deps, request),
    readSource: (name, project = DEFAULT_PROJECT) => tables.findSource(db, project, name),
    listSources: (project = DEFAULT_PROJECT) => tables.allSources(db, project),
    listRevisions: (name, project = DEFAULT_PROJECT) => tables.allRevisions(db, project, name),
    receive: (request) => receive(deps, request),
    async readBatch(id, project = DEFAULT_PROJECT) {
      const batch = await tables.findBatch(db, project, id)
      if (batch !== null) return batch
      throw new EvenkeelError('INGEST_BATCH_UNKNOWN', `there is no batch ${id}; list the batches to find its id`, {
        id,
      })
    },
    listBatches: (query = {}) => tables.pageOfBatches(db, query),
    readRows: (batch, columns) => readLakeBatch(lake, batch.blob, { columns }),
    readAccepted: (query) => readAccepted(db, lake, query),
    readLatestAccepted: (query) => readLatestAccepted(db, lake, query),
    setBatchState: tables.updateBatchState,
  }
}

async function declareSource({ db, clock }: IngestDependencies, request: DeclareRequest): Promise<Source> {
  const { project = DEFAULT_PROJECT, name, hints = {}, by = DEFAULT_BY } = request
  checkSourceName(name)
  return db.transaction(async (tx) => {
    await tables.insertSource(tx, { project, name, hints, at: clock.now() })
    const source = (await tables.lockSource(tx, project, name))!
    if (request.schema === undefined) return source
    if (source.schema === null) return pin(tx, source, request.schema, { by, reason: 'declared', at: clock.now() })
    if (isDeepStrictEqual(source.schema, request.schema)) return source
    throw new EvenkeelError(
      'INGEST_SOURCE_DIFFERS',
      `source ${name} is declared with another schema (revision ${source.revision}); revise it, giving a reason`,
      { source: name, revision: source.revision },
    )
  })
}

async function reviseSource({ db, clock }: IngestDependencies, request: ReviseRequest): Promise<Source> {
  const { project = DEFAULT_PROJECT, name, schema, by, reason } = request
  return db.transaction(async (tx) => {
    const source = await tables.lockSource(tx, project, name)
    if (source !== null) return pin(tx, source, schema, { by, reason, at: clock.now() })
    throw new EvenkeelError('INGEST_SOURCE_UNKNOWN', `there is no source ${name}; declare it first`, { source: name })
  })
}

async function pin(
  tx: Transaction,
  source: Source,
  schema: Schema,
  said: { readonly by: string; readonly reason: string; readonly at: number },
): Promise<Source> {
  await tables.insertRevision(tx, source, { schema, ...said })
  return { ...source, schema, revision: source.revision + 1 }
}

async function receive(deps: IngestDependencies, request: ReceiveRequest): Promise<Receipt> {
  const project = request.project ?? DEFAULT_PROJECT
  checkSourceName(request.source)
  const known = 'bytes' in request ? await earlier(deps, request, project, hashBytes(request.bytes)) : null
  if (known !== null) return known
  const decoded = 'bytes' in request ? await decodeBatch(request.bytes, request.format, deps) : request.batch
  const source = await sourceWithSchema(deps, request, project, decoded)
  const batch = conformBatch(decoded, source.schema)
  const written = await deps.lake.writeParquet(tableOfBatch(batch))
  const raw = 'bytes' in request ? await deps.blobs.put(request.bytes) : null
  const record = {
    id: randomUUID(),
    project,
    source: source.name,
    rows: batch.rows,
    format: 'format' in request ? request.format : ('rows' as const),
    raw,
    blob: written.blob,
    revision: source.revision,
    ...spanOf(batch, timeColumnOf(source.schema)),
    by: request.by ?? DEFAULT_BY,
    idempotencyKey: request.idempotencyKey ?? null,
    content: raw ?? written.blob,
    arrivedAt: deps.clock.now(),
  }
  const isNew = await deps.db.transaction(async (tx) => {
    if (!(await tables.insertBatch(tx, record))) return false
    await catalogue(tx, record, written.bytes, 'bytes' in request ? request.bytes.length : 0)
    const data = { batch: record.id, source: source.name, rows: record.rows }
    await deps.journal.append(tx, null, [{ type: 'batch.arrived', project, subject: source.name, data }])
    return true
  })
  if (isNew) return { batch: record.id, rows: record.rows, repeated: false }
  return (await earlier(deps, request, project, record.content))!
}

async function catalogue(tx: Transaction, record: tables.NewBatch, parquetBytes: number, rawBytes: number) {
  const { project, arrivedAt: at } = record
  await tables.insertBlob(tx, { project, id: record.blob, bytes: parquetBytes, mediaType: PARQUET, at })
  if (record.raw === null) return
  const mediaType = `application/x-evenkeel-raw; format=${record.format}`
  await tables.insertBlob(tx, { project, id: record.raw, bytes: rawBytes, mediaType, at })
}

/** What an earlier delivery with the same key became; null when there was none. */
async function earlier(
  { db }: IngestDependencies,
  request: ReceiveRequest,
  project: string,
  content: string,
): Promise<Receipt | null> {
  const key = request.idempotencyKey
  const found = key === undefined ? null : await tables.findDelivery(db, project, request.source, key)
  if (found === null) return null
  if (found.content === content) return { batch: found.id, rows: found.rows, repeated: true }
  throw new EvenkeelError(
    'INGEST_KEY_REUSED',
    `idempotency key ${JSON.stringify(key)} of source ${request.source} was used for batch ${found.id}, which held other bytes; send new data with a new key`,
    { source: request.source, batch: found.id },
  )
}

/** The source with its pinned schema; the first batch of a source pins what it looks like. */
async function sourceWithSchema(
  deps: IngestDependencies,
  request: ReceiveRequest,
  project: string,
  decoded: Batch,
): Promise<Source & { readonly schema: Schema }> {
  const known = await tables.findSource(deps.db, project, request.source)
  if (known?.schema != null) return { ...known, schema: known.schema }
  if (decoded.rows === 0)
    throw refuse(
      'INGEST_EMPTY',
      `the first batch of source ${request.source} has no rows, so its schema cannot be told; send rows, or declare a schema`,
      { source: request.source },
    )
  const schema = inferSchema(decoded, known?.hints ?? {})
  const at = deps.clock.now()
  return deps.db.transaction(async (tx) => {
    await tables.insertSource(tx, { project, name: request.source, hints: {}, at })
    const source = (await tables.lockSource(tx, project, request.source))!
    if (source.schema !== null) return { ...source, schema: source.schema }
    const said = { by: request.by ?? DEFAULT_BY, reason: 'inferred from the first batch', at }
    return { ...(await pin(tx, source, schema, said)), schema }
  })
}

/** Source names stand in paths, events and metrics. */
function checkSourceName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) return
  throw refuse(
    'INGEST_SOURCE_NAME',
    `source name ${JSON.stringify(name)} is not 1 to 100 letters, digits, _ . or -, starting with a letter or digit; choose such a name`,
    { name },
  )
}
