import { rowNumbers } from '../frame.ts'

/** Knots of a rising step-and-line curve; straight between them, flat outside. */
export type IsotonicCurve = { readonly x: Float64Array; readonly y: Float64Array }

/** Scores closer than this count as one, as in scikit-learn. */
const SAME = 1e-15

/**
 * scikit-learn's `IsotonicRegression(out_of_bounds='clip')`: scores within 1e-15 of the first of their group averaged,
 * adjacent violators pooled, inner points of flat stretches dropped.
 * @param rows those to fit on, by ascending score; default all
 * @see Best and Chakravarti 1990
 */
export function fitIsotonicCurve(
  scores: Float64Array,
  outcomes: ArrayLike<number>,
  rows: Uint32Array = rowsByScore(scores),
): IsotonicCurve {
  const { at, total, weight } = grouped(scores, outcomes, rows)
  const fitted = pooled(total, weight)
  const kept: number[] = []
  for (let i = 0; i < at.length; i++) {
    const end = i === 0 || i === at.length - 1
    if (end || fitted[i] !== fitted[i - 1] || fitted[i] !== fitted[i + 1]) kept.push(i)
  }
  return { x: Float64Array.from(kept, (i) => at[i]!), y: Float64Array.from(kept, (i) => fitted[i]!) }
}

/** All rows, by ascending score. */
export function rowsByScore(scores: Float64Array): Uint32Array {
  return rowNumbers(scores.length).sort((a, b) => scores[a]! - scores[b]!)
}

export function isotonicValue({ x, y }: IsotonicCurve, score: number): number {
  const last = x.length - 1
  if (score <= x[0]!) return y[0]!
  if (score >= x[last]!) return y[last]!
  let [low, high] = [0, last]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (x[middle]! <= score) low = middle
    else high = middle
  }
  return ((y[high]! - y[low]!) / (x[high]! - x[low]!)) * (score - x[low]!) + y[low]!
}

function grouped(scores: Float64Array, outcomes: ArrayLike<number>, rows: Uint32Array) {
  const at = new Float64Array(rows.length)
  const total = new Float64Array(rows.length)
  const weight = new Float64Array(rows.length)
  let last = -1
  for (let i = 0; i < rows.length; i++) {
    const score = scores[rows[i]!]!
    if (last < 0 || score - at[last]! >= SAME) at[++last] = score
    total[last]! += outcomes[rows[i]!]!
    weight[last]!++
  }
  const cut = (values: Float64Array) => values.subarray(0, last + 1)
  return { at: cut(at), total: cut(total), weight: cut(weight) }
}

/** The mean of each pool, for every point in it. */
function pooled(total: Float64Array, weight: Float64Array): Float64Array {
  const pools: { total: number; weight: number; points: number }[] = []
  for (let i = 0; i < total.length; i++) {
    let pool = { total: total[i]!, weight: weight[i]!, points: 1 }
    for (let last = pools.at(-1); last && last.total * pool.weight >= pool.total * last.weight; last = pools.at(-1)) {
      pool = { total: last.total + pool.total, weight: last.weight + pool.weight, points: last.points + pool.points }
      pools.pop()
    }
    pools.push(pool)
  }
  const fitted = new Float64Array(total.length)
  let from = 0
  for (const { total: sum, weight: rows, points } of pools) {
    fitted.fill(sum / rows, from, from + points)
    from += points
  }
  return fitted
}
