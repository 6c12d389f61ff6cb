import { chiSquareQuantile, kolmogorovQuantile, normalCdf } from '../special/index.ts'
import type { Counts, Table } from './counts.ts'
import type { Distance, DistanceOptions } from './distance.ts'
import { type Statistic, withNoise } from './noise.ts'

/**
 * Kolmogorov-Smirnov distance of two binned samples: the largest difference of their cumulated shares at a bin's edge,
 * so a lower bound of the distance of the raw samples. The floor is Kolmogorov's for continuous data: conservative.
 * @param reference rows per bin, in the order of the values (leave missing and invalid out)
 * @example binnedKs([50, 30, 20], [20, 30, 50]).value // 0.3
 */
export function binnedKs(reference: Counts, current: Counts, options: DistanceOptions = {}): Distance {
  return withNoise(KS, reference, current, options)
}

/** Total variation: the share of rows that would have to move to another bin. @example totalVariation([50, 30, 20], [20, 30, 50]).value // 0.3 */
export function totalVariation(reference: Counts, current: Counts, options: DistanceOptions = {}): Distance {
  return withNoise(TOTAL_VARIATION, reference, current, options)
}

/** The largest difference of any bin's share. @example lInfinity([50, 30, 20], [20, 30, 50]).value // 0.3 */
export function lInfinity(reference: Counts, current: Counts, options: DistanceOptions = {}): Distance {
  return withNoise(L_INFINITY, reference, current, options)
}

/** Mean of Kolmogorov's distribution, sqrt(pi / 2) ln 2. */
const KOLMOGOROV_MEAN = 0.8687311606361592

const KS: Statistic = {
  name: 'binnedKs',
  evaluate: (reference, current) => {
    let gap = 0
    let largest = 0
    foldShares(reference, current, (r, c) => {
      gap += r - c
      largest = Math.max(largest, Math.abs(gap))
    })
    return largest
  },
  asymptotic: (_table, spread, alpha) => ({
    floor: Math.min(1, Math.sqrt(spread) * kolmogorovQuantile(alpha)),
    mean: Math.sqrt(spread) * KOLMOGOROV_MEAN,
  }),
  doubt: [0.6, 2],
  denseRows: 0,
}

const TOTAL_VARIATION: Statistic = {
  name: 'totalVariation',
  evaluate: (reference, current) => {
    let sum = 0
    foldShares(reference, current, (r, c) => {
      sum += Math.abs(r - c)
    })
    return sum / 2
  },
  // Cauchy-Schwarz: half the root of the chi-square sum is never less; a coarse bound, so near it we permute.
  asymptotic: (table, spread, alpha) => ({
    floor:
      table.reference.length < 2 ? 0 : Math.sqrt(spread * chiSquareQuantile(1 - alpha, table.reference.length - 1)) / 2,
    mean: sharesOf(table).reduce((sum, p) => sum + Math.sqrt((spread * p * (1 - p)) / (2 * Math.PI)), 0),
  }),
  doubt: [0.6, 2],
  denseRows: Infinity,
}

const L_INFINITY: Statistic = {
  name: 'lInfinity',
  evaluate: (reference, current) => {
    let largest = 0
    foldShares(reference, current, (r, c) => {
      largest = Math.max(largest, Math.abs(r - c))
    })
    return largest
  },
  asymptotic: (table, spread, alpha) => {
    const deviations = sharesOf(table).map((p) => Math.sqrt(spread * p * (1 - p)))
    return { floor: largestNormal(deviations, alpha), mean: largestNormal(deviations, 0.5) }
  },
  doubt: [0.6, 2],
  denseRows: 100,
}

/** The bound that normals of these deviations all stay within, up to `alpha` (the sum of their tails: conservative). */
function largestNormal(deviations: readonly number[], alpha: number): number {
  let low = 0
  let high = 8 * Math.max(...deviations)
  for (let i = 0; i < 40 && high > 0; i++) {
    const middle = (low + high) / 2
    const outside = deviations.reduce((sum, sd) => sum + (sd > 0 ? 2 * normalCdf(-middle / sd) : 0), 0)
    if (outside > alpha) low = middle
    else high = middle
  }
  return high
}

function sharesOf(table: Table): number[] {
  const total = table.referenceRows + table.currentRows
  return Array.from(table.reference, (rows, j) => (rows + table.current[j]!) / total)
}

function foldShares(reference: Float64Array, current: Float64Array, visit: (r: number, c: number) => void): void {
  let n = 0
  let m = 0
  for (let j = 0; j < reference.length; j++) {
    n += reference[j]!
    m += current[j]!
  }
  for (let j = 0; j < reference.length; j++) visit(reference[j]! / n, current[j]! / m)
}
