import { parentPort } from 'node:worker_threads'
import { createColumnProfile, updateNumeric } from '@evenkeel/stats'
import { EvenkeelError } from '../../error.ts'
import { createLake } from '../../storage/index.ts'
import type { Answer, Counted, Job } from './job.ts'

const port = parentPort
if (!port) throw new Error('scan-worker runs as a worker thread only')
/** One thread each: the threads divide the columns among themselves, not the rows of a column. */
const lake = await createLake({ threads: 1, memoryLimitMb: 256 })

port.on('message', (job: Job) => {
  count(job).then(
    (counted) => port.postMessage({ kind: 'counted', counted } satisfies Answer),
    (error: unknown) => {
      if (!(error instanceof EvenkeelError)) throw error
      const { code, message, details } = error
      port.postMessage({ kind: 'failed', code, message, details } satisfies Answer)
    },
  )
})

async function count(job: Job): Promise<readonly Counted[]> {
  const { side } = job
  const file = { path: job.file }
  if (job.kind === 'numeric') return countNumbers(job)
  const { column } = job
  if (job.kind === 'distinct') return [{ side, column, kind: 'distinct', ...(await lake.countDistinct(file, column)) }]
  return [{ side, column, kind: 'values', ...(await lake.countValues(file, column, job.limit)) }]
}

async function countNumbers({ side, file, columns }: Extract<Job, { kind: 'numeric' }>): Promise<readonly Counted[]> {
  const profiles = columns.map(({ bins }) => createColumnProfile(bins, { quantiles: false }))
  const names = columns.map(({ name }) => name)
  for await (const read of lake.scanNumbers({ path: file }, names))
    for (const [i, values] of read.entries()) updateNumeric(profiles[i]!, values)
  return columns.map(({ name }, i) => ({ side, column: name, kind: 'numeric', profile: profiles[i]! }))
}
