import type { BoostedTrees, Tree } from '../model.ts'
import type { Attribute } from './graph.ts'
import { LANE_CODES, type Lanes } from './lanes.ts'

/** The parallel lists of a TreeEnsembleRegressor (ai.onnx.ml 3). */
export class Ensemble {
  readonly #trees: number[] = []
  readonly #ids: number[] = []
  readonly #features: number[] = []
  readonly #modes: string[] = []
  readonly #thresholds: number[] = []
  readonly #yes: number[] = []
  readonly #no: number[] = []
  readonly #missingYes: number[] = []
  readonly #leafTrees: number[] = []
  readonly #leafIds: number[] = []
  readonly #leafTargets: number[] = []
  readonly #leafValues: number[] = []

  branch(tree: number, id: number, split: Branch): void {
    this.#push(tree, id, split.mode, split)
  }

  leaf(tree: number, id: number, target: number, value: number): void {
    const isFirst = this.#leafTrees.at(-1) !== tree || this.#leafIds.at(-1) !== id
    if (isFirst) this.#push(tree, id, 'LEAF', { feature: 0, threshold: 0, yes: 0, no: 0, missingYes: false })
    this.#leafTrees.push(tree)
    this.#leafIds.push(id)
    this.#leafTargets.push(target)
    this.#leafValues.push(value)
  }

  #push(tree: number, id: number, mode: string, split: Omit<Branch, 'mode'>): void {
    this.#trees.push(tree)
    this.#ids.push(id)
    this.#modes.push(mode)
    this.#features.push(split.feature)
    this.#thresholds.push(split.threshold)
    this.#yes.push(split.yes)
    this.#no.push(split.no)
    this.#missingYes.push(split.missingYes ? 1 : 0)
  }

  attributes(targets: number, base: readonly number[]): Record<string, Attribute> {
    return {
      n_targets: { int: targets },
      base_values: { floats: base },
      nodes_treeids: { ints: this.#trees },
      nodes_nodeids: { ints: this.#ids },
      nodes_featureids: { ints: this.#features },
      nodes_modes: { texts: this.#modes },
      nodes_values: { floats: this.#thresholds },
      nodes_truenodeids: { ints: this.#yes },
      nodes_falsenodeids: { ints: this.#no },
      nodes_missing_value_tracks_true: { ints: this.#missingYes },
      target_treeids: { ints: this.#leafTrees },
      target_nodeids: { ints: this.#leafIds },
      target_ids: { ints: this.#leafTargets },
      target_weights: { floats: this.#leafValues },
    }
  }
}

export interface Branch {
  readonly mode: 'BRANCH_LEQ' | 'BRANCH_EQ'
  readonly feature: number
  readonly threshold: number
  readonly yes: number
  readonly no: number
  readonly missingYes: boolean
}

export function ensembleOf(model: BoostedTrees, lanes: Lanes): Record<string, Attribute> {
  const ensemble = new Ensemble()
  let trees = 0
  for (const round of model.rounds) {
    round.forEach((tree, output) => {
      addTree(ensemble, tree, trees++, output, lanes)
    })
  }
  return ensemble.attributes(model.base.length, model.base)
}

/**
 * A node keeps its number. A categorical node becomes a chain of equalities whose `yes` is the same child (the form
 * LightGBM's own exporter writes); the links after the first get numbers after the last node.
 */
function addTree(ensemble: Ensemble, tree: Tree, number: number, output: number, lanes: Lanes): void {
  let next = tree.feature.length
  tree.feature.forEach((split, node) => {
    if (split < 0) {
      ensemble.leaf(number, node, output, tree.value[node]!)
      return
    }
    const [yes, right, listed] = [tree.left[node]!, tree.right[node]!, tree.listed[node]]
    const feature = lanes.first[split]!
    if (listed === undefined) {
      const missingYes = tree.missingLeft[node] === 1
      const threshold = tree.threshold[node]!
      ensemble.branch(number, node, { mode: 'BRANCH_LEQ', feature, threshold, yes, no: right, missingYes })
      return
    }
    listed.forEach((code, i) => {
      const id = i === 0 ? node : next++
      const no = i === listed.length - 1 ? right : next
      const lane = Math.floor(code / LANE_CODES)
      const threshold = code - lane * LANE_CODES + 1
      ensemble.branch(number, id, {
        mode: 'BRANCH_EQ',
        feature: feature + lane,
        threshold,
        yes,
        no,
        missingYes: false,
      })
    })
  })
}
