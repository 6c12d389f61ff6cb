import { solveCholesky } from './cholesky.ts'
import { addRow, type Design, scoreRow } from './design.ts'

/** Loss of one row with its first two derivatives by the score. */
export interface PointLoss {
  loss(score: number, target: number): number
  slope(score: number, target: number): number
  curvature(score: number): number
}

export const squaredLoss: PointLoss = {
  loss: (score, target) => (score - target) ** 2 / 2,
  slope: (score, target) => score - target,
  curvature: () => 1,
}

export const logisticLoss: PointLoss = {
  loss: (score, target) => Math.max(score, 0) - target * score + Math.log1p(Math.exp(-Math.abs(score))),
  slope: (score, target) => logistic(score) - target,
  curvature: (score) => logistic(score) * logistic(-score),
}

export function logistic(score: number): number {
  return 1 / (1 + Math.exp(-score))
}

const MAX_STEPS = 100
const MAX_HALVINGS = 30
/** Newton decrement at which the loss can fall by no more than rounding. */
const CONVERGED_DECREMENT = 1e-18

/**
 * Minimises Σ weight · loss + l2/2 · |coefficients|², the intercept unpenalised, by Newton's method with step halving
 * (iteratively reweighted least squares for the logistic loss; exact after one step for the squared loss).
 */
export function minimiseByNewton(design: Design, target: Float64Array, point: PointLoss, l2: number): Float64Array {
  const { width, rows } = design
  let coefficients: Float64Array = new Float64Array(width)
  let loss = penalisedLoss(design, target, point, l2, coefficients)
  const weightSum = design.weights.reduce((sum, weight) => sum + weight, 0)
  for (let step = 0; step < MAX_STEPS; step++) {
    const direction = new Float64Array(width)
    const hessian = new Float64Array(width * width)
    for (let row = 0; row < rows; row++) {
      const weight = design.weights[row]!
      if (weight === 0) continue
      const score = scoreRow(design, row, coefficients, 0)
      addRow(design, row, -weight * point.slope(score, target[row]!), direction, 0)
      addOuterProduct(design, row, weight * point.curvature(score), hessian)
    }
    for (let j = 1; j < width; j++) {
      direction[j]! -= l2 * coefficients[j]!
      hessian[j * width + j]! += l2
    }
    const gradient = direction.slice()
    solveCholesky(hessian, direction)
    const decrement = direction.reduce((sum, change, j) => sum + change * gradient[j]!, 0)
    if (decrement <= CONVERGED_DECREMENT * weightSum) break
    const moved = halveUntilLower(design, target, point, l2, { coefficients, direction, loss })
    if (moved === undefined) break
    coefficients = moved.coefficients
    loss = moved.loss
  }
  return coefficients
}

interface NewtonStep {
  readonly coefficients: Float64Array
  readonly direction: Float64Array
  readonly loss: number
}

/** Undefined when no step along the direction lowers the loss: the minimum is reached to rounding. */
function halveUntilLower(
  design: Design,
  target: Float64Array,
  point: PointLoss,
  l2: number,
  from: NewtonStep,
): { coefficients: Float64Array; loss: number } | undefined {
  let share = 1
  for (let halving = 0; halving < MAX_HALVINGS; halving++, share /= 2) {
    const coefficients = from.coefficients.map((value, j) => value + share * from.direction[j]!)
    const loss = penalisedLoss(design, target, point, l2, coefficients)
    if (loss < from.loss) return { coefficients, loss }
  }
  return undefined
}

function penalisedLoss(
  design: Design,
  target: Float64Array,
  point: PointLoss,
  l2: number,
  coefficients: Float64Array,
): number {
  let loss = 0
  for (let row = 0; row < design.rows; row++) {
    loss += design.weights[row]! * point.loss(scoreRow(design, row, coefficients, 0), target[row]!)
  }
  for (let j = 1; j < design.width; j++) loss += (l2 / 2) * coefficients[j]! ** 2
  return loss
}

/** Adds amount · x xᵀ to the lower triangle, over the entries of the row that are not zero. */
function addOuterProduct(design: Design, row: number, amount: number, matrix: Float64Array): void {
  const { width, numeric, categorical, standardised, active } = design
  const base = row * numeric
  matrix[0]! += amount
  for (let i = 0; i < numeric; i++) {
    const scaled = amount * standardised[base + i]!
    const line = (i + 1) * width
    matrix[line]! += scaled
    for (let j = 0; j <= i; j++) matrix[line + j + 1]! += scaled * standardised[base + j]!
  }
  for (let i = 0; i < categorical; i++) {
    const column = active[row * categorical + i]!
    if (column < 0) continue
    const line = column * width
    matrix[line]! += amount
    for (let j = 0; j < numeric; j++) matrix[line + j + 1]! += amount * standardised[base + j]!
    for (let j = 0; j <= i; j++) {
      const other = active[row * categorical + j]!
      if (other >= 0) matrix[line + other]! += amount
    }
  }
}
