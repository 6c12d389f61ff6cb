import { parse } from 'csv-parse/sync'
import * as z from 'zod'
import { EvenkeelError } from '../error.ts'
import type { LabelRequest, Prediction, PredictRequest, Serving } from '../serving/index.ts'
import { failureReply, refusalFailure } from './failure.ts'
import { type Call, json, type Reply, type Route } from './route.ts'

const instant = z
  .union([z.number(), z.iso.datetime({ offset: true })])
  .meta({ description: 'epoch milliseconds, or ISO 8601 with its offset from UTC' })
const entity = z.union([z.string(), z.number()])
const oneOrMany = <Type extends z.ZodType>(type: Type) => z.union([type, z.array(type)])

const predictBody = z.strictObject({
  rows: z
    .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
    .min(1)
    .meta({ description: 'named raw columns, one object per row; a missing value is null' }),
  id: oneOrMany(z.string())
    .optional()
    .meta({ description: 'ids of the rows, or one for the request; an id sent twice counts once' }),
  at: oneOrMany(instant).optional().meta({ description: 'time of the event; else the time column, else now' }),
  entity: oneOrMany(entity).optional().meta({ description: 'what the rows are about; else the entity column' }),
  source: z.string().optional().meta({ description: 'who sends the rows; default http' }),
})

const predictAnswer = z.object({
  model: z.string(),
  predictions: z.array(
    z.object({
      id: z.string(),
      version: z.int(),
      prediction: z.union([z.string(), z.number()]),
      score: z.number(),
      scores: z.array(z.number()).optional(),
    }),
  ),
})

const label = z.strictObject({
  id: z.string().optional(),
  entity: entity.optional(),
  at: instant.optional(),
  label: z.union([z.string(), z.number(), z.boolean()]),
})

export function predictRoutes(serving: Serving): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/models/{model}/predict',
      tag: 'Serving',
      summary: 'Predict rows of named raw columns',
      body: predictBody,
      checksBody: true,
      answer: predictAnswer,
      handle: (call) => predict(serving, call),
    },
    {
      method: 'POST',
      path: '/v1/models/{model}/labels',
      tag: 'Serving',
      summary: 'Tell what turned out to be true: one label, many, or a file of them',
      raw: true,
      accepts: ['application/json', 'application/x-ndjson', 'text/csv'],
      body: z.union([label, z.strictObject({ labels: z.array(label).min(1) })]),
      checksBody: true,
      answer: z.object({ rows: z.int() }),
      handle: (call) => receiveLabels(serving, call),
    },
  ]
}

const ENVELOPE = new Set(['rows', 'id', 'at', 'entity', 'source'])

async function predict(serving: Serving, { project, params, body }: Call): Promise<Reply> {
  const model = params['model']!
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidBody('the body is no JSON object, expected {"rows": [{…}]}')
  for (const field in body)
    if (!ENVELOPE.has(field))
      throw invalidBody(
        `field ${JSON.stringify(field)} of the body is unknown, expected rows, id, at, entity or source; columns belong into the objects of rows`,
      )
  const outcome = await serving.predict(project, model, body as PredictRequest)
  if (outcome.kind !== 'predicted') return failureReply(refusalFailure(outcome), 'evenkeel')
  return {
    status: 200,
    body: `{"model":${JSON.stringify(model)},"predictions":[${outcome.predictions.map(predictionJson).join(',')}]}`,
  }
}

/** Written by hand: this line runs once per prediction, and a generic serialiser costs as much as the prediction. */
function predictionJson({ id, version, prediction, score, scores }: Prediction): string {
  const answer = typeof prediction === 'number' ? prediction : JSON.stringify(prediction)
  const rest = scores === null ? '' : `,"scores":[${scores.join(',')}]`
  return `{"id":${JSON.stringify(id)},"version":${version},"prediction":${answer},"score":${score}${rest}}`
}

async function receiveLabels(serving: Serving, { project, params, body, headers }: Call): Promise<Reply> {
  const model = params['model']!
  const labels = decodeLabels(
    body as Buffer,
    headers['content-type'] ?? 'application/json',
    isNumeric(serving, project, model),
  )
  const outcome = await serving.label(project, model, labels)
  return outcome.kind === 'labelled' ? json({ rows: outcome.rows }) : failureReply(refusalFailure(outcome), 'evenkeel')
}

function isNumeric(serving: Serving, project: string, model: string): boolean {
  return serving.served(project).find((state) => state.model === model)?.champion.task === 'regression'
}

function decodeLabels(body: Buffer, contentType: string, numeric: boolean): readonly LabelRequest[] {
  const text = body.toString('utf8')
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (type === 'text/csv') return csvLabels(text, numeric)
  if (type === 'application/x-ndjson')
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line, row) => parseJson(line, ` on line ${row + 1}`) as LabelRequest)
  if (type !== 'application/json')
    throw new EvenkeelError(
      'HTTP_MEDIA_TYPE_INVALID',
      `labels came as ${type}, expected application/json, application/x-ndjson or text/csv`,
    )
  const parsed = parseJson(text, '') as { labels?: readonly LabelRequest[] } | readonly LabelRequest[]
  if (Array.isArray(parsed)) return parsed
  return 'labels' in parsed && parsed.labels !== undefined ? parsed.labels : [parsed as LabelRequest]
}

export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidBody(`the body is not JSON${where}: ${(error as Error).message}`)
  }
}

function invalidBody(message: string): EvenkeelError {
  return new EvenkeelError('BODY_INVALID', message)
}

/** A file has words only: an empty cell is an absent field, and where the label is a number its words are read as one. */
function csvLabels(text: string, numeric: boolean): LabelRequest[] {
  const rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true }) as Record<string, string>[]
  return rows.map((row) => {
    const given = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''))
    const { at, label: truth } = given
    return {
      ...given,
      ...(at !== undefined && /^-?\d+$/.test(at) ? { at: Number(at) } : {}),
      label: (numeric && truth !== undefined ? Number(truth) : truth) as string | number,
    }
  })
}
