import { lgamma } from '@evenkeel/stats'

/** Half a row per bin (Jeffreys prior): an empty bin costs what its sample size warrants, not ln 0. */
const PSEUDO_ROWS = 0.5

/**
 * Log probability of a sequence of rows with these counts per bin under a Dirichlet-multinomial, in nats. Unlike a plug-in
 * multinomial it knows that the expected shares are themselves uncertain, by `concentration` rows' worth; that is what
 * keeps a small yardstick from accusing every window.
 * @param shares expected share per bin, all positive, summing to 1
 */
export function logDirichletMultinomial(counts: Float64Array, shares: Float64Array, concentration: number): number {
  let rows = 0
  let sum = 0
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!
    if (count === 0) continue
    const alpha = concentration * shares[i]!
    rows += count
    sum += lgamma(alpha + count) - lgamma(alpha)
  }
  return sum + lgamma(concentration) - lgamma(concentration + rows)
}

/** The same with nothing expected: any shares are as good as any others. */
export function logFreeMultinomial(counts: Float64Array): number {
  const shares = new Float64Array(counts.length).fill(1 / counts.length)
  return logDirichletMultinomial(counts, shares, counts.length * PSEUDO_ROWS)
}

/** Shares per bin, none of them zero. */
export function smooth(counts: Float64Array): Float64Array {
  const rows = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (count + PSEUDO_ROWS) / (rows + PSEUDO_ROWS * counts.length))
}

/** ln Σ exp(x), without overflow. @example logSumExp([0, 0]) // 0.693 */
export function logSumExp(values: readonly number[]): number {
  const max = Math.max(...values)
  return max === -Infinity ? max : max + Math.log(values.reduce((sum, value) => sum + Math.exp(value - max), 0))
}

/** Log of the mean of exp(x): the evidence of a hypothesis whose free parameter takes each value with equal probability. */
export function logMeanExp(values: readonly number[]): number {
  return logSumExp(values) - Math.log(values.length)
}

const DEFAULT_CONCENTRATION = 300
const MIN_CONCENTRATION = 30
const MAX_CONCENTRATION = 5_000

/**
 * How many rows' worth of certainty the shares of one day give about those of the next: from how much more the days differ
 * than sampling would make them (Pearson's dispersion; intra-class correlation ρ, concentration 1/ρ - 1). Weekdays and
 * weather are in it, so that they are not taken for faults.
 * @param days counts per bin, one vector a day
 */
export function concentrationOf(days: readonly Float64Array[]): number {
  const used = days.filter((day) => rowsOf(day) >= 30)
  if (used.length < 3) return DEFAULT_CONCENTRATION
  const pooled = sumCounts(used)
  const total = rowsOf(pooled)
  const bins = pooled.reduce((count, rows) => count + (rows > 0 ? 1 : 0), 0)
  if (bins < 2) return MAX_CONCENTRATION
  let chiSquare = 0
  for (const day of used) {
    const rows = rowsOf(day)
    for (let i = 0; i < day.length; i++) {
      const expected = (rows * pooled[i]!) / total
      if (expected > 0) chiSquare += (day[i]! - expected) ** 2 / expected
    }
  }
  const dispersion = chiSquare / ((used.length - 1) * (bins - 1))
  const correlation = (dispersion - 1) / (total / used.length - 1)
  const concentration = correlation > 0 ? 1 / correlation - 1 : MAX_CONCENTRATION
  return Math.min(MAX_CONCENTRATION, Math.max(MIN_CONCENTRATION, concentration))
}

export function sumCounts(all: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(all[0]?.length ?? 0)
  for (const counts of all) for (let i = 0; i < sum.length; i++) sum[i]! += counts[i]!
  return sum
}

export function rowsOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** `(1 - share)` of one distribution and `share` of another. */
export function mix(a: Float64Array, b: Float64Array, share: number): Float64Array {
  return a.map((value, i) => (1 - share) * value + share * b[i]!)
}
