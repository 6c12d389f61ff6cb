import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createRandom, type Random } from '../random.ts'
import {
  blockDifference,
  clusteredMeanInterval,
  type Figure,
  type KnownFigure,
  scoreBinary,
  scoreMulticlass,
  scoreRegression,
} from './index.ts'

type Expected = Readonly<Record<string, number>>
type Golden = {
  readonly binary: readonly {
    readonly labels: number[]
    readonly scores: number[]
    readonly weights: number[]
    readonly expected: Expected
    readonly calibrationSlope: number
    readonly delongError: number
  }[]
  readonly multiclass: {
    labels: number[]
    scores: number[]
    classes: number
    weights: number[]
    unweighted: Expected
    weighted: Expected
  }
  readonly regression: {
    labels: number[]
    predictions: number[]
    weights: number[]
    unweighted: Expected
    weighted: Expected
  }
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/score.json', import.meta.url), 'utf8'))

test('binary performance equals scikit-learn, with and without weights and with tied scores', () => {
  for (const { expected, calibrationSlope, labels, scores, weights } of golden.binary) {
    const found = scoreBinary({ labels, scores, weights })
    agrees(found, expected, 1e-12)
    agrees(found, { calibrationSlope }, 1e-5)
  }
})

test('the interval of ROC AUC implies the error that DeLong has over all pairs', () => {
  const { labels, scores, delongError } = golden.binary[0]!
  const { value, low, high } = known(scoreBinary({ labels, scores }).rocAuc)
  assert.ok(value > low && value < high)
  const z = 1.959963984540054
  const size = (value * (1 - value)) / delongError ** 2
  const half = (z / (1 + (z * z) / size)) * Math.sqrt((value * (1 - value)) / size + (z * z) / (4 * size * size))
  assert.ok(Math.abs((high - low) / 2 - half) < 1e-9)
})

test('multiclass and regression performance equal scikit-learn, with and without weights', () => {
  const { weights, ...classes } = golden.multiclass
  agrees(scoreMulticlass(classes), golden.multiclass.unweighted, 1e-12)
  agrees(scoreMulticlass({ ...classes, weights }), golden.multiclass.weighted, 1e-12)
  const { weights: rowWeights, ...numbers } = golden.regression
  agrees(scoreRegression(numbers), golden.regression.unweighted, 1e-12)
  agrees(scoreRegression({ ...numbers, weights: rowWeights }), golden.regression.weighted, 1e-12)
})

test('95 % intervals of binary figures cover the truth in 93 to 97 of 100 worlds of 300 rows', () => {
  const truth = truthOf(createRandom('truth'), 400_000)
  const worlds = 600
  const covered: Record<string, number> = {}
  for (let world = 0; world < worlds; world++) {
    const found: Record<string, Figure> = { ...scoreBinary(drawRows(createRandom(`world ${world}`), 300)) }
    for (const [name, value] of Object.entries(truth)) {
      const { low, high } = known(found[name]!)
      covered[name] = (covered[name] ?? 0) + (value >= low && value <= high ? 1 : 0)
    }
  }
  for (const [name, count] of Object.entries(covered))
    assert.ok(count / worlds > 0.93 && count / worlds < 0.972, `${name} is covered in ${count} of ${worlds} worlds`)
})

test('one class only leaves ranking unknown and accuracy known', () => {
  const found = scoreBinary({ labels: new Array(40).fill(1), scores: Array.from({ length: 40 }, (_, i) => i / 40) })
  assert.deepEqual([found.rocAuc.kind, found.accuracy.kind], ['unknown', 'known'])
})

test('too few rows, no predicted positive, constant labels are unknown with a reason, never NaN', () => {
  assert.deepEqual(scoreBinary({ labels: [], scores: [] }).brier, { kind: 'unknown', reason: 'too-few-rows', rows: 0 })
  const noPositive = scoreBinary({ labels: new Array(50).fill(0), scores: new Array(50).fill(0.1) })
  assert.equal(noPositive.precision.kind, 'unknown')
  const constant = scoreRegression({ labels: new Array(50).fill(3), predictions: new Array(50).fill(3) })
  assert.equal(constant.r2.kind, 'unknown')
  const nearZero = scoreRegression({ labels: [0, ...new Array(50).fill(3)], predictions: new Array(51).fill(3) })
  assert.deepEqual(nearZero.mape, { kind: 'unknown', reason: 'labels-near-zero', rows: 51 })
})

test('a perfect score still has an interval with width', () => {
  const labels = Array.from({ length: 60 }, (_, i) => i % 2)
  const { accuracy, rocAuc } = scoreBinary({ labels, scores: labels })
  assert.ok(known(accuracy).low < 0.96 && known(accuracy).high === 1)
  assert.ok(known(rocAuc).low < 0.97 && known(rocAuc).value === 1)
})

test('a label that is not 0 or 1 is refused by row', () => {
  assert.throws(
    () => scoreBinary({ labels: [0, 2], scores: [0.1, 0.2] }),
    /label 1 of scoreBinary is 2, expected 0 or 1/,
  )
})

test('an interval over days covers where rows of a day move together', () => {
  let covered = 0
  for (let world = 0; world < 500; world++) {
    const random = createRandom(`days ${world}`)
    const means = Array.from({ length: 14 }, () => 5 + random.normal())
    const { low, high } = known(
      clusteredMeanInterval(
        means,
        means.map(() => 100),
      ),
    )
    if (low <= 5 && high >= 5) covered++
  }
  assert.ok(covered / 500 > 0.925 && covered / 500 < 0.975, `covered in ${covered} of 500`)
})

test('the difference of blocks is current minus reference, unknown with a single block', () => {
  const reference = { means: [1, 2, 3], weights: [1, 1, 1] }
  const { value, low, high } = known(blockDifference(reference, { means: [4, 5, 6], weights: [1, 1, 1] }))
  assert.equal(value, 3)
  assert.ok(Math.abs(high - low - 2 * 2.7764451051977987 * Math.sqrt(2 / 3)) < 1e-9)
  assert.equal(blockDifference(reference, { means: [1], weights: [1] }).kind, 'unknown')
})

function agrees(found: Readonly<Record<string, Figure>>, expected: Expected, tolerance: number): void {
  for (const [name, value] of Object.entries(expected)) {
    const figure = known(found[name]!)
    assert.ok(
      Math.abs(figure.value - value) < tolerance * Math.max(1, Math.abs(value)),
      `${name} is ${figure.value}, expected ${value}`,
    )
    assert.ok(figure.low <= figure.value && figure.value <= figure.high, name)
  }
}

function known(figure: Figure): KnownFigure {
  assert.ok(figure.kind === 'known', JSON.stringify(figure))
  return figure
}

function drawRows(random: Random, rows: number) {
  const scores = Array.from({ length: rows }, () => 0.02 + 0.96 * random.next() ** 2)
  const labels = scores.map((score) => (random.next() < score ** 1.2 ? 1 : 0))
  return { labels, scores }
}

function truthOf(random: Random, rows: number): Record<string, number> {
  const { calibrationError: _biased, ...figures } = scoreBinary(drawRows(random, rows))
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, known(figure).value]))
}
