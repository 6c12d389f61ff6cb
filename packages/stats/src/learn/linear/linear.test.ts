import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../random.ts'
import { type Feature, LearnError, type LearningData, predict } from '../index.ts'
import { trainLinearRegression, trainLogisticRegression } from './train.ts'

const numeric = (name: string, values: Iterable<number>): Feature => ({
  name,
  kind: 'numeric',
  values: Float64Array.from(values),
})

const airports: Feature = {
  name: 'airport',
  kind: 'categorical',
  values: Float64Array.of(0, 1, 2, 0, 1, 2, Number.NaN),
  categories: 3,
}

test('a missing number counts as the mean of its feature', () => {
  const x = numeric('x', [1, 2, Number.NaN, 3])
  const model = trainLinearRegression({ features: [x], target: Float64Array.of(1, 2, 2, 3) })
  const [missing, mean] = predict(model, [Float64Array.of(Number.NaN, 2)]).values
  assert.equal(missing, mean)
})

test('a missing category and one never seen contribute nothing', () => {
  const target = Float64Array.of(1, 5, 9, 1, 5, 9, 5)
  const model = trainLinearRegression({ features: [airports], target }, { l2: 0.01 })
  const [known, unseen, missing] = predict(model, [Float64Array.of(0, 77, Number.NaN)]).values
  assert.ok(known! < 2)
  assert.equal(unseen, model.intercept[0])
  assert.equal(missing, model.intercept[0])
})

test('a constant and an all-missing feature get no coefficient', () => {
  const features = [
    numeric('x', [1, 2, 3, 4]),
    numeric('constant', [0.1, 0.1, 0.1, 0.1]),
    numeric('missing', new Array<number>(4).fill(Number.NaN)),
  ]
  const model = trainLinearRegression({ features, target: Float64Array.of(2, 4, 6, 8) }, { l2: 0 })
  const coefficients = model.terms.map((term) => term.coefficients[0])
  assert.deepEqual(coefficients.slice(1), [0, 0])
})

test('repeated columns are refused without a penalty and shared evenly with one', () => {
  const x = [1, 2, 4, 7]
  const data = { features: [numeric('x', x), numeric('again', x)], target: Float64Array.of(1, 2, 3, 4) }
  assert.throws(
    () => trainLinearRegression(data, { l2: 0 }),
    (error) => error instanceof LearnError && error.code === 'LEARN_SINGULAR' && /set l2 above 0/.test(error.message),
  )
  const [first, second] = trainLinearRegression(data, { l2: 1 }).terms
  assert.ok(Math.abs(Number(first!.coefficients[0]) - Number(second!.coefficients[0])) < 1e-12)
})

test('a row of weight w is the same as w rows, for every task', () => {
  const random = createRandom('linear weights')
  const rows = 120
  const values = Float64Array.from({ length: rows }, random.normal)
  const weights = values.map(() => random.integer(4))
  const repeat = (column: Float64Array) =>
    Float64Array.from([...column].flatMap((value, row) => new Array<number>(weights[row]!).fill(value)))
  const target = values.map((value) => Number(value + random.normal() > 0) + Number(value + random.normal() > 1))
  for (const task of ['regression', 'multiclass', 'binary'] as const) {
    const labels = task === 'binary' ? target.map((label) => Number(label > 0)) : target
    const train = (data: LearningData) =>
      task === 'regression' ? trainLinearRegression(data) : trainLogisticRegression(data, { task })
    const weighted = train({ features: [numeric('x', values)], target: labels, weights })
    const repeated = train({ features: [numeric('x', repeat(values))], target: repeat(labels) })
    const expected = predict(repeated, [values]).values
    predict(weighted, [values]).values.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${task}: ${value}, expected ${expected[i]}`)
    })
  }
})

test('classes that a line separates give finite coefficients, even without a penalty', () => {
  const data = { features: [numeric('x', [1, 2, 3, 4])], target: Float64Array.of(0, 0, 1, 1) }
  const model = trainLogisticRegression(data, { task: 'binary', l2: 0 })
  const { values } = predict(model, [Float64Array.of(1, 4)])
  assert.ok(values.every(Number.isFinite))
  assert.ok(values[0]! > 0.999 && values[3]! > 0.999)
})

test('a target of one class is refused and says which class it found', () => {
  const data = { features: [numeric('x', [1, 2])], target: Float64Array.of(1, 1) }
  assert.throws(() => trainLogisticRegression(data, { task: 'binary' }), /target holds only class 1 in 2 rows/)
})
