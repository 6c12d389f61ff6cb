import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, type Random } from '../../random.ts'
import { calculateUnivariate, fitPerformance, fitSummary, fitUnivariate, measure, splitChunks } from './index.ts'

/** What is wrong with the peer, and reproduced: the docstrings and docs/methods/compat-nannyml.md say so. */

test('a threshold from ten reference chunks alarms without drift far more often than its three deviations say', (t) => {
  const random = createRandom('ten chunks')
  let [alarms, chunks] = [0, 0]
  for (let trial = 0; trial < 150; trial++) {
    const state = fitUnivariate(normal(random, 2000), { columns: ['x'], chunking: { by: 'size', rows: 200 } })
    for (const { figures } of calculateUnivariate(state, normal(random, 2000))) {
      alarms += Number(figures[0]!.alert)
      chunks++
    }
  }
  t.diagnostic(`${alarms} of ${chunks} chunks alarm, expected ${(0.0013 * chunks).toFixed(1)}`)
  assert.ok(alarms / chunks > 0.02 && alarms / chunks < 0.1, `${alarms} of ${chunks}`)
})

test('one outlier in the reference blinds Jensen-Shannon and, over bins, Kolmogorov-Smirnov to a shift of half a deviation', (t) => {
  const random = createRandom('outlier')
  const { x } = normal(random, 20_000).columns
  const shifted = normal(random, 20_000).columns.x.map((value) => value + 0.5)
  const spoilt = x.with(0, 1e5)
  for (const method of ['jensen_shannon', 'kolmogorov_smirnov'] as const) {
    const [clear, blind] = [x, spoilt].map((reference) => distanceIn(measure(method, reference, shifted)))
    t.diagnostic(`${method}: ${clear!.toFixed(4)}, with one value of 100,000 ${blind!.toFixed(4)}`)
    assert.ok(clear! > 0.15 && blind! < 0.02, `${method} ${clear} ${blind}`)
  }
})

test('a leftover of one row is a chunk, and widens the threshold of the others many times', (t) => {
  const random = createRandom('leftover')
  const { x } = normal(random, 5001).columns
  const upper = (values: Float64Array) =>
    fitUnivariate({ columns: { x: values } }, { columns: ['x'] }).reference[0]!.figures[0]!.upperThreshold!
  const [whole, leftover] = [upper(x.subarray(0, 5000)), upper(x)]
  t.diagnostic(`threshold of 5,000 rows ${whole.toFixed(3)}, of 5,001 ${leftover.toFixed(3)}`)
  assert.equal(splitChunks({ columns: { x } }).length, 11)
  assert.ok(leftover > 5 * whole, `${leftover} ${whole}`)
})

test('over bins, one value below the reference adds to the Wasserstein distance what is not there', (t) => {
  const random = createRandom('below')
  const reference = normal(random, 15_000).columns.x
  const current = normal(random, 200).columns.x.with(0, Math.min(...reference) - 0.01)
  const binned = distanceIn(measure('wasserstein', reference, current))
  const exact = distanceIn(measure('wasserstein', current, reference))
  t.diagnostic(`binned ${binned.toFixed(4)}, exact ${exact.toFixed(4)}`)
  assert.ok(Math.abs(binned - exact) > 0.01 * exact, `${binned} ${exact}`)
})

test('chunks of equal size all alert on their row count', () => {
  const state = fitSummary({ columns: { x: new Float64Array(100) } }, { statistic: 'count' })
  assert.ok(state.reference.every(({ figures }) => figures[0]!.alert))
})

test('the sampling error of the AUC is 0.7 of what the AUC does over many samples of equal classes', (t) => {
  const random = createRandom('auc error')
  const found = Array.from({ length: 150 }, () => {
    const y = Float64Array.from({ length: 500 }, () => random.integer(2))
    const p = y.map((label) => 1 / (1 + Math.exp(-(random.normal() + label))))
    const options = { problemType: 'classification_binary', metrics: ['roc_auc'], yTrue: 'y', yPredProba: 'p' } as const
    const [row] = fitPerformance({ columns: { y, p } }, { ...options, chunking: { by: 'size', rows: 500 } }).reference
    const { value, samplingError } = row!.figures[0]!
    return { value: value!, samplingError: samplingError! }
  })
  const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length
  const centre = mean(found.map(({ value }) => value))
  const truth = Math.sqrt(mean(found.map(({ value }) => (value - centre) ** 2)))
  const ratio = mean(found.map(({ samplingError }) => samplingError)) / truth
  t.diagnostic(`ratio ${ratio.toFixed(2)}`)
  assert.ok(ratio > 0.58 && ratio < 0.82, `${ratio}`)
})

function normal(random: Random, rows: number) {
  return { columns: { x: Float64Array.from({ length: rows }, () => random.normal()) } }
}

function distanceIn(measured: ReturnType<typeof measure>): number {
  assert.equal(measured.kind, 'measured')
  return (measured as Extract<typeof measured, { kind: 'measured' }>).value
}
