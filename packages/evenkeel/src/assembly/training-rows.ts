import type { Clock } from '../clock.ts'
import type { Config } from '../config/index.ts'
import { type Batch, concatBatches, findColumn, type Ingest, type Schema } from '../ingest/index.ts'
import { readTrainingRows } from '../serving/index.ts'
import type { Database } from '../storage/index.ts'
import type { TrainingRows, TrainingRowsRequest } from '../training/index.ts'

interface Sources {
  readonly db: Database
  readonly ingest: Ingest
  readonly clock: Clock
  readonly config: Config
}

/** The beginning and the end of time, for a request that names no span. */
const ALL = { from: 0, until: Date.UTC(9999, 0, 1) }

/**
 * Rows to learn from: the accepted batches of the model's source, and what was served since, with the labels known by now.
 * Quarantined batches and spans of traffic with a faulty feature are in neither (law 11).
 */
export function createTrainingRows(sources: Sources): TrainingRows {
  return {
    async read(request) {
      const schema = await wantedSchema(sources, request)
      const served = await readServed(sources, request, schema)
      const accepted = await readAccepted(sources, request, schema, request.maxRows - served.rows)
      return { batch: concatBatches([accepted, served], schema.columns), excluded: 0 }
    },
  }
}

async function wantedSchema({ ingest, config }: Sources, request: TrainingRowsRequest): Promise<Schema> {
  const source = config.models[request.model]?.source
  const pinned = source === undefined ? null : ((await ingest.readSource(source, request.project))?.schema ?? null)
  if (pinned === null) return { columns: [] }
  const wanted = new Set([...request.columns, request.label, ...(request.time === null ? [] : [request.time])])
  const columns = pinned.columns.filter(({ name }) => wanted.has(name))
  return { columns: columns.map((column) => (column.name === request.label ? { ...column, role: 'label' } : column)) }
}

async function readServed({ db, clock }: Sources, request: TrainingRowsRequest, schema: Schema): Promise<Batch> {
  const { project, model, span, maxRows } = request
  return readTrainingRows(db, { project, model, schema, span: span ?? ALL, limit: maxRows, knownBy: clock.now() })
}

async function readAccepted(
  { ingest, config }: Sources,
  request: TrainingRowsRequest,
  schema: Schema,
  maxRows: number,
): Promise<Batch> {
  const source = config.models[request.model]?.source
  if (source === undefined || maxRows <= 0) return { rows: 0, columns: {} }
  const { project, span, time } = request
  const columns = schema.columns.map(({ name }) => name)
  const timed = time !== null && findColumn(schema, time) !== undefined
  const { batch } = await ingest.readLatestAccepted({
    project,
    source,
    columns,
    maxRows,
    ...(span && timed && { span }),
  })
  return batch
}
