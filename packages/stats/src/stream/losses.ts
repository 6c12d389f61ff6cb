import { StatsError } from '../error.ts'
import { createRandom } from '../random.ts'
import type { LabelledRow } from './concepts.ts'
import { learnNaiveBayes, type NaiveBayes, predictNaiveBayes } from './naive-bayes.ts'

export type PrequentialOptions = {
  /** Rows after which the model is as it is, like one in production. Default: it learns for ever. */
  readonly learnsFor?: number
}

/**
 * Losses (0 right, 1 wrong) of a model that predicts every row before it learns from it.
 * @param model is changed in place
 * @example
 * const { categories, classes } = CONCEPTS.stagger
 * const rows = conceptStream({ concept: 'stagger', seed: 1, rows: 1000 })
 * const losses = prequentialLosses(rows, createNaiveBayes({ categories, classes }))
 * losses.subarray(500).some((loss) => loss > 0) // false
 */
export function prequentialLosses(
  rows: Iterable<LabelledRow>,
  model: NaiveBayes,
  { learnsFor = Infinity }: PrequentialOptions = {},
): Float64Array {
  const losses: number[] = []
  for (const { features, label } of rows) {
    losses.push(predictNaiveBayes(model, features) === label ? 0 : 1)
    if (losses.length <= learnsFor) learnNaiveBayes(model, features, label)
  }
  return Float64Array.from(losses)
}

export type LossChangeSpec = {
  /** First row of the change. */
  readonly at: number
  /** Mean loss after it. */
  readonly mean: number
  /** Rows over which the mean moves there, linearly; 0, the default, is abrupt. */
  readonly width?: number
}

export type SimulatedLosses = {
  readonly seed: number | string
  readonly rows: number
  /** Mean loss at the start, 0 to 1. */
  readonly mean: number
  readonly changes?: readonly LossChangeSpec[]
  /** Each loss is the mean of so many 0/1 draws: 1, the default, for errors, more for losses that disperse less. */
  readonly draws?: number
}

/**
 * Independent losses in 0 … 1 whose mean changes, fixed by their seed.
 * @throws StatsError STATS_BAD_OPTION
 * @example simulateLosses({ seed: 1, rows: 4, mean: 0, changes: [{ at: 2, mean: 1 }] }) // [0, 0, 1, 1]
 */
export function simulateLosses({ seed, rows, mean, changes = [], draws = 1 }: SimulatedLosses): Float64Array {
  const means = [mean, ...changes.map((change) => change.mean)]
  const ordered = changes.every(({ at, width = 0 }, i) => {
    const before = changes[i - 1]
    return at >= (before ? before.at + (before.width ?? 0) : 0) && width >= 0
  })
  const whole = Number.isSafeInteger(rows) && rows >= 0 && Number.isSafeInteger(draws) && draws > 0
  if (!(means.every((m) => m >= 0 && m <= 1) && ordered && whole))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `losses need means from 0 to 1, changes one after the other, whole rows and draws, found means ${means.join(', ')}, ${rows} rows, ${draws} draws`,
      { rows, draws, means },
    )
  const random = createRandom(seed)
  let [current, next] = [mean, 0]
  return Float64Array.from({ length: rows }, (_, row) => {
    const change = changes[next]
    let now = current
    if (change && row >= change.at) {
      const share = (row - change.at) / (change.width ?? 0)
      if (share < 1) now = current + share * (change.mean - current)
      else {
        now = current = change.mean
        next++
      }
    }
    let sum = 0
    for (let k = 0; k < draws; k++) if (random.next() < now) sum++
    return sum / draws
  })
}
