import { BIN_SLOTS } from './bins.ts'
import { BIN_FIELDS } from './histogram.ts'
import { type FeatureSums, type Limits, leafValue, lossRemoved, type NodeSums, type Split } from './split.ts'

export interface CategoryLimits extends Limits {
  readonly categorySmoothing: number
  readonly maxListedCategories: number
  readonly minRowsPerCategory: number
  readonly minRowsPerCategoryGroup: number
}

/** So few categories offer too few partitions to overfit by choosing: they are split like numbers. */
const FEW_CATEGORIES = 4
const noRulesForRareOnes = { categorySmoothing: 0, minRowsPerCategory: 1, minRowsPerCategoryGroup: 1 } as const

const ordered = new Int32Array(BIN_SLOTS)
const keys = new Float64Array(BIN_SLOTS)

/**
 * Many against many: the best of the 2^k partitions lies among the k that respect the order of the mean gradient
 * (Fisher 1958), here shrunk towards 0 by the smoothing. A group of listed categories, taken from either end of that
 * order, goes left; all else goes right, with missing and unseen ones, so that taking both ends in turn is what learns
 * the side of the missing. A split is tried only after another `minRowsPerCategoryGroup` rows: with one try for each
 * category the best of many is mostly luck (LightGBM's rule). Leaf bounds are respected.
 */
export function findCategoricalSplit(
  histogram: Float64Array,
  column: FeatureSums,
  node: NodeSums,
  limits: CategoryLimits,
  best: Split,
): void {
  const rules = column.bins - 1 <= FEW_CATEGORIES ? { ...limits, ...noRulesForRareOnes } : limits
  const present = orderByGradient(histogram, column, rules)
  scanFrom(histogram, column, present, 1, node, rules, best)
  scanFrom(histogram, column, present, -1, node, rules, best)
}

function scanFrom(
  histogram: Float64Array,
  { feature, base }: FeatureSums,
  present: number,
  step: 1 | -1,
  node: NodeSums,
  limits: CategoryLimits,
  best: Split,
): void {
  const { gradient, hessian, rows, lowest, highest } = node
  const { l2, minHessianPerLeaf, maxListedCategories, minRowsPerCategoryGroup } = limits
  const minRows = Math.max(limits.minRowsPerLeaf, minRowsPerCategoryGroup)
  const l2Split = l2 + limits.categorySmoothing
  const parent = lossRemoved(gradient, hessian, l2, leafValue(gradient, hessian, l2, lowest, highest))
  const most = Math.min(present, maxListedCategories)
  let leftGradient = 0
  let leftHessian = 0
  let leftRows = 0
  let groupRows = 0
  for (let taken = 1; taken <= most; taken++) {
    const slot = base + ordered[step === 1 ? taken - 1 : present - taken]! * BIN_FIELDS
    leftGradient += histogram[slot]!
    leftHessian += histogram[slot + 1]!
    leftRows += histogram[slot + 2]!
    groupRows += histogram[slot + 2]!
    if (leftRows < minRows || leftHessian < minHessianPerLeaf || groupRows < minRowsPerCategoryGroup) continue
    const rightHessian = hessian - leftHessian
    if (rows - leftRows < minRows || rightHessian < minHessianPerLeaf) break
    groupRows = 0
    const rightGradient = gradient - leftGradient
    const left = leafValue(leftGradient, leftHessian, l2Split, lowest, highest)
    const right = leafValue(rightGradient, rightHessian, l2Split, lowest, highest)
    const gain =
      lossRemoved(leftGradient, leftHessian, l2Split, left) +
      lossRemoved(rightGradient, rightHessian, l2Split, right) -
      parent
    if (gain <= best.gain) continue
    best.gain = gain
    best.feature = feature
    best.bin = 0
    best.missingLeft = false
    best.extraL2 = limits.categorySmoothing
    best.listed = Uint8Array.from(step === 1 ? ordered.subarray(0, taken) : ordered.subarray(present - taken, present))
    best.leftGradient = leftGradient
    best.leftHessian = leftHessian
    best.leftRows = leftRows
  }
}

/** Fills `ordered` with the categories of the node by smoothed mean gradient; returns how many there are. */
function orderByGradient(
  histogram: Float64Array,
  { bins, base }: FeatureSums,
  { categorySmoothing, minRowsPerCategory }: CategoryLimits,
): number {
  let present = 0
  for (let bin = 1; bin < bins; bin++) {
    const slot = base + bin * BIN_FIELDS
    if (histogram[slot + 2]! < minRowsPerCategory) continue
    keys[bin] = histogram[slot]! / (histogram[slot + 1]! + categorySmoothing + Number.MIN_VALUE)
    ordered[present++] = bin
  }
  // Shell sort: no comparator to call, nothing to allocate; ties keep no order, so the bin breaks them.
  for (const gap of [57, 23, 10, 4, 1]) {
    for (let i = gap; i < present; i++) {
      const bin = ordered[i]!
      let j = i
      for (; j >= gap && comesAfter(ordered[j - gap]!, bin); j -= gap) ordered[j] = ordered[j - gap]!
      ordered[j] = bin
    }
  }
  return present
}

function comesAfter(one: number, other: number): boolean {
  return keys[one]! > keys[other]! || (keys[one] === keys[other] && one > other)
}
