import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, type Random } from '../random.ts'
import { type Figure, type KnownFigure, scoreBinary } from '../score/index.ts'
import {
  createCellTable,
  estimateFromCells,
  estimateLoss,
  estimatePerformance,
  expectedPerformance,
  fitExpectedLoss,
  fitPartition,
  fitPerformanceEstimator,
  groupsOf,
  importanceWeights,
  mergeCellTables,
  updateCellTable,
} from './index.ts'

type Golden = {
  readonly cbpe: {
    readonly probabilities: number[]
    readonly scores: number[]
    readonly expected: Readonly<Record<string, number>>
  }
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/estimate.json', import.meta.url), 'utf8'))

test('expected figures are those of the mean over many draws of the labels, and their intervals cover those draws', () => {
  const random = createRandom('draws')
  const { probabilities, scores } = golden.cbpe
  const expected = expectedPerformance({ probabilities, scores })
  const covered: Record<string, number> = {}
  const draws = 400
  for (let draw = 0; draw < draws; draw++) {
    const labels = probabilities.map((p) => Number(random.next() < p))
    const found = scoreBinary({ labels, scores })
    for (const name of ['accuracy', 'precision', 'recall', 'f1', 'rocAuc', 'brier', 'logLoss', 'baseRate'] as const) {
      const { low, high } = known(expected[name])
      const { value } = known(found[name])
      covered[name] = (covered[name] ?? 0) + Number(low <= value && value <= high)
    }
  }
  for (const [name, count] of Object.entries(covered))
    assert.ok(count / draws > 0.92 && count / draws < 0.98, `${name} is covered in ${count} of ${draws}`)
})

test('expected figures are those that NumPy computes cell by cell and pair by pair', () => {
  const { probabilities, scores, expected } = golden.cbpe
  const found = expectedPerformance({ probabilities, scores })
  for (const [name, value] of Object.entries(expected)) {
    const figure = known(found[name as keyof typeof found])
    assert.ok(Math.abs(figure.value - value) < 1e-12, `${name} is ${figure.value}, expected ${value}`)
  }
})

test('a window drawn by a feature is estimated within its interval, and better by weighting than by what the reference had', () => {
  let [within, estimated, constant] = [0, 0, 0]
  for (const run of Array(8).keys()) {
    const random = createRandom(`tilt ${run}`)
    const reference = world(random, 3000, 0)
    const window = world(random, 1500, 0.7)
    const fitted = fitPerformanceEstimator(reference, { seed: 1, replicates: 5 })
    assert.ok(fitted.kind === 'known')
    const estimate = estimatePerformance(fitted.estimator, window)
    assert.ok(estimate.kind === 'known')
    const truth = known(scoreBinary(window).accuracy).value
    const { value, low, high } = known(estimate.performance.accuracy)
    within += Number(low <= truth && truth <= high)
    estimated += Math.abs(value - truth)
    constant += Math.abs(known(scoreBinary(reference).accuracy).value - truth)
  }
  assert.ok(within >= 6, `${within} of 8 within`)
  assert.ok(estimated < 0.85 * constant, `${estimated} against ${constant}`)
})

test('a window far outside the reference is out of support and not estimated', () => {
  const random = createRandom('far')
  const fitted = fitPerformanceEstimator(world(random, 2000, 0), { seed: 1, replicates: 0 })
  assert.ok(fitted.kind === 'known')
  const estimate = estimatePerformance(fitted.estimator, world(random, 500, 30))
  assert.ok(estimate.kind === 'unknown' && estimate.reason === 'out-of-support', JSON.stringify(estimate))
})

test('importance weights find nothing where nothing has moved, and lean to where rows went', () => {
  const random = createRandom('ratio')
  const [reference, same, moved] = [0, 0, 1].map((shift) => world(random, 2000, shift).features) as [F, F, F]
  const still = importanceWeights(reference, same, { seed: 1 })
  const leant = importanceWeights(reference, moved, { seed: 1 })
  assert.ok(still.kind === 'known' && leant.kind === 'known')
  assert.ok(still.effectiveShare > 0.9, `${still.effectiveShare}`)
  assert.ok(leant.effectiveShare < 0.8)
  const weighted = reference[0]!.values.reduce((sum, x, i) => sum + (x * leant.weights[i]!) / 2000, 0)
  assert.ok(Math.abs(weighted - 1) < 0.25, `weighted mean ${weighted}`)
})

test('counts of score bins by group estimate a tilted window, however they were added up', () => {
  const random = createRandom('cells')
  const reference = world(random, 6000, 0)
  const window = world(random, 3000, 1)
  const partition = fitPartition(reference)
  assert.ok(partition.kind === 'known')
  const tableOf = (rows: Rows, from: number, until: number) => {
    const table = createCellTable({ groups: partition.answers.length })
    updateCellTable(table, {
      scores: rows.scores.slice(from, until),
      groups: groupsOf(partition, rows.features).slice(from, until),
      labels: rows.labels.slice(from, until),
    })
    return table
  }
  const whole = estimateFromCells(tableOf(reference, 0, 6000), tableOf(window, 0, 3000))
  const merged = mergeCellTables(tableOf(window, 0, 1000), tableOf(window, 1000, 3000))
  assert.deepEqual(estimateFromCells(tableOf(reference, 0, 6000), merged), whole)
  assert.ok(whole.kind === 'known')
  const truth = known(scoreBinary(window).accuracy).value
  const { low, high } = known(whole.accuracy)
  assert.ok(low <= truth && truth <= high, `${low} ${truth} ${high}`)
})

test('expected loss of a regression follows the features, and its interval covers what comes', () => {
  let covered = 0
  for (const run of Array(10).keys()) {
    const random = createRandom(`loss ${run}`)
    const rows = (shift: number) => {
      const x = Float64Array.from({ length: 2000 }, () => random.next() ** (1 / (1 + shift)))
      const losses = x.map((value) => Math.abs(random.normal()) * value)
      return { rows: { features: [{ name: 'x', kind: 'numeric' as const, values: x }], predictions: x }, losses }
    }
    const reference = rows(0)
    const model = fitExpectedLoss(reference.rows, reference.losses, { seed: 1 })
    assert.ok(model.kind === 'known')
    const current = rows(2)
    const { low, high } = known(estimateLoss(model, current.rows).figure)
    const truth = current.losses.reduce((sum, loss) => sum + loss, 0) / 2000
    covered += Number(low <= truth && truth <= high)
  }
  assert.ok(covered >= 7, `${covered} of 10`)
})

test('whatever the rows, expected figures are finite or unknown, and lie within their intervals', () => {
  const rows = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    {
      maxLength: 60,
    },
  )
  fc.assert(
    fc.property(rows, fc.double({ min: 0, max: 1, noNaN: true }), (drawn, threshold) => {
      const [probabilities, scores] = [drawn.map(([p]) => p), drawn.map(([, s]) => s)]
      for (const figure of Object.values(expectedPerformance({ probabilities, scores }, { threshold, minRows: 1 })))
        assert.ok(
          figure.kind === 'unknown' || (figure.low <= figure.value && figure.value <= figure.high),
          JSON.stringify(figure),
        )
    }),
    { seed: 7, numRuns: 200 },
  )
})

