import { stirlingTail } from '../special/gamma.ts'
import { lgamma } from '../special/index.ts'

/** Buckets side by side, flat: bucket b holds `counts[b * bins …]` and what a reference made without it expects there. */
export type ExpectedBuckets = {
  readonly bins: number
  readonly rows: Float64Array
  readonly counts: Float64Array
  readonly expected: Float64Array
}

const LEAST = 3
const MOST = 1e8

/**
 * Concentration C of a Dirichlet-multinomial around the expected shares, by maximum likelihood: how many rows' worth of
 * chance the shares of a bucket wander by, whatever the reason. 1e8 where they do not wander at all.
 * @see Minka 2000, Estimating a Dirichlet distribution (the likelihood; here the mean is given and ln C is searched)
 */
export function fitConcentration(buckets: ExpectedBuckets): number {
  const golden = (Math.sqrt(5) - 1) / 2
  const likelihood = (logC: number) => logLikelihood(buckets, Math.exp(logC))
  let low = Math.log(LEAST)
  let high = Math.log(MOST)
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)]
  let [atLeft, atRight] = [likelihood(left), likelihood(right)]
  while (high - low > 0.02) {
    if (atLeft >= atRight) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - golden * (high - low)
      atLeft = likelihood(left)
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + golden * (high - low)
      atRight = likelihood(right)
    }
  }
  return Math.exp((low + high) / 2)
}

function logLikelihood({ bins, rows, counts, expected }: ExpectedBuckets, concentration: number): number {
  let sum = 0
  for (let b = 0; b < rows.length; b++) {
    const n = rows[b]!
    if (n === 0) continue
    sum -= logRising(concentration, n)
    const scale = concentration / n
    for (let i = b * bins; i < (b + 1) * bins; i++) {
      if (counts[i]! > 0) sum += logRising(scale * expected[i]!, counts[i]!)
    }
  }
  return sum
}

/** ln of Γ(a + n) / Γ(a). Large a: the leading terms of Stirling's series, differenced so that they do not cancel. */
function logRising(a: number, n: number): number {
  if (a < 15) return lgamma(a + n) - lgamma(a)
  const end = a + n
  return (a - 0.5) * Math.log1p(n / a) + n * (Math.log(end) - 1) + stirlingTail(end) - stirlingTail(a)
}
