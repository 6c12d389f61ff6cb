import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Config, ModelConfig } from '../../config/index.ts'
import { EvenkeelError, isEvenkeelError } from '../../error.ts'
import type { Format, Schema } from '../../ingest/index.ts'
import { type FileTable, fileFormat, readTable } from '../../report/index.ts'
import type { Explanation, IngestOutcome, OnProgress, PredictOutcome, Services, TrainOutcome } from '../parts.ts'
import type { Client } from './client.ts'

/** Rows of a request: far below the server's own limits, so that a large file neither waits nor is refused. */
const ROWS_PER_REQUEST = 1_000
/** A batch is judged in the server's own time; after this long it is reported as it stands. */
const JUDGED_WITHIN_MS = 30_000
const ASK_EVERY_MS = 100
const LOOK_EVERY_MS = 500

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
  arrow: 'application/vnd.apache.arrow.stream',
}

/** What a running server offers to other commands on its data directory: bringing data in, and asking it. */
export function servicesOf(client: Client, address: string, config: Config): Services {
  const elsewhere = (what: string) => () => Promise.reject(notOffered(what, address))
  return {
    ingest: (request) => ingest(client, request),
    predict: (request) => predict(client, config, request),
    label: (request) => label(client, config, request),
    status: () => client.get('/v1/status'),
    countRows: (source) => countRows(client, source),
    train: (request) => train(client, request),
    explain: (about) => explain(client, about),
    replay: elsewhere('a replay'),
    serve: elsewhere('a second server on its data directory'),
    close: () => Promise.resolve(),
  }
}

function notOffered(what: string, address: string): EvenkeelError {
  return new EvenkeelError(
    'STORAGE_LOCKED',
    `a server that runs at ${address} has the data directory open and does not offer ${what}; open ${address} in a browser, or stop it first`,
    { address },
  )
}

async function ingest(client: Client, { source, file }: Parameters<Services['ingest']>[0]): Promise<IngestOutcome> {
  const format = fileFormat(file)
  const bytes = new Uint8Array(readFileSync(file))
  const { batch, rows } = await client.post<{ batch: string; rows: number }>(
    `/v1/sources/${encodeURIComponent(source)}/batches`,
    bytes,
    MEDIA_TYPES[format],
  )
  const { state, reasons = [] } = await judged(client, batch)
  const waiting = state === 'arrived' ? ['not judged yet'] : []
  const verdict = state === 'accepted' || state === 'released' ? 'accepted' : 'quarantined'
  return { batch, source, rows, verdict, reasons: [...waiting, ...reasons] }
}

const BATCHES_LOOKED_AT = 1_000

async function countRows(client: Client, source: string): Promise<number> {
  const route = (state: string) =>
    `/v1/batches?source=${encodeURIComponent(source)}&state=${state}&limit=${BATCHES_LOOKED_AT}`
  type Page = { batches: readonly { rows: number }[] }
  const pages = [await client.get<Page>(route('accepted')), await client.get<Page>(route('released'))]
  return pages.flatMap(({ batches }) => batches).reduce((sum, { rows }) => sum + rows, 0)
}

/** The server trains in its own time; a run of hours is looked at until it ends, or the person has enough. */
async function train(client: Client, { model, onProgress }: Parameters<Services['train']>[0]): Promise<TrainOutcome> {
  const { run } = await client.post<{ run: string }>(
    `/v1/models/${encodeURIComponent(model)}/runs`,
    JSON.stringify({ reason: 'asked for on the command line' }),
  )
  for (let looks = 1; ; looks++) {
    const { outcome } = await client.get<{ outcome: TrainOutcome | null }>(`/v1/runs/${run}`)
    if (outcome !== null) return outcome
    onProgress?.({ stage: 'train', done: looks, total: null })
    await wait(LOOK_EVERY_MS)
  }
}

async function explain(client: Client, about: string): Promise<Explanation | null> {
  try {
    return await client.get<Explanation>(`/v1/explain/id/${encodeURIComponent(about)}`)
  } catch (error) {
    if (isEvenkeelError(error, 'EXPLAIN_UNKNOWN')) return null
    throw error
  }
}

interface JudgedBatch {
  readonly state: string
  /** Absent where the server is older than this command. */
  readonly reasons?: readonly string[]
}

async function judged(client: Client, batch: string): Promise<JudgedBatch> {
  for (let waited = 0; ; waited += ASK_EVERY_MS) {
    const found = await client.get<JudgedBatch>(`/v1/batches/${encodeURIComponent(batch)}`)
    if (found.state !== 'arrived' || waited >= JUDGED_WITHIN_MS) return found
    await wait(ASK_EVERY_MS)
  }
}

type Answer = { predictions: readonly { id: string; version: number; prediction: string | number; score: number }[] }

async function predict(
  client: Client,
  config: Config,
  { model, file, onProgress }: Parameters<Services['predict']>[0],
): Promise<PredictOutcome> {
  const schema = await schemaOf(client, config.models[model]?.source)
  const table = await readTable(file, schema === null ? {} : { schema })
  const rows = rowsOf(table, columnsAsked(config.models[model], table.schema))
  const ids = idsOf(table)
  const route = `/v1/models/${encodeURIComponent(model)}/predict`
  const answers = await inParts(rows, onProgress, (part, from) =>
    client.post<Answer>(
      route,
      JSON.stringify({ source: 'file', rows: part, ...(ids && { id: ids.slice(from, from + part.length) }) }),
    ),
  )
  const predictions = answers.flatMap((answer) => answer.predictions)
  return {
    model,
    version: predictions[0]?.version ?? 0,
    predictions: predictions.map(({ id, version, prediction, score }) => ({ id, version, prediction, score })),
  }
}

