import { LearnError } from './error.ts'

/**
 * One column of features, held as float32 would hold it: a served model sees float32, so learners round first.
 * Numeric: any number that fits in float32, NaN = missing. Categorical: whole code >= 0, NaN = missing;
 * `categories` is the number of known codes (default: largest code seen + 1).
 */
export interface Feature {
  readonly name: string
  readonly kind: 'numeric' | 'categorical'
  readonly values: Float64Array
  readonly categories?: number
}

/**
 * Rows by column. Target: 0 or 1 (binary), class 0 … classes-1 (multiclass), any finite number (regression).
 * Weights, if given, are finite and >= 0: a weight of 2 counts as the same row twice.
 */
export interface LearningData {
  readonly features: readonly Feature[]
  readonly target: Float64Array
  readonly weights?: Float64Array
}

export type Task = 'binary' | 'multiclass' | 'regression'

/** What a model remembers of a feature; the order of these is the order of the columns it predicts from. */
export interface FeatureSpec {
  readonly name: string
  readonly kind: 'numeric' | 'categorical'
  /** Codes 0 … categories-1 were known at training; 0 for a numeric feature. */
  readonly categories: number
}

/** Checks every value once, so that the learners can trust their input. */
export function checkData(data: LearningData, task: Task): void {
  const rows = data.target.length
  if (data.features.length === 0) throw new LearnError('LEARN_DATA_INVALID', 'found no features, expected at least one')
  if (rows === 0) throw new LearnError('LEARN_DATA_INVALID', 'found no rows, expected at least one')
  const names = new Set<string>()
  for (const feature of data.features) {
    if (names.has(feature.name)) {
      throw new LearnError('LEARN_DATA_INVALID', `feature ${feature.name} is given twice, expected different names`)
    }
    names.add(feature.name)
    checkFeature(feature, rows)
  }
  checkTarget(data.target, task)
  checkWeights(data.weights, rows)
}

export function specsOf(data: LearningData): FeatureSpec[] {
  return data.features.map((feature) => ({
    name: feature.name,
    kind: feature.kind,
    categories: feature.kind === 'numeric' ? 0 : (feature.categories ?? largestCode(feature.values) + 1),
  }))
}

/** Number of classes: 2 for binary, for multiclass as declared or the largest class seen + 1. */
export function classesOf(target: Float64Array, task: Task, declared?: number): number {
  if (task === 'regression') return 0
  if (task === 'binary') return 2
  const seen = largestCode(target) + 1
  if (declared !== undefined && declared < seen) {
    throw new LearnError('LEARN_DATA_INVALID', `target holds class ${seen - 1}, expected less than ${declared} classes`)
  }
  return declared ?? seen
}

/** A classifier cannot learn from one class; better said than a model that always answers the same. */
export function requireTwoClasses(data: LearningData): void {
  const first = data.target.findIndex((_, row) => (data.weights?.[row] ?? 1) > 0)
  const differs = data.target.some((label, row) => label !== data.target[first] && (data.weights?.[row] ?? 1) > 0)
  if (first >= 0 && differs) return
  const label = first < 0 ? 'none' : data.target[first]
  throw new LearnError(
    'LEARN_TARGET_CONSTANT',
    `target holds only class ${label} in ${data.target.length} rows of positive weight, expected two classes or more; widen the training window`,
    { label, rows: data.target.length },
  )
}

function checkFeature(feature: Feature, rows: number): void {
  const { name, kind, values, categories } = feature
  if (values.length !== rows) {
    throw new LearnError('LEARN_DATA_INVALID', `feature ${name} has ${values.length} rows, expected ${rows}`)
  }
  const highest = categories ?? 0x1000000
  for (let row = 0; row < rows; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    const good =
      kind === 'numeric'
        ? Number.isFinite(Math.fround(value))
        : Number.isInteger(value) && value >= 0 && value < highest
    if (good) continue
    const expected = kind === 'numeric' ? 'a number that fits in float32' : `a whole code from 0 to ${highest - 1}`
    throw new LearnError('LEARN_DATA_INVALID', `feature ${name} row ${row} is ${value}, expected ${expected}, or NaN`, {
      feature: name,
      row,
    })
  }
}

function checkTarget(target: Float64Array, task: Task): void {
  for (let row = 0; row < target.length; row++) {
    const value = target[row]!
    const good =
      task === 'regression'
        ? Number.isFinite(Math.fround(value))
        : Number.isInteger(value) && value >= 0 && (task === 'multiclass' || value <= 1)
    if (good) continue
    const expected = { binary: '0 or 1', multiclass: 'a whole class from 0', regression: 'a finite number' }[task]
    throw new LearnError('LEARN_DATA_INVALID', `target row ${row} is ${value}, expected ${expected}`, { row })
  }
}

/** Sums of squares of such weights stay within the doubles. */
const LARGEST_WEIGHT = 1e100

function checkWeights(weights: Float64Array | undefined, rows: number): void {
  if (weights === undefined) return
  if (weights.length !== rows) {
    throw new LearnError('LEARN_DATA_INVALID', `found ${weights.length} weights, expected ${rows}, one for each row`)
  }
  const bad = weights.findIndex((weight) => !(weight >= 0 && weight <= LARGEST_WEIGHT))
  if (bad < 0 && !weights.some((weight) => weight > 0)) {
    throw new LearnError('LEARN_DATA_INVALID', `all ${rows} weights are 0, expected one above 0`)
  }
  if (bad >= 0) {
    throw new LearnError(
      'LEARN_DATA_INVALID',
      `weight of row ${bad} is ${weights[bad]}, expected 0 to ${LARGEST_WEIGHT}`,
    )
  }
}

function largestCode(values: Float64Array): number {
  let largest = -1
  for (let row = 0; row < values.length; row++) if (values[row]! > largest) largest = values[row]!
  return largest
}
