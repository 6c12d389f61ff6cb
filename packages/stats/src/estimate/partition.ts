import type { Unknown } from '../error.ts'
import {
  applyCalibrator,
  type BoostedTrees,
  type Feature,
  fitIsotonic,
  predict,
  trainBoostedTrees,
} from '../learn/index.ts'
import { checkLabelled, type LabelledRows } from './rows.ts'

/** A frozen split of feature space into groups in which the same score means different things. */
export type Partition = {
  readonly kind: 'known'
  readonly tree: BoostedTrees
  /** What the tree answers in each group, ascending. */
  readonly answers: readonly number[]
}

const TREE = {
  task: 'regression',
  rounds: 1,
  learningRate: 1,
  maxDepth: 4,
  minRowsPerLeaf: 200,
  l2: 10,
  seed: 1,
} as const

/**
 * Leaves of one tree of depth 4 that foretells label - calibrated score on the reference: the split that matters to
 * the estimate, made once and not for each window, so that counts by group add up.
 * @returns unknown with fewer than 400 rows or one class
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example
 * const x = Float64Array.from({ length: 1000 }, (_, i) => i % 2)
 * const rows = { features: [{ name: 'x', kind: 'numeric', values: x }], scores: x.map(() => 0.5), labels: x } as const
 * const partition = fitPartition(rows)
 * partition.answers.length // 2
 */
export function fitPartition(rows: LabelledRows): Partition | Unknown {
  checkLabelled('fitPartition', rows)
  const count = rows.scores.length
  if (count < 400) return { kind: 'unknown', reason: 'too-few-rows', have: count, need: 400 }
  const [probabilities, outcomes] = [Float64Array.from(rows.scores), Float64Array.from(rows.labels)]
  if (new Set(outcomes).size < 2) return { kind: 'unknown', reason: 'one-class-only', have: 1, need: 2 }
  const calibrator = fitIsotonic({ probabilities, outcomes }, { knots: 'centres' })
  const target = outcomes.map((label, i) => label - applyCalibrator(calibrator, probabilities[i]!))
  const tree = trainBoostedTrees({ features: rows.features, target }, TREE)
  const answers = [...new Set(answersOf(tree, rows.features))].sort((a, b) => a - b)
  return { kind: 'known', tree, answers }
}

/**
 * Group of each row, 0 … answers - 1.
 * @throws LearnError LEARN_DATA_INVALID when the columns do not fit
 * @example
 * const x = Float64Array.from({ length: 1000 }, (_, i) => i % 2)
 * const features = [{ name: 'x', kind: 'numeric', values: x }] as const
 * const partition = fitPartition({ features, scores: x.map(() => 0.5), labels: x })
 * groupsOf(partition, [{ name: 'x', kind: 'numeric', values: Float64Array.of(1, 0) }]) // [1, 0]
 */
export function groupsOf({ tree, answers }: Partition, features: readonly Feature[]): Int32Array {
  // Nearest and not equal: a leaf that no reference row reached (a category unseen there) has an answer of its own.
  return Int32Array.from(answersOf(tree, features), (answer) => {
    let group = 0
    while (group + 1 < answers.length && Math.abs(answers[group + 1]! - answer) <= Math.abs(answers[group]! - answer))
      group++
    return group
  })
}

function answersOf(tree: BoostedTrees, features: readonly Feature[]): Float64Array {
  return predict(
    tree,
    features.map(({ values }) => values),
  ).values
}
