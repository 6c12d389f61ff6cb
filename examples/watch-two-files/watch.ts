import { readFileSync } from 'node:fs'
import path from 'node:path'
import { compareProfiles, createProfile, freezeProfile, type ProfileBatch, updateProfile } from '@evenkeel/stats'

/** The columns of a CSV file that are worth watching: numbers, and names of few things. An empty cell is missing. */
function readColumns(file: string): ProfileBatch {
  const [header, ...lines] = readFileSync(path.join(import.meta.dirname, file), 'utf8')
    .trim()
    .split('\n')
  const rows = lines.map((line) => line.split(','))
  const cells = (name: string) => rows.map((row) => row[header!.split(',').indexOf(name)] || null)
  const numbers = (name: string) =>
    Float64Array.from(cells(name), (cell) => (cell === null ? Number.NaN : Number(cell)))
  return {
    rows: rows.length,
    numeric: { amount: numbers('amount'), age: numbers('age') },
    categorical: { channel: cells('channel') },
  }
}

/** What differs between the two files, one line a column, as a person would want to read it. */
export function watch(referenceFile: string, currentFile: string): string[] {
  const reference = readColumns(referenceFile)
  // The bins are frozen once, from the reference: every later file is counted into the same ones, and profiles can be merged.
  const spec = freezeProfile(reference)
  const [before, now] = [createProfile(spec), createProfile(spec)]
  updateProfile(before, reference)
  updateProfile(now, readColumns(currentFile))

  // One false alarm in a hundred comparisons of two equal files, all columns together.
  const comparisons = Object.values(compareProfiles(before, now, { alpha: 0.01 / 3 }))
  return comparisons.map((comparison) => {
    if (comparison.kind === 'unknown') return `${comparison.column}: unknown, ${comparison.reason}`
    const { column, shifted, psi, moved } = comparison
    const numbers = `PSI ${psi.value.toFixed(3)}, chance alone makes less than ${psi.noiseFloor.toFixed(3)}`
    const percent = (share: number) => `${Math.round(100 * share)} %`
    const where = moved
      .slice(0, 1)
      .map(({ bin, reference, current }) => `${bin} from ${percent(reference)} to ${percent(current)}`)
    return shifted ? `${column}: shifted (${numbers}); most of it is ${where}` : `${column}: steady (${numbers})`
  })
}

if (import.meta.main) for (const line of watch('reference.csv', 'current.csv')) console.log(line)
