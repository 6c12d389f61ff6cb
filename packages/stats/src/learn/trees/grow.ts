import { BIN_SLOTS, type Binning } from './bins.ts'
import { findCategoricalSplit } from './categorical.ts'
import { type BinnedColumns, buildHistogram, FEATURE_STRIDE, subtractHistogram } from './histogram.ts'
import { type Nodes, newNodes } from './nodes.ts'
import type { Settings } from './options.ts'
import { findNumericSplit, leafValue, type NodeSums, newSplit, type Split } from './split.ts'

/** Everything a tree is grown with, allocated once for a whole training. */
export interface Grower {
  readonly settings: Settings
  readonly binnings: readonly Binning[]
  readonly data: BinnedColumns
  /** 1, -1 or 0 for each feature. */
  readonly directions: readonly (-1 | 0 | 1)[]
  /** Row numbers; the rows of a node stand next to one another. The first `sampled` belong to the tree. */
  readonly order: Uint32Array
  readonly scratch: Uint32Array
  /** Derivatives in the order of `order`, valid for the node whose histogram is being built. */
  readonly gradients: Float64Array
  readonly hessians: Float64Array
  /** One histogram for each node on the way down, and one for the sibling. */
  readonly histograms: readonly Float64Array[]
  readonly split: Split
  readonly nodes: Nodes
}

export function newGrower(
  settings: Settings,
  binnings: readonly Binning[],
  columns: readonly Uint8Array[],
  directions: readonly (-1 | 0 | 1)[],
): Grower {
  const rows = columns[0]!.length
  return {
    settings,
    binnings,
    data: { columns, bins: binnings.map((binning) => binning.bins) },
    directions,
    order: new Uint32Array(rows),
    scratch: new Uint32Array(rows),
    gradients: new Float64Array(rows),
    hessians: new Float64Array(rows),
    histograms: Array.from({ length: settings.maxDepth + 1 }, () => new Float64Array(binnings.length * FEATURE_STRIDE)),
    split: newSplit(),
    nodes: newNodes(Math.min(2 ** (settings.maxDepth + 1), 2 * rows)),
  }
}

/** A node to be grown: its rows are order[from, until), its histogram lies in `slot`. */
interface Growing extends NodeSums {
  readonly node: number
  readonly from: number
  readonly until: number
  readonly depth: number
  readonly slot: number
  /** Ridge penalty on its value, should it stay a leaf. */
  readonly l2: number
}

/** What one tree is grown from. */
export interface TreeTask {
  readonly active: Int32Array
  readonly sampled: number
  /** Derivatives by row number. */
  readonly gradients: Float64Array
  readonly hessians: Float64Array
}

/** Grows one tree over order[0, sampled) into `grower.nodes`. Depth first: few histograms live, and they stay in cache. */
export function growTree(grower: Grower, task: TreeTask): void {
  const { order, nodes } = grower
  let gradient = 0
  let hessian = 0
  for (let i = 0; i < task.sampled; i++) {
    gradient += task.gradients[order[i]!]!
    hessian += task.hessians[order[i]!]!
  }
  nodes.count = 1
  const root: Growing = {
    node: 0,
    from: 0,
    until: task.sampled,
    depth: 0,
    slot: 0,
    gradient,
    hessian,
    rows: task.sampled,
    l2: grower.settings.l2,
    lowest: Number.NEGATIVE_INFINITY,
    highest: Number.POSITIVE_INFINITY,
  }
  if (canSplit(grower, root)) fillHistogram(grower, task, root)
  grow(grower, task, root)
}

function grow(grower: Grower, task: TreeTask, growing: Growing): void {
  const { split, nodes, settings } = grower
  nodes.from[growing.node] = growing.from
  nodes.until[growing.node] = growing.until
  if (!canSplit(grower, growing) || !findSplit(grower, task, growing)) {
    const { gradient, hessian, lowest, highest } = growing
    nodes.feature[growing.node] = -1
    nodes.value[growing.node] = Math.fround(
      settings.learningRate * leafValue(gradient, hessian, growing.l2, lowest, highest),
    )
    return
  }
  const left = nodes.count
  const right = left + 1
  nodes.count += 2
  recordSplit(nodes, growing.node, left, split)
  const middle = partition(grower, growing)
  const [leftSums, rightSums] = childSums(grower, growing, split)
  const { from, until, depth, slot } = growing
  const l2 = settings.l2 + split.extraL2
  const sides: [Growing, Growing] = [
    { ...leftSums, node: left, from, until: middle, depth: depth + 1, slot, l2 },
    { ...rightSums, node: right, from: middle, until, depth: depth + 1, slot, l2 },
  ]
  growChildren(grower, task, sides)
}

