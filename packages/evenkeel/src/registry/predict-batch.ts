import { setImmediate } from 'node:timers/promises'
import type { RawRow } from '../features/index.ts'
import type { Batch } from '../ingest/index.ts'

/** What turns raw rows into predictions: a loaded version, or a graph. */
export interface RowPredictor {
  readonly width: number
  encodeRow(row: RawRow, out: Float32Array, offset: number): void
  predict(inputs: Float32Array, rows: number): Promise<Float32Array>
}

/** Rows of one call: a few milliseconds, between which others get their turn. */
const ROWS_PER_CALL = 1_024

/** The outputs of every row of a batch, in its order, by the same path as a request. */
export async function predictBatch(predictor: RowPredictor, batch: Batch): Promise<Float32Array> {
  const pieces: Float32Array[] = []
  for (let from = 0; from < batch.rows; from += ROWS_PER_CALL) {
    const until = Math.min(batch.rows, from + ROWS_PER_CALL)
    pieces.push(await predictor.predict(encodeRows(predictor, batch, from, until), until - from))
    await setImmediate()
  }
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    all.set(piece, offset)
    offset += piece.length
  }
  return all
}

function encodeRows({ width, encodeRow }: RowPredictor, batch: Batch, from: number, until: number): Float32Array {
  const columns = Object.entries(batch.columns)
  const inputs = new Float32Array((until - from) * width)
  const row: Record<string, number | string | null> = {}
  for (let index = from; index < until; index++) {
    for (const [name, column] of columns) {
      const value = column.values[index]!
      row[name] = typeof value === 'number' && Number.isNaN(value) ? null : value
    }
    encodeRow(row, inputs, (index - from) * width)
  }
  return inputs
}
