import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StatsError } from '../error.ts'
import { createRandom } from '../random.ts'
import { methodByName, methodNames, type NamedColumn, type WindowMethod } from './by-name.ts'
import { TESTS } from './evidently/index.ts'

const random = createRandom('by-name')
const normal = (rows: number, mean: number) => Float64Array.from({ length: rows }, () => random.normal() + mean)
const labels = (rows: number, kinds: number) => Array.from({ length: rows }, () => `k${random.integer(kinds)}`)
const windows = methodNames().flatMap((name) => {
  const method = methodByName(name)
  return method.kind === 'window' ? [method] : []
})

test('every test of Evidently, every univariate method of NannyML, every detector of river and every test of whylogs has its name', () => {
  const expected = [
    ...Object.keys(TESTS).map((id) => `evidently:${id}`),
    'evidently:default',
    ...['jensen_shannon', 'hellinger', 'kolmogorov_smirnov', 'wasserstein', 'l_infinity', 'chi2'].map(
      (method) => `nannyml:${method}`,
    ),
    ...['adwin', 'ddm', 'eddm', 'fhddm', 'hddm_a', 'hddm_w', 'kswin', 'page_hinkley'].map((name) => `river:${name}`),
    ...['ks', 'chi-square', 'hellinger', 'default'].map((method) => `whylogs:${method}`),
  ]
  assert.deepEqual([...methodNames()].sort(), expected.sort())
})

test('a total break is found by every method that judges the kind of column, but for Fisher’s, which has two values only', () => {
  const [low, high] = [normal(400, 0), normal(400, 6)]
  const [known, unknown] = [labels(400, 2), labels(400, 2).map((label) => `new ${label}`)]
  for (const method of windows) {
    if (method.column !== 'categorical') assert.ok(isShifted(method, low, high), method.name)
    if (method.column !== 'numeric' && method.name !== 'evidently:fisher_exact')
      assert.ok(isShifted(method, known, unknown), method.name)
  }
})

test('a detector of river by name takes one value after another, and options', () => {
  const steps = (confidence: number) => {
    const run = methodByName('river:adwin').start({ delta: confidence })
    const values = [...normal(1000, 0), ...normal(1000, 1)]
    return values.findIndex((value) => run.step(value) === 'drift')
  }
  const at = steps(0.002)
  assert.ok(at > 1000 && at < 1200, `${at}`)
  assert.equal(methodByName('river:ddm').input, 'loss')
  assert.throws(() => steps(-1), { code: 'STATS_BAD_OPTION' })
})

test('a threshold of one’s own takes the place of the peer’s', () => {
  const [reference, current] = [normal(400, 0), normal(400, 1.5)]
  for (const name of ['evidently:psi', 'evidently:ks', 'nannyml:jensen_shannon', 'whylogs:ks'] as const) {
    const method = methodByName(name)
    const own = method.run(reference, current)
    assert.ok(own.kind === 'judged' && own.shifted, name)
    const threshold = own.scale === 'p-value' ? own.score / 2 : own.score * 2
    const other = method.run(reference, current, { threshold })
    assert.ok(other.kind === 'judged' && !other.shifted && other.threshold === threshold, name)
  }
})

test('a name that there is not is answered with the nearest names', () => {
  assert.throws(() => methodByName('evidently:jensen_shannon'), {
    code: 'STATS_UNKNOWN_METHOD',
    message: /no method is called evidently:jensen_shannon; nearest are evidently:jensenshannon/,
  })
  assert.throws(() => methodByName('psi'), StatsError)
})

test('whatever the columns hold, a method by name answers with finite numbers or says unknown', () => {
  const cell = fc.oneof(
    fc.double(),
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom<NamedColumn[number]>('a', 'b', true, null, undefined, Infinity),
  )
  const column = fc.oneof(
    fc.array(cell, { maxLength: 15 }),
    fc.array(fc.double({ min: -1e6, max: 1e6 }), { maxLength: 15 }),
    fc.array(fc.constantFrom(1e308, -1e308, 5e-324, 0, 1), { maxLength: 15 }),
  )
  fc.assert(
    fc.property(column, column, (reference, current) => {
      for (const method of windows) {
        const result = method.run(reference, current)
        if (result.kind === 'unknown') assert.ok(Number.isFinite(result.have) && Number.isFinite(result.need))
        else
          assert.ok(Number.isFinite(result.score) && (result.threshold === null || Number.isFinite(result.threshold)))
      }
    }),
    { seed: 5, numRuns: 40 },
  )
})

function isShifted(method: WindowMethod, reference: NamedColumn, current: NamedColumn): boolean {
  const result = method.run(reference, current)
  return result.kind === 'judged' && result.shifted
}
