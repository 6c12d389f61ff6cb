import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, type Random } from '../../random.ts'
import {
  type Feature,
  fromJson,
  importances,
  LearnError,
  type LearningData,
  predict,
  type Tree,
  toJson,
} from '../index.ts'
import { trainBoostedTrees } from './train.ts'

const numeric = (name: string, values: Iterable<number>): Feature => ({
  name,
  kind: 'numeric',
  values: Float64Array.from(values),
})

function drawn(random: Random, rows: number, columns = 3): Feature[] {
  return Array.from({ length: columns }, (_, j) =>
    numeric(
      `x${j}`,
      Array.from({ length: rows }, () => Math.fround(random.normal())),
    ),
  )
}

function columnsOf(features: readonly Feature[]): Float64Array[] {
  return features.map(({ values }) => values)
}

function quadratic(features: readonly Feature[], random: Random): Float64Array {
  return features[0]!.values.map((x, row) => x + features[1]!.values[row]! ** 2 + 0.3 * random.normal())
}

test('a row of weight w is the same as w rows', () => {
  const random = createRandom('weights')
  const features = drawn(random, 300)
  const target = quadratic(features, random)
  const weights = target.map(() => random.integer(4))
  const repeat = (values: Float64Array) =>
    Float64Array.from([...values].flatMap((value, row) => new Array<number>(weights[row]!).fill(value)))
  const repeated = features.map((feature) => ({ ...feature, values: repeat(feature.values) }))
  const options = { seed: 1, rounds: 20, minRowsPerLeaf: 1, minHessianPerLeaf: 2, maxBins: 30 } as const
  for (const task of ['regression', 'binary'] as const) {
    const labels = task === 'binary' ? target.map((value) => Number(value > 1)) : target
    const weighted = trainBoostedTrees({ features, target: labels, weights }, { ...options, task })
    const duplicated = trainBoostedTrees({ features: repeated, target: repeat(labels) }, { ...options, task })
    const difference = maxDifference(
      predict(weighted, columnsOf(repeated)).values,
      predict(duplicated, columnsOf(repeated)).values,
    )
    assert.ok(difference < 1e-5, `${task} differs by ${difference}`)
  }
})

test('a monotone prediction never falls as its feature rises, wherever the other features stand', () => {
  const random = createRandom('monotone')
  const features = drawn(random, 2000)
  const target = features[0]!.values.map(
    (x, row) => Math.sin(3 * x) + x * features[1]!.values[row]! - features[2]!.values[row]! + random.normal(),
  )
  const monotone = { x0: 1, x2: -1 } as const
  for (const task of ['regression', 'binary'] as const) {
    const labels = task === 'binary' ? target.map((value) => Number(value > 0)) : target
    const options = { task, seed: 1, monotone, minRowsPerLeaf: 3, rowShare: 0.7 } as const
    const model = trainBoostedTrees({ features, target: labels }, options)
    const grid = Float64Array.from({ length: 201 }, (_, i) => i / 25 - 4)
    for (let probe = 0; probe < 50; probe++) {
      for (const [moved, direction] of [
        [0, 1],
        [2, -1],
      ] as const) {
        const at = features.map(({ values }, j) => (j === moved ? grid : grid.map(() => values[probe]!)))
        const { values, outputs } = predict(model, at)
        for (let i = 1; i < grid.length; i++) {
          const rise = values[i * outputs + outputs - 1]! - values[(i - 1) * outputs + outputs - 1]!
          assert.ok(direction * rise >= 0, `${task}: x${moved} at ${grid[i]} moves the prediction by ${rise}`)
        }
      }
    }
  }
})

