import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom } from '../../random.ts'
import {
  type BoostedTrees,
  type Feature,
  fromJson,
  LearnError,
  predict,
  type Task,
  trainBoostedTrees,
  treeShap,
} from '../index.ts'

interface Case {
  readonly task: Task
  readonly kinds: ('numeric' | 'categorical')[]
  readonly categories: number[]
  readonly rounds: object[][]
  readonly columns: (number | null)[][]
  readonly expected: number[]
  readonly values: number[][][]
}

/** golden/shap-values.json, made by golden/shap-values.py with the versions it names. */
const golden = JSON.parse(readFileSync(new URL('../../../golden/shap-values.json', import.meta.url), 'utf8')) as {
  readonly cases: Readonly<Record<string, Case>>
}

function modelOf({ task, kinds, categories, rounds }: Case): BoostedTrees {
  const features = kinds.map((kind, j) => ({ name: `x${j}`, kind, categories: categories[j] }))
  const base = rounds[0]!.map(() => 0)
  const model = { kind: 'boosted-trees', task, features, classes: base.length, base, rounds, validationLoss: [] }
  return fromJson({ format: 'evenkeel.model', version: 1, model }) as BoostedTrees
}

for (const [name, peer] of Object.entries(golden.cases)) {
  test(`Shapley values of ${name} equal those of shap's TreeExplainer to 1e-9`, () => {
    const columns = peer.columns.map((column) => Float64Array.from(column, (value) => value ?? Number.NaN))
    const { base, values, outputs, features } = treeShap(modelOf(peer), columns)
    base.forEach((value, k) => {
      assert.ok(Math.abs(value - peer.expected[k]!) < 1e-9, `base ${k} is ${value}, expected ${peer.expected[k]}`)
    })
    const expected = peer.values.flat(2)
    assert.equal(values.length, expected.length)
    assert.deepEqual([outputs, features], [peer.values[0]!.length, peer.kinds.length])
    values.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]!) < 1e-9, `value ${i} is ${value}, expected ${expected[i]}`)
    })
  })
}

test('base and Shapley values of a row add up to its raw score, whatever the model', () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(),
        task: fc.constantFrom('binary' as const, 'multiclass' as const, 'regression' as const),
        maxDepth: fc.integer({ min: 1, max: 12 }),
        rowShare: fc.constantFrom(0.4, 1),
      }),
      ({ seed, task, maxDepth, rowShare }) => {
        const { features, target } = drawn(seed, task)
        const options = { task, seed, rounds: 4, maxDepth, maxLeaves: 20, minRowsPerLeaf: 2, rowShare } as const
        const model = trainBoostedTrees({ features, target }, options)
        const columns = features.map(({ values }) => values)
        const { base, values, outputs } = treeShap(model, columns)
        const scores = rawScores(model, columns)
        scores.forEach((score, i) => {
          let sum = base[i % outputs]!
          for (let j = 0; j < features.length; j++) sum += values[i * features.length + j]!
          assert.ok(Math.abs(sum - score) < 1e-9, `row ${Math.floor(i / outputs)}: ${sum}, raw score ${score}`)
        })
      },
    ),
    { seed: 8, numRuns: 40 },
  )
})

test('a feature that no tree asks for gets exactly nothing', () => {
  const { features, target } = drawn(3, 'regression')
  const flat: Feature = { name: 'flat', kind: 'numeric', values: new Float64Array(target.length).fill(2) }
  const model = trainBoostedTrees({ features: [flat, ...features], target }, { task: 'regression', seed: 1, rounds: 5 })
  const { values } = treeShap(
    model,
    [flat, ...features].map((feature) => feature.values),
  )
  assert.ok(values.every((value, i) => i % 5 !== 0 || value === 0))
})

