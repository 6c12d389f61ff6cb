import { EvenkeelError } from '../error.ts'
import { columnsWithRole, type Schema } from '../ingest/index.ts'
import type { ModelVersion } from '../registry/index.ts'
import type { Prediction, Refusal } from '../serving/index.ts'
import { type Piece, readPieces, rowRefused, wireRows } from './files.ts'
import type { Evenkeel } from './open.ts'
import type { OnProgress, PredictOutcome } from './operations.ts'

/** Rows scored at once: few enough to leave the recorder room, many enough to fill the predictor. */
const ROWS_PER_CALL = 1_000
const ROWS_PER_PIECE = 50_000
/** Who sends the rows, beside `http`. */
const SOURCE = 'file'

interface FileRequest {
  readonly model: string
  readonly file: string
  readonly onProgress?: OnProgress
}

/** Predicts the rows of a file, in their order; they are remembered like those that came over HTTP. */
export async function predictFile(evenkeel: Evenkeel, request: FileRequest): Promise<PredictOutcome> {
  const { model, file, onProgress } = request
  const version = championOf(evenkeel, model)
  const id = await idColumn(evenkeel, model)
  const predictions: PredictOutcome['predictions'][number][] = []
  const limits = { limits: evenkeel.config.ingest, rowsPerPiece: ROWS_PER_PIECE }
  for await (const piece of readPieces(file, limits))
    for await (const answered of predictPiece(evenkeel, version, { file, piece, id })) {
      predictions.push(...answered.map((prediction) => plain(prediction, version)))
      onProgress?.({ stage: 'predict', done: predictions.length, total: null })
    }
  await evenkeel.driver.settle()
  return { model, version: version.version, predictions }
}

/** @throws EvenkeelError SERVING_NO_CHAMPION */
export function championOf({ serving, config }: Evenkeel, model: string): ModelVersion {
  const state = serving.served(config.project).find((served) => served.model === model)
  if (state !== undefined) return state.champion
  throw new EvenkeelError(
    'SERVING_NO_CHAMPION',
    `model ${model} has no champion, so nothing can predict; train one with: evenkeel train ${model}`,
    { model },
  )
}

/** The source's own names of rows become those of predictions, so that labels find them again. */
async function idColumn({ ingest, config }: Evenkeel, model: string): Promise<Schema> {
  const source = config.models[model]?.source
  const schema = source === undefined ? null : (await ingest.readSource(source, config.project))?.schema
  return {
    columns: (schema ? columnsWithRole(schema, 'id') : []).slice(0, 1).map((column) => ({ ...column, type: 'text' })),
  }
}

async function* predictPiece(
  evenkeel: Evenkeel,
  { inputs, model }: ModelVersion,
  { file, piece, id }: { readonly file: string; readonly piece: Piece; readonly id: Schema },
): AsyncGenerator<readonly Prediction[]> {
  const rows = wireRows(file, piece, inputs)
  const ids = wireRows(file, piece, id).map((row) => Object.values(row)[0])
  const named = ids.every((each) => typeof each === 'string' && each !== '')
  for (let from = 0; from < rows.length; from += ROWS_PER_CALL) {
    const until = Math.min(rows.length, from + ROWS_PER_CALL)
    const request = {
      rows: rows.slice(from, until),
      source: SOURCE,
      ...(named && { id: ids.slice(from, until) as string[] }),
    }
    yield await predictRows(evenkeel, model, request, (refusal) => refused(refusal, file, piece.firstRow + from))
  }
}

type Rows = Parameters<Evenkeel['serving']['predict']>[2]

/** Waits where a caller over HTTP would be told to come again. */
async function predictRows(
  { serving, config }: Evenkeel,
  model: string,
  request: Rows,
  failure: (refusal: Refusal) => EvenkeelError,
): Promise<readonly Prediction[]> {
  for (;;) {
    const outcome = await serving.predict(config.project, model, request)
    if (outcome.kind === 'predicted') return outcome.predictions
    if (outcome.kind !== 'busy') throw failure(outcome)
    await serving.drain()
  }
}

export function refused(refusal: Refusal, file: string, firstRow: number): EvenkeelError {
  if (refusal.kind === 'invalid') return rowRefused(file, firstRow, refusal.error)
  const code = refusal.kind === 'unavailable' ? refusal.code : 'SERVING_REFUSED'
  const words = 'message' in refusal ? refusal.message : `there is no model ${refusal.model}`
  return new EvenkeelError(code, `${file}: ${words}; nothing of this part was taken, give the command again`, { file })
}

/** One line of a table: probabilities by class where there are several. */
function plain({ id, version, prediction, score, scores }: Prediction, { classes }: ModelVersion) {
  const probabilities = scores?.map((probability, index) => [`score_${classes?.[index] ?? index}`, probability]) ?? []
  return { id, version, prediction, score, ...Object.fromEntries(probabilities) }
}
