import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { RawRow } from '../features/index.ts'
import type { Schema } from '../ingest/index.ts'
import { openSession, type Task } from '../training/index.ts'
import { tensorOf } from './lanes.ts'
import { type GraphInput, matchInputs, matchOutput } from './signature.ts'

/** A graph made elsewhere, fed with raw columns. */
export interface ForeignGraph {
  readonly width: number
  encodeRow(row: RawRow, out: Float32Array, offset: number): void
  /** All outputs of each row; NaN for a row that lacks a whole number or flag, which cannot be missing in a tensor. */
  predict(inputs: Float32Array, rows: number): Promise<Float32Array>
  release(): Promise<void>
}

/** @throws EvenkeelError ONNX_CANNOT_LOAD, REGISTRY_INPUTS_DIFFER, REGISTRY_OUTPUTS_DIFFER */
export async function openForeignGraph(bytes: Uint8Array, schema: Schema, task: Task): Promise<ForeignGraph> {
  const session = await openSession(bytes)
  try {
    return connect(session, matchInputs(session, schema), matchOutput(session, task))
  } catch (error) {
    await session.release()
    throw error
  }
}

function connect(session: InferenceSession, inputs: readonly GraphInput[], output: string): ForeignGraph {
  const lanes = inputs.flatMap((input) => input.columns)
  const width = lanes.reduce((sum, lane) => sum + lane.width, 0)
  return {
    width,
    encodeRow(row, out, offset) {
      let place = offset
      for (const lane of lanes) {
        lane.write(row, out, place)
        place += lane.width
      }
    },
    async predict(encoded, rows) {
      const unanswerable = new Set<number>()
      const feeds = feedsOf(inputs, encoded, rows, width, unanswerable)
      const results = await session.run(feeds, [output])
      const answer = Float32Array.from(results[output]!.data as Float32Array)
      const perRow = answer.length / rows
      for (const row of unanswerable) answer.fill(Number.NaN, row * perRow, (row + 1) * perRow)
      return answer
    },
    release: () => session.release(),
  }
}

function feedsOf(
  inputs: readonly GraphInput[],
  encoded: Float32Array,
  rows: number,
  width: number,
  unanswerable: Set<number>,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {}
  let offset = 0
  for (const input of inputs) {
    const columns = input.columns.map((lane) => {
      const values = lane.read(encoded, rows, width, offset)
      offset += lane.width
      for (const row of values.unanswerable) unanswerable.add(row)
      return values.data
    })
    const dims = input.rank === 1 ? [rows] : [rows, columns.length]
    feeds[input.name] = tensorOf(input.type, interleave(columns, rows), dims)
  }
  return feeds
}

function interleave(columns: readonly (Float64Array | readonly string[])[], rows: number) {
  const [first] = columns
  if (columns.length === 1 && first !== undefined) return first
  if (!(first instanceof Float64Array))
    return Array.from({ length: rows * columns.length }, (_, i) => cell(columns, i) as string)
  return Float64Array.from({ length: rows * columns.length }, (_, i) => cell(columns, i) as number)
}

function cell(columns: readonly (Float64Array | readonly string[])[], i: number): number | string {
  return columns[i % columns.length]![Math.floor(i / columns.length)]!
}
