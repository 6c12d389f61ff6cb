import * as z from 'zod'
import { EvenkeelError } from '../error.ts'
import { formatOf, type Ingest } from '../ingest/index.ts'
import { type Call, json, type Reply, type Route } from './route.ts'

/** What the gate said of a batch, and a person's word against it. */
export interface BatchGate {
  /** The batch with the reasons of its verdict. @throws EvenkeelError INGEST_BATCH_UNKNOWN */
  describeBatch(batch: string, project: string): Promise<object>
  releaseBatch(request: {
    readonly project: string
    readonly batch: string
    readonly by: string
    readonly reason: string
  }): Promise<unknown>
}

const FORMATS = [
  'application/json',
  'application/x-ndjson',
  'text/csv',
  'application/vnd.apache.parquet',
  'application/vnd.apache.arrow.stream',
]
const page = z.object({
  source: z.string().optional(),
  state: z.string().optional(),
  before: z.string().optional(),
  limit: z.string().optional(),
})
const STATES = ['arrived', 'accepted', 'quarantined', 'released'] as const

export function sourceRoutes(ingest: Ingest, gate: BatchGate | undefined): readonly Route[] {
  const tag = 'Data'
  const routes: Route[] = [
    {
      method: 'POST',
      path: '/v1/sources/{source}/batches',
      tag,
      summary: 'Deliver a batch of rows; an Idempotency-Key makes a second delivery the first one again',
      raw: true,
      accepts: FORMATS,
      handle: (call) => receive(ingest, call),
    },
    {
      method: 'GET',
      path: '/v1/sources',
      tag,
      summary: 'Sources and their schemas',
      handle: async ({ project }) => json({ sources: await ingest.listSources(project) }),
    },
    {
      method: 'GET',
      path: '/v1/batches',
      tag,
      summary: 'Batches, newest first',
      query: page,
      handle: (call) => list(ingest, call, call.query['state']),
    },
    {
      method: 'GET',
      path: '/v1/quarantine',
      tag,
      summary: 'Batches held back',
      query: page,
      handle: (call) => list(ingest, call, 'quarantined'),
    },
    {
      method: 'GET',
      path: '/v1/batches/{batch}',
      tag,
      summary: 'One batch, and why it was held',
      handle: async ({ project, params: { batch } }) =>
        json(await (gate === undefined ? ingest.readBatch(batch!, project) : gate.describeBatch(batch!, project))),
    },
  ]
  if (gate === undefined) return routes
  return [
    ...routes,
    {
      method: 'POST',
      path: '/v1/batches/{batch}/release',
      tag,
      summary: 'Let a quarantined batch through, on a named person’s word',
      body: z.strictObject({ by: z.string().min(1), reason: z.string().min(1) }),
      async handle({ project, params, body }) {
        await gate.releaseBatch({ project, batch: params['batch']!, ...(body as { by: string; reason: string }) })
        return json(await ingest.readBatch(params['batch']!, project))
      },
    },
  ]
}

async function receive(ingest: Ingest, { project, params, headers, body, caller }: Call): Promise<Reply> {
  const format = formatOf({ mediaType: headers['content-type'] })
  if (format === null)
    throw Object.assign(
      new Error(`content type ${headers['content-type'] ?? 'absent'}, expected one of ${FORMATS.join(', ')}`),
      { statusCode: 415 },
    )
  const key = headers['idempotency-key']
  const receipt = await ingest.receive({
    project,
    source: params['source']!,
    bytes: body as Buffer,
    format,
    idempotencyKey: typeof key === 'string' ? key : undefined,
    by: caller ?? undefined,
  })
  return json(receipt, receipt.repeated ? 200 : 202)
}

async function list(ingest: Ingest, { project, query }: Call, state: string | undefined): Promise<Reply> {
  const known = STATES.find((one) => one === state)
  if (state !== undefined && known === undefined)
    throw new EvenkeelError('QUERY_INVALID', `state is ${state}, expected one of ${STATES.join(', ')}`)
  return json({
    batches: await ingest.listBatches({
      project,
      source: query['source'],
      state: known,
      before: query['before'],
      limit: limitOf(query),
    }),
  })
}

const MAX_LIMIT = 1_000

/** @throws EvenkeelError QUERY_INVALID */
export function limitOf(query: Call['query'], fallback = 100): number {
  const limit = Number(query['limit'] ?? fallback)
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new EvenkeelError('QUERY_INVALID', `limit is ${query['limit']}, expected a whole number from 1 to ${MAX_LIMIT}`)
}
