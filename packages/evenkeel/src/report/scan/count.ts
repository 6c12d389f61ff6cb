import { createColumnProfile, updateNumeric } from '@evenkeel/stats'
import { createLake, type Lake } from '../../storage/index.ts'
import type { Counted, Job } from './job.ts'

/** One thread each: the threads divide the columns among themselves, not the rows of a column. */
export function openForCounting(): Promise<Lake> {
  return createLake({ threads: 1, memoryLimitMb: 512 })
}

/**
 * @param isStopped asked now and then: what is counted then is of no use to anybody
 * @throws EvenkeelError LAKE_CANNOT_READ
 */
export async function count(lake: Lake, job: Job, isStopped: () => boolean = () => false): Promise<readonly Counted[]> {
  const { side } = job
  const file = { path: job.file }
  switch (job.kind) {
    case 'numeric':
      return countNumbers(lake, job, isStopped)
    case 'distinct':
      return [{ side, column: job.column, kind: 'distinct', ...(await lake.countDistinct(file, job.column)) }]
    case 'values': {
      const counted = await lake.countValues(file, job.column, job.limit)
      return [{ side, column: job.column, kind: 'values', invalid: 0, ...counted }]
    }
    default: {
      // What turns cells into other types is loaded by the thread that needs it: a thread starts in half the time without.
      const { countRetypedNumbers, countRetypedValues } = await import('./retyped.ts')
      return [
        job.kind === 'retyped-numeric'
          ? await countRetypedNumbers(lake, job, isStopped)
          : await countRetypedValues(lake, job, isStopped),
      ]
    }
  }
}

async function countNumbers(
  lake: Lake,
  { side, file, columns }: Extract<Job, { kind: 'numeric' }>,
  isStopped: () => boolean,
): Promise<readonly Counted[]> {
  const profiles = columns.map(({ bins }) => createColumnProfile(bins, { quantiles: false }))
  const names = columns.map(({ name }) => name)
  for await (const read of lake.scanNumbers({ path: file }, names)) {
    if (isStopped()) break
    for (const [i, values] of read.entries()) {
      if (columns[i]!.whole) markFractions(values)
      updateNumeric(profiles[i]!, values)
    }
  }
  return columns.map(({ name }, i) => ({ side, column: name, kind: 'numeric', profile: profiles[i]! }))
}

/** Infinity is how a profile is told of an invalid cell. */
function markFractions(values: Float64Array): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isSafeInteger(values[i]) && !Number.isNaN(values[i])) values[i] = Number.POSITIVE_INFINITY
}