test('trees grow to 31 leaves, deeper than a full tree of as many, and to the full depth where only that is given', () => {
  const random = createRandom('leaves')
  const features = drawn(random, 4000)
  const data = { features, target: quadratic(features, random) }
  const shapes = (options: object) => {
    const model = trainBoostedTrees(data, { task: 'regression', seed: 1, rounds: 5, minRowsPerLeaf: 1, ...options })
    return model.rounds.flat().map((tree) => ({
      leaves: tree.feature.filter((feature) => feature < 0).length,
      depth: depthOf(tree),
    }))
  }
  assert.ok(shapes({}).every(({ leaves, depth }) => leaves === 31 && depth > 5))
  assert.ok(shapes({ maxLeaves: 5, maxDepth: 3 }).every(({ leaves, depth }) => leaves === 5 && depth <= 3))
  assert.ok(shapes({ maxDepth: 5 }).every(({ leaves, depth }) => leaves <= 32 && depth === 5))
})

test('where rows allow fewer leaves than the limit, growing the best leaf first or depth first gives the same tree', () => {
  const random = createRandom('orders')
  const features = drawn(random, 800)
  const data = { features, target: quadratic(features, random) }
  const options = { task: 'regression', seed: 1, rounds: 10, minRowsPerLeaf: 60, maxDepth: 4 } as const
  const depthFirst = predict(trainBoostedTrees(data, options), columnsOf(features)).values
  const bestFirst = predict(trainBoostedTrees(data, { ...options, maxLeaves: 15 }), columnsOf(features)).values
  assert.equal(maxDifference(depthFirst, bestFirst), 0)
})

test('the same seed gives the same model, another seed another one', () => {
  const random = createRandom('seeds')
  const features = drawn(random, 500)
  const data = { features, target: quadratic(features, random) }
  const train = (seed: number) =>
    JSON.stringify(
      toJson(trainBoostedTrees(data, { task: 'regression', seed, rounds: 10, rowShare: 0.5, featureShare: 0.7 })),
    )
  assert.equal(train(1), train(1))
  assert.notEqual(train(1), train(2))
})

test('a constant feature and an all-missing one are never split on', () => {
  const random = createRandom('constant')
  const features = [
    ...drawn(random, 400, 2),
    numeric('constant', new Float64Array(400).fill(7)),
    numeric('missing', new Float64Array(400).fill(Number.NaN)),
    { ...numeric('no category', new Float64Array(400).fill(Number.NaN)), kind: 'categorical' } as const,
  ]
  const model = trainBoostedTrees({ features, target: quadratic(features, random) }, { task: 'regression', seed: 1 })
  const unsplit = importances(model).filter(({ splits }) => splits === 0)
  assert.deepEqual(unsplit.map(({ name }) => name).sort(), ['constant', 'missing', 'no category'])
  assert.ok(predict(model, columnsOf(features)).values.every(Number.isFinite))
})

test('where only being missing tells the classes apart, the missing go their own way', () => {
  const values = Float64Array.from({ length: 200 }, (_, row) => (row % 4 === 0 ? Number.NaN : 5))
  const target = values.map((value) => Number(Number.isNaN(value)))
  const model = trainBoostedTrees({ features: [numeric('x', values)], target }, { task: 'binary', seed: 1 })
  const [, missing, , present] = predict(model, [Float64Array.of(Number.NaN, 5)]).values
  assert.ok(missing! > 0.98 && present! < 0.02)
})

test('categories split many against many, and an unseen one is treated as a missing one', () => {
  const random = createRandom('categories')
  const codes = Float64Array.from({ length: 3000 }, () => random.integer(60))
  const features: Feature[] = [{ name: 'airport', kind: 'categorical', values: codes, categories: 60 }]
  const target = codes.map((code) => (code * 7) % 3)
  const model = trainBoostedTrees({ features, target }, { task: 'regression', seed: 1, maxDepth: 2, rounds: 200 })
  const probe = Float64Array.of(0, 1, 2, 99, 12345, Number.NaN)
  const [zero, one, two, unseen, farUnseen, missing] = predict(model, [probe]).values
  assert.ok(Math.abs(zero!) < 0.02 && Math.abs(one! - 1) < 0.02 && Math.abs(two! - 2) < 0.02)
  assert.equal(unseen, missing)
  assert.equal(farUnseen, missing)
})

