import os from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { EvenkeelError } from '../../error.ts'
import type { Answer, Counted, Job, Order } from './job.ts'

/** Sources run unbuilt in development and as JavaScript when published: the worker has this module's own ending. */
const workerFile = new URL(`./scan-worker${path.extname(import.meta.url)}`, import.meta.url)

/** Threads that count; each takes the next job when it has done one. */
export interface Crew {
  /** @throws EvenkeelError LAKE_CANNOT_READ: the first that failed; the rest is not begun then */
  run(jobs: readonly Job[], onCounted: (columns: number) => void): Promise<readonly Counted[]>
  /** Threads stop at the next chunk and end by themselves: one that is ended inside DuckDB takes the process with it. */
  close(): Promise<void>
}

export function createCrew(threads = os.availableParallelism()): Crew {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const workers = Array.from({ length: threads }, () => new Worker(workerFile, { workerData: stop }))
  const ended = workers.map((worker) => new Promise<void>((resolve) => void worker.once('exit', () => resolve())))
  // A thread whose error nobody waits for has no one to tell; whoever asks it next hears that it ended.
  for (const worker of workers) worker.on('error', () => {})
  return {
    async run(jobs, onCounted) {
      const waiting = [...jobs]
      const counted: Counted[] = []
      const work = async (worker: Worker) => {
        for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
          const found = await ask(worker, job).catch((error: unknown) => {
            waiting.length = 0
            throw error
          })
          counted.push(...found)
          onCounted(found.length)
        }
      }
      await Promise.all(workers.map(work))
      return counted
    },
    async close() {
      Atomics.store(stop, 0, 1)
      for (const worker of workers) worker.postMessage({ kind: 'end' } satisfies Order)
      await Promise.all(ended)
    },
  }
}

function ask(worker: Worker, job: Job): Promise<readonly Counted[]> {
  return new Promise((resolve, reject) => {
    const ending = new AbortController()
    const once = <T>(event: string, then: (value: T) => void) => {
      const listener = (value: T) => {
        ending.abort()
        then(value)
      }
      worker.once(event, listener)
      ending.signal.addEventListener('abort', () => worker.off(event, listener))
    }
    once('message', (answer: Answer) =>
      answer.kind === 'counted'
        ? resolve(answer.counted)
        : reject(new EvenkeelError(answer.code, answer.message, answer.details)),
    )
    once('error', reject)
    once('exit', (code: number) => reject(new Error(`a counting thread ended with code ${code}`)))
    worker.postMessage({ kind: 'count', job } satisfies Order)
  })
}
