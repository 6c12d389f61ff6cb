import { type Bins, nextUp, outsideIndex } from '../sketch/index.ts'

/**
 * Counts of a reference over its own bins, with the places outside filled as a held-out row would fill them. No row of
 * the reference can lie outside the bins that were frozen from it, though a new row of the same population can: judged
 * against those noughts, an unchanged window of 300 rows against a reference of 3,000 with 300 categories exceeded a
 * floor of 1 % in 11 % of the cases. Left out one at a time, the least and the greatest value would be out of range,
 * and the values that occur once would be unseen (Good 1953). Counts that are there already are left alone.
 * @example
 * const bins = freezeBins(Float64Array.of(1, 2, 3, 4), { maxBins: 2 })
 * binLabels(bins) // ["below", "[1, 3)", "[3, 4]", "above", "missing", "invalid"]
 * heldOutCounts(bins, Float64Array.of(0, 200, 200, 0, 0, 0)) // [1, 199, 199, 1, 0, 0]
 */
export function heldOutCounts(bins: Bins, counts: Float64Array): Float64Array {
  const filled = counts.slice()
  const { below, above, other, unseen } = outsideIndex(bins)
  if (bins.kind === 'categorical') {
    const rows = counts.reduce((sum, count) => sum + count, 0)
    if (counts[unseen] === 0) move(filled, other, unseen, bins.singletonShare * rows)
    return filled
  }
  const { edges } = bins
  if (counts[below] === 0 && !isHeavy(edges, 0)) move(filled, below + 1, below, 1)
  if (counts[above] === 0 && !isHeavy(edges, edges.length - 2)) move(filled, above - 1, above, 1)
  return filled
}

/** A bin of one value: rows at the end of the range repeat it, so none of them would be out of range. */
function isHeavy(edges: readonly number[], bin: number): boolean {
  return edges.length > 1 && nextUp(edges[bin]!) === edges[bin + 1]
}

/** Moves rows as far as there are some, rounded: counts stay whole. */
function move(counts: Float64Array, from: number, to: number, rows: number): void {
  const moved = Math.min(counts[from]!, Math.round(rows))
  counts[from]! -= moved
  counts[to]! += moved
}
