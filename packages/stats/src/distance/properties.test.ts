import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StatsError } from '../error.ts'
import { createColumnProfile, freezeBins, updateNumeric } from '../sketch/index.ts'
import {
  binnedEnergy,
  binnedKs,
  binnedWasserstein,
  boundedKs,
  compareColumns,
  countSamples,
  hellinger,
  jensenShannon,
  klDivergence,
  lInfinity,
  psi,
  totalVariation,
} from './index.ts'

const SEED = { seed: 2_718, numRuns: 80 }
const symmetric = { psi, jensenShannon, hellinger, totalVariation, lInfinity, binnedKs }
const all = { ...symmetric, klDivergence, boundedKs }
const options = { alpha: 0.5, level: 0.9 }
const counts = fc
  .array(fc.oneof(fc.nat(20), fc.constantFrom(0, 1e6)), { minLength: 5, maxLength: 5 })
  .filter((rows) => rows.some((n) => n > 0))
const anything = fc.array(
  fc.oneof(fc.double(), fc.integer({ min: -2, max: 2 }), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0)),
  { maxLength: 40 },
)

test('whatever the counts, a distance, its floor and its interval are finite and not negative', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      for (const [name, distance] of Object.entries(all)) {
        const { interval, ...found } = distance(a, b, options)
        for (const [key, value] of Object.entries(found))
          assert.ok(Number.isFinite(value) && value >= 0, `${name}.${key} is ${value}`)
        if (interval) assert.ok(interval.low >= 0 && interval.low <= interval.high && interval.high < Infinity, name)
      }
    }),
    SEED,
  )
})

test('distances are symmetric, but for Kullback-Leibler, and nought between a sample and itself', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      for (const [name, distance] of Object.entries(symmetric)) {
        const there = distance(a, b, options).value
        assert.ok(Math.abs(there - distance(b, a, options).value) <= 1e-12 * Math.max(1, there), name)
      }
      for (const [name, distance] of Object.entries(all)) assert.ok(distance(a, a, options).value < 1e-7, name)
    }),
    { ...SEED, numRuns: 40 },
  )
})

test('only ordered distances care in which order the bins stand', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const turned = (rows: readonly number[]) => [rows[3]!, rows[0]!, rows[4]!, rows[2]!, rows[1]!]
      for (const distance of [psi, klDivergence, jensenShannon, hellinger, totalVariation, lInfinity]) {
        const value = distance(a, b, options).value
        const other = distance(turned(a), turned(b), options).value
        assert.ok(Math.abs(value - other) <= 1e-9 * Math.max(1, value), distance.name)
      }
    }),
    { ...SEED, numRuns: 40 },
  )
})

test('counts that are none are an error with a code, never a number', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 4 }), fc.array(fc.double(), { maxLength: 4 }), (a, b) => {
      for (const [name, distance] of Object.entries(all))
        try {
          assert.ok(Number.isFinite(distance(a, b, options).value), name)
        } catch (error) {
          assert.ok(error instanceof StatsError, `${name}: ${error}`)
        }
    }),
    { ...SEED, numRuns: 60 },
  )
})

test('whatever two columns hold, counting them and comparing their profiles gives finite numbers or a reason', () => {
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      const [before, after] = [Float64Array.from(a), Float64Array.from(b)]
      const counted = countSamples(before, after, { maxBins: 4 })
      if (counted.kind === 'counted') assertFinite(psi(counted.reference, counted.current, options))
      else assert.ok(counted.have < counted.need)
      const bins = freezeBins(before, { maxBins: 4 })
      const [reference, current] = [createColumnProfile(bins), createColumnProfile(bins)]
      updateNumeric(reference, before)
      updateNumeric(current, after)
      const modest = [...a, ...b].every((value) => !Number.isFinite(value) || Math.abs(value) < 1e140)
      if (modest)
        for (const run of [binnedWasserstein, binnedEnergy]) assertFinite(run(reference, current, { alpha: 0.5 }))
      assertFinite(compareColumns('x', reference, current, { alpha: 0.5, minRows: 1 }))
    }),
    SEED,
  )
})

function assertFinite(found: unknown): void {
  if (typeof found === 'number') assert.ok(Number.isFinite(found), `found ${found}`)
  else if (found !== null && typeof found === 'object') for (const value of Object.values(found)) assertFinite(value)
}
