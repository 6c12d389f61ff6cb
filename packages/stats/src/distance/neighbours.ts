import type { Steps } from '../hypothesis/index.ts'
import { createRandom } from '../random.ts'
import { drawSplit } from '../special/index.ts'

/** Rows of the pooled sample in ascending order, neighbours taken together: where they are and how many of either sample. */
export type Neighbours = {
  readonly at: Float64Array
  readonly reference: Float64Array
  readonly current: Float64Array
}

/** Of the rows from here to the nearer end, the share that is taken together: far out every row stands alone. */
const TAIL_SHARE = 0.06
/** The largest group's share of all rows: what is lost inside a group is under 0.3 % of the noise. */
const LARGEST_SHARE = 1 / 200

/**
 * Takes neighbours together until some 300 groups are left of a large sample. A permutation deals out groups instead of
 * rows then; the rows at the ends, which decide the noise of heavy-tailed values, stay alone.
 */
export function neighboursOf(steps: Steps): Neighbours {
  const { values, reference, current } = steps
  let rows = 0
  for (let k = 0; k < values.length; k++) rows += reference[k]! + current[k]!
  const groups = { at: [] as number[], reference: [] as number[], current: [] as number[] }
  for (let k = 0, passed = 0; k < values.length; ) {
    const room = Math.max(1, Math.min(TAIL_SHARE * Math.min(passed, rows - passed), LARGEST_SHARE * rows))
    let [a, b, sum, mean] = [0, 0, 0, 0]
    do {
      const here = reference[k]! + current[k]!
      sum += here
      mean += (values[k]! - mean) * (here / sum)
      a += reference[k]!
      b += current[k]!
      k++
    } while (k < values.length && sum + reference[k]! + current[k]! <= room)
    passed += sum
    groups.at.push(mean)
    groups.reference.push(a)
    groups.current.push(b)
  }
  return {
    at: Float64Array.from(groups.at),
    reference: Float64Array.from(groups.reference),
    current: Float64Array.from(groups.current),
  }
}

/**
 * The statistic where the same rows fell to the samples by chance, in ascending order. Seeded by the values: the same
 * samples give the same floor.
 */
export function permutedDistances(
  groups: Neighbours,
  statistic: (at: Float64Array, reference: Float64Array, current: Float64Array) => number,
  draws: number,
): Float64Array {
  const pooled = groups.reference.map((rows, k) => rows + groups.current[k]!)
  const drawn = groups.current.reduce((sum, rows) => sum + rows, 0)
  const random = createRandom(`neighbours ${groups.at.join()} with ${groups.current.join()}`)
  const reference = new Float64Array(pooled.length)
  const current = new Float64Array(pooled.length)
  const values = Float64Array.from({ length: draws }, () => {
    drawSplit(random, pooled, drawn, current)
    for (let k = 0; k < pooled.length; k++) reference[k] = pooled[k]! - current[k]!
    return statistic(groups.at, reference, current)
  })
  return values.sort()
}
