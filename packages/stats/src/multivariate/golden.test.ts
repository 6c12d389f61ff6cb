import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { leaveOut, residualDirections } from '../sketch/directions.ts'
import { choosePairs } from '../sketch/partners.ts'
import { deviate } from './chi.ts'
import { pairDeviates } from './pair-deviates.ts'

/** golden/streams.json, made by golden/streams.py with the versions it names. */
const golden = JSON.parse(readFileSync(new URL('../../golden/streams.json', import.meta.url), 'utf8')) as {
  readonly information: {
    readonly a: number[]
    readonly b: number[]
    readonly c: number[]
    readonly information: number[]
  }
  readonly dependence: readonly {
    readonly side: number
    readonly reference: number[]
    readonly current: number[]
    readonly chiSquare: number
    readonly freedom: number
    readonly trend: number
  }[]
  readonly leftOut: { readonly scores: number[][]; readonly ridge: number; readonly residuals: number[][] }
  readonly deviates: readonly { readonly chiSquare: number; readonly freedom: number; readonly deviate: number }[]
}

test('the information of a pair is scikit-learn’s mutual information less its bias', () => {
  const { a, b, c, information } = golden.information
  const pairs = choosePairs(
    [a, b, c].map((codes) => Uint8Array.from(codes)),
    5,
    { partners: 3, most: 3 },
  )
  near(
    pairs.map((pair) => pair.information),
    information,
    1e-12,
  )
})

test('the dependence part of a table, its freedom and its trend are what linear algebra on the full covariance gives', () => {
  for (const { side, reference, current, chiSquare, freedom, trend } of golden.dependence) {
    const into = new Float64Array(5)
    const found = pairDeviates({ reference, current, from: 0, cells: side * side }, side, into, 0)
    assert.equal(found.freedom, freedom)
    near([found.chiSquare], [chiSquare], 1e-8)
    near([into[1]!], [deviate(trend, 1)], 1e-6)
  }
})

test('a residual direction gives each reference row what a regression without that row would', () => {
  const { scores, ridge, residuals } = golden.leftOut
  const [d, n] = [scores.length, scores[0]!.length]
  const moments = Float64Array.from({ length: d * d }, (_, at) => {
    const [x, y] = [scores[Math.floor(at / d)]!, scores[at % d]!]
    return x.reduce((sum, value, i) => sum + value * y[i]!, 0) / n
  })
  const { directions, precision } = residualDirections(
    moments,
    scores.map((_, c) => c),
    ridge,
  )
  for (let i = 0; i < n; i++) {
    const row = Float64Array.from(scores, (column) => column[i]!)
    const sums = Float64Array.from(directions, ({ weights }) =>
      weights.reduce((sum, weight, k) => sum + weight * row[k]!, 0),
    )
    leaveOut(sums, row, precision, n)
    near(
      [...sums],
      residuals.map((column) => column[i]!),
      1e-9,
    )
  }
})

test('deviates of chi-squares are within 0.35 of normal deviates of the same probability, and below them in the tail', () => {
  for (const { chiSquare, freedom, deviate: exact } of golden.deviates) {
    const found = deviate(chiSquare, freedom)
    assert.ok(Math.abs(found - exact) < 0.35, `${chiSquare} of ${freedom}: ${found}, exactly ${exact}`)
    if (exact > 3) assert.ok(found < exact + 0.02)
  }
})

function near(found: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length)
  for (const [i, value] of found.entries())
    assert.ok(
      Math.abs(value - expected[i]!) <= tolerance * Math.max(1, Math.abs(expected[i]!)),
      `${value}, expected ${expected[i]}`,
    )
}
