import type { BoostedTrees, Tree } from '../model.ts'

/** Raw scores, rows × outputs by row. */
export function treeScores(model: BoostedTrees, columns: readonly Float64Array[]): Float64Array {
  const rows = columns[0]!.length
  const outputs = model.base.length
  const scores = new Float64Array(rows * outputs)
  for (let i = 0; i < scores.length; i++) scores[i] = model.base[i % outputs]!
  const rounded = columns.map((column) => Float32Array.from(column))
  for (const round of model.rounds) {
    round.forEach((tree, k) => {
      for (let row = 0; row < rows; row++) scores[row * outputs + k]! += tree.value[leafOf(tree, rounded, row)]!
    })
  }
  return scores
}

/** The leaf a row ends in; columns hold float32 values, as the served model sees them. */
export function leafOf(tree: Tree, columns: readonly Float32Array[], row: number): number {
  let node = 0
  for (;;) {
    const feature = tree.feature[node]!
    if (feature < 0) return node
    const value = columns[feature]![row]!
    node = goesLeft(tree, node, value) ? tree.left[node]! : tree.right[node]!
  }
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  const listed = tree.listed[node]
  if (listed !== undefined) return listed.includes(value)
  return value <= tree.threshold[node]! || (Number.isNaN(value) && tree.missingLeft[node] === 1)
}
