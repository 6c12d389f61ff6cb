import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom } from '../random.ts'
import { benjaminiHochberg, eBenjaminiHochberg, eValueOf, startELond, stepELond } from './index.ts'

const SEED = { seed: 300, numRuns: 200 }
const eValues = fc.array(fc.oneof(fc.double({ min: 0, max: 500, noNaN: true }), fc.constant(Infinity)), {
  maxLength: 12,
})

test('e-BH rejects the largest set of which every member is large enough for its size', () => {
  fc.assert(
    fc.property(eValues, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, q) => {
      const { rejected, count } = eBenjaminiHochberg(values, q)
      const fits = (k: number) => values.filter((e) => e * q * k >= values.length).length >= k
      const sizes = values.map((_, i) => i + 1).filter(fits)
      assert.equal(count, Math.max(0, ...sizes))
      assert.equal(rejected.filter(Boolean).length, count)
      const least = Math.min(...values.filter((_, i) => rejected[i]))
      assert.ok(values.every((e, i) => rejected[i] || e <= least))
    }),
    SEED,
  )
})

test('e-BH of the reciprocals of p-values is BH', () => {
  const random = createRandom('reciprocals')
  for (let trial = 0; trial < 50; trial++) {
    const p = Float64Array.from({ length: 20 }, () => random.next() ** 3)
    const adjusted = benjaminiHochberg(p)
    const { rejected } = eBenjaminiHochberg(
      p.map((each) => 1 / each),
      0.1,
    )
    assert.deepEqual(
      rejected,
      Array.from(adjusted, (each) => each <= 0.1),
    )
  }
})

test('e-LOND spends no more than alpha without a discovery, and earns with each', () => {
  let state = startELond(0.05)
  let spent = 0
  for (let t = 0; t < 20_000; t++) {
    const step = stepELond(state, 0)
    assert.equal(step.rejected, false)
    spent += step.level
    state = step.state
  }
  assert.ok(spent < 0.05 && spent > 0.04)
  const poor = stepELond(startELond(0.05), 0)
  const rich = stepELond(startELond(0.05), 1e9)
  assert.ok(rich.rejected)
  assert.equal(stepELond(rich.state, 0).level / stepELond(poor.state, 0).level, 2)
})

test('e-LOND keeps the false discovery rate when every second hypothesis is true and all share one noise', () => {
  const random = createRandom('e-lond')
  let proportion = 0
  const runs = 400
  for (let run = 0; run < runs; run++) {
    let state = startELond(0.2)
    const noise = random.normal()
    let [found, wrong] = [0, 0]
    for (let t = 0; t < 40; t++) {
      const real = t % 2 === 0
      // Likelihood ratio of a mean of 3 against 0.
      const x = 0.6 * noise + 0.8 * random.normal() + (real ? 3 : 0)
      const step = stepELond(state, Math.exp(3 * x - 4.5))
      state = JSON.parse(JSON.stringify(step.state))
      if (step.rejected) found++
      if (step.rejected && !real) wrong++
    }
    proportion += found > 0 ? wrong / found / runs : 0
  }
  assert.ok(proportion <= 0.2, `${proportion}`)
})

test('a p-value as an e-value has a mean of at most 1 when it is uniform', () => {
  const random = createRandom('calibrator')
  const mean = Array.from({ length: 20_000 }, () => eValueOf(random.next())).reduce((sum, e) => sum + e / 20_000, 0)
  assert.ok(mean < 1.05, `${mean}`)
  assert.ok(Number.isFinite(eValueOf(0)))
})

test('what is no e-value, p-value or level is refused by place', () => {
  assert.throws(() => eBenjaminiHochberg([1, Number.NaN], 0.1), /e-value 1 of eBenjaminiHochberg is NaN/)
  assert.throws(() => eBenjaminiHochberg([1], 0), /level of eBenjaminiHochberg is 0/)
  assert.throws(() => startELond(2), /level of startELond is 2/)
  assert.throws(() => stepELond(startELond(0.1), -1), /e-value 0 of stepELond is -1/)
  assert.throws(() => eValueOf(1.5), /expected 0 to 1/)
})
