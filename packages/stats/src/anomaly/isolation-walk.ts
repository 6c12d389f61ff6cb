import { StatsError } from '../error.ts'
import type { Tree } from '../learn/index.ts'
import { type IsolationForest, pathRate } from './isolation.ts'
import type { EncodedRecords, RecordFeature } from './records.ts'
import { remembered } from './remember.ts'

/** All trees of a forest as a few arrays of numbers; a node sends bins up to `bin` left. A leaf has feature -1. */
type Walk = {
  readonly roots: Int32Array
  readonly feature: Int32Array
  readonly bin: Uint8Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly value: Float64Array
  readonly rate: number
}

/** The scores of `isolationScores` from bins instead of values: five times as fast, to the same bit. */
export function isolationScoresOfBins(forest: IsolationForest, { rows, bins }: EncodedRecords): Float64Array {
  const { roots, feature, bin, left, right, value, rate } = walkOf(forest)
  const width = bins.length
  // By row: the bins of one record lie within a line of the cache.
  const records = new Uint8Array(rows * width)
  for (const [j, column] of bins.entries()) for (let row = 0; row < rows; row++) records[row * width + j] = column[row]!
  const paths = new Float64Array(rows)
  for (const root of roots) {
    for (let row = 0; row < rows; row++) {
      const offset = row * width
      let node = root
      for (let split = feature[node]!; split >= 0; split = feature[node]!) {
        node = records[offset + split]! <= bin[node]! ? left[node]! : right[node]!
      }
      paths[row]! += value[node]!
    }
  }
  return paths.map((path) => 2 ** (rate * path))
}

const walkOf = remembered((forest: IsolationForest): Walk => {
  const trees = forest.paths.rounds.flat()
  const roots = new Int32Array(trees.length)
  let nodes = 0
  for (const [i, tree] of trees.entries()) {
    roots[i] = nodes
    nodes += tree.feature.length
  }
  const walk = {
    roots,
    feature: new Int32Array(nodes),
    bin: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    rate: pathRate(forest),
  }
  for (const [i, tree] of trees.entries()) {
    const root = roots[i]!
    walk.feature.set(tree.feature, root)
    walk.value.set(tree.value, root)
    for (let node = 0; node < tree.feature.length; node++) {
      if (tree.feature[node]! < 0) continue
      walk.left[root + node] = root + tree.left[node]!
      walk.right[root + node] = root + tree.right[node]!
      walk.bin[root + node] = splitBin(tree, node, forest.bins.features[tree.feature[node]!]!)
    }
  }
  return walk
})

/** The last bin that goes left: what growing the tree began from. */
function splitBin(tree: Tree, node: number, feature: RecordFeature): number {
  const threshold = tree.threshold[node]!
  if (feature.kind === 'categorical') return tree.listed[node] ? tree.listed[node].length - 1 : feature.codes.length
  const at = feature.edges.indexOf(threshold)
  if (at >= 0) return at
  if (threshold >= (feature.edges.at(-1) ?? Number.NEGATIVE_INFINITY)) return feature.edges.length
  const expected = `one of the ${feature.edges.length} edges of its bins`
  throw new StatsError('STATS_BINS_DIFFER', `a tree splits ${feature.name} at ${threshold}, expected ${expected}`)
}
