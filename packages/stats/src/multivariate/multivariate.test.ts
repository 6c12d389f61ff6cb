import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, type Random } from '../random.ts'
import { createProfile, mergeProfiles, type Profile, type ProfileBatch, updateProfile } from '../sketch/index.ts'
import { deviate } from './chi.ts'
import { compareStreams, freezeStreamTest, type StreamComparison, type StreamTest } from './index.ts'
import { pairDeviates } from './pair-deviates.ts'

const SHIFTS = {
  none: {},
  location: { move: 0.4 },
  spread: { stretch: 1.5 },
  'broken dependence': { slope: 0 },
  'turned dependence': { slope: -1 },
  'missing that follows another': { missingFollows: true },
} as const

test('unchanged windows are called shifted five times in a hundred at most', () => {
  let shifted = 0
  for (let world = 0; world < 120; world++) {
    const test = freezeStreamTest(draw(createRandom(`reference ${world}`), 300, {}), { draws: 59, seed: world })
    if (compared(test, profileOf(test, draw(createRandom(`window ${world}`), 300, {}))).shifted) shifted++
  }
  // Binomial(120, 0.05) exceeds 13 once in two hundred.
  assert.ok(shifted <= 13, `${shifted} of 120`)
})

test('a shift of a column, of its spread, of a dependence and of a pattern of missing values is found, and named', () => {
  const named: Record<string, string> = {}
  const test = freezeStreamTest(draw(createRandom('reference'), 2000, {}))
  for (const [name, shift] of Object.entries(SHIFTS)) {
    const comparison = compared(test, profileOf(test, draw(createRandom(`current ${name}`), 2000, shift)))
    assert.equal(comparison.shifted, name !== 'none', `${name}: ${comparison.pValue}`)
    named[name] = comparison.leading[0]!.stream
  }
  assert.equal(named['missing that follows another'], 'x × z')
  assert.match(named['broken dependence']!, /x × y|\+/)
})

test('the decision is one of the merged counts: parts, in any order, decide as the whole', () => {
  const test = freezeStreamTest(draw(createRandom('parts'), 500, {}), { draws: 39 })
  const parts = [0, 1, 2].map((part) => profileOf(test, draw(createRandom(part), 150, {})))
  const forwards = parts.reduce(mergeProfiles)
  const backwards = parts.reduceRight((sum, part) => mergeProfiles(sum, part))
  assert.deepEqual(compareStreams(test, forwards), compareStreams(test, backwards))
})

test('the dependence part of a table is the chi-square of its differences less that of its margins', () => {
  // 2 x 2 (and no missing row): the score test of equal odds ratios, by hand from the same half rows.
  const [reference, current] = [
    [40, 10, 0, 10, 40, 0, 0, 0, 0],
    [25, 25, 0, 25, 25, 0, 0, 0, 0],
  ]
  const into = new Float64Array(5)
  const { chiSquare, freedom } = pairDeviates({ reference, current, from: 0, cells: 9 }, 3, into, 0)
  const shares = [65.5, 35.5, 35.5, 65.5].map((count) => count / 200)
  const gaps = [-0.15, 0.15, 0.15, -0.15]
  const expected = gaps.reduce((sum, gap, i) => sum + gap ** 2 / shares[i]!, 0) / (2 / 100)
  assert.equal(freedom, 1)
  assert.ok(Math.abs(chiSquare - expected) < 1e-9, `${chiSquare}, expected ${expected}`)
  assert.ok(Math.abs(into[0]! - deviate(expected, 1)) < 1e-9 && Math.abs(into[1]! - into[0]!) < 1e-6)
})

test('a long reference counts all its rows, though it is frozen on a sample of them', () => {
  const long = draw(createRandom('long'), 21_000, {})
  const test = freezeStreamTest(long, { draws: 39, pairs: 3, projections: 3 })
  for (const { from, cells } of test.tables.tables)
    assert.equal(
      test.counts.subarray(from, from + cells).reduce((sum, count) => sum + count),
      21_000,
    )
  assert.equal(compared(test, profileOf(test, draw(createRandom('long too'), 5000, {}))).shifted, false)
})

test('too few rows are unknown, a foreign profile and bad options are refused', () => {
  const test = freezeStreamTest(draw(createRandom('bad'), 200, {}), { draws: 39 })
  assert.deepEqual(compareStreams(test, createProfile(test.spec)), {
    kind: 'unknown',
    reason: 'too-few-rows',
    have: 0,
    need: 100,
  })
  const window = profileOf(test, draw(createRandom(1), 200, {}))
  const { rows, columns } = window
  assert.throws(() => compareStreams(test, { rows, columns }), /not profiled over the streams/)
  assert.throws(() => compareStreams(test, window, { alpha: 0 }), /alpha .* is 0/)
  assert.throws(() => freezeStreamTest(draw(createRandom(2), 20, {})), /20 reference rows/)
  assert.throws(() => freezeStreamTest(draw(createRandom(2), 200, {}), { draws: 3 }), /draws .* is 3/)
  assert.throws(() => freezeStreamTest(draw(createRandom(2), 200, {}), { groups: 1 }), /groups of streams is 1/)
})

test('whatever the columns hold, a p-value is a number from 0 to 1', () => {
  const value = fc.oneof(fc.constant(Number.NaN), fc.constant(Infinity), fc.integer({ min: 0, max: 2 }), fc.double())
  const kinds = fc.array(value, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(kinds, kinds, fc.integer(), (before, after, seed) => {
      const random = createRandom(seed)
      const columns = (values: readonly number[]): ProfileBatch => ({
        rows: 120,
        numeric: {
          a: Float64Array.from({ length: 120 }, () => values[random.integer(values.length)]!),
          b: Float64Array.from({ length: 120 }, () => values[random.integer(values.length)]!),
        },
        categorical: { c: Array.from({ length: 120 }, () => (random.next() < 0.5 ? null : String(values[0]))) },
      })
      const test = freezeStreamTest(columns(before), { draws: 39 })
      const { pValue, families, leading } = compared(test, profileOf(test, columns(after)))
      for (const p of [pValue, ...Object.values(families)]) assert.ok(p >= 0 && p <= 1, `${p}`)
      assert.ok(leading.every(({ deviate: each }) => Number.isFinite(each)))
    }),
    { seed: 7, numRuns: 40 },
  )
})

function compared(test: StreamTest, window: Profile): StreamComparison {
  const comparison = compareStreams(test, window)
  assert.ok(comparison.kind === 'compared')
  return comparison
}

function profileOf(test: StreamTest, batch: ProfileBatch): Profile {
  const profile = createProfile(test.spec)
  updateProfile(profile, batch)
  return profile
}

type World = {
  readonly move?: number
  readonly stretch?: number
  readonly slope?: number
  readonly missingFollows?: boolean
}

function draw(
  random: Random,
  rows: number,
  { move = 0, stretch = 1, slope = 1, missingFollows = false }: World,
): ProfileBatch {
  const x = Float64Array.from({ length: rows }, () => random.normal())
  // Of the same law whatever the slope is.
  const y = x.map((value) => slope * value + Math.sqrt(2 - slope * slope) * random.normal())
  const z = x.map((value) => {
    const missing = random.next() < (missingFollows ? (value > 0 ? 0.4 : 0) : 0.2)
    return missing ? Number.NaN : stretch * random.normal() + move
  })
  const c = Array.from(x, (value) => (value + 2 * random.normal() > 1 ? 'high' : 'low'))
  return { rows, numeric: { x, y, z }, categorical: { c } }
}
