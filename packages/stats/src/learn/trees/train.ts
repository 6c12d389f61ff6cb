import { createRandom } from '../../random.ts'
import { checkData, classesOf, type FeatureSpec, type LearningData, requireTwoClasses, specsOf } from '../data.ts'
import { LearnError } from '../error.ts'
import type { BoostedTrees, Tree } from '../model.ts'
import { applyBinning, BIN_SLOTS, learnBinning } from './bins.ts'
import { growTree } from './grow.ts'
import { type BoostingLoss, type Derivatives, lossOf } from './loss.ts'
import { type Grower, newGrower, partitionRows } from './node.ts'
import { toTree } from './nodes.ts'
import { type BoostedTreesOptions, type Settings, settle } from './options.ts'
import { type RowSampler, sampler } from './sample.ts'
import { startValidation, type Validation } from './validate.ts'

/**
 * Histogram gradient-boosted trees: log loss for classes, squared error for numbers. They grow leaf by leaf, the best
 * split first, to 31 leaves; with `maxDepth` alone, to the full depth.
 * Missing values take the side that loses least; categories split many against many. Deterministic for a seed.
 * @see Friedman 2001; Ke et al. 2017 (LightGBM) for histograms and their subtraction
 * @throws LearnError LEARN_DATA_INVALID (place, found, expected), LEARN_OPTION_INVALID, LEARN_TARGET_CONSTANT
 * @example
 * const random = createRandom(1)
 * const age = Float64Array.from({ length: 500 }, () => random.integer(80))
 * const features = [{ name: 'age', kind: 'numeric', values: age }] as const
 * const model = trainBoostedTrees({ features, target: age.map((a) => Number(a >= 18)) }, { task: 'binary', seed: 1 })
 * predict(model, [Float64Array.of(17, 18)]).values[3] > 0.99 // true
 */
export function trainBoostedTrees(data: LearningData, options: BoostedTreesOptions): BoostedTrees {
  const settings = settle(options)
  checkData(data, settings.task)
  if (settings.task !== 'regression') requireTwoClasses(data)
  const features = specsOf(data)
  const classes = classesOf(data.target, settings.task, settings.classes)
  const training = startTraining(data, features, settings, lossOf(settings.task, classes))
  const { rounds, validationLoss } = boost(training)
  return {
    kind: 'boosted-trees',
    task: settings.task,
    features,
    classes,
    base: training.base,
    rounds,
    validationLoss,
  }
}

interface Training {
  readonly settings: Settings
  readonly target: Float64Array
  readonly weights: Float64Array
  readonly loss: BoostingLoss
  readonly base: readonly number[]
  readonly grower: Grower
  /** rows × outputs, by row. */
  readonly scores: Float64Array
  readonly derivatives: Derivatives
  readonly sampleRows: RowSampler
  readonly sampleFeatures: () => Int32Array
  readonly validation: Validation | undefined
}

function startTraining(
  data: LearningData,
  features: readonly FeatureSpec[],
  settings: Settings,
  loss: BoostingLoss,
): Training {
  const rows = data.target.length
  const weights = data.weights ?? new Float64Array(rows).fill(1)
  const binnings = data.features.map((feature, j) =>
    learnBinning(feature, features[j]!, data.weights, settings.maxBins),
  )
  const columns = data.features.map((feature, j) => applyBinning(binnings[j]!, feature.values))
  const base = loss.base(data.target, weights)
  const random = createRandom(settings.seed)
  const { sampleRows, sampleFeatures } = sampler(settings, rows, features.length, random)
  return {
    settings,
    target: data.target,
    weights,
    loss,
    base,
    grower: newGrower(settings, binnings, columns, directionsOf(settings, features)),
    scores: Float64Array.from({ length: rows * loss.outputs }, (_, i) => base[i % loss.outputs]!),
    derivatives: {
      gradients: new Float64Array(rows * loss.outputs),
      hessians: new Float64Array(rows * loss.outputs),
    },
    sampleRows,
    sampleFeatures,
    validation: settings.validation && startValidation(settings.validation, settings, binnings, loss, base),
  }
}

function boost(training: Training): { rounds: Tree[][]; validationLoss: number[] } {
  const { settings, validation } = training
  const rounds: Tree[][] = []
  for (let round = 0; round < settings.rounds; round++) {
    rounds.push(growRound(training))
    const validationLoss = validation?.lossNow()
    settings.onRound?.({
      round: round + 1,
      rounds: settings.rounds,
      ...(validationLoss === undefined ? {} : { validationLoss }),
    })
    if (validation?.isExhausted()) break
  }
  if (validation) rounds.length = validation.bestRound()
  return { rounds, validationLoss: [...(validation?.losses ?? [])] }
}

/** One tree for each raw output, all on the derivatives of the same scores. */
function growRound(training: Training): Tree[] {
  const { loss, grower, scores, derivatives, target, weights, validation } = training
  const rows = target.length
  loss.derive(scores, target, weights, derivatives)
  const sampled = training.sampleRows(grower.order)
  const trees: Tree[] = []
  for (let output = 0; output < loss.outputs; output++) {
    growTree(grower, {
      active: training.sampleFeatures(),
      sampled,
      gradients: derivatives.gradients.subarray(output * rows, (output + 1) * rows),
      hessians: derivatives.hessians.subarray(output * rows, (output + 1) * rows),
    })
    addLeaves(grower, sampled, scores, output, loss.outputs)
    validation?.addTree(grower.nodes, output)
    trees.push(toTree(grower.nodes, grower.binnings))
  }
  return trees
}

/** Sampled rows already lie leaf by leaf; the others are sent down the tree, in the rest of `order`. */
function addLeaves(
  { nodes, order, scratch, data }: Grower,
  sampled: number,
  scores: Float64Array,
  k: number,
  outputs: number,
): void {
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.feature[node]! >= 0) continue
    const value = nodes.value[node]!
    for (let i = nodes.from[node]!; i < nodes.until[node]!; i++) scores[order[i]! * outputs + k]! += value
  }
  const send = (node: number, from: number, until: number): void => {
    if (from === until) return
    if (nodes.feature[node]! < 0) {
      for (let i = from; i < until; i++) scores[order[i]! * outputs + k]! += nodes.value[node]!
      return
    }
    const goesLeft = nodes.goesLeft.subarray(node * BIN_SLOTS, (node + 1) * BIN_SLOTS)
    const middle = partitionRows(order, scratch, data.columns[nodes.feature[node]!]!, goesLeft, { from, until })
    send(nodes.left[node]!, from, middle)
    send(nodes.left[node]! + 1, middle, until)
  }
  send(0, sampled, order.length)
}

function directionsOf(settings: Settings, features: readonly FeatureSpec[]): (-1 | 0 | 1)[] {
  for (const name of Object.keys(settings.monotone ?? {})) {
    const feature = features.find((spec) => spec.name === name)
    const problem =
      feature === undefined
        ? `names ${name}, which is no feature`
        : feature.kind === 'categorical'
          ? `names ${name}, a categorical feature, expected a numeric one`
          : settings.task === 'multiclass'
            ? 'is given for a multiclass task, expected binary or regression: a softmax keeps no order'
            : undefined
    if (problem) throw new LearnError('LEARN_OPTION_INVALID', `monotone ${problem}`, { feature: name })
  }
  return features.map((spec) => settings.monotone?.[spec.name] ?? 0)
}