/** Sums the smaller child, gets the larger by subtraction, and grows the smaller first so that its slot is free again. */
function growChildren(grower: Grower, task: TreeTask, [left, right]: [Growing, Growing]): void {
  const leftSmaller = left.rows <= right.rows
  const larger = leftSmaller ? right : left
  const smaller: Growing = { ...(leftSmaller ? left : right), slot: larger.slot + 1 }
  if (canSplit(grower, smaller) || canSplit(grower, larger)) {
    fillHistogram(grower, task, smaller)
    subtractHistogram(grower.histograms[larger.slot]!, grower.histograms[smaller.slot]!, task.active, grower.data.bins)
  }
  grow(grower, task, smaller)
  grow(grower, task, larger)
}

function canSplit({ settings }: Grower, { depth, rows }: Growing): boolean {
  return depth < settings.maxDepth && rows >= 2 * settings.minRowsPerLeaf
}

function fillHistogram(grower: Grower, task: TreeTask, { from, until, slot }: Growing): void {
  const { order, gradients, hessians, data, histograms } = grower
  for (let i = from; i < until; i++) {
    const row = order[i]!
    gradients[i] = task.gradients[row]!
    hessians[i] = task.hessians[row]!
  }
  buildHistogram(histograms[slot]!, data, task.active, { order, from, until, gradients, hessians })
}

/** Leaves the best split in `grower.split`; false if none removes more than `minGain`. */
function findSplit(grower: Grower, { active }: TreeTask, growing: Growing): boolean {
  const { split, binnings, settings, directions, data } = grower
  const histogram = grower.histograms[growing.slot]!
  split.feature = -1
  split.gain = Math.max(settings.minGain, Number.EPSILON)
  for (let i = 0; i < active.length; i++) {
    const feature = active[i]!
    const bins = data.bins[feature]!
    if (bins === 1) continue
    if (binnings[feature]!.spec.kind === 'categorical') {
      findCategoricalSplit(histogram, feature, bins, growing, settings, split)
    } else findNumericSplit(histogram, feature, bins, directions[feature]!, growing, settings, split)
  }
  return split.feature >= 0
}

function recordSplit(nodes: Nodes, node: number, left: number, split: Split): void {
  nodes.feature[node] = split.feature
  nodes.left[node] = left
  nodes.bin[node] = split.bin
  nodes.missingLeft[node] = split.missingLeft ? 1 : 0
  nodes.gain[node] = split.gain
  const goesLeft = nodes.goesLeft.subarray(node * BIN_SLOTS, (node + 1) * BIN_SLOTS).fill(0)
  if (split.bin > 0) {
    goesLeft.fill(1, 1, split.bin + 1)
    goesLeft[0] = split.missingLeft ? 1 : 0
  } else for (const bin of split.listed) goesLeft[bin] = 1
}

function partition({ order, scratch, nodes, data }: Grower, { node, from, until }: Growing): number {
  const column = data.columns[nodes.feature[node]!]!
  return partitionRows(order, scratch, column, nodes.goesLeft.subarray(node * BIN_SLOTS, (node + 1) * BIN_SLOTS), {
    from,
    until,
  })
}

/** Moves the rows that go left to the front, keeping their order; returns where the right ones begin. No branch. */
export function partitionRows(
  order: Uint32Array,
  scratch: Uint32Array,
  column: Uint8Array,
  goesLeft: Uint8Array,
  { from, until }: { readonly from: number; readonly until: number },
): number {
  let left = from
  let right = 0
  for (let i = from; i < until; i++) {
    const row = order[i]!
    const isLeft = goesLeft[column[row]!]!
    order[left] = row
    scratch[right] = row
    left += isLeft
    right += 1 - isLeft
  }
  order.set(scratch.subarray(0, right), left)
  return left
}

/** A split on a monotone feature keeps all leaves of its lower side below the middle, and the others above it, for good. */
function childSums({ settings, directions }: Grower, node: NodeSums, split: Split): [NodeSums, NodeSums] {
  const { lowest, highest } = node
  const left = { gradient: split.leftGradient, hessian: split.leftHessian, rows: split.leftRows, lowest, highest }
  const right = {
    gradient: node.gradient - left.gradient,
    hessian: node.hessian - left.hessian,
    rows: node.rows - left.rows,
    lowest,
    highest,
  }
  const direction = directions[split.feature]!
  if (direction === 0) return [left, right]
  const { l2 } = settings
  const middle =
    (leafValue(left.gradient, left.hessian, l2, lowest, highest) +
      leafValue(right.gradient, right.hessian, l2, lowest, highest)) /
    2
  return direction === 1
    ? [
        { ...left, highest: middle },
        { ...right, lowest: middle },
      ]
    : [
        { ...left, lowest: middle },
        { ...right, highest: middle },
      ]
}
