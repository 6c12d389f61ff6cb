import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, type Random } from '../random.ts'
import {
  createMetricDetector,
  type LabelledBatch,
  type MetricDetector,
  type MetricSpec,
  metricAlarm,
  updateMetricDetector,
} from './index.ts'

/** Each metric at its limit, and clearly worse. Predictions 0 or 1 unless the metric wants scores or values. */
type World = { readonly spec: MetricSpec; readonly right: Draw; readonly wrong: Draw }
type Draw = (random: Random) => readonly [label: number, prediction: number]

/** Prevalence 0.4; a positive is seen with `recall`, a negative called positive with `fallout`. */
const classes =
  (recall: number, fallout: number): Draw =>
  (random) => {
    const label = random.next() < 0.4 ? 1 : 0
    return [label, random.next() < (label ? recall : fallout) ? 1 : 0]
  }
const scores =
  (distance: number): Draw =>
  (random) => {
    const label = random.next() < 0.4 ? 1 : 0
    return [label, random.normal() + distance * label]
  }
const probabilities =
  (excess: number): Draw =>
  (random) => {
    const score = 0.1 + 0.6 * random.next()
    return [random.next() < score + excess ? 1 : 0, score]
  }
const values =
  (sd: number): Draw =>
  (random) => [sd * random.normal(), 0]

const WORLDS: readonly World[] = [
  // Precision 0.4 * 0.8 / (0.4 * 0.8 + 0.6 * 0.1) = 0.842, recall 0.8, F1 0.821.
  { spec: { metric: 'f1', atLeast: 0.82 }, right: classes(0.8, 0.1), wrong: classes(0.6, 0.1) },
  { spec: { metric: 'precision', atLeast: 0.84 }, right: classes(0.8, 0.1), wrong: classes(0.8, 0.25) },
  { spec: { metric: 'recall', atLeast: 0.8 }, right: classes(0.8, 0.1), wrong: classes(0.65, 0.1) },
  // AUC of normal scores a distance d apart: Φ(d / √2).
  { spec: { metric: 'auc', atLeast: 0.76 }, right: scores(1), wrong: scores(0.5) },
  { spec: { metric: 'calibration', within: 0.03 }, right: probabilities(0.03), wrong: probabilities(0.2) },
  { spec: { metric: 'absolute-error', atMost: 0.8, clip: 4 }, right: values(1), wrong: values(1.5) },
]

for (const { spec, right, wrong } of WORLDS) {
  test(`${spec.metric}: at its limit, false alarms stay below rows over the average run length`, () => {
    const averageRunLength = 10_000
    const detector = createMetricDetector(spec, averageRunLength)
    const random = createRandom(`quiet ${spec.metric}`)
    let alarms = 0
    for (let day = 0; day < 200; day++)
      if (updateMetricDetector(detector, batchOf(random, right, 500)).alarmed) alarms++
    assert.ok(alarms <= 10, `${alarms} alarms in 100,000 rows`)
  })

  test(`${spec.metric}: a clear loss is found within a thousand rows, and its onset is dated`, () => {
    const found = [...Array(20).keys()].map((run) => {
      const random = createRandom(`${spec.metric} ${run}`)
      const detector = createMetricDetector(spec)
      updateMetricDetector(detector, batchOf(random, right, 2000))
      const before = detector.accounts.rows
      const alarm = firstAlarm(detector, () => batchOf(random, wrong, 100))
      return { delay: alarm.rows - before, error: Math.abs(alarm.onset - before) }
    })
    assert.ok(median(found.map(({ delay }) => delay)) < 1000, found.map(({ delay }) => delay).join(' '))
    assert.ok(median(found.map(({ error }) => error)) < 250, found.map(({ error }) => error).join(' '))
  })
}

test('errors above the clip are counted apart', () => {
  const detector = createMetricDetector({ metric: 'absolute-error', atMost: 1, clip: 4 })
  updateMetricDetector(detector, { labels: [0, 9, -5], predictions: [0, 0, 0] })
  assert.equal(detector.clipped, 2)
})

test('a detector goes through JSON and goes on where it stopped', () => {
  const random = createRandom('json')
  const batches = [...Array(6)].map(() => batchOf(random, probabilities(0.1), 50))
  const whole = createMetricDetector({ metric: 'calibration', within: 0.05 })
  const first = createMetricDetector({ metric: 'calibration', within: 0.05 })
  for (const batch of batches.slice(0, 3)) for (const detector of [whole, first]) updateMetricDetector(detector, batch)
  const resumed: MetricDetector = JSON.parse(JSON.stringify(first))
  for (const batch of batches.slice(3)) for (const detector of [whole, resumed]) updateMetricDetector(detector, batch)
  assert.deepEqual(resumed, whole)
})

test('whatever the labels and predictions, the evidence is finite', () => {
  const bit = fc.integer({ min: 0, max: 1 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(bit, bit, share), { maxLength: 200 }), (rows) => {
      for (const { spec } of WORLDS) {
        const detector = createMetricDetector(spec, 1000)
        const predictions = rows.map(([, bit, share]) =>
          ['f1', 'precision', 'recall'].includes(spec.metric) ? bit : share,
        )
        const { logEvidence } = updateMetricDetector(detector, { labels: rows.map(([label]) => label), predictions })
        assert.ok(Number.isFinite(logEvidence) && Number.isFinite(metricAlarm(detector).logEvidence), spec.metric)
      }
    }),
    { seed: 7, numRuns: 60 },
  )
})

test('labels that are none are refused by row, and nothing is added', () => {
  const detector = createMetricDetector({ metric: 'recall', atLeast: 0.8 })
  assert.throws(() => updateMetricDetector(detector, { labels: [1, 2], predictions: [1, 1] }), /row 1 has label 2/)
  assert.throws(() => updateMetricDetector(detector, { labels: [1], predictions: [] }), {
    code: 'STATS_LENGTHS_DIFFER',
  })
  assert.equal(detector.accounts.rows, 0)
  assert.throws(() => createMetricDetector({ metric: 'auc', atLeast: 1 }), { code: 'STATS_BAD_OPTION' })
})

function batchOf(random: Random, draw: Draw, rows: number): LabelledBatch {
  const drawn = [...Array(rows)].map(() => draw(random))
  return { labels: drawn.map(([label]) => label), predictions: drawn.map(([, prediction]) => prediction) }
}

function firstAlarm(detector: MetricDetector, next: () => LabelledBatch) {
  for (let i = 0; i < 100; i++) {
    const alarm = updateMetricDetector(detector, next())
    if (alarm.alarmed) return alarm
  }
  throw new Error('no alarm in 10,000 rows')
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
