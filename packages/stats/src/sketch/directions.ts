import type { Random } from '../random.ts'

/** A weighted sum of the scores of a few columns. */
export type Direction = { readonly columns: readonly number[]; readonly weights: readonly number[] }

/**
 * Sparse random directions (after Achlioptas 2003 and Li, Hastie, Church 2006): `width` columns each, signs by chance.
 * Columns are dealt from shuffled decks, so that each is in about as many directions as any other.
 */
export function randomDirections(
  columns: readonly number[],
  count: number,
  width: number,
  random: Random,
): Direction[] {
  if (columns.length < 2) return []
  const size = Math.min(width, columns.length)
  let deck: number[] = []
  return Array.from({ length: count }, () => {
    const chosen = new Set<number>()
    while (chosen.size < size) {
      if (deck.length === 0) deck = random.shuffle(columns)
      chosen.add(deck.pop()!)
    }
    const sorted = [...chosen].sort((a, b) => a - b)
    return { columns: sorted, weights: sorted.map(() => (random.integer(2) === 0 ? -1 : 1)) }
  })
}

/** Directions in which a column is what the others leave of it, and what is needed to leave rows out of their fit. */
export type ResidualDirections = {
  readonly directions: readonly Direction[]
  /** 1 / residual variance of each, the diagonal of the precision matrix. */
  readonly precision: readonly number[]
}

/**
 * Residuals of a ridge regression of each column's score on all others: the rows of `P = (C + ridge I)^-1`, each over
 * its diagonal, where C is the second-moment matrix of the scores. They have the least variance for their column, so a
 * broken dependence shows in them first.
 */
export function residualDirections(
  moments: Float64Array,
  columns: readonly number[],
  ridge: number,
): ResidualDirections {
  const inverse = invert(moments, columns.length, ridge)
  const size = columns.length
  return {
    directions: columns.map((_, j) => ({
      columns: [...columns],
      weights: columns.map((_, k) => inverse[j * size + k]! / inverse[j * size + j]!),
    })),
    precision: columns.map((_, j) => inverse[j * size + j]!),
  }
}

/**
 * Residuals of a reference row as they would be had it not been in the fit: Sherman-Morrison for C less one of n rows.
 * Without it the reference would fit its own directions better than any later window does.
 * @param residuals of the row in all directions, changed in place; @param scores of the row
 */
export function leaveOut(residuals: Float64Array, scores: Float64Array, precision: readonly number[], n: number): void {
  let leverage = 0
  for (let j = 0; j < residuals.length; j++) leverage += scores[j]! * residuals[j]! * precision[j]!
  const left = Math.max(n - leverage, 1)
  for (let j = 0; j < residuals.length; j++) {
    const u = residuals[j]! * precision[j]!
    residuals[j] = (u * n) / left / (precision[j]! + (u * u) / left)
  }
}

/** Inverse of the symmetric matrix plus ridge on its diagonal, by Gauss-Jordan without pivots: it is positive definite. */
function invert(matrix: Float64Array, size: number, ridge: number): Float64Array {
  const a = Float64Array.from(matrix)
  for (let j = 0; j < size; j++) a[j * size + j]! += ridge
  for (let k = 0; k < size; k++) {
    const pivot = 1 / a[k * size + k]!
    a[k * size + k] = 1
    for (let j = 0; j < size; j++) a[k * size + j]! *= pivot
    for (let i = 0; i < size; i++) {
      if (i === k) continue
      const factor = a[i * size + k]!
      a[i * size + k] = 0
      for (let j = 0; j < size; j++) a[i * size + j]! -= factor * a[k * size + j]!
    }
  }
  return a
}
