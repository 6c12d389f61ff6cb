import { createColumnProfile, updateNumeric } from '@evenkeel/stats'
import { createLake, type Lake } from '../../storage/index.ts'
import type { Counted, Job } from './job.ts'

/** One thread each: the threads divide the columns among themselves, not the rows of a column. */
export function openForCounting(): Promise<Lake> {
  return createLake({ threads: 1, memoryLimitMb: 256 })
}

/** @throws EvenkeelError LAKE_CANNOT_READ */
export async function count(lake: Lake, job: Job): Promise<readonly Counted[]> {
  const { side } = job
  const file = { path: job.file }
  if (job.kind === 'numeric') return countNumbers(lake, job)
  const { column } = job
  if (job.kind === 'distinct') return [{ side, column, kind: 'distinct', ...(await lake.countDistinct(file, column)) }]
  return [{ side, column, kind: 'values', ...(await lake.countValues(file, column, job.limit)) }]
}

async function countNumbers(
  lake: Lake,
  { side, file, columns }: Extract<Job, { kind: 'numeric' }>,
): Promise<readonly Counted[]> {
  const profiles = columns.map(({ bins }) => createColumnProfile(bins, { quantiles: false }))
  const names = columns.map(({ name }) => name)
  for await (const read of lake.scanNumbers({ path: file }, names))
    for (const [i, values] of read.entries()) updateNumeric(profiles[i]!, values)
  return columns.map(({ name }, i) => ({ side, column: name, kind: 'numeric', profile: profiles[i]! }))
}
