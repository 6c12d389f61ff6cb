import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom } from '../random.ts'
import {
  CONCEPTS,
  type ConceptName,
  conceptStream,
  createLossChangeDetector,
  createNaiveBayes,
  type LossChange,
  lossChangeEvidence,
  prequentialLosses,
  type SimulatedLosses,
  simulateLosses,
  stepLossChange,
  updateLossChange,
} from './index.ts'

const NAMES = Object.keys(CONCEPTS) as ConceptName[]

test('five abrupt changes of an error rate are all found, within 25 losses in the median, and nothing else is', () => {
  const at = [1667, 3334, 5000, 6667, 8334]
  const changes = at.map((row, i) => ({ at: row, mean: i % 2 === 0 ? 0.8 : 0.2 }))
  const delays: number[] = []
  const errors: number[] = []
  for (let seed = 201; seed <= 206; seed++) {
    const found = changesIn({ seed, rows: 10_000, mean: 0.2, changes })
    assert.deepEqual(
      found.map(({ direction }) => direction),
      ['rose', 'fell', 'rose', 'fell', 'rose'],
    )
    found.forEach(({ row, onset }, i) => {
      delays.push(row - at[i]! + 1)
      errors.push(Math.abs(onset - at[i]!))
    })
  }
  assert.ok(median(delays) <= 25, `median delay ${median(delays)}`)
  assert.ok(median(errors) <= 5, `median error of the onset ${median(errors)}`)
})

test('an error rate that does not change gives no more alarms than the average run length allows', () => {
  const alarms = [0.02, 0.2, 0.5].map((mean, i) => changesIn({ seed: 300 + i, rows: 200_000, mean }).length)
  assert.ok(sum(alarms) <= 6, `found ${alarms} alarms, 2 in 200,000 losses are allowed in the mean`)
})

test('a mean that wanders inside the tolerance is no change', () => {
  const random = createRandom('wander')
  let mean = 0.3
  const losses = Float64Array.from({ length: 100_000 }, () => {
    mean = Math.min(0.308, Math.max(0.292, mean + 0.0005 * random.normal()))
    return random.next() < mean ? 1 : 0
  })
  assert.ok(updateLossChange(createLossChangeDetector(), losses).length <= 1)
})

test('after a quick change the next one is found soon: eleven of them, 300 losses apart', () => {
  const changes = Array.from({ length: 11 }, (_, i) => ({ at: 300 * (i + 2), mean: i % 2 === 0 ? 0.9 : 0.1 }))
  const found = changesIn({ seed: 10, rows: 3900, mean: 0.1, changes })
  assert.ok(found.length >= changes.length - 1 && found.length <= changes.length, `found ${found.length}`)
})

test('losses that disperse less are judged sooner', () => {
  const delay = (draws: number) => {
    const changes = [{ at: 3000, mean: 0.3 }]
    const found = [1, 2, 3, 4, 5].map(
      (seed) => changesIn({ seed, rows: 6000, mean: 0.2, changes, draws })[0]!.row - 2999,
    )
    return median(found)
  }
  assert.ok(delay(10) < delay(1) / 2)
})

test('a slow change is one alarm: a new baseline waits until the mean stands still', () => {
  const found = changesIn({ seed: 7, rows: 10_000, mean: 0.2, changes: [{ at: 5000, mean: 0.8, width: 800 }] })
  assert.equal(found.length, 1)
})

test('the range of the losses is a matter of unit', () => {
  const losses = simulateLosses({ seed: 8, rows: 4000, mean: 0.1, changes: [{ at: 2000, mean: 0.5 }] })
  const scaled = createLossChangeDetector({ lossRange: 250 })
  const [found] = updateLossChange(
    scaled,
    losses.map((loss) => 250 * loss),
  )
  const [expected] = updateLossChange(createLossChangeDetector(), losses)
  assert.equal(found!.row, expected!.row)
  assert.ok(Math.abs(found!.before - 250 * expected!.before) < 1e-9)
})

test('without a baseline nothing is known: too few losses, or a mean that still moves', () => {
  const detector = createLossChangeDetector()
  updateLossChange(detector, new Float64Array(399))
  assert.deepEqual(lossChangeEvidence(detector), { kind: 'unknown', reason: 'too-few-rows', have: 399, need: 400 })
  const moving = createLossChangeDetector()
  updateLossChange(moving, simulateLosses({ seed: 9, rows: 600, mean: 0, changes: [{ at: 0, mean: 1, width: 600 }] }))
  assert.deepEqual(lossChangeEvidence(moving), { kind: 'unknown', reason: 'mean-still-moves', have: 600, need: 620 })
  updateLossChange(detector, [0])
  const watch = lossChangeEvidence(detector)
  assert.equal(watch.kind, 'watching')
})

