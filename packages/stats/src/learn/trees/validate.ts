import { checkData, type LearningData } from '../data.ts'
import { LearnError } from '../error.ts'
import { applyBinning, BIN_SLOTS, type Binning } from './bins.ts'
import type { BoostingLoss } from './loss.ts'
import type { Nodes } from './nodes.ts'
import type { Settings } from './options.ts'

/** Follows the loss on rows the trees do not see, and says when it has stopped falling. */
export interface Validation {
  readonly losses: readonly number[]
  addTree(nodes: Nodes, output: number): void
  /** Ends a round: its loss. */
  lossNow(): number
  isExhausted(): boolean
  /** Number of rounds up to and with the best. */
  bestRound(): number
}

export function startValidation(
  data: LearningData,
  settings: Settings,
  binnings: readonly Binning[],
  loss: BoostingLoss,
  base: readonly number[],
): Validation {
  checkValidation(data, settings, binnings, loss)
  const columns = data.features.map((feature, j) => applyBinning(binnings[j]!, feature.values))
  const rows = data.target.length
  const weights = data.weights ?? new Float64Array(rows).fill(1)
  const scores = Float64Array.from({ length: rows * loss.outputs }, (_, i) => base[i % loss.outputs]!)
  const losses: number[] = []
  let best = 0
  return {
    losses,
    addTree(nodes, output) {
      for (let row = 0; row < rows; row++) {
        scores[row * loss.outputs + output]! += nodes.value[binnedLeaf(nodes, columns, row)]!
      }
    },
    lossNow() {
      const now = loss.mean(scores, data.target, weights)
      losses.push(now)
      if (now < losses[best]!) best = losses.length - 1
      return now
    },
    isExhausted: () => losses.length - 1 - best >= settings.patience,
    bestRound: () => best + 1,
  }
}

function binnedLeaf(nodes: Nodes, columns: readonly Uint8Array[], row: number): number {
  let node = 0
  for (;;) {
    const feature = nodes.feature[node]!
    if (feature < 0) return node
    const goesLeft = nodes.goesLeft[node * BIN_SLOTS + columns[feature]![row]!]!
    node = nodes.left[node]! + 1 - goesLeft
  }
}

function checkValidation(
  data: LearningData,
  settings: Settings,
  binnings: readonly Binning[],
  loss: BoostingLoss,
): void {
  checkData(data, settings.task)
  const expected = binnings.map(({ spec }) => `${spec.name} (${spec.kind})`).join(', ')
  const found = data.features.map((feature) => `${feature.name} (${feature.kind})`).join(', ')
  if (found !== expected) {
    throw new LearnError('LEARN_DATA_INVALID', `validation has the features ${found}, expected ${expected}`)
  }
  const highest = data.target.reduce((most, label) => Math.max(most, label), 0)
  if (settings.task === 'multiclass' && highest >= loss.outputs) {
    throw new LearnError('LEARN_DATA_INVALID', `validation holds class ${highest}, expected less than ${loss.outputs}`)
  }
}
