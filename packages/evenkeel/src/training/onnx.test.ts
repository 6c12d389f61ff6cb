import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type BoostedTreesOptions,
  type Calibrator,
  calibrated,
  createRandom,
  exportOnnx,
  type Feature,
  fitIsotonic,
  fitPlatt,
  type LearningData,
  type Model,
  predict,
  type Random,
  type Task,
  trainBoostedTrees,
  trainLinearRegression,
  trainLogisticRegression,
} from '@evenkeel/stats'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const TOLERANCE = 1e-5
/** Rounding of a probability near 1 in float32, some operations on: what an isotonic calibrator's slope magnifies. */
const FLOAT32_STEP = 3e-7

interface World {
  readonly rows: number
  readonly numeric: number
  readonly categories: readonly number[]
  readonly missing: number
  readonly task: Task
}

/** Rows with a few repeated values (so that borders are hit), missing ones, and a target that depends on all columns. */
function draw(random: Random, world: World): LearningData {
  const values = (make: () => number) =>
    Float64Array.from({ length: world.rows }, () => (random.next() < world.missing ? Number.NaN : make()))
  const numeric: Feature[] = Array.from({ length: world.numeric }, (_, j) => ({
    name: `number ${j}`,
    kind: 'numeric',
    values: values(() => (j % 2 === 0 ? random.normal() * 10 ** (j - 1) : random.integer(40) / 8)),
  }))
  const categorical: Feature[] = world.categories.map((count, j) => ({
    name: `category ${j}`,
    kind: 'categorical',
    values: values(() => random.integer(count)),
    categories: count,
  }))
  const features = [...numeric, ...categorical]
  const target = Float64Array.from({ length: world.rows }, (_, row) => targetOf(features, row, world.task, random))
  return { features, target }
}

function targetOf(features: readonly Feature[], row: number, task: Task, random: Random): number {
  let score = random.normal()
  for (const { values, kind } of features) {
    const value = values[row]!
    if (Number.isNaN(value)) score += 0.7
    else score += kind === 'numeric' ? Math.sin(value) : ((value * 7919) % 11) / 5 - 1
  }
  if (task === 'regression') return 20 * score
  return task === 'binary' ? Number(score > 0.5) : Number(score > 0) + Number(score > 1.2)
}

/** The training rows, and rows that probe: borders and their float32 neighbours, unseen categories, all missing. */
function probes(data: LearningData, model: Model): Float64Array[] {
  const inner = model.kind === 'calibrated' ? model.model : model
  const trees = inner.kind === 'boosted-trees' ? inner.rounds.flat() : []
  return data.features.map((feature, j) => {
    if (feature.kind === 'categorical') return probe(data, j, [Number.NaN, 0, -1, feature.categories ?? 0, 1_000_000])
    const extra: number[] = [Number.NaN, 0, -0, 1e9, -1e9, 3.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const tree of trees.slice(0, 5)) {
      tree.feature.forEach((split, node) => {
        const border = tree.threshold[node]!
        if (split === j) extra.push(border, Math.fround(border * (1 + 2 ** -23)), border + 1e-12)
      })
    }
    return probe(data, j, extra)
  })
}

function probe(data: LearningData, j: number, extra: readonly number[]): Float64Array {
  const length = data.target.length + 300
  const { values } = data.features[j]!
  return Float64Array.from({ length }, (_, row) => values[row] ?? extra[(row * (j + 1)) % extra.length]!)
}

/** Largest difference between ONNX Runtime and `predict`, relative for predictions beyond 1. */
async function disagreement(model: Model, columns: readonly Float64Array[]): Promise<number> {
  const session = await InferenceSession.create(exportOnnx(model, { name: 'test' }), { intraOpNumThreads: 1 })
  const rows = columns[0]!.length
  const input = new Float32Array(rows * columns.length)
  columns.forEach((column, j) => {
    column.forEach((value, row) => {
      input[row * columns.length + j] = value
    })
  })
  const results = await session.run({ features: new Tensor('float32', input, [rows, columns.length]) })
  const answer = results['probabilities'] ?? results['prediction']!
  const expected = predict(model, columns)
  assert.deepEqual([...answer.dims], [rows, expected.outputs])
  let worst = 0
  expected.values.forEach((value, i) => {
    const difference = Math.abs(Number(answer.data[i]) - value) / Math.max(1, Math.abs(value))
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
  })
  await session.release()
  return worst
}

