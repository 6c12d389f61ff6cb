import type { Instant } from '../clock.ts'
import type { BlobId, Transaction } from '../storage/index.ts'
import type { Batch } from './batch.ts'
import type { Format } from './format.ts'
import type { Schema, SchemaHints } from './schema.ts'

/** Where rows come from: a feed with one schema, pinned at its first batch or declared before it. */
export interface Source {
  readonly project: string
  readonly name: string
  /** Null until the first batch of a source that was declared without one. */
  readonly schema: Schema | null
  /** Counts the schemas pinned so far; 0 before the first. */
  readonly revision: number
  readonly hints: SchemaHints
  readonly createdAt: Instant
}

export interface SchemaRevision {
  readonly revision: number
  readonly schema: Schema
  readonly by: string
  readonly reason: string
  readonly at: Instant
}

/** arrived → accepted | quarantined; quarantined → released. Only accepted and released rows are ever read for training. */
export type BatchState = 'arrived' | 'accepted' | 'quarantined' | 'released'

export interface BatchRecord {
  readonly id: string
  readonly project: string
  readonly source: string
  readonly state: BatchState
  readonly rows: number
  readonly format: Format | 'rows'
  /** The bytes as they came; null for batches handed over as rows. */
  readonly raw: BlobId | null
  /** The rows as Parquet, brought to the schema of `revision`. */
  readonly blob: BlobId
  readonly revision: number
  /** First and last event time, both included; null without a time column. */
  readonly from: Instant | null
  readonly until: Instant | null
  readonly by: string
  readonly arrivedAt: Instant
}

export interface Receipt {
  readonly batch: string
  readonly rows: number
  /** True when this idempotency key had delivered the same bytes before; nothing was stored then. */
  readonly repeated: boolean
}

interface Delivery {
  readonly project?: string | undefined
  readonly source: string
  /** A second delivery with the same key is the first one again; with other bytes it is refused. */
  readonly idempotencyKey?: string | undefined
  readonly by?: string | undefined
}

export type ReceiveRequest =
  | (Delivery & { readonly bytes: Uint8Array; readonly format: Format })
  | (Delivery & { readonly batch: Batch })

export interface DeclareRequest {
  readonly project?: string | undefined
  readonly name: string
  readonly schema?: Schema | undefined
  readonly hints?: SchemaHints | undefined
  readonly by?: string | undefined
}

export interface ReviseRequest {
  readonly project?: string | undefined
  readonly name: string
  readonly schema: Schema
  readonly by: string
  readonly reason: string
}

/** Rows of accepted and released batches; a span is half-open and needs a time column. */
export interface AcceptedQuery {
  readonly project?: string | undefined
  readonly source: string
  readonly span?: { readonly from: Instant; readonly until: Instant } | undefined
  readonly columns?: readonly string[] | undefined
  /** More rows than this are refused, never cut silently. Default DEFAULT_LIMITS.maxRows. */
  readonly maxRows?: number | undefined
}

export interface BatchQuery {
  readonly project?: string | undefined
  readonly source?: string | undefined
  readonly state?: BatchState | undefined
  /** Newest first; the page after the batch with this id. */
  readonly before?: string | undefined
  readonly limit?: number | undefined
}

/** The newest rows, and the span of event time they cover. */
export interface AcceptedRows {
  readonly batch: Batch
  readonly from: Instant | null
  readonly until: Instant | null
}

export interface Ingest {
  /** Declares a source; the same declaration twice is no news. @throws EvenkeelError INGEST_SOURCE_DIFFERS */
  declareSource(request: DeclareRequest): Promise<Source>
  /** Pins another schema from now on; batches already in keep theirs. */
  reviseSource(request: ReviseRequest): Promise<Source>
  readSource(name: string, project?: string): Promise<Source | null>
  listSources(project?: string): Promise<Source[]>
  listRevisions(name: string, project?: string): Promise<SchemaRevision[]>
  /** Decodes, stores and announces a batch (`batch.arrived`); an unknown source is declared, with the schema inferred. */
  receive(request: ReceiveRequest): Promise<Receipt>
  /** @throws EvenkeelError INGEST_BATCH_UNKNOWN */
  readBatch(id: string, project?: string): Promise<BatchRecord>
  listBatches(query?: BatchQuery): Promise<BatchRecord[]>
  /** The rows of one batch, whatever its state. */
  readRows(batch: BatchRecord, columns?: readonly string[]): Promise<Batch>
  /** Rows to learn from, oldest batch first. @throws EvenkeelError INGEST_TOO_MANY_ROWS, INGEST_NO_TIME_COLUMN */
  readAccepted(query: AcceptedQuery): Promise<Batch>
  /** The newest accepted rows, at most `maxRows`, whole batches only except the oldest one read. */
  readLatestAccepted(query: AcceptedQuery & { readonly maxRows: number }): Promise<AcceptedRows>
  /** What quality does with a batch, in its own transaction. */
  setBatchState(tx: Transaction, batch: BatchRecord, state: BatchState): Promise<void>
}
