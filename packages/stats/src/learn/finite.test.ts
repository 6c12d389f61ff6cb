import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Feature,
  LearnError,
  type LearningData,
  type Model,
  predict,
  trainBoostedTrees,
  trainLinearRegression,
  trainLogisticRegression,
} from './index.ts'

const edge = fc.constantFrom(0, 1, -1, Number.NaN, 3e38, -3e38, 1e-40, Number.POSITIVE_INFINITY, 1e300)
const cell = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(Number.NaN))
const code = fc.oneof(fc.nat({ max: 5 }), fc.constant(Number.NaN))
const ROWS = 24

const column = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: ROWS, maxLength: ROWS })
const table = fc.record({
  number: fc.oneof(column(cell), column(edge)),
  code: column(code),
  classes: column(fc.nat({ max: 2 })),
  amount: fc.oneof(column(fc.double({ min: -1e6, max: 1e6, noNaN: true })), column(edge)),
  probe: column(fc.oneof(cell, edge)),
})

/** A model, or undefined where the learner said what is wrong with the data. */
function learned(train: () => Model): Model | undefined {
  try {
    return train()
  } catch (error) {
    assert.ok(error instanceof LearnError, String(error))
    return undefined
  }
}

test('a learner refuses its data by name, or its model answers every record with a finite number', () => {
  fc.assert(
    fc.property(table, ({ number, code, classes, amount, probe }) => {
      const features: Feature[] = [
        { name: 'number', kind: 'numeric', values: Float64Array.from(number) },
        { name: 'code', kind: 'categorical', values: Float64Array.from(code), categories: 6 },
      ]
      const data = (target: readonly number[]): LearningData => ({ features, target: Float64Array.from(target) })
      const several = data(classes)
      const trees = { seed: 1, rounds: 3, minRowsPerLeaf: 2 } as const
      const models = [
        learned(() => trainBoostedTrees(several, { ...trees, task: 'multiclass', classes: 3 })),
        learned(() => trainBoostedTrees(data(amount), { ...trees, task: 'regression' })),
        learned(() => trainLinearRegression(data(amount))),
        learned(() => trainLogisticRegression(several, { task: 'multiclass', classes: 3 })),
        learned(() => trainLogisticRegression(data(classes.map((label) => Math.min(label, 1))), { task: 'binary' })),
      ]
      const columns = [Float64Array.from(probe), Float64Array.from(probe, (_, row) => (row % 3 === 0 ? 999 : row % 7))]
      for (const model of models) {
        if (model === undefined) continue
        const { values } = predict(model, columns)
        assert.ok(values.every(Number.isFinite), `${model.kind} answers ${values}`)
      }
    }),
    { seed: 12, numRuns: 150 },
  )
})
