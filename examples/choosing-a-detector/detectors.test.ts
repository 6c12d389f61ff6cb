import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { createRandom, freezeProfile } from '@evenkeel/stats'
import {
  adjust,
  asBefore,
  compareJointly,
  compareModels,
  compareSamples,
  compareStored,
  compareWindows,
  estimateAccuracy,
  scoreRecords,
  storeProfile,
  watchHours,
  watchLosses,
  watchMetric,
} from './detectors.ts'

const random = createRandom('choosing a detector')
const normal = (rows: number, mean = 0) => Float64Array.from({ length: rows }, () => mean + random.normal())
const batch = (rows: number, mean = 0) => ({
  rows,
  numeric: { age: normal(rows, mean), size: normal(rows) },
  categorical: {},
})

test('every line of code in the guide stands in the file that runs here', () => {
  const source = read('detectors.ts').split('\n')
  const guide = read('../../docs/guides/choosing-a-detector.md')
  const lines = [...guide.matchAll(/^```ts\n([\s\S]*?)^```/gm)].flatMap(([, code]) => code!.split('\n'))
  const shown = lines.map((line) => line.trim()).filter((line) => line !== '')
  assert.ok(shown.length >= 20)
  assert.deepEqual(
    shown.filter((line) => !source.some((own) => own.trim() === line)),
    [],
  )
})

test('the first example of the package prints what its page shows', () => {
  const page = read('../../packages/stats/README.md')
  const block = (language: string) => page.split(`\`\`\`${language}\n`)[1]?.split('```')[0]
  assert.equal(block('ts'), read('first.ts'))
  const printed = execFileSync(process.execPath, [path.join(import.meta.dirname, 'first.ts')], { encoding: 'utf8' })
  assert.equal(block('text'), printed)
})

test('two samples half a deviation apart are told apart, by how much, and unchanged ones are not', () => {
  const { test: found, distance } = compareSamples(normal(1000), normal(1000, 0.5))
  assert.ok(found.kind !== 'unknown' && found.pValue < 0.001)
  assert.ok(
    distance.kind !== 'unknown' && distance.value > distance.noiseFloor && Math.abs(distance.value - 0.5) < 0.15,
  )
  const { distance: none } = compareSamples(normal(1000), normal(1000))
  assert.ok(none.kind !== 'unknown' && none.value < none.noiseFloor)
})

test('of two columns the one that moved is shifted, from rows and from stored profiles merged', () => {
  const [reference, current] = [batch(2000), batch(2000, 0.5)]
  const columns = compareWindows(reference, current)
  const spec = freezeProfile(reference)
  const halves = [batch(1000, 0.5), batch(1000, 0.5)].map((half) => storeProfile(spec, half))
  for (const compared of [columns, compareStored(storeProfile(spec, reference), halves)]) {
    assert.ok(compared['age']?.kind === 'compared' && compared['age'].shifted)
    assert.ok(compared['size']?.kind === 'compared' && !compared['size'].shifted)
  }
})

test('two columns that no longer go together are found, though neither moved', () => {
  const pairs = (slope: number) => {
    const x = normal(600)
    return { rows: 600, numeric: { x, y: x.map((value) => slope * value + random.normal()) }, categorical: {} }
  }
  const broken = compareJointly(pairs(1), pairs(-1))
  assert.ok(broken.kind === 'compared' && broken.shifted)
  assert.equal(broken.leading[0]?.stream, 'x × y')
  const same = compareJointly(pairs(1), pairs(1))
  assert.ok(same.kind === 'compared' && !same.shifted)
})

test('of three p-values, 0.03 is no longer below 5 % once all are counted, and 0.001 is', () => {
  const adjusted = Array.from(adjust([0.03, 0.5, 0.001]), (p) => p < 0.05)
  assert.deepEqual(adjusted, [false, false, true])
})

test('hours of a shifted plan alarm, and quiet hours before them do not', () => {
  const hour = (at: number, share: number) => {
    const first = Array.from({ length: 500 }, () => random.next() < share).filter(Boolean).length
    return { hour: at, counts: [[first, 500 - first]] }
  }
  const weeks = Array.from({ length: 504 }, (_, at) => hour(at, 0.6))
  const live = Array.from({ length: 72 }, (_, i) => hour(504 + i, i < 48 ? 0.6 : 0.4))
  const [alarm, ...others] = watchHours([{ name: 'plan', bins: 2 }], weeks, live)
  assert.equal(alarm?.name, 'plan')
  assert.ok(alarm.hour >= 552 && alarm.hour < 560, `${alarm.hour}`)
  assert.deepEqual(others, [])
})

test('an error rate that rises from 0.2 to 0.8 is found within 60 losses, and once', () => {
  const losses = Float64Array.from({ length: 3000 }, (_, i) => (random.next() < (i < 2000 ? 0.2 : 0.8) ? 1 : 0))
  const [change, ...others] = watchLosses(losses)
  assert.ok(change && change.row >= 2000 && change.row < 2060 && change.direction === 'rose')
  assert.deepEqual(others, [])
})

test('an F1 far below its limit alarms, one above it does not', () => {
  const labels = Uint8Array.from({ length: 500 }, (_, i) => i % 2)
  assert.deepEqual(watchMetric([{ labels, predictions: labels }]), [false])
  assert.deepEqual(watchMetric([{ labels, predictions: labels.map((label) => 1 - label) }]), [true])
})

test('accuracy is estimated without labels, and the error rate with a hundred of them covers the truth', () => {
  const rows = (count: number) => {
    const scores = Float64Array.from({ length: count }, () => random.next())
    const labels = scores.map((score) => (random.next() < score ? 1 : 0))
    return { features: [{ name: 'x', kind: 'numeric' as const, values: normal(count) }], scores, labels }
  }
  const window = rows(1000)
  const found = estimateAccuracy(rows(1000), window, (row) => window.labels[row]!)
  const right = window.labels.filter((label, row) => label === Number(window.scores[row]! >= 0.5)).length / 1000
  assert.ok(found.kind === 'known' && found.accuracy.kind === 'known' && found.errorRate.kind === 'known')
  assert.ok(found.accuracy.low <= right && right <= found.accuracy.high)
  assert.ok(found.errorRate.low <= 1 - right && 1 - right <= found.errorRate.high)
})

test('a challenger that errs half as often is better, the champion against itself is undecided', () => {
  const champion = Array.from({ length: 4000 }, (_, i) => (i % 5 === 0 ? 1 : 0))
  const challenger = champion.map((loss, i) => (i % 10 === 0 ? 0 : loss))
  assert.equal(compareModels(champion, challenger).kind, 'better')
  assert.equal(compareModels(champion, champion).kind, 'undecided')
})

test('a record far outside scores higher than one in the middle', () => {
  const features = ['a', 'b'].map((name) => ({ name, kind: 'numeric' as const, values: normal(500) }))
  const scores = scoreRecords(features, [Float64Array.of(0, 6), Float64Array.of(0, -6)])
  assert.ok('length' in scores && scores[1]! > scores[0]!)
})

test('a peer’s name gives the peer’s verdict', () => {
  const found = asBefore(normal(5000), normal(5000, 0.5))
  assert.ok(found.kind === 'judged' && found.shifted && found.threshold === 0.1)
})

function read(file: string): string {
  return readFileSync(path.join(import.meta.dirname, file), 'utf8')
}
