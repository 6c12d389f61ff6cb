import { EvenkeelError } from '../error.ts'
import { findColumn, type Schema, type SchemaColumn } from '../ingest/index.ts'
import type { ModelVersion } from '../registry/index.ts'
import type { LabelRequest } from '../serving/index.ts'
import { readLatest } from '../storage/index.ts'
import { type Piece, readPieces, type WireRow, wireRows } from './files.ts'
import type { Evenkeel } from './open.ts'
import type { LabelOutcome, OnProgress } from './operations.ts'
import { championOf, refused } from './predict-file.ts'

const ROWS_PER_PIECE = 50_000
const MAX_JOINS = 10_000

/** Where a file of labels has what; names of the model's own columns go before the general ones. */
interface LabelColumns {
  readonly schema: Schema
  readonly label: string
  readonly id: string | null
  readonly entity: string | null
  readonly at: string | null
}

/** Brings in what turned out to be true: a prediction's id, or entity and time, beside the label. */
export async function labelFile(
  evenkeel: Evenkeel,
  { model, file, onProgress }: { readonly model: string; readonly file: string; readonly onProgress?: OnProgress },
): Promise<LabelOutcome> {
  const { db, config, driver } = evenkeel
  const version = championOf(evenkeel, model)
  const known = await knownColumns(evenkeel, version)
  const [latest] = await readLatest(db, { limit: 1 })
  let rows = 0
  for await (const piece of readPieces(file, { limits: config.ingest, rowsPerPiece: ROWS_PER_PIECE })) {
    await labelPiece(evenkeel, model, file, piece, chooseColumns(file, piece, known))
    rows += piece.batch.rows
    onProgress?.({ stage: 'label', done: rows, total: null })
  }
  await driver.settle()
  return { model, rows, joined: await joinedSince(evenkeel, model, latest?.id ?? 0) }
}

async function labelPiece(evenkeel: Evenkeel, model: string, file: string, piece: Piece, columns: LabelColumns) {
  const labels = wireRows(file, piece, columns.schema).map((row) => labelOf(row, columns))
  if (labels.length === 0) return
  for (;;) {
    const outcome = await evenkeel.serving.label(evenkeel.config.project, model, labels)
    if (outcome.kind === 'labelled') return
    if (outcome.kind !== 'busy') throw refused(outcome, file, piece.firstRow)
    await evenkeel.serving.drain()
  }
}

/** What is missing stays absent, so that the refusal names it. */
function labelOf(row: WireRow, { label, id, entity, at }: LabelColumns): LabelRequest {
  const cell = (name: string | null) => (name === null ? null : (row[name] ?? null))
  const [named, about, time] = [cell(id), cell(entity), cell(at)]
  return {
    label: cell(label) as string | number,
    ...(named !== null && { id: String(named) }),
    ...(about !== null && { entity: about }),
    ...(time !== null && { at: time }),
  }
}

interface KnownColumns {
  readonly label: SchemaColumn
  readonly entity: SchemaColumn | null
  readonly time: SchemaColumn | null
  readonly id: string | null
}

async function knownColumns({ ingest, config }: Evenkeel, version: ModelVersion): Promise<KnownColumns> {
  const settings = config.models[version.model]
  const schema = settings && (await ingest.readSource(settings.source, config.project))?.schema
  const role = (name: string) => version.inputs.columns.find((column) => column.role === name) ?? null
  const pinned = schema && settings ? findColumn(schema, settings.label) : undefined
  const type = version.task === 'regression' ? 'number' : pinned?.type === 'boolean' ? 'boolean' : 'text'
  return {
    label: plainColumn(settings?.label ?? 'label', type),
    entity: role('entity'),
    time: role('time'),
    id: schema?.columns.find((column) => column.role === 'id')?.name ?? null,
  }
}

/** @throws EvenkeelError INGEST_COLUMN_ABSENT */
function chooseColumns(file: string, { batch }: Piece, known: KnownColumns): LabelColumns {
  const there = (names: readonly (string | null | undefined)[]) =>
    names.find((name): name is string => typeof name === 'string' && Object.hasOwn(batch.columns, name)) ?? null
  const label = there([known.label.name, 'label'])
  const id = there(['prediction_id', known.id, 'id'])
  const entity = id === null ? there([known.entity?.name, 'entity']) : null
  const at = id === null ? there([known.time?.name, 'at']) : null
  if (label === null) throw absent(file, batch.columns, `the label, called ${known.label.name} or label`)
  if (id === null && (entity === null || at === null))
    throw absent(file, batch.columns, 'the id of each prediction, or its entity and time (id, or entity and at)')
  const time = known.time ?? plainColumn('at', 'time')
  return {
    label,
    id,
    entity,
    at,
    schema: {
      columns: [
        { ...known.label, name: label },
        ...(id === null ? [] : [plainColumn(id, 'text')]),
        ...(entity === null ? [] : [{ ...(known.entity ?? plainColumn(entity, 'text')), name: entity }]),
        ...(at === null ? [] : [{ ...time, name: at }]),
      ],
    },
  }
}

function absent(file: string, columns: object, what: string): EvenkeelError {
  const found = Object.keys(columns).slice(0, 20).join(', ')
  return new EvenkeelError('INGEST_COLUMN_ABSENT', `${file} has columns ${found}, expected ${what}; add or rename it`, {
    file,
  })
}

function plainColumn(name: string, type: SchemaColumn['type']): SchemaColumn {
  return { name, type, role: 'feature', unit: null, range: null, categories: null, missingShare: 0, unique: false }
}

async function joinedSince({ db, config }: Evenkeel, model: string, after: number): Promise<number> {
  const query = { project: config.project, subject: model, types: ['labels.joined'], limit: MAX_JOINS } as const
  const events = await readLatest(db, query)
  return events.reduce(
    (sum, event) => (event.id > after && event.type === 'labels.joined' ? sum + event.data.rows : sum),
    0,
  )
}
