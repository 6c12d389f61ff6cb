import { LearnError } from '../error.ts'

/** A pivot this small beside its own diagonal is rounding: the column repeats others. */
const SINGULAR_SHARE = 1e-11

/**
 * Solves A x = b for a symmetric positive definite A given by its lower triangle (size × size, by row), in place:
 * A becomes its Cholesky factor and b the solution. A column that is all zero gets the solution 0.
 */
export function solveCholesky(matrix: Float64Array, vector: Float64Array): void {
  const size = vector.length
  for (let i = 0; i < size; i++) if (matrix[i * size + i] === 0) matrix[i * size + i] = 1
  factor(matrix, size)
  for (let i = 0; i < size; i++) {
    let sum = vector[i]!
    for (let k = 0; k < i; k++) sum -= matrix[i * size + k]! * vector[k]!
    vector[i] = sum / matrix[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = vector[i]!
    for (let k = i + 1; k < size; k++) sum -= matrix[k * size + i]! * vector[k]!
    vector[i] = sum / matrix[i * size + i]!
  }
}

function factor(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    const diagonal = matrix[i * size + i]!
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!
      if (j < i) matrix[i * size + j] = sum / matrix[j * size + j]!
      else if (sum > SINGULAR_SHARE * diagonal) matrix[i * size + i] = Math.sqrt(sum)
      else {
        const message = `column ${i} of the design repeats the others, so its coefficient is undetermined; set l2 above 0`
        throw new LearnError('LEARN_SINGULAR', message, { column: i })
      }
    }
  }
}
