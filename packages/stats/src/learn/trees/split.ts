import { MISSING_BIN } from './bins.ts'
import { BIN_FIELDS } from './histogram.ts'
import type { Settings } from './options.ts'

/** Sums over the rows of a node, and the values its leaves may take (a monotone split above narrows them). */
export interface NodeSums {
  readonly gradient: number
  readonly hessian: number
  readonly rows: number
  readonly lowest: number
  readonly highest: number
}

/** The best split found so far; one is reused for all nodes. */
export interface Split {
  gain: number
  feature: number
  /** Numeric: bins 1 … bin go left. 0 for a categorical split. */
  bin: number
  missingLeft: boolean
  /** Categorical: bins that go left. */
  listed: Uint8Array
  /** Ridge penalty of its children beside the usual one. */
  extraL2: number
  leftGradient: number
  leftHessian: number
  leftRows: number
}

/** Where the sums of a feature stand in a histogram. */
export interface FeatureSums {
  readonly feature: number
  readonly bins: number
  readonly base: number
}

export function newSplit(): Split {
  return {
    gain: 0,
    feature: -1,
    bin: 0,
    missingLeft: false,
    listed: new Uint8Array(),
    extraL2: 0,
    leftGradient: 0,
    leftHessian: 0,
    leftRows: 0,
  }
}

export type Limits = Pick<Settings, 'l2' | 'minRowsPerLeaf' | 'minHessianPerLeaf'>

/** The leaf value that loses least, within the bounds. */
export function leafValue(gradient: number, hessian: number, l2: number, lowest: number, highest: number): number {
  const value = -gradient / (hessian + l2)
  return value < lowest ? lowest : value > highest ? highest : value
}

/** Loss removed by giving rows their best leaf value instead of 0. */
export function lossRemoved(gradient: number, hessian: number, l2: number, value: number): number {
  return -(gradient * value + ((hessian + l2) * value * value) / 2)
}

/**
 * Tries every border of a numeric feature, with the missing values right and then left. Where the node has none
 * missing, a later missing value follows the larger side.
 */
export function findNumericSplit(
  histogram: Float64Array,
  column: FeatureSums,
  direction: -1 | 0 | 1,
  node: NodeSums,
  limits: Limits,
  best: Split,
): void {
  const missingRows = histogram[column.base + MISSING_BIN * BIN_FIELDS + 2]!
  scanBorders(histogram, column, direction, node, limits, best, false)
  if (missingRows > 0) scanBorders(histogram, column, direction, node, limits, best, true)
  else if (best.feature === column.feature) best.missingLeft = best.leftRows * 2 > node.rows
}

function scanBorders(
  histogram: Float64Array,
  column: FeatureSums,
  direction: -1 | 0 | 1,
  node: NodeSums,
  { l2, minRowsPerLeaf, minHessianPerLeaf }: Limits,
  best: Split,
  missingLeft: boolean,
): void {
  const { feature, bins, base } = column
  const { gradient, hessian, rows, lowest, highest } = node
  const bounded = direction !== 0 || lowest > Number.NEGATIVE_INFINITY || highest < Number.POSITIVE_INFINITY
  const parent = lossRemoved(gradient, hessian, l2, leafValue(gradient, hessian, l2, lowest, highest))
  // With the missing values right, the last border is the one between all values and none.
  const last = missingLeft ? bins - 2 : bins - 1
  let leftGradient = missingLeft ? histogram[base]! : 0
  let leftHessian = missingLeft ? histogram[base + 1]! : 0
  let leftRows = missingLeft ? histogram[base + 2]! : 0
  for (let bin = 1; bin <= last; bin++) {
    const slot = base + bin * BIN_FIELDS
    const binRows = histogram[slot + 2]!
    // Of equal borders the first: what subtraction left in an empty bin must not choose among them.
    if (binRows === 0) continue
    leftGradient += histogram[slot]!
    leftHessian += histogram[slot + 1]!
    leftRows += binRows
    if (leftRows < minRowsPerLeaf || leftHessian < minHessianPerLeaf) continue
    const rightHessian = hessian - leftHessian
    if (rows - leftRows < minRowsPerLeaf || rightHessian < minHessianPerLeaf) break
    const rightGradient = gradient - leftGradient
    let gain: number
    if (bounded) {
      const left = leafValue(leftGradient, leftHessian, l2, lowest, highest)
      const right = leafValue(rightGradient, rightHessian, l2, lowest, highest)
      if (direction * (right - left) < 0) continue
      gain =
        lossRemoved(leftGradient, leftHessian, l2, left) + lossRemoved(rightGradient, rightHessian, l2, right) - parent
    } else {
      gain =
        (leftGradient * leftGradient) / (2 * (leftHessian + l2)) +
        (rightGradient * rightGradient) / (2 * (rightHessian + l2)) -
        parent
    }
    if (gain <= best.gain) continue
    best.gain = gain
    best.feature = feature
    best.bin = bin
    best.missingLeft = missingLeft
    best.extraL2 = 0
    best.leftGradient = leftGradient
    best.leftHessian = leftHessian
    best.leftRows = leftRows
  }
}
