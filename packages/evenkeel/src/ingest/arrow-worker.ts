import { parentPort, workerData } from 'node:worker_threads'
import { isEvenkeelError } from '../error.ts'
import { decodeArrow } from './arrow.ts'
import type { Batch } from './batch.ts'
import type { IngestLimits } from './limits.ts'

export interface ArrowWorkerData {
  readonly bytes: Uint8Array
  readonly limits: IngestLimits
}

export type ArrowWorkerAnswer =
  | { readonly kind: 'decoded'; readonly batch: Batch }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly details: object }

const { bytes, limits } = workerData as ArrowWorkerData

function answer(): ArrowWorkerAnswer {
  try {
    return { kind: 'decoded', batch: decodeArrow(bytes, limits) }
  } catch (error) {
    if (!isEvenkeelError(error)) throw error
    return { kind: 'refused', code: error.code, message: error.message, details: error.details }
  }
}

const result = answer()
const numbers = result.kind === 'decoded' ? Object.values(result.batch.columns) : []
parentPort?.postMessage(
  result,
  numbers.flatMap((column) => (column.kind === 'numeric' ? [column.values.buffer as ArrayBuffer] : [])),
)
