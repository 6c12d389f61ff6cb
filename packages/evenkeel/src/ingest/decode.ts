import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createDirectoryBlobs, createLake, type Lake } from '../storage/index.ts'
import { decodeArrowSafely } from './arrow-guard.ts'
import type { Batch } from './batch.ts'
import { conformBatch } from './conform.ts'
import { decodeCsv } from './csv.ts'
import type { Format } from './format.ts'
import { decodeJson, decodeNdjson } from './json.ts'
import { readLakeBatch } from './lake-batch.ts'
import { DEFAULT_LIMITS, type IngestLimits } from './limits.ts'
import { checkColumnNames, refuse, tooMany } from './refuse.ts'
import type { Schema } from './schema.ts'

export interface DecodeOptions {
  /** Brings the batch to these types; without it, columns have the types their format gives them (CSV: all text). */
  readonly schema?: Schema | undefined
  readonly limits?: Partial<IngestLimits> | undefined
  /** Reads Parquet; without it one is opened for this call. */
  readonly lake?: Lake | undefined
}

/**
 * Decodes a batch; gzip is undone for every format.
 * @throws EvenkeelError INGEST_* naming row, column, what was found and what was expected; never anything else for bad bytes
 */
export async function decodeBatch(bytes: Uint8Array, format: Format, options: DecodeOptions = {}): Promise<Batch> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  if (bytes.length > limits.maxBytes) throw tooMany('bytes', bytes.length, limits.maxBytes)
  const batch = await decode(unzipped(bytes, limits), format, limits, options.lake)
  return options.schema === undefined ? batch : conformBatch(batch, options.schema)
}

async function decode(bytes: Uint8Array, format: Format, limits: IngestLimits, lake?: Lake): Promise<Batch> {
  switch (format) {
    case 'csv':
      return decodeCsv(utf8Bytes(bytes), limits)
    case 'json':
      return decodeJson(textOf(bytes), limits)
    case 'ndjson':
      return decodeNdjson(textOf(bytes), limits)
    case 'arrow':
      return decodeArrowSafely(bytes, limits)
    case 'parquet':
      return withFile(bytes, (file) => readParquetFile(file, limits, lake))
  }
}

function unzipped(bytes: Uint8Array, limits: IngestLimits): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: limits.maxBytes })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooMany('bytes', Number.POSITIVE_INFINITY, limits.maxBytes)
    throw refuse(
      'INGEST_GZIP',
      `the body starts like gzip and is not: ${(cause as Error).message}; send it again`,
      {},
      cause,
    )
  }
}

/** Spreadsheets save "Unicode text" as UTF-16 with a mark; everything else is UTF-8 or refused. */
function utf8Bytes(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(new TextDecoder('utf-16le').decode(bytes))
  if (isUtf8(bytes)) return bytes
  throw refuse('INGEST_ENCODING', 'the text is not UTF-8; save it as UTF-8 and send it again')
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(utf8Bytes(bytes))
}

async function withFile<T>(bytes: Uint8Array, work: (file: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'evenkeel-decode-'))
  const file = path.join(dir, `${randomUUID()}.parquet`)
  try {
    await writeFile(file, bytes, { mode: 0o600 })
    return await work(file)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** One row more than allowed is asked for, so that a file of a billion rows is refused without being read. */
async function readParquetFile(file: string, limits: IngestLimits, lake?: Lake): Promise<Batch> {
  const reader = lake ?? (await openReader())
  try {
    const batch = await readLakeBatch(reader, { path: file }, { limit: limits.maxRows + 1 })
    checkColumnNames(Object.keys(batch.columns), limits)
    if (batch.rows > limits.maxRows) throw tooMany('rows', Number.POSITIVE_INFINITY, limits.maxRows)
    return batch
  } catch (error) {
    throw asParquetError(error)
  } finally {
    if (lake === undefined) await reader.close()
  }
}

/** A lake to read files with; its blob store stays untouched. */
export function openReader(): Promise<Lake> {
  return createLake({ blobs: createDirectoryBlobs(path.join(tmpdir(), 'evenkeel-no-blobs')) })
}

function asParquetError(error: unknown): unknown {
  const found = (error as { details?: { found?: unknown } }).details?.found
  if ((error as { code?: unknown }).code !== 'LAKE_CANNOT_READ') return error
  return refuse(
    'INGEST_PARQUET',
    `the body is not a Parquet file: ${found}; write it again and send all of it`,
    { found },
    error,
  )
}
