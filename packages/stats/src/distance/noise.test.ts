import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, type Random } from '../random.ts'
import {
  binnedKs,
  type Distance,
  hellinger,
  jensenShannon,
  klDivergence,
  lInfinity,
  psi,
  totalVariation,
} from './index.ts'

type World = {
  readonly name: string
  readonly shares: readonly number[]
  readonly rows: readonly [number, number]
  readonly clump: number
}

const all = { psi, klDivergence, jensenShannon, hellinger, binnedKs, totalVariation, lInfinity }
const quick = { psi, klDivergence, jensenShannon, hellinger, binnedKs, lInfinity }
const zipf = Array.from({ length: 20 }, (_, i) => 1 / (i + 1) ** 2)

/** Exceedances a method of size 1.3 alpha would pass with in 99 of 100 runs. */
function allowed(trials: number, alpha: number): number {
  const expected = 1.3 * alpha * trials
  return expected + 2.33 * Math.sqrt(expected)
}

test('where counts are dense, floors from the asymptotic law are exceeded no more often than declared', () => {
  const world = { name: 'dense', shares: new Array(16).fill(1), rows: [2000, 1000], clump: 1 } as const
  checkSize(world, { trials: 2000, alpha: 0.01, distances: quick })
})

test('where counts are sparse, floors by permutation are exceeded no more often than declared', () => {
  for (const world of [
    { name: 'few rows', shares: new Array(12).fill(1), rows: [30, 40], clump: 1 },
    { name: 'large reference, small window, rare bins', shares: zipf, rows: [20_000, 150], clump: 1 },
  ] as const)
    checkSize(world, { trials: 150, alpha: 0.05, distances: all })
})

test('rows in clumps of five keep the size when the design effect says so, and break it when nobody says', () => {
  const world = { name: 'clumps', shares: new Array(10).fill(1), rows: [4000, 4000], clump: 5 } as const
  checkSize(world, { trials: 600, alpha: 0.05, distances: { psi, jensenShannon, binnedKs } })
  assert.ok(exceedances({ ...world, clump: 5 }, { trials: 100, alpha: 0.05, distances: { psi } }, 1)['psi']! > 90)
})

test('the noise mean is the mean when nothing changed', () => {
  const random = createRandom('noise mean')
  const world = { name: 'mean', shares: new Array(10).fill(1), rows: [1000, 800], clump: 1 } as const
  const found = Array.from({ length: 500 }, () => psi(draw(random, world, 0), draw(random, world, 1)))
  const value = found.reduce((sum, { value }) => sum + value, 0) / found.length
  assert.ok(Math.abs(value / found[0]!.noiseMean - 1) < 0.1, `${value} against ${found[0]!.noiseMean}`)
})

test('the same counts give the same floor: chance is seeded', () => {
  assert.deepEqual(psi([5, 0, 9, 2], [0, 7, 3, 1]), psi([5, 0, 9, 2], [0, 7, 3, 1]))
})

test('a bin that is empty in both samples changes nothing', () => {
  assert.deepEqual(psi([50, 0, 30], [40, 0, 90]), psi([50, 30], [40, 90]))
})

test('one bin, or identical samples, are at distance nought, not NaN', () => {
  for (const distance of Object.values(all)) {
    assert.equal(distance([10], [700]).value, 0)
    assert.ok(distance([10, 20, 0], [10, 20, 0]).value < 1e-7)
  }
})

test('samples without a common bin are at the largest distance, and finite', () => {
  assert.equal(jensenShannon([9, 0], [0, 9]).value, 1)
  assert.equal(hellinger([9, 0], [0, 9]).value, 1)
  assert.equal(totalVariation([9, 0], [0, 9]).value, 1)
  assert.ok(Number.isFinite(psi([1e6, 0], [0, 1e6]).value))
})

test('no rows, negative counts and other bins are refused by place', () => {
  assert.throws(() => psi([0, 0], [1, 2]), /psi got 0 reference rows and 3 current rows/)
  assert.throws(() => psi([1, -1], [1, 2]), /-1 rows in bin 1 of the reference/)
  assert.throws(() => psi([1], [1, 2]), /1 reference bins and 2 current bins/)
})

type Run = {
  readonly trials: number
  readonly alpha: number
  readonly distances: Readonly<
    Record<
      string,
      (reference: Float64Array, current: Float64Array, options: { alpha: number; designEffect: number }) => Distance
    >
  >
}

function checkSize(world: World, run: Run): void {
  for (const [name, count] of Object.entries(exceedances(world, run, world.clump)))
    assert.ok(
      count <= allowed(run.trials, run.alpha),
      `${name} exceeds in ${count} of ${run.trials} trials in world ${world.name}`,
    )
}

function exceedances(world: World, { trials, alpha, distances }: Run, designEffect: number): Record<string, number> {
  const random = createRandom(world.name)
  const counts: Record<string, number> = {}
  for (let trial = 0; trial < trials; trial++) {
    const [reference, current] = [draw(random, world, 0), draw(random, world, 1)]
    for (const [name, distance] of Object.entries(distances)) {
      const { value, noiseFloor } = distance(reference, current, { alpha, designEffect })
      counts[name] = (counts[name] ?? 0) + (value > noiseFloor ? 1 : 0)
    }
  }
  return counts
}

function draw(random: Random, { shares, rows, clump }: World, side: 0 | 1): Float64Array {
  const total = shares.reduce((sum, share) => sum + share, 0)
  const counts = new Float64Array(shares.length)
  for (let row = 0; row < rows[side]; row += clump) {
    let left = random.next() * total
    let bin = 0
    while (bin < shares.length - 1 && left >= shares[bin]!) left -= shares[bin++]!
    counts[bin]! += clump
  }
  return counts
}

test('a floor rarer than permutations can tell lies beyond the rarest they can, in sparse tables and dense ones', () => {
  const sparse = [3, 0, 1, 5, 0, 2, 1, 8, 0, 1]
  for (const [reference, current] of [
    [sparse, sparse.toReversed()],
    [sparse.map((rows) => 500 * (rows + 1)), sparse.map((rows) => 500 * (rows + 1))],
  ]) {
    const floors = [1e-3, 1e-4, 1e-5, 1e-6].map((alpha) => psi(reference!, current!, { alpha }).noiseFloor)
    assert.ok(
      floors.every((floor, i) => i === 0 || floor > floors[i - 1]!),
      floors.join(' '),
    )
  }
  assert.throws(() => psi(sparse, sparse, { alpha: 1e-9 }), /expected 1e-8 or more/)
})
