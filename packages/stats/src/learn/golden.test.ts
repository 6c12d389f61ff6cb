import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import {
  applyCalibrator,
  type CalibrationData,
  type Feature,
  fitIsotonic,
  fitPlatt,
  type LearningData,
  type LinearModel,
  predict,
  type Task,
  trainBoostedTrees,
  trainLinearRegression,
  trainLogisticRegression,
} from './index.ts'

interface FittedGolden {
  readonly l2: number
  readonly intercept: number[]
  readonly coefficients: number[][]
}

/** golden/learn.json, made by golden/learn.py with the versions it names. */
interface Golden {
  readonly linear: {
    seed: string
    rows: number
    regression: FittedGolden
    binary: FittedGolden
    multiclass: FittedGolden
  }
  readonly calibration: {
    readonly seed: string
    readonly rows: number
    readonly isotonic: { from: number[]; to: number[]; at: number[]; predicted: number[] }
    readonly platt: { slope: number; intercept: number }
  }
  readonly trees: {
    readonly train: string
    readonly heldOut: string
    readonly rows: number
    readonly rounds: number
    readonly lightgbm: Record<string, { task: Task; features: number; loss: number }>
  }
}

const golden = JSON.parse(readFileSync(new URL('../../golden/learn.json', import.meta.url), 'utf8')) as Golden

const NUMERIC = 8
const CATEGORIES = [6, 40]
const EFFECTS = [0, 0.5, -0.5, 1, -1, 2]

interface World {
  readonly features: readonly Feature[]
  readonly weights: Float64Array
  readonly scores: Float64Array
}

/** The same draws, in the same order, as `draw_world` of golden/learn.py. */
function drawWorld(seed: string, rows: number): World {
  const random = createRandom(seed)
  const columns = Array.from({ length: NUMERIC + CATEGORIES.length }, () => new Float64Array(rows))
  const weights = new Float64Array(rows)
  const scores = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const x = Array.from({ length: NUMERIC }, () => random.integer(4096) / 512 - 4)
    const c = CATEGORIES.map((count) => random.integer(count))
    const missing = random.next() < 0.1
    weights[row] = 1 + random.integer(3)
    let noise = -6
    for (let i = 0; i < 12; i++) noise += random.next()
    let score = x[0]! + 0.5 * x[1]! * (missing ? 1 : x[2]!) - (x[3]! > 1 ? 1.5 : 0) + 0.25 * x[4]! * x[4]! - 1
    score += EFFECTS[c[0]!]! + (((c[1]! * 7) % 5) - 2) / 2
    scores[row] = score + noise
    if (missing) x[2] = Number.NaN
    for (const [j, value] of [...x, ...c].entries()) columns[j]![row] = value
  }
  const features = columns.map((values, j): Feature => {
    const categories = CATEGORIES[j - NUMERIC]
    if (categories === undefined) return { name: `x${j}`, kind: 'numeric', values }
    return { name: `c${j - NUMERIC}`, kind: 'categorical', values, categories }
  })
  return { features, weights, scores }
}

function targetOf(scores: Float64Array, task: Task): Float64Array {
  if (task === 'regression') return scores
  if (task === 'binary') return scores.map((score) => Number(score > 0.5))
  return scores.map((score) => Number(score > -1) + Number(score > 2))
}

function coefficientsOf(model: LinearModel): number[][] {
  return model.intercept.map((_, k) =>
    model.terms.flatMap((term) => (term.kind === 'numeric' ? [term.coefficients[k]!] : [...term.coefficients[k]!])),
  )
}

for (const task of ['regression', 'binary', 'multiclass'] as const) {
  test(`${task} coefficients on weighted rows equal scikit-learn's to 1e-6`, () => {
    const { features, weights, scores } = drawWorld(golden.linear.seed, golden.linear.rows)
    const data: LearningData = { features, target: targetOf(scores, task), weights }
    const expected = golden.linear[task]
    const { l2 } = expected
    const model =
      task === 'regression' ? trainLinearRegression(data, { l2 }) : trainLogisticRegression(data, { task, l2 })
    assertNear(model.intercept, expected.intercept, 1e-6)
    coefficientsOf(model).forEach((found, k) => {
      assertNear(found, expected.coefficients[k]!, 1e-6)
    })
  })
}

function drawCalibration(): Required<CalibrationData> {
  const { seed, rows } = golden.calibration
  const random = createRandom(seed)
  const [probabilities, outcomes, weights] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)]
  for (let row = 0; row < rows; row++) {
    const probability = (1 + random.integer(255)) / 256
    probabilities[row] = probability
    outcomes[row] = Number(random.next() < probability * probability)
    weights[row] = 1 + random.integer(3)
  }
  return { probabilities, outcomes, weights }
}

test("isotonic knots and predictions equal scikit-learn's to 1e-9", () => {
  const expected = golden.calibration.isotonic
  const calibrator = fitIsotonic(drawCalibration())
  const predicted = expected.at.map((at) => applyCalibrator(calibrator, at))
  assertNear(calibrator.from, expected.from, 1e-9)
  assertNear(calibrator.to, expected.to, 1e-9)
  assertNear(predicted, expected.predicted, 1e-9)
})

test("Platt's slope and intercept equal scikit-learn's as far as its solver goes, 1e-4", () => {
  const { probabilities, outcomes } = drawCalibration()
  const { slope, intercept } = fitPlatt({ probabilities, outcomes })
  assertNear([slope, intercept], [golden.calibration.platt.slope, golden.calibration.platt.intercept], 1e-4)
})

for (const [name, peer] of Object.entries(golden.trees.lightgbm)) {
  test(`${name} features: the held-out loss of trees is within 1 % of LightGBM's with the same settings`, (context) => {
    const loss = heldOutLoss(peer.task, peer.features)
    context.diagnostic(`loss ${loss.toFixed(5)}, LightGBM ${peer.loss.toFixed(5)}`)
    assert.ok(loss <= 1.01 * peer.loss, `loss ${loss}, LightGBM ${peer.loss}`)
  })
}

const train = drawWorld(golden.trees.train, golden.trees.rows)
const heldOut = drawWorld(golden.trees.heldOut, golden.trees.rows)

function heldOutLoss(task: Task, count: number): number {
  const data = { features: train.features.slice(0, count), target: targetOf(train.scores, task) }
  const model = trainBoostedTrees(data, { task, seed: 1, rounds: golden.trees.rounds, maxDepth: 6 })
  const columns = heldOut.features.slice(0, count).map(({ values }) => values)
  return lossOf(predict(model, columns).values, targetOf(heldOut.scores, task), model.classes)
}

/** Root mean squared error where there are no classes, else log loss. */
function lossOf(values: Float64Array, target: Float64Array, classes: number): number {
  const rows = target.length
  let sum = 0
  for (let row = 0; row < rows; row++) {
    if (classes === 0) sum += (values[row]! - target[row]!) ** 2
    else sum -= Math.log(values[row * classes + target[row]!]!)
  }
  return classes === 0 ? Math.sqrt(sum / rows) : sum / rows
}

function assertNear(found: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length)
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `entry ${i} is ${value}, expected ${expected[i]}`)
  })
}
