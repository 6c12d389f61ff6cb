import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { UnknownComparison } from '../hypothesis/index.ts'
import { createRandom } from '../random.ts'
import {
  energyDistance,
  hellinger,
  jensenShannon,
  klDivergence,
  lInfinity,
  psi,
  totalVariation,
  wasserstein,
} from './index.ts'

type Golden = {
  readonly pairs: readonly {
    reference: number[]
    current: number[]
    wasserstein: number
    energy: number
    coefficient: number
    deviation: number
    iqr: number
  }[]
  readonly tables: readonly (Record<string, number> & { reference: number[]; current: number[] })[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/distance.json', import.meta.url), 'utf8'))

test('Wasserstein and energy distance are SciPy’s, also over the reference’s spread', () => {
  for (const { reference, current, ...expected } of golden.pairs) {
    const moved = known(wasserstein(reference, current))
    close(moved.value, expected.wasserstein)
    if (expected.deviation > 0) close(moved.perDeviation!, expected.wasserstein / expected.deviation)
    if (expected.iqr > 0) close(moved.perInterquartileRange!, expected.wasserstein / expected.iqr)
    else assert.equal(moved.perInterquartileRange, null)
    const energy = known(energyDistance(reference, current))
    close(energy.value, expected.energy)
    close(energy.effect.value, expected.coefficient)
  }
})

test('distances of counts are SciPy’s in the base that is named', () => {
  for (const { reference, current, ...expected } of golden.tables)
    for (const [name, found] of Object.entries({
      jensenShannon2: jensenShannon(reference, current),
      jensenShannonE: jensenShannon(reference, current, { base: 'e' }),
      hellinger: hellinger(reference, current),
      totalVariation: totalVariation(reference, current),
      lInfinity: lInfinity(reference, current),
      kl: klDivergence(reference, current),
      kl2: klDivergence(reference, current, { base: 2 }),
      psi: psi(reference, current),
    }))
      close(found.value, (expected as Record<string, number>)[name]!)
})

test('the floor of either distance is exceeded no more often than declared, heavy tails and ties included', () => {
  const random = createRandom('transport size')
  const worlds = [random.normal, () => random.normal() / random.normal(), () => random.integer(4)]
  for (const distance of [wasserstein, energyDistance]) {
    let exceeded = 0
    const trials = 150
    for (let trial = 0; trial < trials; trial++) {
      const draw = (rows: number) => Float64Array.from({ length: rows }, worlds[trial % 3]!)
      const found = known(distance(draw(30), draw(20), { alpha: 0.05 }))
      if (found.value > found.noiseFloor) exceeded++
      assert.equal(found.value > found.noiseFloor, found.pValue <= 0.05)
    }
    assert.ok(exceeded <= 7.5 + 2.33 * Math.sqrt(7.5), `${distance.name} exceeds in ${exceeded} of ${trials}`)
  }
})

test('neighbours taken together leave the floor of 20,000 rows as it was', () => {
  const random = createRandom('neighbours')
  const rows = 10_000
  const [a, b] = [0, 1].map(() => Float64Array.from({ length: rows }, random.normal)) as [Float64Array, Float64Array]
  const { noiseMean } = known(wasserstein(a, b))
  // E ∫ |B(Φ(x))| dx = √(2 / π) ∫ √(Φ (1 - Φ)) dx of a Brownian bridge B.
  const expected = 1.2883791903028576 / Math.sqrt(rows / 2)
  assert.ok(Math.abs(noiseMean / expected - 1) < 0.06, `${noiseMean}, expected ${expected}`)
})

test('the interval covers the distance of the two distributions as often as it says', () => {
  const random = createRandom('coverage')
  const covered = { wasserstein: 0, energy: 0 }
  const trials = 40
  for (let trial = 0; trial < trials; trial++) {
    const a = Float64Array.from({ length: 120 }, random.normal)
    const b = Float64Array.from({ length: 90 }, () => random.normal() + 0.5)
    const moved = known(wasserstein(a, b)).interval
    if (moved.low <= 0.5 && moved.high >= 0.5) covered.wasserstein++
    const energy = known(energyDistance(a, b)).interval
    if (energy.low <= NORMAL_ENERGY && energy.high >= NORMAL_ENERGY) covered.energy++
  }
  for (const [name, count] of Object.entries(covered))
    assert.ok(count / trials >= 0.85, `${name}: ${count} of ${trials} intervals`)
})

test('one distribution has an interval that begins at 0', () => {
  const values = Float64Array.from({ length: 50 }, (_, i) => i)
  assert.equal(known(wasserstein(values, values)).interval.low, 0)
  assert.equal(known(energyDistance(values, values)).value, 0)
})

/** √(2 ∫ (Φ(x) - Φ(x - 1/2))² dx). */
const NORMAL_ENERGY = 0.3736259021125815

function known<T extends { readonly kind: string }>(result: T | UnknownComparison): T {
  assert.notEqual(result.kind, 'unknown')
  return result as T
}

function close(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(Math.abs(expected), 1e-6), `${found}, expected ${expected}`)
}
