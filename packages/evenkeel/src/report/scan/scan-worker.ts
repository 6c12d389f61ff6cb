import { enableCompileCache } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { EvenkeelError } from '../../error.ts'
import type { Answer, Job } from './job.ts'

const port = parentPort
if (!port) throw new Error('scan-worker runs as a worker thread only')
// Before what it counts with is loaded: a thread starts in half the time when that was compiled before.
enableCompileCache()
const { count, openForCounting } = await import('./count.ts')
const lake = await openForCounting()

port.on('message', (job: Job) => {
  count(lake, job).then(
    (counted) => port.postMessage({ kind: 'counted', counted } satisfies Answer),
    (error: unknown) => {
      if (!(error instanceof EvenkeelError)) throw error
      const { code, message, details } = error
      port.postMessage({ kind: 'failed', code, message, details } satisfies Answer)
    },
  )
})