/** The file is read with the types the server has pinned, so that a code of digits stays a code. */
async function schemaOf(client: Client, source: string | undefined): Promise<Schema | null> {
  const { sources } = await client.get<{ sources: readonly { name: string; schema: Schema | null }[] }>('/v1/sources')
  return sources.find(({ name }) => name === source)?.schema ?? null
}

/** The source's own names of rows, so that labels find their predictions again; null where a row has none. */
function idsOf(table: FileTable): readonly string[] | null {
  const column = table.schema.columns.find(({ role }) => role === 'id')?.name
  if (column === undefined || !Object.hasOwn(table.batch.columns, column)) return null
  const ids = rowsOf(table, named([column])).map((row) => row[column])
  return ids.every((id) => id != null && id !== '') ? ids.map(String) : null
}

interface LabelNames {
  readonly label: string | undefined
  readonly id: string | undefined
  readonly entity: string | undefined
  readonly time: string | undefined
  readonly isNumber: boolean
}

/** The source's own names go before the general ones, as where the file is read without a server. */
function labelOf(row: Row, names: LabelNames): Row {
  const cell = (...keys: readonly (string | undefined)[]) =>
    keys.flatMap((key) => (key === undefined ? [] : [row[key] ?? null])).find((value) => value !== null) ?? null
  const id = cell('prediction_id', names.id, 'id')
  const found = cell(names.label, 'label')
  const label = found === null || names.isNumber ? found : String(found)
  const about = id === null ? { entity: cell(names.entity, 'entity'), at: cell(names.time, 'at') } : { id: String(id) }
  return Object.fromEntries(Object.entries({ ...about, label }).filter(([, value]) => value !== null))
}

async function label(client: Client, config: Config, { model, file, onProgress }: Parameters<Services['label']>[0]) {
  const settings = config.models[model]
  const schema = await schemaOf(client, settings?.source)
  const named = (role: string) => schema?.columns.find((column) => column.role === role)?.name
  const names = {
    label: settings?.label,
    id: named('id'),
    entity: named('entity'),
    time: named('time'),
    isNumber: settings?.task === 'regression',
  }
  const table = await readTable(file, schema === null ? {} : { schema })
  const rows = rowsOf(table).map((row) => labelOf(row, names))
  if (rows[0] !== undefined && !('id' in rows[0]) && !('entity' in rows[0]))
    throw new EvenkeelError(
      'INGEST_COLUMN_ABSENT',
      `${file} has columns ${Object.keys(table.batch.columns).slice(0, 20).join(', ')}, expected the id of each prediction, or its entity and time (id, or entity and at); add or rename it`,
      { file },
    )
  const route = `/v1/models/${encodeURIComponent(model)}/labels`
  const answers = await inParts(rows, onProgress, (part) =>
    client.post<{ rows: number }>(route, JSON.stringify({ labels: part })),
  )
  return { model, rows: answers.reduce((sum, answer) => sum + answer.rows, 0), joined: null }
}

type Row = Readonly<Record<string, string | number | null>>

/** The columns a request may have: a file often has more, and the server refuses what it does not know. */
function columnsAsked(model: ModelConfig | undefined, schema: Schema): ReadonlySet<string> {
  const { view, features } = model ?? {}
  if (view) return named([...view.features.flatMap(({ reads }) => reads), view.time, view.entity])
  if (features) return named([...features.numeric, ...features.categorical, features.time, features.entity])
  return named(schema.columns.flatMap(({ name, role }) => (/^(feature|time|entity)$/.test(role) ? [name] : [])))
}

function named(names: readonly (string | null | undefined)[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => name ?? []))
}

function rowsOf({ batch, schema }: FileTable, wanted?: ReadonlySet<string>): readonly Row[] {
  const times = new Set(schema.columns.flatMap(({ name, type }) => (type === 'time' ? [name] : [])))
  const columns = Object.entries(batch.columns).filter(([name]) => wanted?.has(name) ?? true)
  return Array.from({ length: batch.rows }, (_, row) =>
    Object.fromEntries(
      columns.map(([name, { values }]) => {
        const value = values[row] ?? null
        if (typeof value !== 'number') return [name, value]
        return [name, Number.isNaN(value) ? null : times.has(name) ? new Date(value).toISOString() : value]
      }),
    ),
  )
}

async function inParts<T>(
  rows: readonly Row[],
  onProgress: OnProgress | undefined,
  send: (part: readonly Row[], from: number) => Promise<T>,
) {
  const answers: T[] = []
  for (let from = 0; from < rows.length; from += ROWS_PER_REQUEST) {
    answers.push(await send(rows.slice(from, from + ROWS_PER_REQUEST), from))
    onProgress?.({ stage: 'send', done: Math.min(rows.length, from + ROWS_PER_REQUEST), total: rows.length })
  }
  return answers
}
