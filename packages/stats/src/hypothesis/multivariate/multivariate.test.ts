import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Feature } from '../../learn/index.ts'
import { createRandom, type Random } from '../../random.ts'
import type { UnknownComparison } from '../result.ts'
import { domainClassifier } from './domain-classifier.ts'
import { mmd } from './mmd.ts'
import { fitReconstruction, pcaReconstruction } from './pca-reconstruction.ts'

/** Three features of which the first two go together, closely by default. */
function draw(random: Random, rows: number, world: { noise?: number; shift?: number } = {}): Float64Array[] {
  const { noise = 0.3, shift = 0 } = world
  const first = Float64Array.from({ length: rows }, () => random.normal() + shift)
  return [
    first,
    first.map((value) => value + noise * random.normal()),
    Float64Array.from({ length: rows }, random.normal),
  ]
}

test('mmd of one block is the unbiased estimate, pair by pair', () => {
  const random = createRandom('pairs')
  const [a, b] = [draw(random, 12), draw(random, 15, { shift: 1 })]
  const found = known(mmd(a, b))
  const rows = [...rowsOf(a), ...rowsOf(b)]
  const spreads = [0, 1, 2].map((j) => deviationOf(rows.map((row) => row[j]!)))
  const square = (x: number[], y: number[]) => x.reduce((sum, v, j) => sum + ((v - y[j]!) / spreads[j]!) ** 2, 0)
  const distances = rows.flatMap((x, i) => rows.slice(0, i).map((y) => square(x, y))).sort((x, y) => x - y)
  const median = distances[distances.length >> 1]!
  const mean = (p: number[][], q: number[][], own: boolean) => {
    const cells = p.flatMap((x, i) => q.filter((_, j) => !own || i !== j).map((y) => Math.exp(-square(x, y) / median)))
    return cells.reduce((sum, cell) => sum + cell, 0) / cells.length
  }
  const [p, q] = [rows.slice(0, 12), rows.slice(12)]
  const expected = mean(p, p, true) + mean(q, q, true) - 2 * mean(p, q, false)
  assert.ok(Math.abs(found.statistic - expected) < 1e-12, `${found.statistic}, expected ${expected}`)
  assert.equal(found.blocks, 1)
})

test('mmd rejects an unchanged window as often as declared, in one block and in many', () => {
  const random = createRandom('mmd size')
  for (const blockRows of [100, 20]) {
    const trials = 150
    let rejected = 0
    for (let trial = 0; trial < trials; trial++) {
      const found = known(mmd(draw(random, 40), draw(random, 30), { seed: trial, permutations: 99, blockRows }))
      if (found.pValue <= 0.1) rejected++
    }
    assert.ok(rejected <= 15 + 2.33 * Math.sqrt(15), `${rejected} of ${trials}`)
  }
})

test('mmd sees a dependence that broke, from a bounded number of rows, and the same every time', () => {
  const random = createRandom('mmd power')
  const [a, b] = [draw(random, 3000), draw(random, 3000, { noise: 2 })]
  const found = known(mmd(a, b, { maxRows: 600, blockRows: 200, permutations: 199 }))
  assert.equal(found.pValue, 1 / 200)
  assert.deepEqual(found.usedRows, [600, 600])
  assert.ok(found.effect.interval!.low > 0 && found.effect.interval!.low < found.effect.value)
  assert.deepEqual(mmd(a, b, { maxRows: 600, blockRows: 200, permutations: 199 }), found)
})

test('reconstruction from a reference holds its level on unchanged windows and sees a dependence that broke', () => {
  const random = createRandom('reconstruction')
  const trials = 200
  let rejected = 0
  for (let trial = 0; trial < trials; trial++) {
    const fitted = fit(draw(random, 300))
    if (known(pcaReconstruction(fitted, draw(random, 100))).pValue <= 0.05) rejected++
  }
  assert.ok(rejected <= 10 + 2.33 * Math.sqrt(10), `${rejected} of ${trials}`)
  const fitted = fit(draw(random, 600))
  const broken = known(pcaReconstruction(fitted, draw(random, 200, { noise: 2 })))
  assert.ok(broken.pValue < 1e-6 && broken.difference.value > 0 && broken.difference.interval!.low > 0)
})

