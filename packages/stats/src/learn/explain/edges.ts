import { LearnError } from '../error.ts'
import type { Tree } from '../model.ts'
import { gaussLegendre } from './quadrature.ts'

/**
 * What a tree says about every edge, named by the node it leads to; computed once for all rows. An edge stands for all
 * conditions its path has put on its feature so far: they hold together or they do not.
 */
export interface Edges {
  readonly tree: Tree
  readonly depth: number
  /** Points of the quadrature. */
  readonly points: number
  /** The edge above that this one takes the place of, as it is on the same feature; -1 if there is none. */
  readonly replaces: Int32Array
  /** Share of training rows that the edge's conditions let through: the product of its cover ratios. */
  readonly share: Float64Array
  /** t · holds + (1 - t) · share at each point t: [edge][holds][point]; its inverse; and that times the weight of the point. */
  readonly factors: Float64Array
  readonly inverses: Float64Array
  readonly weighted: Float64Array
  /** Codes that go left, as a table by code; undefined at numeric nodes. */
  readonly listed: readonly (Uint8Array | undefined)[]
  /** Mean of the leaves over the training rows. */
  readonly mean: number
}

export function edgesOf(tree: Tree): Edges {
  const count = tree.feature.length
  const replaces = new Int32Array(count).fill(-1)
  const share = new Float64Array(count).fill(1)
  let [depth, different, mean] = [0, 0, 0]
  const descend = (node: number, path: ReadonlyMap<number, number>, level: number): void => {
    depth = Math.max(depth, level)
    different = Math.max(different, path.size)
    const feature = tree.feature[node]!
    if (feature < 0) mean += (tree.value[node]! * tree.rows[node]!) / tree.rows[0]!
    else
      for (const child of [tree.left[node]!, tree.right[node]!]) {
        requireRows(tree, child)
        const above = path.get(feature) ?? -1
        replaces[child] = above
        share[child] =
          (above < 0 ? 1 : share[above]!) *
          (tree.rows[child]! / Math.max(tree.rows[node]!, tree.rows[child]!, Number.MIN_VALUE))
        descend(child, new Map(path).set(feature, child), level + 1)
      }
  }
  requireRows(tree, 0)
  descend(0, new Map(), 0)
  const points = Math.max(1, Math.ceil(different / 2))
  return { tree, depth, points, replaces, share, ...factorsOf(share, points), listed: tree.listed.map(tableOf), mean }
}

function factorsOf(share: Float64Array, points: number): Pick<Edges, 'factors' | 'inverses' | 'weighted'> {
  const { at, weights } = gaussLegendre(points)
  const size = share.length * 2 * points
  const [factors, inverses, weighted] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  for (let i = 0; i < size; i++) {
    const point = i % points
    const holds = Math.floor(i / points) % 2
    factors[i] = at[point]! * holds + (1 - at[point]!) * share[Math.floor(i / points / 2)]!
    // A factor of 0 stands for an edge that neither the row nor any training row took: what lies below adds nothing.
    inverses[i] = factors[i] === 0 ? 0 : 1 / factors[i]!
    weighted[i] = weights[point]! * inverses[i]!
  }
  return { factors, inverses, weighted }
}

function tableOf(codes: readonly number[] | undefined): Uint8Array | undefined {
  if (codes === undefined) return undefined
  const table = new Uint8Array(codes.reduce((most, code) => Math.max(most, code), 0) + 1)
  for (const code of codes) table[code] = 1
  return table
}

function requireRows(tree: Tree, node: number): void {
  const rows = tree.rows[node]!
  if ((rows > 0 || (rows === 0 && node > 0)) && Number.isFinite(rows)) return
  const expected = node === 0 ? 'more than 0' : '0 or more'
  throw new LearnError('LEARN_MODEL_INVALID', `node ${node} of a tree has ${rows} rows, expected ${expected}`, { node })
}
