/**
 * How many rows count as one, from twin counts: rows split into two halves by a hash of their entity. Halves of
 * independent rows differ by chance only, and given the margins the two-sample chi-square has mean
 * `(bins seen - 1) N / (N - 1)` exactly, however thin the bins; what it has more is the design effect. Wander of the
 * bucket is in both halves and cancels.
 * @param counts rows per bin, bucket after bucket; @param half those of the first half
 * @returns 1 where the excess is within two standard errors of none
 */
export function designEffectOfTwins(counts: Float64Array, half: Float64Array, bins: number): number {
  let statistic = 0
  let degrees = 0
  for (let at = 0; at < counts.length; at += bins) {
    let n = 0
    let first = 0
    for (let j = at; j < at + bins; j++) {
      n += counts[j]!
      first += half[j]!
    }
    const second = n - first
    if (!(first > 0 && second > 0)) continue
    let seen = 0
    for (let j = at; j < at + bins; j++) {
      if (counts[j] === 0) continue
      seen++
      statistic += (half[j]! - (first * counts[j]!) / n) ** 2 / ((counts[j]! * first * second) / (n * n))
    }
    degrees += ((seen - 1) * n) / (n - 1)
  }
  if (degrees === 0) return 1
  const effect = statistic / degrees
  return effect < 1 + 2 * Math.sqrt(2 / degrees) ? 1 : effect
}
