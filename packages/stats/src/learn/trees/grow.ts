import { subtractHistogram } from './histogram.ts'
import {
  canSplit,
  fillHistogram,
  findSplit,
  type Grower,
  type Growing,
  histogramAt,
  makeLeaf,
  newNode,
  splitNode,
  type TreeTask,
} from './node.ts'
import { newSplit, type Split } from './split.ts'

/** Grows one tree over order[0, sampled) into `grower.nodes`. */
export function growTree(grower: Grower, task: TreeTask): void {
  const { settings, nodes } = grower
  nodes.count = 1
  const root = newNode(nodes, rootOf(grower, task))
  if (!canSplit(grower, root)) {
    makeLeaf(grower, root)
    return
  }
  fillHistogram(grower, task, root)
  // A full tree comes out the same in any order.
  if (settings.maxLeaves >= 2 ** settings.maxDepth) growDown(grower, task, root, newSplit())
  else growBestFirst(grower, task, root)
}

function rootOf({ order, settings }: Grower, task: TreeTask): Growing {
  let gradient = 0
  let hessian = 0
  for (let i = 0; i < task.sampled; i++) {
    gradient += task.gradients[order[i]!]!
    hessian += task.hessians[order[i]!]!
  }
  return {
    node: 0,
    from: 0,
    until: task.sampled,
    depth: 0,
    slot: 0,
    gradient,
    hessian,
    rows: task.sampled,
    l2: settings.l2,
    lowest: Number.NEGATIVE_INFINITY,
    highest: Number.POSITIVE_INFINITY,
  }
}

/** Depth first: few histograms live, and they stay in cache. */
function growDown(grower: Grower, task: TreeTask, growing: Growing, split: Split): void {
  if (!canSplit(grower, growing) || !findSplit(grower, task, growing, split)) {
    makeLeaf(grower, growing)
    return
  }
  const [smaller, larger] = bySize(splitNode(grower, growing, split), growing.slot + 1)
  fillChildren(grower, task, smaller, larger)
  // The smaller first, so that its slot is free again.
  growDown(grower, task, smaller, split)
  growDown(grower, task, larger, split)
}

/** A leaf that may yet be split, and its best split. */
interface Candidate {
  readonly growing: Growing
  readonly split: Split
}

/** Always splits the leaf whose best split removes most loss, until there are `maxLeaves`. @see Shi 2007; Ke et al. 2017 */
function growBestFirst(grower: Grower, task: TreeTask, root: Growing): void {
  const { maxLeaves } = grower.settings
  const open: Candidate[] = []
  const consider = (growing: Growing): void => {
    const split = newSplit()
    if (canSplit(grower, growing) && findSplit(grower, task, growing, split)) open.push({ growing, split })
    else makeLeaf(grower, growing)
  }
  consider(root)
  let leaves = 1
  for (; open.length > 0 && leaves < maxLeaves; leaves++) {
    const { growing, split } = takeBest(open)
    const [smaller, larger] = bySize(splitNode(grower, growing, split), leaves)
    if (leaves + 1 < maxLeaves) {
      fillChildren(grower, task, smaller, larger)
      consider(smaller)
      consider(larger)
    } else for (const last of [smaller, larger]) makeLeaf(grower, last)
  }
  for (const { growing } of open) makeLeaf(grower, growing)
}

function takeBest(open: Candidate[]): Candidate {
  let best = 0
  for (let i = 1; i < open.length; i++) if (open[i]!.split.gain > open[best]!.split.gain) best = i
  return open.splice(best, 1)[0]!
}

/** The smaller child gets a slot of its own, the larger one takes over that of its parent. */
function bySize([left, right]: [Growing, Growing], slot: number): [smaller: Growing, larger: Growing] {
  return left.rows <= right.rows ? [{ ...left, slot }, right] : [{ ...right, slot }, left]
}

/** Sums the smaller child, and gets the larger by subtraction; neither where neither can be split. */
function fillChildren(grower: Grower, task: TreeTask, smaller: Growing, larger: Growing): void {
  if (!canSplit(grower, smaller) && !canSplit(grower, larger)) return
  fillHistogram(grower, task, smaller)
  subtractHistogram(histogramAt(grower, larger.slot), histogramAt(grower, smaller.slot), task.active, grower.data)
}
