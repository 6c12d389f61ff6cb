import type { LinearModel, LinearTerm } from '../model.ts'

/** Raw scores, rows × outputs by row. */
export function linearScores(model: LinearModel, columns: readonly Float64Array[]): Float64Array {
  const rows = columns[0]!.length
  const outputs = model.intercept.length
  const scores = new Float64Array(rows * outputs)
  for (let i = 0; i < scores.length; i++) scores[i] = model.intercept[i % outputs]!
  model.terms.forEach((term, j) => {
    addTerm(term, columns[j]!, scores, outputs)
  })
  return scores
}

function addTerm(term: LinearTerm, column: Float64Array, scores: Float64Array, outputs: number): void {
  for (let row = 0; row < column.length; row++) {
    const value = Math.fround(column[row]!)
    if (!Number.isFinite(value)) continue
    for (let k = 0; k < outputs; k++) {
      scores[row * outputs + k]! +=
        term.kind === 'numeric'
          ? ((value - term.mean) / term.scale) * term.coefficients[k]!
          : (term.coefficients[k]![value] ?? 0)
    }
  }
}