test('a reconstruction that keeps every direction has nothing to say', () => {
  const x = Float64Array.from({ length: 50 }, (_, i) => i)
  assert.equal(fitReconstruction([x]).kind, 'unknown')
  const unknown = fitReconstruction([x, x.map(() => 1)])
  assert.ok(unknown.kind === 'unknown' && unknown.reason === 'no-direction-left-out')
})

test('a domain classifier holds its level on unchanged windows', () => {
  const random = createRandom('unchanged')
  const trials = 300
  let rejected = 0
  for (let trial = 0; trial < trials; trial++) {
    const [a, b] = [features(draw(random, 120)), features(draw(random, 120))]
    if (known(domainClassifier(a, b, { seed: trial, rounds: 10 })).pValue <= 0.1) rejected++
  }
  assert.ok(rejected <= 30 + 2.33 * Math.sqrt(27), `${rejected} of ${trials}`)
})

test('a domain classifier names the features that separate, and missing values are values', () => {
  const random = createRandom('domain power')
  const [a, b] = [draw(random, 600), draw(random, 600)]
  for (let i = 0; i < 600; i++) if (i % 3 === 0) b[2]![i] = Number.NaN
  b[0]![1] = Infinity
  const found = known(domainClassifier(features(a), features(b)))
  assert.equal(found.separating[0]!.name, 'x2')
  assert.ok(found.pValue < 0.001 && found.auc > 0.6)
  assert.ok(found.effect.interval!.low > 0.5 && found.effect.interval!.high >= found.auc)
  assert.deepEqual(found.rows.current, { used: 600, missing: 200, invalid: 1 })
})

test('rows with a missing value are left out and counted, and too few or constant ones are unknown', () => {
  const random = createRandom('few')
  const [a, b] = [draw(random, 30), draw(random, 30)]
  a[1]![3] = Number.NaN
  a[2]![4] = -Infinity
  assert.deepEqual(known(mmd(a, b)).rows.reference, { used: 28, missing: 1, invalid: 1 })
  const still = [Float64Array.of(1, 1, 1, 1)]
  for (const [found, reason] of [
    [mmd(a, [[1], [2], [3]]), 'too-few-rows'],
    [mmd(still, still), 'constant-data'],
    [domainClassifier(features(a), features(draw(random, 9))), 'too-few-reference-rows'],
    [fitReconstruction(draw(random, 9)), 'too-few-reference-rows'],
    [pcaReconstruction(fit(draw(random, 90)), [[1], [1], [Number.NaN]]), 'too-few-rows'],
  ] as const)
    assert.equal(found.kind === 'unknown' && found.reason, reason)
})

test('samples of other columns are refused', () => {
  const x = Float64Array.of(1, 2, 3, 4)
  assert.throws(() => mmd([x], [x, x]), /1 reference columns and 2 current columns/)
  assert.throws(() => mmd([x, x.subarray(1)], [x, x]), /column 1 of mmd has 3 rows, expected 4/)
  assert.throws(() => mmd([x], [x], { permutations: 3 }), /permutations of mmd is 3/)
  const [a, b] = [features([x]), [{ ...features([x])[0]!, name: 'other' }]]
  assert.throws(() => domainClassifier(a, b), /is numeric other in the current sample, expected numeric x0/)
})

function fit(columns: readonly Float64Array[]) {
  const fitted = fitReconstruction(columns)
  assert.ok(fitted.kind === 'fitted')
  return fitted
}

function features(columns: readonly Float64Array[]): Feature[] {
  return columns.map((values, j) => ({ name: `x${j}`, kind: 'numeric', values }))
}

function rowsOf(columns: readonly Float64Array[]): number[][] {
  return Array.from(columns[0]!, (_, i) => columns.map((column) => column[i]!))
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

function known<T extends { readonly kind: string }>(result: T | UnknownComparison): T {
  assert.notEqual(result.kind, 'unknown')
  return result as T
}