test('stored as JSON in the middle, one loss at a time or in blocks, it goes on the same', () => {
  const spec = fc.record({
    mean: fc.double({ min: 0, max: 1, noNaN: true }),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(spec, fc.nat(1500), fc.integer({ min: 1, max: 5 }), ({ mean, to }, cut, draws) => {
      const losses = simulateLosses({ seed: cut, rows: 1500, mean, draws, changes: [{ at: 800, mean: to, width: 50 }] })
      const detector = createLossChangeDetector()
      updateLossChange(detector, losses.subarray(0, cut))
      const restored: typeof detector = JSON.parse(JSON.stringify(detector))
      const rest = [...losses.subarray(cut)].flatMap((loss, at) => {
        const change = stepLossChange(restored, loss)
        return change ? [{ ...change, at }] : []
      })
      assert.deepEqual(rest, updateLossChange(detector, losses.subarray(cut)))
      assert.equal(JSON.stringify(restored), JSON.stringify(detector))
      assert.ok(!/null/.test(JSON.stringify(detector)), 'a number that JSON cannot keep')
    }),
    { seed: 21, numRuns: 40 },
  )
})

test('a loss outside its range is refused with its block, and the detector is as it was', () => {
  const detector = createLossChangeDetector()
  updateLossChange(detector, new Float64Array(500).fill(0.5))
  const before = JSON.stringify(detector)
  for (const wrong of [Number.NaN, Infinity, -0.1, 1.1]) {
    assert.throws(() => updateLossChange(detector, [0, wrong]), { code: 'STATS_OUT_OF_RANGE' })
    assert.throws(() => stepLossChange(detector, wrong), { code: 'STATS_OUT_OF_RANGE' })
  }
  assert.equal(JSON.stringify(detector), before)
  const bad = [
    { lossRange: 0 },
    { averageRunLength: 1 },
    { tolerance: 0 },
    { standardErrors: -1 },
    { lossRange: Number.NaN },
  ]
  for (const options of bad) assert.throws(() => createLossChangeDetector(options), { code: 'STATS_BAD_OPTION' })
})

for (const concept of NAMES)
  test(`a model of ${concept} is worse once the concept has changed, and right again when the old one recurs`, () => {
    const { categories, classes, draw, variants } = CONCEPTS[concept]
    const world = () => createRandom('a world')
    const random = createRandom(concept)
    for (let row = 0; row < 300; row++) {
      const { features, label } = draw(row % Math.min(variants, 10), random, world)
      assert.equal(features.length, categories.length)
      assert.ok(label >= 0 && label < classes)
      categories.forEach((k, j) => {
        assert.ok(k === 0 ? Number.isFinite(features[j]) : Number.isInteger(features[j]) && features[j]! < k)
      })
    }
    const changes = [
      { at: 2000, variant: concept === 'led' ? 7 : 1 },
      { at: 3000, variant: 0 },
    ]
    const rows = conceptStream({ concept, seed: 4, rows: 4000, changes })
    const losses = prequentialLosses(rows, createNaiveBayes({ categories, classes }), { learnsFor: 1000 })
    const [before, during, after] = [1000, 2000, 3000].map((from) => mean(losses.subarray(from, from + 1000)))
    assert.ok(during! > before! + 0.05, `${before} before, ${during} during`)
    assert.ok(Math.abs(after! - before!) < 0.05, `${before} before, ${after} after`)
  })

test('a gradual change mixes the concepts, the same seed gives the same rows, and label noise its share of them', () => {
  const options = { concept: 'sine' as const, seed: 5, rows: 3000, changes: [{ at: 1000, variant: 1, width: 1000 }] }
  const rows = [...conceptStream(options)]
  assert.deepEqual([...conceptStream(options)], rows)
  const share = (from: number, until: number) => mean(rows.slice(from, until).map(({ variant }) => variant))
  assert.ok(share(1000, 1500) > 0.15 && share(1000, 1500) < 0.35)
  assert.ok(share(1500, 2000) > 0.65 && share(1500, 2000) < 0.85)
  assert.deepEqual([share(0, 1000), share(2000, 3000)], [0, 1])
  const noisy = [...conceptStream({ concept: 'stagger', seed: 5, rows: 4000, labelNoise: 0.1 })]
  const flipped = mean(
    noisy.map(({ features, label }) => Number(label === 1) ^ Number(features[0] === 0 && features[1] === 0)),
  )
  assert.ok(Math.abs(flipped - 0.1) < 0.02)
})

test('a model that forgets learns a new concept, one that does not stays wrong for longer', () => {
  const { categories, classes } = CONCEPTS.mixed
  const rows = () => conceptStream({ concept: 'mixed', seed: 6, rows: 4000, changes: [{ at: 2000, variant: 1 }] })
  const late = (halfLife?: number) => {
    const model = createNaiveBayes({ categories, classes, ...(halfLife === undefined ? {} : { halfLife }) })
    return mean(prequentialLosses(rows(), model).subarray(3000))
  }
  assert.ok(late(200) < 0.2)
  assert.ok(late() > late(200) + 0.1)
})

test('a stream that cannot be is refused', () => {
  const sea = { concept: 'sea' as const, seed: 1, rows: 10 }
  const bad = [
    { ...sea, concept: 'ocean' as ConceptName },
    { ...sea, rows: 1.5 },
    { ...sea, variant: 4 },
    { ...sea, labelNoise: 2 },
    {
      ...sea,
      changes: [
        { at: 4, variant: 1, width: 4 },
        { at: 6, variant: 0 },
      ],
    },
  ]
  for (const options of bad) assert.throws(() => [...conceptStream(options)], { code: 'STATS_BAD_OPTION' })
  assert.throws(() => simulateLosses({ seed: 1, rows: 10, mean: 1.5 }), { code: 'STATS_BAD_OPTION' })
  assert.throws(() => createNaiveBayes({ categories: [0], classes: 1 }), { code: 'STATS_BAD_OPTION' })
})

function changesIn(losses: SimulatedLosses): LossChange[] {
  return updateLossChange(createLossChangeDetector(), simulateLosses(losses))
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

function mean(values: ArrayLike<number> & Iterable<number>): number {
  return sum(values) / values.length
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
