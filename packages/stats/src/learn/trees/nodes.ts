import type { Tree } from '../model.ts'
import { BIN_SLOTS, type Binning } from './bins.ts'

/** Threshold of a split that only tells missing from present: the largest float32. */
const LARGEST_FLOAT32 = 3.4028234663852886e38

/** A tree while it grows, in bins; reused for every tree. Children stand next to each other: right = left + 1. */
export interface Nodes {
  count: number
  readonly feature: Int32Array
  readonly left: Int32Array
  readonly bin: Int32Array
  readonly missingLeft: Uint8Array
  readonly gain: Float64Array
  readonly value: Float64Array
  /** Rows of the node: order[from, until) when it was reached. */
  readonly from: Int32Array
  readonly until: Int32Array
  /** Which bins go left, 256 for each node. */
  readonly goesLeft: Uint8Array
}

export function newNodes(capacity: number): Nodes {
  return {
    count: 0,
    feature: new Int32Array(capacity),
    left: new Int32Array(capacity),
    bin: new Int32Array(capacity),
    missingLeft: new Uint8Array(capacity),
    gain: new Float64Array(capacity),
    value: new Float64Array(capacity),
    from: new Int32Array(capacity),
    until: new Int32Array(capacity),
    goesLeft: new Uint8Array(capacity * BIN_SLOTS),
  }
}

/** The tree in the units of the features, able to stand alone. */
export function toTree(nodes: Nodes, binnings: readonly Binning[]): Tree {
  const { count } = nodes
  const all = Array.from({ length: count }, (_, node) => node)
  const isLeaf = (node: number): boolean => nodes.feature[node]! < 0
  return {
    feature: nodes.feature.slice(0, count),
    threshold: Float64Array.from(all, (node) => thresholdOf(nodes, node, binnings)),
    missingLeft: Uint8Array.from(all, (node) => (isLeaf(node) ? 0 : nodes.missingLeft[node]!)),
    left: Int32Array.from(all, (node) => (isLeaf(node) ? -1 : nodes.left[node]!)),
    right: Int32Array.from(all, (node) => (isLeaf(node) ? -1 : nodes.left[node]! + 1)),
    value: Float64Array.from(all, (node) => (isLeaf(node) ? nodes.value[node]! : 0)),
    gain: Float64Array.from(all, (node) => (isLeaf(node) ? 0 : nodes.gain[node]!)),
    rows: Float64Array.from(all, (node) => nodes.until[node]! - nodes.from[node]!),
    listed: all.map((node) => listedCodes(nodes, node, binnings)),
  }
}

function thresholdOf(nodes: Nodes, node: number, binnings: readonly Binning[]): number {
  const feature = nodes.feature[node]!
  if (feature < 0 || binnings[feature]!.spec.kind === 'categorical') return 0
  return binnings[feature]!.borders[nodes.bin[node]! - 1] ?? LARGEST_FLOAT32
}

function listedCodes(nodes: Nodes, node: number, binnings: readonly Binning[]): number[] | undefined {
  const feature = nodes.feature[node]!
  if (feature < 0 || binnings[feature]!.spec.kind === 'numeric') return undefined
  const listed: number[] = []
  binnings[feature]!.codes.forEach((code, i) => {
    if (nodes.goesLeft[node * BIN_SLOTS + i + 1] === 1) listed.push(code)
  })
  return listed
}