test('whatever the counts, an estimate from cells is finite or unknown', () => {
  const cells = fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.constantFrom(0, 1, Number.NaN)), { maxLength: 40 })
  fc.assert(
    fc.property(cells, cells, (before, after) => {
      const [reference, current] = [before, after].map((rows) => {
        const table = createCellTable({ groups: 3, edges: [0, 0.25, 0.5, 0.75, 1] })
        updateCellTable(table, {
          scores: rows.map(([bin]) => bin / 4),
          groups: rows.map(([, group]) => group),
          labels: rows.map(([, , label]) => label),
        })
        return table
      })
      const found = estimateFromCells(reference!, current!)
      if (found.kind === 'unknown') return
      for (const figure of [found.accuracy, found.precision, found.recall, found.f1, found.baseRate])
        assert.ok(figure.kind === 'unknown' || (figure.low <= figure.value && figure.value <= figure.high))
      assert.ok(found.effectiveShare >= 0 && found.effectiveShare <= 1)
    }),
    { seed: 11, numRuns: 200 },
  )
})

test('rows that cannot be are refused by number, and too few are unknown', () => {
  const rows = { features: [], scores: [0.5, 1.5], labels: [0, 1] }
  assert.throws(
    () => fitPerformanceEstimator(rows, { seed: 1 }),
    /score 1 of fitPerformanceEstimator is 1.5, expected a prob/,
  )
  const few = fitPerformanceEstimator({ features: [], scores: [0.5], labels: [1] }, { seed: 1 })
  assert.deepEqual(few, { kind: 'unknown', reason: 'too-few-reference-rows', have: 1, need: 300 })
  const one = { ...world(createRandom(1), 400, 0), labels: new Float64Array(400) }
  const oneClass = fitPerformanceEstimator(one, { seed: 1 })
  assert.equal(oneClass.kind === 'unknown' && oneClass.reason, 'one-class-only')
  assert.equal(
    importanceWeights(
      one.features.map((f) => ({ ...f, values: f.values.slice(0, 5) })),
      one.features,
      { seed: 1 },
    ).kind,
    'unknown',
  )
})

type Rows = ReturnType<typeof world>
type F = Rows['features']

/** A model that ignores y: where y is high, its score is worth less. The shift moves x and y. */
function world(random: Random, rows: number, shift: number) {
  const x = Float64Array.from({ length: rows }, () => shift + random.normal())
  const y = Float64Array.from({ length: rows }, () => shift / 2 + random.normal())
  const scores = x.map((value) => 1 / (1 + Math.exp(-1.5 * value)))
  const labels = x.map((value, i) => Number(random.next() < 1 / (1 + Math.exp(-1.2 * value + 0.6 * y[i]!))))
  const features = [
    { name: 'x', kind: 'numeric' as const, values: x },
    { name: 'y', kind: 'numeric' as const, values: y },
  ]
  return { features, scores, labels }
}

function known(figure: Figure): KnownFigure {
  assert.ok(figure.kind === 'known', JSON.stringify(figure))
  return figure
}