test('two features that are one another get the same where the trees treat them alike', () => {
  const tree = {
    feature: [0, 1, -1, -1, 1, -1, -1],
    threshold: [0, 0, 0, 0, 0, 0, 0],
    missingLeft: [0, 0, 0, 0, 0, 0, 0],
    left: [1, 2, -1, -1, 5, -1, -1],
    right: [4, 3, -1, -1, 6, -1, -1],
    value: [0, 0, 0, 0, 0, 0, 8],
    gain: [0, 0, 0, 0, 0, 0, 0],
    rows: [8, 4, 2, 2, 4, 2, 2],
    listed: [],
  }
  const both: Case = {
    task: 'regression',
    kinds: ['numeric', 'numeric'],
    categories: [0, 0],
    rounds: [[tree]],
    columns: [],
    expected: [],
    values: [],
  }
  const { base, values } = treeShap(modelOf(both), [Float64Array.of(1, -1), Float64Array.of(1, 1)])
  assert.deepEqual(base, [2])
  assert.deepEqual(
    [...values].map((value) => Number(value.toFixed(12))),
    [3, 3, -3, 1],
  )
  const negative = { ...tree, rows: [8, 4, 2, 2, 4, 4, -1] }
  const refused = () => treeShap(modelOf({ ...both, rounds: [[negative]] }), [Float64Array.of(1), Float64Array.of(1)])
  assert.throws(refused, (error) => error instanceof LearnError && /node 6 of a tree has -1 rows/.test(error.message))
  assert.throws(() => treeShap(modelOf(both), [Float64Array.of(1)]), /found 1 columns, expected x0, x1/)
})

test('a leaf that no training row reached counts for the rows that reach it, and for no other', () => {
  const tree = {
    feature: [0, 0, -1, 1, -1, -1, -1],
    threshold: [1, 0, 0, 0, 0, 0, 0],
    missingLeft: [0, 0, 0, 0, 0, 0, 0],
    left: [1, 2, -1, 4, -1, -1, -1],
    right: [6, 3, -1, 5, -1, -1, -1],
    value: [0, 0, 1, 0, 2, 3, 40],
    gain: [0, 0, 0, 0, 0, 0, 0],
    rows: [4, 4, 2, 2, 2, 0, 0],
    listed: [],
  }
  const numeric = { task: 'regression', kinds: ['numeric', 'numeric'], categories: [0, 0] } as const
  const model = modelOf({
    ...numeric,
    kinds: [...numeric.kinds],
    categories: [0, 0],
    rounds: [[tree]],
    columns: [],
    expected: [],
    values: [],
  })
  const columns = [Float64Array.of(-1, 0.5, 0.5, 7), Float64Array.of(5, -1, 5, 5)]
  const { base, values } = treeShap(model, columns)
  assert.deepEqual(base, [1.5])
  // Without x0, half of the rows would be in each of the first two leaves; x1 matters only where x0 is between 0 and 1.
  assert.deepEqual(
    [...values].map((value) => Number(value.toFixed(12))),
    [-0.75, 0.25, 0.5, 0, 0.75, 0.75, 38.25, 0.25],
  )
})

function drawn(seed: number, task: Task) {
  const random = createRandom(seed)
  const column = (draw: () => number) =>
    Float64Array.from({ length: 120 }, () => (random.next() < 0.1 ? Number.NaN : draw()))
  const features: Feature[] = [
    { name: 'a', kind: 'numeric', values: column(random.normal) },
    { name: 'b', kind: 'numeric', values: column(() => random.integer(5)) },
    { name: 'c', kind: 'categorical', values: column(() => random.integer(4)), categories: 4 },
    { name: 'd', kind: 'categorical', values: column(() => random.integer(30)), categories: 30 },
  ]
  const [a, b, c] = features.map(({ values }) => values.map((value) => (Number.isNaN(value) ? 1 : value)))
  const score = a!.map((value, row) => value * b![row]! + c![row]! + random.normal())
  if (task === 'regression') return { features, target: score }
  return { features, target: score.map((value) => Number(value > 1) + (task === 'multiclass' ? Number(value > 3) : 0)) }
}

/** Log odds from the probabilities, softmax scores from a model that is not asked for classes. */
function rawScores(model: BoostedTrees, columns: readonly Float64Array[]): Float64Array {
  if (model.task !== 'multiclass') return predict({ ...model, task: 'regression', classes: 0 }, columns).values
  const rows = columns[0]!.length
  const outputs = model.base.length
  const scores = new Float64Array(rows * outputs)
  for (let k = 0; k < outputs; k++) {
    const rounds = model.rounds.map((round) => [round[k]!])
    const single = { ...model, task: 'regression', classes: 0, base: [model.base[k]!], rounds } as const
    predict(single, columns).values.forEach((score, row) => {
      scores[row * outputs + k] = score
    })
  }
  return scores
}
