import { StatsError } from '../error.ts'

/**
 * Bonferroni-adjusted p-values: below alpha with family-wise error alpha, under any dependence.
 * @example bonferroni([0.01, 0.04]) // [0.02, 0.08]
 */
export function bonferroni(pValues: ArrayLike<number>): Float64Array {
  checkP('bonferroni', pValues)
  return Float64Array.from(pValues, (p) => Math.min(1, p * pValues.length))
}

/** Holm's step-down adjustment: as safe as Bonferroni and never weaker. @example holm([0.01, 0.04]) // [0.02, 0.04] */
export function holm(pValues: ArrayLike<number>): Float64Array {
  checkP('holm', pValues)
  const order = ascending(pValues)
  const adjusted = new Float64Array(pValues.length)
  let largest = 0
  order.forEach((at, k) => {
    largest = Math.max(largest, Math.min(1, pValues[at]! * (order.length - k)))
    adjusted[at] = largest
  })
  return adjusted
}

/**
 * Benjamini-Hochberg adjustment: below q with a false discovery rate of q, for independent or positively dependent
 * tests. @example benjaminiHochberg([0.01, 0.04, 0.03]) // [0.03, 0.04, 0.04]
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  checkP('benjaminiHochberg', pValues)
  return stepUp(pValues, 1)
}

/**
 * Benjamini-Yekutieli adjustment: as Benjamini-Hochberg under any dependence, at the price of a factor 1 + 1/2 + … + 1/m.
 * @example benjaminiYekutieli([0.01, 0.04, 0.03]) // [0.055, 0.0733, 0.0733]
 */
export function benjaminiYekutieli(pValues: ArrayLike<number>): Float64Array {
  let harmonic = 0
  for (let k = 1; k <= pValues.length; k++) harmonic += 1 / k
  checkP('benjaminiYekutieli', pValues)
  return stepUp(pValues, harmonic)
}

function stepUp(pValues: ArrayLike<number>, factor: number): Float64Array {
  const order = ascending(pValues)
  const adjusted = new Float64Array(pValues.length)
  let least = 1
  for (let k = order.length - 1; k >= 0; k--) {
    least = Math.min(least, (pValues[order[k]!]! * order.length * factor) / (k + 1))
    adjusted[order[k]!] = least
  }
  return adjusted
}

function ascending(pValues: ArrayLike<number>): number[] {
  return Array.from(pValues, (_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
}

function checkP(where: string, pValues: ArrayLike<number>): void {
  for (let i = 0; i < pValues.length; i++)
    if (!(pValues[i]! >= 0 && pValues[i]! <= 1))
      throw new StatsError('STATS_OUT_OF_RANGE', `p-value ${i} of ${where} is ${pValues[i]}, expected 0 to 1`, {
        row: i,
      })
}
