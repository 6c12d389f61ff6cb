import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { kolmogorovSmirnov, mannWhitney, mannWhitneyOfCounts, type UnknownComparison } from '../hypothesis/index.ts'
import { createRandom } from '../random.ts'
import { type ColumnProfile, createColumnProfile, freezeBins, outsideIndex, updateNumeric } from '../sketch/index.ts'
import {
  binnedEnergy,
  binnedWasserstein,
  boundedKs,
  countSamples,
  energyDistance,
  hellinger,
  jensenShannon,
  psi,
  totalVariation,
  wasserstein,
} from './index.ts'

/** Values with ties, gaps and a far one, so that bins are heavy, thin and wide. */
const samples = fc
  .array(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(40, -90)),
    { minLength: 1, maxLength: 60 },
  )
  .map((values) => Float64Array.from(values))
const SEED = { seed: 20_260, numRuns: 60 }

test('what binned Kolmogorov-Smirnov, Mann-Whitney, Wasserstein and energy say of the rows holds for the rows', () => {
  fc.assert(
    fc.property(samples, samples, fc.integer({ min: 2, max: 16 }), (a, b, maxBins) => {
      const [before, after] = profilesOf(a, b, maxBins)
      const { missing } = outsideIndex(before.bins)
      const [r, c] = [before.counts.subarray(0, missing), after.counts.subarray(0, missing)]
      const alpha = { alpha: 0.5 }
      within(known(kolmogorovSmirnov(a, b)).statistic, boundedKs(r, c, alpha))
      within(known(mannWhitney(a, b)).superiority, mannWhitneyOfCounts(r, c))
      within(known(wasserstein(a, b, alpha)).value, binnedWasserstein(before, after, alpha)!)
      within(known(energyDistance(a, b, alpha)).value, binnedEnergy(before, after, alpha)!)
    }),
    SEED,
  )
})

test('binned Kolmogorov-Smirnov is off by the share of the fullest bin at most', () => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const [before, after] = profilesOf(a, b, 8)
      const { missing } = outsideIndex(before.bins)
      const [r, c] = [before.counts.subarray(0, missing), after.counts.subarray(0, missing)]
      const { least, greatest } = boundedKs(r, c, { alpha: 0.5 })
      assert.ok(greatest - least <= Math.max(...r) / a.length + Math.max(...c) / b.length + 1e-12)
    }),
    SEED,
  )
})

test('binned Wasserstein of 16 bins is within a fifth of that of the rows, and its floor holds', () => {
  const random = createRandom('binned wasserstein')
  const draw = (rows: number, shift = 0) => Float64Array.from({ length: rows }, () => random.normal() + shift)
  const [a, b] = [draw(4000), draw(4000, 0.3)]
  const found = binnedWasserstein(...profilesOf(a, b, 16))!
  const rows = known(wasserstein(a, b, { alpha: 0.5 })).value
  assert.ok(Math.abs(found.value - rows) < 0.06, `${found.value}, of the rows ${rows}`)
  assert.ok(found.value > found.noiseFloor)
  let exceeded = 0
  for (let trial = 0; trial < 100; trial++) {
    const { value, noiseFloor } = binnedWasserstein(...profilesOf(draw(300), draw(200), 8), { alpha: 0.1 })!
    if (value > noiseFloor) exceeded++
  }
  assert.ok(exceeded <= 10 + 2.33 * Math.sqrt(10), `${exceeded} of 100`)
})

test('merging bins never raises total variation, Hellinger or Jensen-Shannon', () => {
  const counts = fc.array(fc.nat(50), { minLength: 6, maxLength: 6 }).filter((rows) => rows.some((n) => n > 0))
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const merged = (rows: readonly number[]) => [0, 2, 4].map((j) => rows[j]! + rows[j + 1]!)
      for (const distance of [totalVariation, hellinger, jensenShannon]) {
        const [fine, coarse] = [distance(a, b, { alpha: 0.5 }), distance(merged(a), merged(b), { alpha: 0.5 })]
        assert.ok(coarse.value <= fine.value + 1e-12)
      }
    }),
    SEED,
  )
})

test('an interval of PSI, Jensen-Shannon and Hellinger covers the distance of the populations', () => {
  const random = createRandom('divergence intervals')
  const [p, q] = [
    [0.2, 0.2, 0.2, 0.2, 0.2],
    [0.14, 0.17, 0.2, 0.23, 0.26],
  ]
  const truth = { psi: 0, jensenShannon: 0, hellinger: 0 }
  const large = (shares: readonly number[]) => shares.map((share) => share * 1e9)
  truth.psi = psi(large(p!), large(q!)).value
  truth.jensenShannon = jensenShannon(large(p!), large(q!)).value
  truth.hellinger = hellinger(large(p!), large(q!)).value
  const covered = { psi: 0, jensenShannon: 0, hellinger: 0 }
  const trials = 200
  for (let trial = 0; trial < trials; trial++) {
    const [r, c] = [drawCounts(p!, 2000), drawCounts(q!, 500)]
    for (const [name, distance] of Object.entries({ psi, jensenShannon, hellinger })) {
      const { low, high } = distance(r, c, { level: 0.9 }).interval!
      if (low <= truth[name as 'psi'] && truth[name as 'psi'] <= high) covered[name as 'psi']++
    }
  }
  for (const [name, count] of Object.entries(covered))
    assert.ok(Math.abs(count / trials - 0.9) < 0.06, `${name} covers ${count} of ${trials}`)

  function drawCounts(shares: readonly number[], rows: number): Float64Array {
    const counts = new Float64Array(shares.length)
    for (let row = 0; row < rows; row++) {
      let left = random.next()
      let j = 0
      while (j < shares.length - 1 && left >= shares[j]!) left -= shares[j++]!
      counts[j]!++
    }
    return counts
  }
})

test('raw samples are counted over bins of the reference, and what is missing or invalid is told apart', () => {
  const counted = countSamples(Float64Array.of(1, 2, 3, 4, Number.NaN), Float64Array.of(3, 9, Infinity))
  assert.ok(counted.kind === 'counted')
  assert.deepEqual(counted.rows, {
    reference: { used: 4, missing: 1, invalid: 0 },
    current: { used: 2, missing: 0, invalid: 1 },
  })
  assert.equal(counted.labels.length, counted.current.length)
  assert.equal(countSamples([null], ['a']).kind, 'unknown')
  assert.equal(countSamples(Float64Array.of(1), Float64Array.of()).kind, 'unknown')
  assert.throws(() => countSamples(['a'], Float64Array.of(1)), /numbers on one side/)
})

function profilesOf(a: Float64Array, b: Float64Array, maxBins: number): [ColumnProfile, ColumnProfile] {
  const bins = freezeBins(a, { maxBins })
  const [before, after] = [createColumnProfile(bins), createColumnProfile(bins)]
  updateNumeric(before, a)
  updateNumeric(after, b)
  return [before, after]
}

function within(value: number, { least, greatest }: { readonly least: number; readonly greatest: number }): void {
  const slack = 1e-9 * Math.max(1, Math.abs(greatest))
  assert.ok(least - slack <= value && value <= greatest + slack, `${value} is not within ${least} to ${greatest}`)
}

function known<T extends { readonly kind: string }>(result: T | UnknownComparison): T {
  assert.notEqual(result.kind, 'unknown')
  return result as T
}
