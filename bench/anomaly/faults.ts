import type { Feature, Random } from '../../packages/stats/src/index.ts'

/** What can happen to one record on its way: each leaves a value that some other row might well have, or not. */
export const FAULTS = ['scale', 'swap', 'combine'] as const
export type Fault = (typeof FAULTS)[number]

/** Rows of a table by column, changed in place. */
export type Columns = readonly Float64Array[]

/**
 * scale: one number is in another unit, 100 times as large or as small. swap: the values of two numeric columns change
 * places. combine: every other feature, on average, comes from another row: each value is ordinary, the record is not.
 */
export function injectFault(
  fault: Fault,
  features: readonly Feature[],
  columns: Columns,
  row: number,
  random: Random,
): void {
  const present = features.flatMap(({ kind }, j) =>
    kind === 'numeric' && Number.isFinite(columns[j]![row]!) ? [j] : [],
  )
  if (fault === 'scale') {
    const [j] = random.sample(
      present.filter((column) => columns[column]![row] !== 0),
      1,
    )
    if (j !== undefined) columns[j]![row]! *= random.next() < 0.5 ? 100 : 0.01
  } else if (fault === 'swap') {
    const [i, j] = random.sample(present, 2)
    if (i !== undefined && j !== undefined)
      [columns[i]![row], columns[j]![row]] = [columns[j]![row]!, columns[i]![row]!]
  } else {
    const other = random.integer(columns[0]!.length)
    for (const column of columns) if (random.next() < 0.5) column[row] = column[other]!
  }
}