test('three categories of a few dozen rows are enough to be told apart', () => {
  const codes = Float64Array.from({ length: 90 }, (_, row) => row % 3)
  const features: Feature[] = [{ name: 'class', kind: 'categorical', values: codes }]
  const target = codes.map((code) => (code === 1 ? 5 : 0))
  const model = trainBoostedTrees({ features, target }, { task: 'regression', seed: 1 })
  const [first, second] = predict(model, [Float64Array.of(0, 1)]).values
  assert.ok(Math.abs(first!) < 0.05 && Math.abs(second! - 5) < 0.05, `found ${first} and ${second}`)
})

test('training with a validation set keeps the best round and no later one', () => {
  const random = createRandom('early')
  const features = drawn(random, 400)
  const validationFeatures = drawn(random, 400)
  const validation: LearningData = { features: validationFeatures, target: quadratic(validationFeatures, random) }
  const data = { features, target: quadratic(features, random) }
  const options = { task: 'regression', seed: 1, rounds: 500, learningRate: 0.3, patience: 10 } as const
  const model = trainBoostedTrees(data, { ...options, validation })
  const losses = model.validationLoss
  const best = losses.indexOf(Math.min(...losses)) + 1
  const predicted = predict(model, columnsOf(validationFeatures)).values
  const loss = predicted.reduce((sum, value, row) => sum + (value - validation.target[row]!) ** 2, 0) / predicted.length
  assert.equal(model.rounds.length, best)
  assert.equal(losses.length, best + 10)
  assert.ok(Math.abs(loss - losses[best - 1]!) < 1e-9)
})

test('a model survives JSON to the last bit', () => {
  const random = createRandom('json')
  const features: Feature[] = [
    ...drawn(random, 300),
    { name: 'c', kind: 'categorical', values: Float64Array.from({ length: 300 }, () => random.integer(9)) },
  ]
  const target = features[3]!.values.map((code) => code % 3)
  const model = trainBoostedTrees({ features, target }, { task: 'multiclass', seed: 1, rounds: 5 })
  const revived = fromJson(JSON.parse(JSON.stringify(toJson(model))))
  assert.deepEqual(revived, model)
  assert.throws(() => fromJson({ format: 'evenkeel.model', version: 2, model: {} }), /found .* version 2/)
})

test('bad input is refused with its place, what was found and what was expected', () => {
  const x = numeric('x', [1, 2, 3, 4])
  const target = Float64Array.of(0, 1, 0, 1)
  const refusal = (data: LearningData, extra: object = {}) => {
    try {
      trainBoostedTrees(data, { task: 'binary', seed: 1, ...extra })
    } catch (error) {
      assert.ok(error instanceof LearnError)
      return `${error.code}: ${error.message}`
    }
    return 'accepted'
  }
  const one = Float64Array.of(1, 1, 1, 1)
  assert.match(refusal({ features: [x], target: one }), /LEARN_TARGET_CONSTANT: target holds only class 1 in 4 rows/)
  assert.match(refusal({ features: [x], target: Float64Array.of(0, 1, 2, 1) }), /target row 2 is 2, expected 0 or 1/)
  assert.match(refusal({ features: [numeric('x', [1])], target }), /feature x has 1 rows, expected 4/)
  assert.match(refusal({ features: [numeric('x', [1, 2, 1e39, 4])], target }), /feature x row 2 is 1e\+39/)
  assert.match(
    refusal({ features: [x], target }, { maxDepth: 40 }),
    /maxDepth is 40, expected a whole number from 1 to/,
  )
  assert.match(refusal({ features: [x], target }, { monotone: { y: 1 } }), /monotone names y, which is no feature/)
})

function depthOf(tree: Tree, node = 0): number {
  if (tree.feature[node]! < 0) return 0
  return 1 + Math.max(depthOf(tree, tree.left[node]!), depthOf(tree, tree.right[node]!))
}

function maxDifference(one: Float64Array, other: Float64Array): number {
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0)
}
