import { createRandom } from '../random.ts'
import { drawSplit } from '../special/index.ts'
import type { Steps } from './ranks.ts'

/** From here on (some 30 equally frequent values, or one value on a tenth of the rows) laws for continuous values are off. */
const MATERIAL = 1e-3
const DRAWS = 1999

/** Whether ties are so many that the law of a rank statistic is not that of continuous values: Σ (t / N)³. */
export function tiesMatter({ reference, current }: Steps, rows: number): boolean {
  let sum = 0
  for (let k = 0; k < reference.length; k++) {
    const tied = reference[k]! + current[k]!
    if (tied > 1) sum += (tied / rows) ** 3
  }
  return sum >= MATERIAL
}

/**
 * The share of the ways to deal the same rows to the two samples, and of this one with them, whose statistic is at least
 * as large: a p-value that holds its level with any ties. Of many different values (one of them frequent) neighbours are
 * tied first, on both sides of the comparison, so that the level holds. Seeded by the rows at each value, so that it sees ranks only.
 */
export function dealtShare(steps: Steps, statistic: (steps: Steps) => number): number {
  const judged = steps.values.length > MOST_STEPS ? coarsened(steps) : steps
  const { values, reference, current } = judged
  const random = createRandom(`ties ${reference.join()} and ${current.join()}`)
  const pooled = reference.map((rows, k) => rows + current[k]!)
  const drawn = current.reduce((sum, rows) => sum + rows, 0)
  const dealt = { values, reference: new Float64Array(pooled.length), current: new Float64Array(pooled.length) }
  const observed = statistic(judged)
  const bound = observed - 1e-9 * Math.abs(observed)
  let farther = 1
  for (let draw = 0; draw < DRAWS; draw++) {
    drawSplit(random, pooled, drawn, dealt.current)
    for (let k = 0; k < pooled.length; k++) dealt.reference[k] = pooled[k]! - dealt.current[k]!
    if (statistic(dealt) >= bound) farther++
  }
  return farther / (DRAWS + 1)
}

/** More values than this are dealt out in groups of neighbours: the cost does not grow with the rows. */
const MOST_STEPS = 1000

function coarsened({ values, reference, current }: Steps): Steps {
  let rows = 0
  for (let k = 0; k < values.length; k++) rows += reference[k]! + current[k]!
  const room = (2 * rows) / MOST_STEPS
  const at: number[] = []
  const a: number[] = []
  const b: number[] = []
  for (let k = 0; k < values.length; k++) {
    const here = reference[k]! + current[k]!
    const last = at.length - 1
    if (last >= 0 && a[last]! + b[last]! + here <= room) {
      a[last]! += reference[k]!
      b[last]! += current[k]!
    } else {
      at.push(values[k]!)
      a.push(reference[k]!)
      b.push(current[k]!)
    }
  }
  return { values: Float64Array.from(at), reference: Float64Array.from(a), current: Float64Array.from(b) }
}
