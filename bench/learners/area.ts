/** Area under the ROC curve, ties counted half: the Mann-Whitney statistic over its largest value. */
export function areaUnderCurve(truth: ArrayLike<number>, scores: Float64Array): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!)
  let [ranks, positives] = [0, 0]
  for (let from = 0; from < order.length; ) {
    let until = from + 1
    while (until < order.length && scores[order[until]!] === scores[order[from]!]) until++
    for (let i = from; i < until; i++) {
      if (truth[order[i]!] !== 1) continue
      positives++
      ranks += (from + until + 1) / 2
    }
    from = until
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives))
}
