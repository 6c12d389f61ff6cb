import { BIN_SLOTS, type Binning } from './bins.ts'
import { findCategoricalSplit } from './categorical.ts'
import { type BinnedColumns, buildHistogram, layOut } from './histogram.ts'
import { type Nodes, newNodes } from './nodes.ts'
import type { Settings } from './options.ts'
import { findNumericSplit, leafValue, type NodeSums, type Split } from './split.ts'

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
  /** Made when first asked for: one for each node that may still be split. */
  readonly histograms: Float64Array[]
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
    data: layOut(
      columns,
      binnings.map((binning) => binning.bins),
    ),
    directions,
    order: new Uint32Array(rows),
    scratch: new Uint32Array(rows),
    gradients: new Float64Array(rows),
    hessians: new Float64Array(rows),
    histograms: [],
    nodes: newNodes(Math.min(2 ** (settings.maxDepth + 1), 2 * settings.maxLeaves, 2 * rows)),
  }
}

/** A node to be grown: its rows are order[from, until), its histogram lies in `slot`, if it can be split. */
export interface Growing extends NodeSums {
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

export function canSplit({ settings }: Grower, { depth, rows }: Growing): boolean {
  return depth < settings.maxDepth && rows >= 2 * settings.minRowsPerLeaf
}

export function fillHistogram(grower: Grower, task: TreeTask, { from, until, slot }: Growing): void {
  const { order, gradients, hessians, data } = grower
  for (let i = from; i < until; i++) {
    const row = order[i]!
    gradients[i] = task.gradients[row]!
    hessians[i] = task.hessians[row]!
  }
  buildHistogram(histogramAt(grower, slot), data, task.active, { order, from, until, gradients, hessians })
}

export function histogramAt({ histograms, data }: Grower, slot: number): Float64Array {
  histograms[slot] ??= new Float64Array(data.slots)
  return histograms[slot]
}

/** Leaves the best split of the node in `split`; false if none removes more than `minGain`. */
export function findSplit(grower: Grower, { active }: TreeTask, growing: Growing, split: Split): boolean {
  const { binnings, settings, directions, data } = grower
  const histogram = histogramAt(grower, growing.slot)
  split.feature = -1
  split.gain = Math.max(settings.minGain, Number.EPSILON)
  for (let i = 0; i < active.length; i++) {
    const feature = active[i]!
    const column = { feature, bins: data.bins[feature]!, base: data.offsets[feature]! }
    if (column.bins === 1) continue
    if (binnings[feature]!.spec.kind === 'categorical') {
      findCategoricalSplit(histogram, column, growing, settings, split)
    } else findNumericSplit(histogram, column, directions[feature]!, growing, settings, split)
  }
  return split.feature >= 0
}

export function makeLeaf({ nodes, settings }: Grower, { node, gradient, hessian, l2, lowest, highest }: Growing): void {
  nodes.feature[node] = -1
  nodes.value[node] = Math.fround(settings.learningRate * leafValue(gradient, hessian, l2, lowest, highest))
}

/** Makes a node an inner one and parts its rows; the children keep its slot until one is given another. */
export function splitNode(grower: Grower, growing: Growing, split: Split): [Growing, Growing] {
  const { nodes, settings } = grower
  const left = nodes.count
  nodes.count += 2
  recordSplit(nodes, growing.node, left, split)
  const middle = partition(grower, growing)
  const [leftSums, rightSums] = childSums(grower, growing, split)
  const { from, until, slot } = growing
  const depth = growing.depth + 1
  const l2 = settings.l2 + split.extraL2
  return [
    newNode(nodes, { ...leftSums, node: left, from, until: middle, depth, slot, l2 }),
    newNode(nodes, { ...rightSums, node: left + 1, from: middle, until, depth, slot, l2 }),
  ]
}

export function newNode(nodes: Nodes, growing: Growing): Growing {
  nodes.from[growing.node] = growing.from
  nodes.until[growing.node] = growing.until
  return growing
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
