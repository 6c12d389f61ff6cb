import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ErrorDetails, EvenkeelError } from '../../error.ts'
import type { CheckLimits } from './table.ts'

export interface CheckJob {
  readonly bytes: Uint8Array
  readonly limits: CheckLimits
}

export type CheckAnswer =
  | { readonly kind: 'checked'; readonly json: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly details: ErrorDetails }

/** Checks one request after another in a thread of its own, so that the server goes on answering. */
export interface DriftChecker {
  /**
   * The check as JSON. The bytes may not be used any more.
   * @returns null when too many wait already
   * @throws EvenkeelError DRIFT_CHECK_INVALID, DRIFT_CHECK_TOO_LARGE
   */
  check(bytes: Uint8Array): Promise<string> | null
  close(): Promise<void>
}

/** Sources run unbuilt in development and as JavaScript when published: the worker has this module's own ending. */
const workerFile = new URL(`./check-worker${path.extname(import.meta.url)}`, import.meta.url)
const MAX_WAITING = 8
const MAX_MEMORY_MB = 2_048
const MAX_CHECK_MS = 60_000

/** The thread starts with the first check, and again after one that it did not survive. */
export function createDriftChecker(limits: CheckLimits): DriftChecker {
  let worker: Worker | null = null
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const run = async (bytes: Uint8Array) => {
    worker ??= startThread()
    const thread = worker
    try {
      return await ask(thread, { bytes, limits })
    } catch (error) {
      if (worker === thread) worker = null
      await thread.terminate()
      throw error
    }
  }
  return {
    check(bytes) {
      if (waiting >= MAX_WAITING) return null
      waiting++
      const answer = last.then(() => run(bytes)).finally(() => waiting--)
      last = answer.catch(() => {})
      return answer.then(jsonOf)
    },
    async close() {
      await worker?.terminate()
      worker = null
    },
  }
}

/** It keeps no process alive: who waits for its answer does. */
function startThread(): Worker {
  const thread = new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB } })
  thread.unref()
  return thread
}

function jsonOf(answer: CheckAnswer): string {
  if (answer.kind === 'checked') return answer.json
  throw new EvenkeelError(answer.code, answer.message, answer.details)
}

function ask(worker: Worker, job: CheckJob): Promise<CheckAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<CheckAnswer>()
  const onError = (error: Error & { code?: string }) =>
    reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch(`more than ${MAX_MEMORY_MB} MiB of memory`) : error)
  const onExit = () => reject(new Error('the thread that checks for drift ended before it answered'))
  const timer = setTimeout(() => reject(tooMuch(`more than ${MAX_CHECK_MS / 1_000} s`)), MAX_CHECK_MS)
  worker.on('message', resolve).on('error', onError).on('exit', onExit)
  worker.postMessage(job, ownedBuffer(job.bytes))
  return promise.finally(() => {
    clearTimeout(timer)
    worker.off('message', resolve).off('error', onError).off('exit', onExit)
  })
}

/** A body that has its memory to itself changes hands; one in a pool is copied. */
function ownedBuffer({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}

function tooMuch(took: string): EvenkeelError {
  return new EvenkeelError('DRIFT_CHECK_TOO_LARGE', `the check took ${took}; send fewer rows, or choose another method`)
}
