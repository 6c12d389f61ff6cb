import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import { addHash, createDistinct, distinctCount, hashNumber } from './distinct.ts'
import { addFrequent, type FrequentValues, frequentValues, mergeFrequent } from './frequent.ts'
import { createQuantiles, mergeQuantiles, quantile, updateQuantiles } from './quantiles.ts'

const ROWS = 40_000
const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]

/** Orders in which rows may come; each is a permutation of 0 … ROWS - 1, so that a value is its own rank. */
const STREAMS: Readonly<Record<string, (seed: number) => Float64Array>> = {
  sorted: () => Float64Array.from({ length: ROWS }, (_, i) => i),
  reversed: () => Float64Array.from({ length: ROWS }, (_, i) => ROWS - 1 - i),
  random: (seed) => Float64Array.from(createRandom(seed).shuffle(Float64Array.from({ length: ROWS }, (_, i) => i))),
  clustered: (seed) => {
    const random = createRandom(seed)
    const clusters = random.shuffle(Array.from({ length: ROWS / 100 }, (_, i) => i))
    return Float64Array.from(
      clusters.flatMap((c) => random.shuffle(Array.from({ length: 100 }, (_, i) => 100 * c + i))),
    )
  },
  'in and out': () => Float64Array.from({ length: ROWS }, (_, i) => (i % 2 ? i >> 1 : ROWS - 1 - (i >> 1))),
}

for (const [order, stream] of Object.entries(STREAMS))
  for (const parts of [1, 7, 160])
    test(`quantiles of ${order} rows in ${parts} parts are within 2.5 % of the rows, 99 times in a hundred`, () => {
      const errors: number[] = []
      for (let seed = 0; seed < 20; seed++) {
        // Orders without chance in them are cut elsewhere each time.
        const values = stream(seed)
        const sketch = sketchOf(values, parts, seed)
        for (const share of SHARES) errors.push(Math.abs(quantile(sketch, share)! / ROWS - share))
      }
      errors.sort((a, b) => a - b)
      assert.ok(errors[Math.floor(errors.length * 0.99) - 1]! < 0.025, `${errors.at(-1)}`)
    })

test('distinct values are counted with a standard error of 3.3 %, beyond ten million and to the end of a 32-bit hash', () => {
  const sketch = createDistinct()
  for (let i = 0; i < 1.2e7; i++) addHash(sketch, hashNumber(i))
  const found = distinctCount(sketch)
  assert.ok(Math.abs(found / 1.2e7 - 1) < 0.1, `${found}`)
  for (const distinct of [1e6, 1e8, 1e9, 4e9]) {
    const errors = Array.from({ length: 60 }, (_, seed) => distinctCount(registersOf(distinct, seed)) / distinct - 1)
    const spread = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
    // Of 60 sketches: a chi-square of 60 degrees is above 1.6 times that once in a thousand.
    assert.ok(spread < 0.033 * Math.sqrt(1.6), `${spread} at ${distinct}`)
  }
})

test('every value with more than one row in 33 is among the frequent ones, counted low by no more than that', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = createRandom(`frequent ${seed}`)
    const rows = Array.from({ length: 2000 }, () => Math.floor(random.next() ** 3 * 300))
    const truth = new Map<number, number>()
    const parts: FrequentValues[] = Array.from({ length: 1 + random.integer(20) }, () => new Map())
    for (const [i, value] of rows.entries()) {
      truth.set(value, (truth.get(value) ?? 0) + 1)
      addFrequent(parts[i % parts.length]!, value)
    }
    const found = new Map(frequentValues(parts.reduce(mergeFrequent)).map(({ value, count }) => [value, count]))
    for (const [value, count] of truth) {
      const kept = found.get(value) ?? 0
      assert.ok(kept <= count && count - kept <= rows.length / 33, `${value}: ${kept} of ${count}`)
    }
  }
})

function sketchOf(values: Float64Array, parts: number, seed: number) {
  const random = createRandom(`cuts ${seed}`)
  const cuts = Array.from({ length: parts - 1 }, () => random.integer(ROWS)).sort((a, b) => a - b)
  const sketches = [0, ...cuts].map((from, p) => {
    const sketch = createQuantiles()
    updateQuantiles(sketch, values, from, cuts[p] ?? ROWS)
    return sketch
  })
  return sketches.reduce(mergeQuantiles)
}

/** Registers as so many values with random hashes of 32 bits leave them: each holds the largest of its share of ranks. */
function registersOf(distinct: number, seed: number): Uint8Array {
  const random = createRandom(`registers ${seed}`)
  return createDistinct().map(() => {
    const values = distinct / 1024 + Math.sqrt(distinct / 1024) * random.normal()
    const chance = Math.log(random.next())
    for (let rank = 1; rank <= 22; rank++) if (values * Math.log1p(-(2 ** -rank)) >= chance) return rank
    return 23
  })
}
