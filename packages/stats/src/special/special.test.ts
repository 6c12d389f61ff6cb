import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import * as special from './index.ts'

type Golden = Record<string, readonly (readonly unknown[])[]>
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/special.json', import.meta.url), 'utf8'))
const functions = special as unknown as Record<string, (...args: unknown[]) => number>
/** Tails found as 1 - sum have an absolute error; log factorials of a hundred thousand rows cancel. */
const tolerances: Readonly<Record<string, number>> = {
  kolmogorovFiniteSf: 1e-8,
  andersonDarlingSf: 1e-9,
  cramerVonMisesSf: 1e-10,
  hypergeometricLogPmf: 1e-9,
}

for (const [name, cases] of Object.entries(golden)) {
  if (name === 'versions') continue
  test(`${name} agrees with SciPy to ${tolerances[name] ?? 1e-10}`, () => {
    for (const row of cases) {
      const expected = Number(row.at(-1))
      const found = functions[name]!(...row.slice(0, -1))
      const error = Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-290)
      assert.ok(
        error < (tolerances[name] ?? 1e-10),
        `${name}(${row.slice(0, -1).join()}) is ${found}, SciPy has ${expected}`,
      )
    }
  })
}

test('the limit laws go over into their far tails without a step', () => {
  for (const [law, at] of [
    [special.andersonDarlingSf, 20],
    [special.cramerVonMisesSf, 4],
  ] as const)
    assert.ok(Math.abs(law(at + 1e-9) / law(at) - 1) < 0.03, `${law(at)} and ${law(at + 1e-9)}`)
})

test('a noncentrality interval covers the noncentrality as often as it says', () => {
  const random = createRandom('noncentral')
  let covered = 0
  for (let trial = 0; trial < 400; trial++) {
    const statistic = (random.normal() + 3) ** 2 + random.normal() ** 2 + random.normal() ** 2
    const { low, high } = special.noncentralityInterval(statistic, 3, 0.9)
    if (low <= 9 && 9 <= high) covered++
  }
  assert.ok(Math.abs(covered / 400 - 0.9) < 0.04, `${covered} of 400`)
})

test('rows dealt out at random have the mean and the variance of the hypergeometric law', () => {
  const random = createRandom('urn')
  for (const urn of [
    { total: 50, marked: 20, drawn: 10 },
    { total: 900, marked: 300, drawn: 90 },
    { total: 90_000, marked: 30_000, drawn: 30_000 },
  ]) {
    const draws = Array.from({ length: 4000 }, () => special.drawHypergeometric(random, urn))
    const mean = (urn.marked * urn.drawn) / urn.total
    const variance = (mean * (1 - urn.drawn / urn.total) * (urn.total - urn.marked)) / (urn.total - 1)
    const found = draws.reduce((sum, taken) => sum + taken, 0) / draws.length
    const spread = draws.reduce((sum, taken) => sum + (taken - mean) ** 2, 0) / draws.length
    assert.ok(Math.abs(found - mean) < 4 * Math.sqrt(variance / draws.length), `mean ${found}, expected ${mean}`)
    assert.ok(Math.abs(spread / variance - 1) < 0.1, `variance ${spread}, expected ${variance}`)
  }
})
