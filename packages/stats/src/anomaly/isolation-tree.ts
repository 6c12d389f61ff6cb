import type { Tree } from '../learn/index.ts'
import type { Random } from '../random.ts'
import { pathNormaliser } from './path-length.ts'
import { type EncodedRecords, type RecordBins, type RecordFeature, recordBinCounts } from './records.ts'

/** Threshold of a split that tells missing from present. */
export const LARGEST_FLOAT32 = 3.4028234663852886e38

/** One isolation tree over the rows of a sample; its leaves hold the path to them, and what is expected beyond. */
export function growIsolationTree(
  bins: RecordBins,
  records: EncodedRecords,
  sample: readonly number[],
  random: Random,
): Tree {
  const tree = newTree()
  const lasts = recordBinCounts(bins).map((count) => count - 1)
  const draw = { order: [...lasts.keys()], lasts, random }
  const deepest = Math.ceil(Math.log2(Math.max(2, sample.length)))
  const grow = (rows: readonly number[], depth: number): number => {
    const node = addNode(tree, rows.length)
    const spread = depth < deepest && rows.length > 1 ? drawSpread(records, rows, draw) : undefined
    if (spread === undefined) {
      tree.value[node] = Math.fround(depth + pathNormaliser(rows.length))
      return node
    }
    const { feature, least, most } = spread
    const bin = least + random.integer(most - least)
    setSplit(tree, node, feature, bins.features[feature]!, bin)
    const column = records.bins[feature]!
    tree.left[node] = grow(
      rows.filter((row) => column[row]! <= bin),
      depth + 1,
    )
    tree.right[node] = grow(
      rows.filter((row) => column[row]! > bin),
      depth + 1,
    )
    return node
  }
  grow(sample, 0)
  const count = tree.feature.length
  return {
    feature: Int32Array.from(tree.feature),
    threshold: Float64Array.from(tree.threshold),
    missingLeft: new Uint8Array(count),
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    value: Float64Array.from(tree.value),
    gain: new Float64Array(count),
    rows: Float64Array.from(tree.rows),
    listed: tree.listed,
  }
}

type GrowingTree = {
  readonly feature: number[]
  readonly threshold: number[]
  readonly left: number[]
  readonly right: number[]
  readonly value: number[]
  readonly rows: number[]
  readonly listed: (readonly number[] | undefined)[]
}

function newTree(): GrowingTree {
  return { feature: [], threshold: [], left: [], right: [], value: [], rows: [], listed: [] }
}

function addNode(tree: GrowingTree, rows: number): number {
  tree.feature.push(-1)
  tree.threshold.push(0)
  tree.left.push(-1)
  tree.right.push(-1)
  tree.value.push(0)
  tree.listed.push(undefined)
  return tree.rows.push(rows) - 1
}

/** Bins up to `bin` go left. Beyond the last bin that a value can have, only the missing go right. */
function setSplit(tree: GrowingTree, node: number, feature: number, frozen: RecordFeature, bin: number): void {
  tree.feature[node] = feature
  if (frozen.kind === 'numeric') tree.threshold[node] = frozen.edges[bin] ?? LARGEST_FLOAT32
  else if (bin < frozen.codes.length) tree.listed[node] = frozen.codes.slice(0, bin + 1).sort((a, b) => a - b)
  else tree.threshold[node] = LARGEST_FLOAT32
}

/** Splits lie between `least` and `most`. */
type Spread = { readonly feature: number; readonly least: number; readonly most: number }

/**
 * A random feature in which the rows differ, each equally likely, and between which bins: one more on either side than
 * the rows have. So a split may cut off what no row of the sample has, and a later row that lies there is isolated at
 * once instead of following its neighbours.
 */
function drawSpread(records: EncodedRecords, rows: readonly number[], draw: SpreadDraw): Spread | undefined {
  const { order, lasts, random } = draw
  for (let tried = 0; tried < order.length; tried++) {
    const at = tried + random.integer(order.length - tried)
    const feature = order[at]!
    order[at] = order[tried]!
    order[tried] = feature
    const column = records.bins[feature]!
    let least = column[rows[0]!]!
    let most = least
    for (const row of rows) {
      const bin = column[row]!
      if (bin < least) least = bin
      else if (bin > most) most = bin
    }
    if (least < most) return { feature, least: Math.max(0, least - 1), most: Math.min(lasts[feature]!, most + 1) }
  }
  return undefined
}

type SpreadDraw = {
  /** The features, in an order that drawing changes. */
  readonly order: number[]
  /** The last bin of each feature. */
  readonly lasts: readonly number[]
  readonly random: Random
}
