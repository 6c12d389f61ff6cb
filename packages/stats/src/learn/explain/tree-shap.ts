import type { BoostedTrees } from '../model.ts'
import { checkColumns } from '../predict.ts'
import { type Edges, edgesOf } from './edges.ts'

/** Shapley values of raw scores: log odds of class 1 (binary), one score a class (multiclass), or the number itself. */
export interface Attributions {
  /** Raw scores of the model: 1, or the number of classes of a multiclass one. */
  readonly outputs: number
  readonly features: number
  /** Mean raw score over the training rows, one for each output. */
  readonly base: readonly number[]
  /** What feature j adds to raw score k of a row, at [(row · outputs + k) · features + j]. */
  readonly values: Float64Array
}

/**
 * Exact Shapley values of boosted trees, path-dependent (the training rows of each node stand for the features left
 * out): base + the values of a row = its raw score. A leaf v gives feature i
 * v (o_i - z_i) ∫ Π_{j≠i} (t o_j + (1 - t) z_j) dt over [0, 1], where o says whether the row meets the path's conditions
 * on a feature and z which share of training rows did; Gauss-Legendre quadrature takes that integral without error.
 * One walk over the tree shares the products between leaves: O(leaves · depth) a row and tree.
 * @param columns in the order of the model's features, NaN = missing
 * @see Lundberg et al. 2020 (the values); Yu et al. 2022, Linear TreeSHAP (the walk); equal to shap 0.51 and LightGBM 4.7
 * @throws LearnError LEARN_DATA_INVALID when columns do not fit, LEARN_MODEL_INVALID for a root without rows
 * @example
 * const random = createRandom(1)
 * const [age, shoe] = [0, 0].map(() => Float64Array.from({ length: 300 }, random.next))
 * const features = [{ name: 'age', kind: 'numeric', values: age }, { name: 'shoe', kind: 'numeric', values: shoe }]
 * const model = trainBoostedTrees({ features, target: age.map((a) => 3 * a) }, { task: 'regression', seed: 1 })
 * const { base, values } = treeShap(model, [Float64Array.of(0.9), Float64Array.of(0.5)])
 * Math.abs(base[0] + values[0] + values[1] - predict(model, [Float64Array.of(0.9), Float64Array.of(0.5)]).values[0]) < 1e-9 // true
 * values[0] > 10 * Math.abs(values[1]) // true
 */
export function treeShap(model: BoostedTrees, columns: readonly Float64Array[]): Attributions {
  checkColumns(model, columns)
  const features = model.features.length
  const outputs = model.base.length
  const rounded = columns.map((column) => Float32Array.from(column))
  const values = new Float64Array(columns[0]!.length * outputs * features)
  const base = [...model.base]
  for (const round of model.rounds) {
    round.forEach((tree, output) => {
      const edges = edgesOf(tree)
      base[output]! += edges.mean
      explainRows(edges, rounded, values, { output, outputs, features })
    })
  }
  return { outputs, features, base, values }
}

interface Place {
  readonly output: number
  readonly outputs: number
  readonly features: number
}

/** Tree by tree, as in prediction: what a tree needs stays in the cache while the rows stream by. */
function explainRows(edges: Edges, columns: readonly Float32Array[], values: Float64Array, place: Place): void {
  const { tree, points, replaces, share, factors, inverses, weighted } = edges
  const { feature, value, left } = tree
  const products = new Float64Array((edges.depth + 1) * points).fill(1)
  const sums = new Float64Array((edges.depth + 1) * points)
  const holds = new Uint8Array(feature.length)
  let row = 0
  let offset = 0

  const follow = (child: number, split: number, isTaken: boolean, level: number): void => {
    const above = replaces[child]!
    const held = above < 0 ? 1 : holds[above]!
    const hold = isTaken ? held : 0
    holds[child] = hold
    const own = (child * 2 + hold) * points
    const old = (above * 2 + held) * points
    const [from, to] = [(level - 1) * points, level * points]
    for (let q = 0; q < points; q++) {
      const product = products[from + q]! * factors[own + q]!
      products[to + q] = above < 0 ? product : product * inverses[old + q]!
    }
    walk(child, level)
    let gained = 0
    let withdrawn = 0
    for (let q = 0; q < points; q++) {
      const sum = sums[to + q]!
      gained += sum * weighted[own + q]!
      if (above >= 0) withdrawn += sum * weighted[old + q]!
      sums[from + q]! += sum
    }
    values[offset + split]! += (hold - share[child]!) * gained
    if (above >= 0) values[offset + split]! -= (held - share[above]!) * withdrawn
  }

  /** Leaves in `sums` of its level, at each point, Σ leaf · product of factors over the leaves below. */
  const walk = (node: number, level: number): void => {
    const at = level * points
    const split = feature[node]!
    if (split < 0) {
      for (let q = 0; q < points; q++) sums[at + q] = value[node]! * products[at + q]!
      return
    }
    for (let q = 0; q < points; q++) sums[at + q] = 0
    const goesLeft = takesLeft(edges, node, columns[split]![row]!)
    follow(left[node]!, split, goesLeft, level + 1)
    follow(tree.right[node]!, split, !goesLeft, level + 1)
  }

  for (; row < columns[0]!.length; row++) {
    offset = (row * place.outputs + place.output) * place.features
    walk(0, 0)
  }
}

function takesLeft({ tree, listed }: Edges, node: number, x: number): boolean {
  const table = listed[node]
  if (table !== undefined) return table[x] === 1
  return x <= tree.threshold[node]! || (tree.missingLeft[node] === 1 && Number.isNaN(x))
}
