import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import type { Lake } from '../storage/index.ts'
import type { Batch } from './batch.ts'
import { conformBatch } from './conform.ts'
import { cannotParse, createRowCollector, csvOptions } from './csv.ts'
import { openReader } from './decode.ts'
import { formatOf } from './format.ts'
import { batchOfTable } from './lake-batch.ts'
import { DEFAULT_LIMITS, type IngestLimits } from './limits.ts'
import { refuse } from './refuse.ts'
import type { Schema } from './schema.ts'

export interface ScanOptions {
  /** Rows a piece; Parquet comes in whole vectors of 2,048. Default 100,000. */
  readonly batchRows?: number | undefined
  /** Parquet: only these columns. */
  readonly columns?: readonly string[] | undefined
  readonly schema?: Schema | undefined
  readonly limits?: Partial<Omit<IngestLimits, 'maxBytes' | 'maxRows'>> | undefined
  readonly lake?: Lake | undefined
}

const DEFAULT_BATCH_ROWS = 100_000
const SAMPLE_BYTES = 65_536

/** The rows of a Parquet or CSV file (`.csv.gz` too) in pieces, however large the file: memory holds one piece. */
export async function* scanFile(file: string, options: ScanOptions = {}): AsyncGenerator<Batch> {
  const pieces = formatOf({ fileName: file }) === 'parquet' ? scanParquet(file, options) : scanText(file, options)
  for await (const piece of pieces) yield options.schema === undefined ? piece : conformBatch(piece, options.schema)
}

async function* scanParquet(file: string, options: ScanOptions): AsyncGenerator<Batch> {
  const lake = options.lake ?? (await openReader())
  const { columns } = options
  try {
    const tables = lake.scan({ path: file }, { columns, batchRows: options.batchRows ?? DEFAULT_BATCH_ROWS })
    for await (const table of tables) yield batchOfTable(table)
  } finally {
    if (options.lake === undefined) await lake.close()
  }
}

async function* scanText(file: string, options: ScanOptions): AsyncGenerator<Batch> {
  if (formatOf({ fileName: file }) !== 'csv')
    throw refuse('INGEST_FORMAT', `${file} is not CSV or Parquet by its name; only these are read in pieces`, { file })
  const limits = { ...DEFAULT_LIMITS, ...options.limits, maxRows: Number.POSITIVE_INFINITY }
  const rows = createRowCollector(limits, true)
  let read = 0
  for await (const record of records(file)) {
    rows.add(record)
    if (rows.rows() - read < (options.batchRows ?? DEFAULT_BATCH_ROWS)) continue
    read = rows.rows()
    yield rows.finish()
  }
  const last = rows.finish()
  if (last.rows > 0 || read === 0) yield last
}

async function* records(file: string): AsyncGenerator<string[]> {
  const { sample, isZipped } = await beginning(file)
  const bytes: Readable = createReadStream(file)
  const text: Readable = isZipped ? bytes.pipe(createGunzip()) : bytes
  const parser = text.pipe(parse(csvOptions(sample, true)))
  // A pipe does not carry errors on: without this a broken file would hang the reader.
  bytes.on('error', (error) => parser.destroy(error))
  text.on('error', (error) => parser.destroy(error))
  try {
    yield* parser as AsyncIterable<string[]>
  } catch (error) {
    throw asRefusal(file, error)
  } finally {
    bytes.destroy()
  }
}

function asRefusal(file: string, error: unknown): unknown {
  const known = cannotParse(error)
  if (known !== error || (error as { name?: string }).name === 'EvenkeelError') return known
  const found = (error as Error).message
  return refuse(
    'INGEST_CANNOT_READ',
    `cannot read ${file}: ${found}; check the path and the file`,
    { file, found },
    error,
  )
}

/** The first bytes of the text: the dialect and the encoding are told from them. */
async function beginning(file: string): Promise<{ sample: Uint8Array; isZipped: boolean }> {
  const head = await firstBytes(file)
  const isZipped = head[0] === 0x1f && head[1] === 0x8b
  const sample = isZipped ? await firstUnzipped(file) : head
  if (!isUtf8(sample.subarray(0, sample.lastIndexOf(10) + 1)))
    throw refuse('INGEST_ENCODING', `${file} is not UTF-8; save it as UTF-8 and read it again`, { file })
  return { sample, isZipped }
}

async function firstBytes(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file)
    try {
      const buffer = new Uint8Array(SAMPLE_BYTES)
      const { bytesRead } = await handle.read(buffer, 0, SAMPLE_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw asRefusal(file, error)
  }
}

async function firstUnzipped(file: string): Promise<Uint8Array> {
  const source = createReadStream(file)
  const text = source.pipe(createGunzip())
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    for await (const piece of text) {
      pieces.push(piece as Uint8Array)
      length += (piece as Uint8Array).length
      if (length >= SAMPLE_BYTES) break
    }
    return Buffer.concat(pieces).subarray(0, SAMPLE_BYTES)
  } catch (error) {
    throw asRefusal(file, error)
  } finally {
    source.destroy()
  }
}
