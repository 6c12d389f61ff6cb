import { chiSquareQuantile, kolmogorovQuantile } from '../../packages/stats/src/special/index.ts'

/**
 * What peers would say of a window of counts against the pooled reference, with the thresholds they ship. They know no
 * season, no tolerance and no budget. All on the same bins, which spares them their own binning.
 */
export const PEERS = [
  'PSI > 0.1',
  'PSI > 0.2',
  'chi-square p < 0.05',
  'chi-square p < 0.05 / 1,000',
  'KS p < 0.05',
  'JS distance > 0.1 (Evidently)',
  'JS distance > mean + 3 sd (NannyML)',
  'Wasserstein / sd > 0.1 (Evidently)',
] as const

export type PeerReference = {
  readonly bins: number
  readonly counts: Float64Array
  readonly rows: number
  readonly logShares: Float64Array
  readonly jsLimit: number
  /** Standard deviation of the bin number, which stands for the value. */
  readonly sd: number
}

const CHI_SQUARE = chiSquareQuantile(0.95, 9)
const CHI_SQUARE_BONFERRONI = chiSquareQuantile(1 - 0.05 / 1000, 9)
const KOLMOGOROV = kolmogorovQuantile(0.05)
/** Share of a bin that is empty in one of the two, as Evidently has it. */
const FLOOR = 1e-4

/** @param days counts of the reference by day, flat: NannyML's limit is made of them */
export function peerReference(counts: Float64Array, days: Float64Array): PeerReference {
  const bins = counts.length
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const logShares = counts.map((count) => Math.log(Math.max(count / rows, FLOOR)))
  const mean = counts.reduce((sum, count, j) => sum + count * j, 0) / rows
  const sd = Math.sqrt(counts.reduce((sum, count, j) => sum + count * (j - mean) ** 2, 0) / rows)
  const bare = { bins, counts, rows, logShares, sd, jsLimit: 0 }
  const distances: number[] = []
  for (let at = 0; at < days.length; at += bins) distances.push(jsDistance(bare, days.subarray(at, at + bins)))
  const centre = distances.reduce((sum, d) => sum + d, 0) / distances.length
  const spread = Math.sqrt(distances.reduce((sum, d) => sum + (d - centre) ** 2, 0) / distances.length)
  return { ...bare, jsLimit: centre + 3 * spread }
}

/** Which of the peers would alarm, in the order of `PEERS`; 1 for yes. */
export function judge(reference: PeerReference, counts: Float64Array, said: Uint8Array): void {
  const distance = psi(reference, counts)
  const statistic = chiSquare(reference, counts)
  const js = jsDistance(reference, counts)
  said[0] = distance > 0.1 ? 1 : 0
  said[1] = distance > 0.2 ? 1 : 0
  said[2] = statistic > CHI_SQUARE ? 1 : 0
  said[3] = statistic > CHI_SQUARE_BONFERRONI ? 1 : 0
  const { ks, wasserstein } = cumulative(reference, counts)
  said[4] = ks > KOLMOGOROV ? 1 : 0
  said[5] = js > 0.1 ? 1 : 0
  said[6] = js > reference.jsLimit ? 1 : 0
  said[7] = wasserstein > 0.1 ? 1 : 0
}

export function psi({ counts: reference, rows, logShares, bins }: PeerReference, counts: Float64Array): number {
  const n = total(counts)
  let sum = 0
  for (let j = 0; j < bins; j++) {
    const share = Math.max(counts[j]! / n, FLOOR)
    sum += (share - reference[j]! / rows) * (Math.log(share) - logShares[j]!)
  }
  return sum
}

/** Contingency chi-square of two samples. */
export function chiSquare({ counts: reference, rows, bins }: PeerReference, counts: Float64Array): number {
  const n = total(counts)
  const root = Math.sqrt(rows / n)
  let sum = 0
  for (let j = 0; j < bins; j++) {
    const both = reference[j]! + counts[j]!
    if (both > 0) sum += (counts[j]! * root - reference[j]! / root) ** 2 / both
  }
  return sum
}

/** Square root of the Jensen-Shannon divergence in nats. NannyML's base 2 is the same up to a factor, and so is its limit. */
function jsDistance({ counts: reference, rows, bins }: PeerReference, counts: Float64Array): number {
  const n = total(counts)
  let sum = 0
  for (let j = 0; j < bins; j++) {
    const [p, q] = [reference[j]! / rows, counts[j]! / n]
    const middle = (p + q) / 2
    if (p > 0) sum += p * Math.log(p / middle)
    if (q > 0) sum += q * Math.log(q / middle)
  }
  return Math.sqrt(Math.max(0, sum / 2))
}

function cumulative({ counts: reference, rows, bins, sd }: PeerReference, counts: Float64Array) {
  const n = total(counts)
  let [below, largest, area] = [0, 0, 0]
  for (let j = 0; j < bins - 1; j++) {
    below += counts[j]! / n - reference[j]! / rows
    largest = Math.max(largest, Math.abs(below))
    area += Math.abs(below)
  }
  return { ks: largest * Math.sqrt((n * rows) / (n + rows)), wasserstein: area / sd }
}

function total(counts: Float64Array): number {
  let n = 0
  for (let j = 0; j < counts.length; j++) n += counts[j]!
  return n
}
