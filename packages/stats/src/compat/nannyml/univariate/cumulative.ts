import { sum } from '../arithmetic.ts'
import { presentNumbers } from '../frame.ts'
import { countsIn, equalEdges } from '../histogram.ts'

/**
 * The reference of the Kolmogorov-Smirnov and Wasserstein distances: its values in order below 10,000 of them, else the
 * cumulative shares over 10,000 bins of equal width.
 */
export type Cumulative =
  | { readonly kind: 'exact'; readonly sorted: Float64Array }
  | { readonly kind: 'binned'; readonly edges: Float64Array; readonly shares: Float64Array }

const EXACT_BELOW = 10_000
const BINS = 10_000

export function fitCumulative(reference: Float64Array): Cumulative {
  const values = presentNumbers(reference)
  if (values.length < EXACT_BELOW) return { kind: 'exact', sorted: values.toSorted() }
  const edges = equalEdges(values, BINS)
  return { kind: 'binned', edges, shares: cumulated(countsIn(edges, values), values.length) }
}

/** Largest difference of the two distribution functions, on the values or at the right edges of the bins. */
export function kolmogorovSmirnov(reference: Cumulative, current: Float64Array): number | null {
  const values = presentNumbers(current)
  if (values.length === 0) return null
  if (reference.kind === 'exact') {
    let largest = 0
    walk(reference.sorted, values.toSorted(), (gap) => {
      largest = Math.max(largest, Math.abs(gap))
    })
    return largest
  }
  const below = values.reduce((count, value) => count + Number(value < reference.edges[0]!), 0) / values.length
  const shares = cumulated(countsIn(reference.edges, values), values.length)
  return shares.reduce((largest, share, i) => Math.max(largest, Math.abs(reference.shares[i]! - (below + share))), 0)
}

/**
 * Area between the two distribution functions. Binned, as NannyML has it: with values below the reference, their count
 * is taken one too high, and every bin to the right of them is off by 1 / n.
 */
export function wasserstein(reference: Cumulative, current: Float64Array): number | null {
  const values = presentNumbers(current)
  if (values.length === 0) return null
  if (reference.kind === 'exact') {
    const areas: number[] = []
    walk(reference.sorted, values.toSorted(), (gap, width) => areas.push(Math.abs(gap) * width))
    return sum(areas)
  }
  const { edges } = reference
  const [low, high] = [edges[0]!, edges.at(-1)!]
  const smaller = values.filter((value) => value < low).sort()
  const bigger = values.filter((value) => value > high).sort()
  const offset = smaller.length > 0 ? (smaller.length + 1) / values.length : 0
  const width = edges[1]! - edges[0]!
  const shares = cumulated(countsIn(edges, values), values.length)
  const within = sum(shares.map((share, i) => Math.abs(reference.shares[i]! - (share + offset)) * width))
  return within + leftTail(smaller, low) * offset + rightTail(bigger, high) * ((bigger.length + 1) / values.length)
}

/** ∫ F over the values below, with the edge as one more of them. */
function leftTail(smaller: Float64Array, edge: number): number {
  const points = smaller.length + 1
  return sum(smaller.map((value, i) => ((i + 1) / points) * ((smaller[i + 1] ?? edge) - value)))
}

/** ∫ (1 - F) over the values above, with the edge as one more of them. */
function rightTail(bigger: Float64Array, edge: number): number {
  const points = bigger.length + 1
  return sum(bigger.map((value, i) => (1 - (i + 1) / points) * (value - (i === 0 ? edge : bigger[i - 1]!))))
}

/** Calls back with F - G and the width of each step between neighbouring values of the two samples. */
function walk(left: Float64Array, right: Float64Array, onStep: (gap: number, width: number) => void): void {
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const at = Math.min(left[i] ?? Infinity, right[j] ?? Infinity)
    while (left[i] === at) i++
    while (right[j] === at) j++
    const next = Math.min(left[i] ?? Infinity, right[j] ?? Infinity)
    onStep(i / left.length - j / right.length, next === Infinity ? 0 : next - at)
  }
}

function cumulated(counts: Float64Array, rows: number): Float64Array {
  let total = 0
  return counts.map((count) => (total += count / rows))
}
