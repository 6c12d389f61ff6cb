import {
  compareStreams,
  compareWindowCounts,
  countWindow,
  createProfile,
  freezeStreamTest,
  type ProfileBatch,
  updateProfile,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { given, mostly, number } from './draw.ts'
import { batches } from './sketch.ts'

/** The same rows over and over, as many as a reference needs. */
const references = batches.map(({ rows, numeric, categorical }): ProfileBatch => {
  const again = <T>(values: ArrayLike<T>) => Array.from({ length: rows * 12 }, (_, row) => values[row % rows]!)
  return {
    rows: rows * 12,
    numeric: { x: Float64Array.from(again(numeric['x']!)), n: Float64Array.from(again(numeric['n']!)) },
    categorical: { s: again(categorical['s']!).map((value) => value ?? null) },
  }
})

const alpha = mostly(0.05, 0.5)
const minRows = mostly(1, 20)
/** A part of all counts that is no count at all. */
const wrong = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: number })

export const multivariate = {
  freezeStreamTest: given([references], (reference) => freezeStreamTest(reference)),
  countWindow: given([references, batches], (reference, current) => countWindow(freezeStreamTest(reference), current)),
  compareWindowCounts: given([references, batches, wrong, alpha, minRows], (reference, current, more, at, least) => {
    const test = freezeStreamTest(reference)
    const counts = countWindow(test, current)
    counts[0]! += more
    return compareWindowCounts(test, counts, { alpha: at, minRows: least })
  }),
  compareStreams: given([references, batches, alpha, minRows], (reference, current, at, least) => {
    const test = freezeStreamTest(reference)
    const window = createProfile(test.spec)
    updateProfile(window, current)
    return compareStreams(test, window, { alpha: at, minRows: least })
  }),
}
