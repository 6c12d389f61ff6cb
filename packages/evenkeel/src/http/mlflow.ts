import { parse } from 'csv-parse/sync'
import * as z from 'zod'
import { EvenkeelError } from '../error.ts'
import type { Serving } from '../serving/index.ts'
import { failureReply, refusalFailure } from './failure.ts'
import { parseJson } from './predict.ts'
import { type Call, json, type Reply, type Route } from './route.ts'

const body = z.object({
  dataframe_split: z.object({ columns: z.array(z.string()), data: z.array(z.array(z.unknown())) }).optional(),
  dataframe_records: z.array(z.record(z.string(), z.unknown())).optional(),
  instances: z.array(z.unknown()).optional(),
  inputs: z.unknown().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
})

/** MLflow's scoring server: the default model at /invocations, every model under its own path. */
export function mlflowRoutes(serving: Serving, version: string): readonly Route[] {
  const shared = { tag: 'MLflow', dialect: 'mlflow' } as const
  const invocations = {
    ...shared,
    method: 'POST',
    raw: true,
    accepts: ['application/json', 'text/csv'],
    body,
    checksBody: true,
    answer: z.object({ predictions: z.array(z.unknown()) }),
  } as const
  const alive = { ...shared, method: 'GET', open: true } as const
  return [
    {
      ...invocations,
      path: '/invocations',
      summary: 'Score with the only model',
      handle: (call) => score(serving, onlyModel(serving, call.project), call),
    },
    {
      ...invocations,
      path: '/v1/models/{model}/invocations',
      summary: 'Score with a model',
      handle: (call) => score(serving, call.params['model']!, call),
    },
    {
      ...alive,
      path: '/ping',
      summary: 'The process runs',
      handle: () => ({ status: 200, type: 'text/plain', body: '\n' }),
    },
    {
      ...alive,
      path: '/health',
      summary: 'The process runs',
      handle: () => ({ status: 200, type: 'text/plain', body: 'OK' }),
    },
    {
      ...alive,
      path: '/version',
      summary: 'Version of this server',
      handle: () => ({ status: 200, type: 'text/plain', body: version }),
    },
  ]
}

function onlyModel(serving: Serving, project: string): string {
  const models = serving.served(project).map(({ model }) => model)
  if (models.length === 1) return models[0]!
  throw new EvenkeelError(
    'MODEL_UNKNOWN',
    `/invocations needs exactly one served model, found ${models.length}; use /v1/models/{model}/invocations`,
    { models },
  )
}

async function score(serving: Serving, model: string, call: Call): Promise<Reply> {
  const rows = decodeRows(
    call.body as Buffer,
    call.headers['content-type'] ?? '',
    columnsOf(serving, call.project, model),
  )
  const outcome = await serving.predict(call.project, model, { rows, source: 'mlflow' })
  if (outcome.kind !== 'predicted') return failureReply(refusalFailure(outcome), 'mlflow')
  return json({ predictions: outcome.predictions.map(({ prediction }) => prediction) })
}

function columnsOf(serving: Serving, project: string, model: string): ReadonlyMap<string, string> {
  const champion = serving.served(project).find((state) => state.model === model)?.champion
  return new Map(champion?.inputs.columns.map(({ name, type }) => [name, type]) ?? [])
}

function decodeRows(bytes: Buffer, contentType: string, columns: ReadonlyMap<string, string>): readonly unknown[] {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (type === 'text/csv') return csvRows(bytes.toString('utf8'), columns)
  if (type === 'application/json') return jsonRows(parseJson(bytes.toString('utf8'), ''), columns)
  throw Object.assign(new Error(`content type ${type || 'absent'}, expected application/json or text/csv`), {
    statusCode: 415,
  })
}

const FORMATS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const

function jsonRows(parsed: unknown, columns: ReadonlyMap<string, string>): readonly unknown[] {
  const given = (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : {}) as Record<
    string,
    unknown
  >
  const present = FORMATS.filter((format) => given[format] !== undefined)
  if (present.length !== 1)
    throw wrong(
      `found ${present.length === 0 ? 'none' : present.join(', ')} in the body, expected exactly one of ${FORMATS.join(', ')}`,
    )
  const value = given[present[0]!]
  if (present[0] === 'dataframe_split') return splitRows(value)
  if (present[0] === 'inputs') return columnRows(value)
  if (!Array.isArray(value)) throw wrong(`${present[0]} is no array of rows`)
  return value.map((row) => (Array.isArray(row) ? named([...columns.keys()], row) : row))
}

function splitRows(value: unknown): readonly unknown[] {
  const split = value as { columns?: unknown; data?: unknown }
  if (!Array.isArray(split?.columns) || !Array.isArray(split.data))
    throw wrong('dataframe_split needs the arrays columns and data')
  return split.data.map((row) => named(split.columns as string[], row))
}

/** `{name: [values]}` by column. */
function columnRows(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('inputs is no object of named columns')
  const columns = Object.entries(value).map(
    ([name, cells]) => [name, Array.isArray(cells) ? cells.flat() : [cells]] as const,
  )
  const rows = columns[0]?.[1].length ?? 0
  const odd = columns.find(([, cells]) => cells.length !== rows)
  if (odd) throw wrong(`column ${odd[0]} of inputs has ${odd[1].length} values, expected ${rows}`)
  return Array.from({ length: rows }, (_, i) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]])))
}

function named(columns: readonly string[], cells: unknown): Record<string, unknown> {
  if (!Array.isArray(cells) || cells.length !== columns.length)
    throw wrong(
      `a row has ${Array.isArray(cells) ? cells.length : 'no'} values, expected ${columns.length}: ${columns.join(', ')}`,
    )
  return Object.fromEntries(columns.map((name, i) => [name, cells[i]]))
}

/** A file has words only; those of number columns are read as numbers, an empty cell is missing. */
function csvRows(text: string, columns: ReadonlyMap<string, string>): readonly unknown[] {
  const rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true }) as Record<string, string>[]
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, word]) => [name, cellOf(word, columns.get(name))])),
  )
}

function cellOf(word: string, type: string | undefined): string | number | null {
  if (word === '') return null
  const numeric = type === 'number' || type === 'integer' || (type === 'time' && /^-?\d+$/.test(word))
  return numeric && Number.isFinite(Number(word)) ? Number(word) : word
}

function wrong(message: string): EvenkeelError {
  return new EvenkeelError('BODY_INVALID', message)
}
