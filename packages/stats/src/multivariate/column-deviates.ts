import { deviate } from './chi.ts'

/** Counts of the two windows over one stream's cells, `from` where they begin. */
export type TwoCounts = {
  readonly reference: ArrayLike<number>
  readonly current: ArrayLike<number>
  readonly from: number
  readonly cells: number
}

/** Half a row in every cell that either window has: a cell seen once cannot carry a table. */
export const HALF_ROW = 0.5
/** Location, spread, skew and one more: the smooth alternatives of Neyman (1937). */
const SMOOTH = 4

/**
 * How far an ordered stream moved, each on the scale of `deviate`: 0 any way at all (chi-square), 1 in location, 2 in
 * spread, 3 smoothly (four orthonormal polynomials of the scores).
 * @param scores of the cells in their order
 * @returns the chi-square over its freedom's mean too, for sums over streams
 */
export function orderedDeviates(
  { reference, current, from, cells }: TwoCounts,
  scores: ArrayLike<number> | null,
  into: Float64Array,
  at: number,
): { readonly chiSquare: number; readonly freedom: number } {
  let n = 0
  let m = 0
  for (let j = 0; j < cells; j++) {
    n += reference[from + j]!
    m += current[from + j]!
  }
  const scale = 1 / n + 1 / m
  const total = n + m
  let chiSquare = 0
  let seen = 0
  let largest = 0
  for (let j = 0; j < cells; j++) {
    const a = reference[from + j]!
    const b = current[from + j]!
    if (a + b === 0) continue
    seen++
    const gap = b / m - a / n
    const part = (gap * gap * total) / (a + b + HALF_ROW)
    chiSquare += part
    largest = Math.max(largest, part / (1 - (a + b) / (total + HALF_ROW)))
  }
  chiSquare /= scale
  into[at + 4] = largestDeviate(largest / scale, seen)
  into.fill(0, at + 1, at + 4)
  if (scores === null) {
    into[at] = deviate(chiSquare, seen - 1)
    return { chiSquare, freedom: seen - 1 }
  }
  const moves = smoothMoves({ reference, current, from, cells }, scores, n, m)
  into[at] = deviate(chiSquare, seen - 1)
  into[at + 1] = deviate(moves[0]! / scale, moves[0] === 0 ? 0 : 1)
  into[at + 2] = deviate(moves[1]! / scale, moves[1] === 0 ? 0 : 1)
  let smooth = 0
  let terms = 0
  for (const move of moves) {
    smooth += move / scale
    terms += move === 0 ? 0 : 1
  }
  into[at + 3] = deviate(smooth, terms)
  return { chiSquare, freedom: seen - 1 }
}

/** The largest of so many cells: ln(cells) less in the exponent of its tail is Bonferroni's correction. */
function largestDeviate(chiSquare: number, cells: number): number {
  return cells < 2 ? 0 : Math.sqrt(Math.max(0, deviate(chiSquare, 1) ** 2 - 2 * Math.log(cells)))
}

const basis = Array.from({ length: SMOOTH + 1 }, () => new Float64Array(512))

/** Squared differences of the means of orthonormal polynomials of the scores; 0 where the pooled cells have too few. */
function smoothMoves({ reference, current, from, cells }: TwoCounts, scores: ArrayLike<number>, n: number, m: number) {
  const moves = new Float64Array(SMOOTH)
  const total = n + m
  basis[0]!.fill(1, 0, cells)
  for (let k = 1; k <= SMOOTH; k++) {
    const own = basis[k]!
    const last = basis[k - 1]!
    for (let j = 0; j < cells; j++) own[j] = last[j]! * scores[j]!
    let size = 0
    for (let h = 0; h < k; h++) {
      const other = basis[h]!
      let dot = 0
      for (let j = 0; j < cells; j++) dot += (reference[from + j]! + current[from + j]!) * own[j]! * other[j]!
      for (let j = 0; j < cells; j++) own[j]! -= (dot / total) * other[j]!
    }
    for (let j = 0; j < cells; j++) size += (reference[from + j]! + current[from + j]!) * own[j]! * own[j]!
    if (size / total < 1e-6) {
      own.fill(0, 0, cells)
      return moves
    }
    const norm = 1 / Math.sqrt(size / total)
    let gap = 0
    for (let j = 0; j < cells; j++) {
      own[j]! *= norm
      gap += own[j]! * (current[from + j]! / m - reference[from + j]! / n)
    }
    moves[k - 1] = gap * gap
  }
  return moves
}
