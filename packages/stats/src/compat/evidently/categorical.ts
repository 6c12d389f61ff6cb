import type { Unknown } from '../../error.ts'
import { chiSquareSf, normalCdf } from '../../special/index.ts'
import { numpyRandom } from '../numpy-random.ts'
import { categoryCounts, type Sample } from './column.ts'
import { numpySum } from './numpy-sum.ts'

/** Pearson's chi-square of the current counts against the reference's, scaled, as if these were known exactly. */
export function oneSampleChiSquareP(reference: Sample, current: Sample): number | Unknown {
  const counts = categoryCounts(reference, current)
  if (counts.keys.length < 2) return { kind: 'unknown', reason: 'constant', have: 1, need: 2 }
  const scale = current.values.length / reference.values.length
  let statistic = 0
  for (let k = 0; k < counts.keys.length; k++) {
    const expected = counts.reference[k]! * scale
    if (expected === 0) return 0
    statistic += (counts.current[k]! - expected) ** 2 / expected
  }
  return chiSquareSf(statistic, counts.keys.length - 1)
}

/** The log-likelihood ratio against the reference's counts as they are: SciPy refuses sums that differ. */
export function oneSampleGP(reference: Sample, current: Sample): number | Unknown {
  const [n, m] = [reference.values.length, current.values.length]
  if (n !== m) return { kind: 'unknown', reason: 'sizes-differ', have: m, need: n }
  const counts = categoryCounts(reference, current)
  if (counts.keys.length < 2) return { kind: 'unknown', reason: 'constant', have: 1, need: 2 }
  let statistic = 0
  for (let k = 0; k < counts.keys.length; k++) {
    const [expected, observed] = [counts.reference[k]!, counts.current[k]!]
    if (expected === 0) return 0
    if (observed > 0) statistic += 2 * observed * Math.log(observed / expected)
  }
  return chiSquareSf(Math.max(0, statistic), counts.keys.length - 1)
}

/** Two proportions with pooled variance, of rows that are not the smallest key. */
export function proportionP(reference: Sample, current: Sample): number {
  const counts = categoryCounts(reference, current)
  if (counts.keys.length === 1) return 1
  const [n, m] = [reference.values.length, current.values.length]
  const [p, q] = [1 - counts.reference[0]! / n, 1 - counts.current[0]! / m]
  const pooled = (p * n + q * m) / (n + m)
  const z = (p - q) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
  return 2 * (1 - normalCdf(Math.abs(z)))
}

/** Fisher's exact test of two values in two samples of equal size, two-sided: all tables no more probable. */
export function fisherP(reference: Sample, current: Sample): number | Unknown {
  const [n, m] = [reference.values.length, current.values.length]
  const counts = categoryCounts(reference, current)
  if (counts.keys.length > 2) return { kind: 'unknown', reason: 'not-binary', have: counts.keys.length, need: 2 }
  if (n !== m) return { kind: 'unknown', reason: 'sizes-differ', have: m, need: n }
  const ones = counts.reference[0]! + counts.current[0]!
  return hypergeometricTail(counts.current[0]!, n, m, ones)
}

/** Rounding of a probability that ties with the one observed. */
const TIE = 1 + 1e-14

/** Probabilities relative to that of the table observed, by their ratios: no factorial is formed. */
function hypergeometricTail(observed: number, n: number, m: number, ones: number): number {
  const up = (k: number) => ((ones - k) * (m - k)) / ((k + 1) * (n - ones + k + 1))
  let [all, tail] = [1, 1]
  const add = (weight: number) => {
    all += weight
    if (weight <= TIE) tail += weight
  }
  for (let k = observed, weight = 1; k < Math.min(m, ones); k++) add((weight *= up(k)))
  for (let k = observed - 1, weight = 1; k >= Math.max(0, ones - n); k--) add((weight /= up(k)))
  return Math.min(1, tail / all)
}

const PERMUTATIONS = 1000

/** Share of 1,000 shuffles (NumPy's, seed 0, so the same every time) with a total variation at least as large. */
export function totalVariationP(reference: Sample, current: Sample): number {
  const counts = categoryCounts(reference, current)
  const place = new Map(counts.keys.map((key, k) => [key, k]))
  const rows = Int32Array.from([...reference.values, ...current.values], (value) => place.get(value)!)
  const observed = totalVariation(counts.reference, counts.current)
  const random = numpyRandom(0)
  let asFar = 0
  for (let i = 0; i < PERMUTATIONS; i++) {
    const order = random.permutation(rows.length)
    const left = new Float64Array(counts.keys.length)
    for (let k = 0; k < reference.values.length; k++) left[rows[order[k]!]!]!++
    const right = left.map((count, k) => counts.reference[k]! + counts.current[k]! - count)
    if (observed <= totalVariation(left, right)) asFar++
  }
  return asFar / PERMUTATIONS
}

/** Added as NumPy adds, since a shuffle that ties with the observed value counts only if it ties to the last bit. */
function totalVariation(reference: Float64Array, current: Float64Array): number {
  const rows = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0)
  const [n, m] = [rows(reference), rows(current)]
  return 0.5 * numpySum(reference.map((count, k) => Math.abs(count / n - current[k]! / m)))
}
