import { type InferenceSession, Tensor } from 'onnxruntime-node'
import { EvenkeelError } from '../error.ts'
import { openSession } from './inference.ts'
import type { Probe } from './task.ts'

/** A graph as our learners export it: one float32 matrix in, one out. */
export interface MatrixGraph {
  /** `rows * width` inputs in, `rows * outputs` numbers out. */
  predict(inputs: Float32Array, rows: number): Promise<Float32Array>
  release(): Promise<void>
}

export async function openMatrixGraph(bytes: Uint8Array): Promise<MatrixGraph> {
  const session = await openSession(bytes)
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!]
  return {
    predict: (inputs, rows) => run(session, input, output, inputs, rows),
    release: () => session.release(),
  }
}

async function run(
  session: InferenceSession,
  input: string,
  output: string,
  inputs: Float32Array,
  rows: number,
): Promise<Float32Array> {
  const results = await session.run({ [input]: new Tensor('float32', inputs, [rows, inputs.length / rows]) })
  return results[output]!.data as Float32Array
}

/**
 * Largest difference allowed: of a probability, or as a share of the largest prediction of a regression. Not of each
 * prediction by itself: one near 0 is the sum of hundreds of float32 far from 0, and keeps the rounding of those.
 */
const TOLERANCE = 1e-5
const ROWS_PER_CALL = 256

/**
 * Compares the exported graph with what the learner itself predicts.
 * @throws EvenkeelError TRAINING_GRAPH_DIFFERS: the version must not be registered
 */
export async function checkGraph(bytes: Uint8Array, { inputs, rows, expected }: Probe): Promise<void> {
  const graph = await openMatrixGraph(bytes)
  const [width, outputs] = [inputs.length / rows, expected.length / rows]
  const scale = outputs > 1 ? 1 : expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const allowed = TOLERANCE * scale
  try {
    for (let from = 0; from < rows; from += ROWS_PER_CALL) {
      const until = Math.min(rows, from + ROWS_PER_CALL)
      const found = await graph.predict(inputs.slice(from * width, until * width), until - from)
      compare(found, expected.subarray(from * outputs, until * outputs), { from, outputs, allowed })
    }
  } finally {
    await graph.release()
  }
}

interface Compared {
  /** Row the piece begins with. */
  readonly from: number
  readonly outputs: number
  readonly allowed: number
}

function compare(found: Float32Array, expected: Float64Array, { from, outputs, allowed }: Compared): void {
  const place = expected.findIndex((value, i) => !(Math.abs(found[i]! - value) <= allowed))
  if (place < 0 && found.length === expected.length) return
  const row = from + Math.floor(Math.max(place, 0) / outputs)
  throw new EvenkeelError(
    'TRAINING_GRAPH_DIFFERS',
    `held-out row ${row}: the exported graph says ${found[place]}, the learner ${expected[place]}, expected a difference of ${allowed} at most; please report this with the training rows`,
    { row, found: found[place], expected: expected[place], allowed },
  )
}