function steepest(calibrator: Calibrator): number {
  if (calibrator.kind === 'platt') return Math.abs(calibrator.slope)
  const { from, to } = calibrator
  return from.reduce((most, at, i) => (i === 0 ? 0 : Math.max(most, (to[i]! - to[i - 1]!) / (at - from[i - 1]!))), 0)
}

const mixed = { rows: 2000, numeric: 4, categories: [3, 45, 400], missing: 0.1 } as const

for (const task of ['binary', 'multiclass', 'regression'] as const) {
  test(`ONNX Runtime agrees with ${task} trees on missing values, unseen categories and borders`, async () => {
    const data = draw(createRandom(`trees ${task}`), { ...mixed, task })
    const model = trainBoostedTrees(data, { task, seed: 1, rounds: 40, maxDepth: 5, minRowsPerLeaf: 5 })
    const worst = await disagreement(model, probes(data, model))
    assert.ok(worst <= TOLERANCE, `differs by ${worst}`)
  })

  test(`ONNX Runtime agrees with ${task} linear models on missing values and unseen categories`, async () => {
    const data = draw(createRandom(`linear ${task}`), { ...mixed, task })
    const model =
      task === 'regression' ? trainLinearRegression(data, { l2: 1 }) : trainLogisticRegression(data, { task, l2: 1 })
    const worst = await disagreement(model, probes(data, model))
    assert.ok(worst <= TOLERANCE, `differs by ${worst}`)
  })
}

test('ONNX Runtime agrees with a calibrated model, Platt and isotonic, trees and linear', async () => {
  const data = draw(createRandom('calibrated'), { ...mixed, task: 'binary' })
  const trees = trainBoostedTrees(data, { task: 'binary', seed: 1, rounds: 20 })
  const linear = trainLogisticRegression(data, { task: 'binary' })
  const fresh = draw(createRandom('fresh'), { ...mixed, task: 'binary' })
  for (const model of [trees, linear]) {
    const { values } = predict(
      model,
      fresh.features.map((feature) => feature.values),
    )
    const probabilities = values.filter((_, i) => i % 2 === 1)
    const rows = { probabilities, outcomes: fresh.target }
    for (const calibrator of [fitPlatt(rows), fitIsotonic(rows), fitIsotonic(rows, { knots: 'centres' })]) {
      const composed = calibrated(model, calibrator)
      const worst = await disagreement(composed, probes(data, composed))
      const allowed = Math.max(TOLERANCE, FLOAT32_STEP * steepest(calibrator))
      assert.ok(worst <= allowed, `${model.kind} ${calibrator.kind} differs by ${worst}, allowed ${allowed}`)
    }
  }
})

test('ONNX Runtime agrees with models of small random worlds, whatever their options', async () => {
  const random = createRandom('worlds')
  for (let world = 0; world < 40; world++) {
    const task = (['binary', 'multiclass', 'regression'] as const)[world % 3]!
    const numeric = random.integer(4)
    const categories = Array.from({ length: random.integer(3) + (numeric === 0 ? 1 : 0) }, () => 1 + random.integer(70))
    const rows = 20 + random.integer(200)
    const data = draw(random, { rows, numeric, categories, missing: random.next() * 0.6, task })
    if (task !== 'regression' && new Set(data.target).size < 2) continue
    const options: BoostedTreesOptions = {
      task,
      seed: world,
      rounds: 1 + random.integer(12),
      maxDepth: 1 + random.integer(7),
      maxLeaves: 2 + random.integer(100),
      maxBins: 2 + random.integer(254),
      minRowsPerLeaf: 1 + random.integer(rows),
      learningRate: 0.05 + random.next() / 2,
      l2: random.next(),
      rowShare: 0.3 + 0.7 * random.next(),
      categorySmoothing: random.next() * 5,
      maxListedCategories: 1 + random.integer(40),
    }
    const linear = task === 'regression' ? trainLinearRegression(data) : trainLogisticRegression(data, { task })
    for (const model of [trainBoostedTrees(data, options), linear]) {
      const worst = await disagreement(model, probes(data, model))
      assert.ok(worst <= TOLERANCE, `world ${world}, ${model.kind} ${task} differs by ${worst}`)
    }
  }
})
