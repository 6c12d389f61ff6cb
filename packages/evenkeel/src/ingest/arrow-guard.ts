import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { notArrow } from './arrow.ts'
import type { ArrowWorkerAnswer, ArrowWorkerData } from './arrow-worker.ts'
import type { Batch } from './batch.ts'
import type { IngestLimits } from './limits.ts'
import { refuse } from './refuse.ts'

/** Beside this file, and with its ending: TypeScript where the sources run unbuilt, JavaScript in the published package. */
const WORKER = new URL(`./arrow-worker${path.extname(import.meta.url)}`, import.meta.url)
const MAX_MEMORY_MB = 2_048
const MAX_DECODE_MS = 60_000

/**
 * Decodes Arrow in a thread of its own, with bounded memory and time: the reader trusts every length in the metadata, and a
 * few flipped bytes can make it allocate without end. In our own thread that would be the end of the process.
 */
export async function decodeArrowSafely(bytes: Uint8Array, limits: IngestLimits): Promise<Batch> {
  const workerData: ArrowWorkerData = { bytes, limits }
  const memoryMb = Math.min(MAX_MEMORY_MB, 128 + Math.ceil((8 * bytes.length) / 2 ** 20))
  const worker = new Worker(WORKER, { workerData, resourceLimits: { maxOldGenerationSizeMb: memoryMb } })
  const timer = setTimeout(() => void worker.terminate(), MAX_DECODE_MS)
  try {
    return batchOf(await firstAnswer(worker))
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

function firstAnswer(worker: Worker): Promise<ArrowWorkerAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', (cause) => reject(notArrow((cause as Error).message, cause)))
    worker.once('exit', () => reject(notArrow('it could not be read within the limits of time and memory')))
  })
}

function batchOf(answer: ArrowWorkerAnswer): Batch {
  if (answer.kind === 'decoded') return answer.batch
  throw refuse(answer.code, answer.message, { ...answer.details })
}
