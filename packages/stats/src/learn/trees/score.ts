import type { BoostedTrees, Tree } from '../model.ts'

/** Raw scores, rows × outputs by row. */
export function treeScores(model: BoostedTrees, columns: readonly Float64Array[]): Float64Array {
  const rows = columns[0]!.length
  const outputs = model.base.length
  const scores = new Float64Array(rows * outputs)
  for (let i = 0; i < scores.length; i++) scores[i] = model.base[i % outputs]!
  // As float32, like the served model sees them: a value next to a border must fall on the same side.
  const rounded = columns.map((column) => Float32Array.from(column))
  for (const round of model.rounds) {
    round.forEach((tree, output) => {
      addTree(tree, rounded, scores, { output, outputs })
    })
  }
  return scores
}

/** Tree by tree, not row by row: a tree's few hundred nodes stay in the cache while the rows stream by. */
function addTree(
  tree: Tree,
  columns: readonly Float32Array[],
  scores: Float64Array,
  { output, outputs }: { readonly output: number; readonly outputs: number },
): void {
  const { feature, threshold, missingLeft, left, right, value, listed } = tree
  const rows = columns[0]!.length
  for (let row = 0; row < rows; row++) {
    let node = 0
    for (let split = feature[0]!; split >= 0; split = feature[node]!) {
      const x = columns[split]![row]!
      const codes = listed[node]
      const goesLeft =
        codes === undefined ? x <= threshold[node]! || (Number.isNaN(x) && missingLeft[node] === 1) : codes.includes(x)
      node = goesLeft ? left[node]! : right[node]!
    }
    scores[row * outputs + output]! += value[node]!
  }
}
