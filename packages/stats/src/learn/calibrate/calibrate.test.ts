import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../random.ts'
import { applyCalibrator, calibrated, fitIsotonic, fitPlatt, predict, trainLogisticRegression } from '../index.ts'

/** Probabilities that are too sure of themselves by a factor of two in log odds. */
function overconfident(rows: number) {
  const random = createRandom('overconfident')
  const odds = Float64Array.from({ length: rows }, () => 1.5 * random.normal())
  const outcomes = odds.map((score) => Number(random.next() < 1 / (1 + Math.exp(-score))))
  return { probabilities: odds.map((score) => 1 / (1 + Math.exp(-2 * score))), outcomes }
}

test('Platt scaling halves log odds that were twice too large', () => {
  const { slope, intercept } = fitPlatt(overconfident(20_000))
  assert.ok(Math.abs(slope - 0.5) < 0.02, `slope ${slope}`)
  assert.ok(Math.abs(intercept) < 0.05, `intercept ${intercept}`)
})

test('an isotonic calibrator never falls and keeps the mean of the outcomes', () => {
  const { probabilities, outcomes } = overconfident(2000)
  const calibrator = fitIsotonic({ probabilities, outcomes })
  const corrected = probabilities.map((probability) => applyCalibrator(calibrator, probability))
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  assert.ok(calibrator.to.every((value, i) => i === 0 || value >= calibrator.to[i - 1]!))
  assert.ok(calibrator.from.every((value, i) => i === 0 || value > calibrator.from[i - 1]!))
  assert.ok(Math.abs(mean(corrected) - mean(outcomes)) < 1e-9)
})

test('knots at the centres of the pools leave no slope steeper than the data', () => {
  const data = overconfident(20_000)
  const slopes = (knots: 'ends' | 'centres') => {
    const { from, to } = fitIsotonic(data, { knots })
    return from.slice(1).map((at, i) => (to[i + 1]! - to[i]!) / (at - from[i]!))
  }
  assert.ok(Math.max(...slopes('ends')) > 100)
  assert.ok(Math.max(...slopes('centres')) < 100)
})

test('outcomes that fall as the score rises leave one pool, their mean', () => {
  const calibrator = fitIsotonic({ probabilities: Float64Array.of(0.1, 0.5, 0.9), outcomes: Float64Array.of(1, 1, 0) })
  assert.deepEqual(calibrator.from, [0.1, 0.9])
  for (const value of calibrator.to) assert.ok(Math.abs(value - 2 / 3) < 1e-12)
})

test('a calibrated model predicts what the calibrator makes of its probabilities', () => {
  const x = Float64Array.of(1, 2, 3, 4, 5, 6)
  const data = {
    features: [{ name: 'x', kind: 'numeric' as const, values: x }],
    target: x.map((v) => Number(v % 3 > 0)),
  }
  const model = trainLogisticRegression(data, { task: 'binary' })
  const raw = predict(model, [x]).values
  for (const calibrator of [
    { kind: 'platt', slope: 0.7, intercept: 0.2 },
    { kind: 'isotonic', from: [0.2, 0.9], to: [0.1, 0.8] },
  ] as const) {
    const { values } = predict(calibrated(model, calibrator), [x])
    for (let row = 0; row < x.length; row++) {
      assert.ok(Math.abs(values[2 * row + 1]! - applyCalibrator(calibrator, raw[2 * row + 1]!)) < 1e-12)
      assert.ok(Math.abs(values[2 * row]! + values[2 * row + 1]! - 1) < 1e-12)
    }
  }
})

test('a calibration row with an impossible probability is refused by its number', () => {
  const data = { probabilities: Float64Array.of(0.5, 1.5), outcomes: Float64Array.of(0, 1) }
  assert.throws(() => fitIsotonic(data), /row 1 has probability 1.5/)
})
