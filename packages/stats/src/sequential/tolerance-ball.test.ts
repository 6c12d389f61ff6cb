import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bucketEvidence, reverseProjection } from './index.ts'

const SEED = { seed: 20_01, numRuns: 300 }

/** Shares above 0 that sum to 1, some of them tiny. */
const simplex = (bins: number) =>
  fc.array(fc.double({ min: -12, max: 3, noNaN: true }), { minLength: bins, maxLength: bins }).map(softmax)

const bet = fc.integer({ min: 1, max: 12 }).chain((bins) =>
  fc.record({
    reference: simplex(bins),
    guess: simplex(bins),
    elsewhere: simplex(bins),
    kappa: fc.double({ min: 1e-5, max: 0.5, noNaN: true }),
    depth: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
)

test('whatever the reference, the guess and the truth within the ball, r / q* has mean 1 at most', () => {
  fc.assert(
    fc.property(bet, ({ reference, guess, elsewhere, kappa, depth }) => {
      const { projected } = reverseProjection(reference, guess, kappa)
      for (const towards of [elsewhere, guess]) {
        const truth = within(reference, towards, kappa, depth)
        const mean = truth.reduce((sum, share, j) => sum + (share * guess[j]!) / projected[j]!, 0)
        assert.ok(mean <= 1 + 1e-9, `mean ${mean}`)
      }
    }),
    SEED,
  )
})

test('rows of different distributions whose average lies in the ball are covered too', () => {
  const two = bet.chain((one) => simplex(one.reference.length).map((other) => ({ ...one, other })))
  fc.assert(
    fc.property(two, fc.integer({ min: 1, max: 20 }), ({ reference, guess, elsewhere, other, kappa }, rows) => {
      const { projected } = reverseProjection(reference, guess, kappa)
      const average = within(reference, elsewhere, kappa, 1)
      // Half of the rows come from average + d, half from average - d.
      const size = Math.min(...average.map((share, j) => share / Math.max(1e-9, Math.abs(other[j]! - share))))
      const product = [1, -1].reduce((value, sign) => {
        const q = average.map((share, j) => share + sign * Math.min(1, size) * (other[j]! - share))
        return value * q.reduce((sum, share, j) => sum + (share * guess[j]!) / projected[j]!, 0) ** rows
      }, 1)
      assert.ok(product <= 1 + 1e-6, `${product}`)
    }),
    SEED,
  )
})

test('the evidence of a bucket is finite and never more than rows times the logarithm of one over the weight', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 12, maxLength: 12 })
  fc.assert(
    fc.property(bet, counts, ({ reference, guess, kappa }, all) => {
      const rows = all.slice(0, reference.length)
      const evidence = bucketEvidence(rows, { reference, guess, kappa })
      const { weight } = reverseProjection(reference, guess, kappa)
      const most = rows.reduce((sum, n) => sum + n, 0) * Math.log(1 / weight)
      assert.ok(Number.isFinite(evidence) && evidence <= most + 1e-6 * Math.abs(most) + 1e-9, `${evidence} of ${most}`)
    }),
    SEED,
  )
})

test('a guess inside the ball bets nothing, and one outside projects onto its edge', () => {
  fc.assert(
    fc.property(bet, ({ reference, guess, kappa }) => {
      const { weight, projected } = reverseProjection(reference, guess, kappa)
      const distance = divergence(reference, guess)
      if (distance <= kappa) assert.equal(weight, 1)
      else if (distance > kappa * 1.01) {
        const reached = divergence(reference, projected)
        assert.ok(reached >= kappa * (1 - 1e-9) && reached <= kappa * 1.11, `${reached} for ${kappa}`)
      }
    }),
    SEED,
  )
})

test('an empty bucket and a single bin are no evidence', () => {
  assert.equal(bucketEvidence([0, 0], { reference: [0.5, 0.5], guess: [0.9, 0.1], kappa: 0.01 }), 0)
  assert.equal(bucketEvidence([1e9], { reference: [1], guess: [1], kappa: 0.01 }), 0)
})

test('shares that are none are refused', () => {
  assert.throws(() => reverseProjection([0.5, 0.5], [1, 0], 0.01), /share 1 of the guess is 0, expected above 0/)
  assert.throws(() => reverseProjection([0.5, 0.4], [0.5, 0.5], 0.01), /sum to 0.9, expected 1/)
  assert.throws(() => reverseProjection([0.5, 0.5], [0.5, 0.5], Number.NaN), { code: 'STATS_BAD_OPTION' })
  assert.throws(() => bucketEvidence([1, -1], { reference: [0.5, 0.5], guess: [0.9, 0.1], kappa: 0.01 }), {
    code: 'STATS_BAD_COUNT',
  })
})

/** A distribution on the way to another, at `depth` of the way to the edge of the ball. */
function within(reference: number[], towards: number[], kappa: number, depth: number): number[] {
  const mixed = (w: number) => reference.map((share, j) => share + w * (towards[j]! - share))
  let [low, high] = [0, 1]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (divergence(reference, mixed(middle)) <= kappa) low = middle
    else high = middle
  }
  return mixed(low * depth)
}

function divergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0
  for (let j = 0; j < p.length; j++) sum += p[j]! * Math.log(p[j]! / q[j]!)
  return sum
}

function softmax(logits: number[]): number[] {
  const largest = Math.max(...logits)
  const weights = logits.map((x) => Math.exp(x - largest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
