import { enableCompileCache } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { EvenkeelError } from '../../error.ts'
import type { Answer, Job, Order } from './job.ts'

const port = parentPort
if (!port) throw new Error('scan-worker runs as a worker thread only')
const stop = workerData as Int32Array

// Before what it counts with is loaded: a thread starts in half the time when that was compiled before.
enableCompileCache()
const { count, openForCounting } = await import('./count.ts')
const lake = await openForCounting()
const isStopped = () => Atomics.load(stop, 0) === 1
let counting = Promise.resolve()

port.on('message', (order: Order) => {
  counting = counting.then(() => (order.kind === 'end' ? end() : answer(order.job)))
})

async function answer(job: Job): Promise<void> {
  if (isStopped()) return
  try {
    port?.postMessage({ kind: 'counted', counted: await count(lake, job, isStopped) } satisfies Answer)
  } catch (error) {
    if (!(error instanceof EvenkeelError)) throw error
    const { code, message, details } = error
    port?.postMessage({ kind: 'failed', code, message, details } satisfies Answer)
  }
}

/** With nothing left to listen to, the thread ends. */
async function end(): Promise<void> {
  await lake.close()
  port?.close()
}
