import { type FeatureSpec, type LearningData, specsOf } from '../data.ts'
import type { LinearTerm } from '../model.ts'

/**
 * Rows ready for a linear learner. Coefficient 0 is the intercept, then the numeric features, then every category.
 * Kept sparse: a category is an index, never a row of zeros, so that 300 airports cost no more than one number.
 */
export interface Design {
  readonly rows: number
  readonly features: readonly FeatureSpec[]
  /** Coefficients per raw output. */
  readonly width: number
  readonly numeric: number
  /** rows × numeric, by row: (x - mean) / scale, 0 where missing. */
  readonly standardised: Float64Array
  readonly categorical: number
  /** rows × categorical, by row: the coefficient this category switches on, -1 where missing. */
  readonly active: Int32Array
  /** Mean and scale of each numeric feature, float32 so that the served graph subtracts the same numbers. */
  readonly means: Float64Array
  readonly scales: Float64Array
  readonly weights: Float64Array
}

export function buildDesign(data: LearningData): Design {
  const rows = data.target.length
  const features = specsOf(data)
  const numbers = data.features.filter((feature) => feature.kind === 'numeric')
  const codes = data.features.filter((feature) => feature.kind === 'categorical')
  const weights = data.weights ?? new Float64Array(rows).fill(1)
  const means = new Float64Array(numbers.length)
  const scales = new Float64Array(numbers.length)
  const standardised = new Float64Array(rows * numbers.length)
  numbers.forEach((feature, j) => {
    const { mean, scale } = momentsOf(feature.values, weights)
    means[j] = mean
    scales[j] = scale
    for (let row = 0; row < rows; row++) {
      const value = Math.fround(feature.values[row]!)
      standardised[row * numbers.length + j] = Number.isNaN(value) ? 0 : (value - mean) / scale
    }
  })
  const active = new Int32Array(rows * codes.length)
  let offset = 1 + numbers.length
  const counts = features.filter((spec) => spec.kind === 'categorical').map((spec) => spec.categories)
  codes.forEach((feature, j) => {
    for (let row = 0; row < rows; row++) {
      const code = feature.values[row]!
      active[row * codes.length + j] = Number.isNaN(code) ? -1 : offset + code
    }
    offset += counts[j]!
  })
  return {
    rows,
    features,
    width: offset,
    numeric: numbers.length,
    standardised,
    categorical: codes.length,
    active,
    means,
    scales,
    weights,
  }
}

/** Weighted mean and population standard deviation of the values present; scale 1 where there is nothing to scale. */
function momentsOf(values: Float64Array, weights: Float64Array): { mean: number; scale: number } {
  let weight = 0
  let sum = 0
  for (let row = 0; row < values.length; row++) {
    const value = Math.fround(values[row]!)
    if (Number.isNaN(value)) continue
    weight += weights[row]!
    sum += weights[row]! * value
  }
  if (weight === 0) return { mean: 0, scale: 1 }
  const mean = Math.fround(sum / weight)
  let squares = 0
  for (let row = 0; row < values.length; row++) {
    const value = Math.fround(values[row]!)
    if (!Number.isNaN(value)) squares += weights[row]! * (value - mean) ** 2
  }
  const scale = Math.fround(Math.sqrt(squares / weight))
  return { mean, scale: scale > 0 ? scale : 1 }
}

/** Score of one row under the coefficients that start at `offset`. */
export function scoreRow(design: Design, row: number, coefficients: Float64Array, offset: number): number {
  let score = coefficients[offset]!
  const { numeric, categorical, standardised, active } = design
  for (let j = 0; j < numeric; j++) score += standardised[row * numeric + j]! * coefficients[offset + 1 + j]!
  for (let j = 0; j < categorical; j++) {
    const column = active[row * categorical + j]!
    if (column >= 0) score += coefficients[offset + column]!
  }
  return score
}

/** Adds `amount` times the row to the gradient that starts at `offset`. */
export function addRow(design: Design, row: number, amount: number, gradient: Float64Array, offset: number): void {
  gradient[offset]! += amount
  const { numeric, categorical, standardised, active } = design
  for (let j = 0; j < numeric; j++) gradient[offset + 1 + j]! += amount * standardised[row * numeric + j]!
  for (let j = 0; j < categorical; j++) {
    const column = active[row * categorical + j]!
    if (column >= 0) gradient[offset + column]! += amount
  }
}

/** Cuts the flat coefficients (outputs × width) into one term for each feature. */
export function termsOf(design: Design, coefficients: Float64Array, outputs: number): LinearTerm[] {
  const pick = (column: number): number[] =>
    Array.from({ length: outputs }, (_, k) => coefficients[k * design.width + column]!)
  let numeric = 0
  let category = 1 + design.numeric
  return design.features.map((spec) => {
    if (spec.kind === 'numeric') {
      const j = numeric++
      return { kind: 'numeric', mean: design.means[j]!, scale: design.scales[j]!, coefficients: pick(1 + j) }
    }
    const first = category
    category += spec.categories
    return {
      kind: 'categorical',
      coefficients: Array.from({ length: outputs }, (_, k) =>
        Array.from(coefficients.subarray(k * design.width + first, k * design.width + category)),
      ),
    }
  })
}
