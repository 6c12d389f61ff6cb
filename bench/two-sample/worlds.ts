import type { Random } from '../../packages/stats/src/index.ts'

/** Two samples of one distribution: whatever alarms on them is a false alarm. */
export const SHAPES: Readonly<Record<string, (random: Random) => number>> = {
  normal: (random) => random.normal(),
  'ties: 0 to 4': (random) => random.integer(5),
  'heavy tails: Cauchy': (random) => random.normal() / random.normal(),
  'skewed: lognormal 1.5': (random) => Math.exp(1.5 * random.normal()),
}

export const SIZES = [
  [20, 20],
  [200, 100],
  [5000, 200],
  [1000, 1000],
] as const

/** Shares of categories, not normed. */
export const CATEGORIES: Readonly<Record<string, readonly number[]>> = {
  '3 even': [1, 1, 1],
  '20 even': new Array(20).fill(1),
  '20 skewed: 1 / rank²': Array.from({ length: 20 }, (_, i) => 1 / (i + 1) ** 2),
  '100 skewed: 1 / rank': Array.from({ length: 100 }, (_, i) => 1 / (i + 1)),
}

export const CATEGORY_SIZES = [
  [300, 50],
  [1000, 200],
  [1000, 1000],
  [5000, 1000],
] as const

export function drawNumbers(random: Random, rows: number, shape: string): Float64Array {
  const next = SHAPES[shape]!
  return Float64Array.from({ length: rows }, () => next(random))
}

/** Rows per category. */
export function drawCounts(random: Random, rows: number, shares: readonly number[]): Float64Array {
  const upTo: number[] = []
  for (const share of shares) upTo.push((upTo.at(-1) ?? 0) + share)
  const total = upTo.at(-1)!
  const counts = new Float64Array(shares.length)
  for (let row = 0; row < rows; row++) {
    const u = random.next() * total
    counts[upTo.findIndex((edge) => u < edge)]!++
  }
  return counts
}
