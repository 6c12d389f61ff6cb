import type { BoostedTrees, Tree } from '../learn/index.ts'
import { type Hbos, hbosTables } from './hbos.ts'
import { specsOf } from './isolation.ts'
import { LARGEST_FLOAT32 } from './isolation-tree.ts'
import type { RecordFeature } from './records.ts'

/** The HBOS score as a sum of trees, one a feature, whose leaves are what each bin adds: the form that is served. */
export function hbosTrees(hbos: Hbos): BoostedTrees {
  const tables = hbosTables(hbos)
  return {
    kind: 'boosted-trees',
    task: 'regression',
    features: specsOf(hbos.bins),
    classes: 0,
    base: [0],
    rounds: hbos.bins.features.map((feature, j) => [treeOf(feature, j, tables[j]!, hbos.counts[j]!)]),
    validationLoss: [],
  }
}

/** A node that sends bins up to `split` left and the others right, or a leaf. */
type Node = { readonly split: number; readonly left: number; readonly right: number; readonly bin: number }

/** Missing values leave at the root, the last bin being theirs; below it, a balanced search for the bin. */
function treeOf(feature: RecordFeature, j: number, table: Float64Array, counts: readonly number[]): Tree {
  const nodes: Node[] = []
  const add = (low: number, high: number): number => {
    const at = nodes.length
    nodes.push({ split: -1, left: -1, right: -1, bin: low })
    if (low === high) return at
    const isRoot = high === table.length - 1
    const split = isRoot ? high - 1 : (low + high) >> 1
    const left = add(low, split)
    nodes[at] = { split, left, right: add(split + 1, high), bin: -1 }
    return at
  }
  add(0, table.length - 1)
  const isLeaf = (node: Node) => node.split < 0
  const limit = feature.kind === 'numeric' ? feature.edges.length : feature.codes.length
  return {
    feature: Int32Array.from(nodes, (node) => (isLeaf(node) ? -1 : j)),
    threshold: Float64Array.from(nodes, ({ split }) =>
      split < 0 ? 0 : ((feature.kind === 'numeric' ? feature.edges[split] : undefined) ?? LARGEST_FLOAT32),
    ),
    missingLeft: new Uint8Array(nodes.length),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    value: Float64Array.from(nodes, (node) => (isLeaf(node) ? table[node.bin]! : 0)),
    gain: new Float64Array(nodes.length),
    rows: Float64Array.from(nodes, (node) => counts[node.bin] ?? 0),
    listed: nodes.map(({ split }) =>
      feature.kind === 'numeric' || split < 0 || split >= limit
        ? undefined
        : feature.codes.slice(0, split + 1).sort((a, b) => a - b),
    ),
  }
}
