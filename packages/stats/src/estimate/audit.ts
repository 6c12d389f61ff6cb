import { StatsError } from '../error.ts'
import { createRandom } from '../random.ts'
import { outOfRange } from './rows.ts'

/** Rows to have labelled, ascending, and for each the probability with which it was drawn. */
export type AuditPlan = { readonly rows: Int32Array; readonly inclusion: Float64Array }

export type AuditOptions = {
  /** Labels that can be had. */
  readonly labels: number
  readonly seed: number | string
  /**
   * How far the draw leans towards the rows whose loss is least certain, 0 (every row alike) … 1 (only that). Default
   * 0.25: beyond a half, a concept that changes among rows once thought safe is seen by too few, heavily weighted labels.
   */
  readonly lean?: number
}

/**
 * Which rows to have labelled: with probability in proportion to (1 - lean) + lean · sd / mean sd of the row's loss
 * (for a 0/1 loss sd = √(c(1 - c))), drawn systematically in random order, so that the number of labels is what was
 * asked for to within one. Estimates from them must weigh each by 1 / inclusion (Horvitz and Thompson 1952).
 * @param expected expected 0/1 loss of each row, 0 … 1
 * @throws StatsError STATS_OUT_OF_RANGE, STATS_BAD_OPTION
 * @example planAudit([0.1, 0.5, 0.1, 0.5], { labels: 4, seed: 1 }).rows // [0, 1, 2, 3]
 */
export function planAudit(expected: ArrayLike<number>, options: AuditOptions): AuditPlan {
  const { labels, seed, lean = 0.25 } = options
  if (!(labels >= 0 && labels < Infinity && lean >= 0 && lean <= 1))
    throw new StatsError('STATS_BAD_OPTION', `an audit needs labels >= 0 and lean 0 … 1, found ${labels} and ${lean}`, {
      labels,
      lean,
    })
  const probabilities = inclusionOf(deviationsOf(expected), Math.min(labels, expected.length), lean)
  const random = createRandom(seed)
  let reached = random.next()
  const drawn = random.shuffle(probabilities.keys()).filter((row) => {
    const before = Math.floor(reached)
    // A whisker more than its share: certain rows must not be lost to rounding.
    reached += probabilities[row]! + 1e-13
    return Math.floor(reached) > before
  })
  const rows = Int32Array.from(drawn).sort()
  return { rows, inclusion: Float64Array.from(rows, (row) => probabilities[row]!) }
}

function deviationsOf(expected: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: expected.length }, (_, i) => {
    const loss = expected[i]!
    if (loss >= 0 && loss <= 1) return Math.sqrt(loss * (1 - loss))
    throw outOfRange('planAudit', `expected loss ${i}`, loss, '0 to 1')
  })
}

/** Probabilities that add up to `labels`; those that would exceed 1 are 1, and the others share what is left. */
function inclusionOf(deviations: Float64Array, labels: number, lean: number): Float64Array {
  const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / Math.max(1, deviations.length)
  const sizes = deviations.map((deviation) => 1 - lean + (mean > 0 ? (lean * deviation) / mean : lean))
  const inclusion = new Float64Array(sizes.length)
  let certain = 0
  for (;;) {
    let open = 0
    for (let i = 0; i < sizes.length; i++) if (inclusion[i] !== 1) open += sizes[i]!
    const left = Math.max(0, labels - certain)
    let grew = false
    for (let i = 0; i < sizes.length; i++) {
      if (inclusion[i] === 1) continue
      inclusion[i] = open > 0 ? Math.min(1, (left * sizes[i]!) / open) : 0
      if (inclusion[i] === 1) {
        certain++
        grew = true
      }
    }
    if (!grew) return inclusion
  }
}
