import { deviate } from './chi.ts'
import { HALF_ROW, type TwoCounts } from './column-deviates.ts'

/** Most codes of a column in a pair, the missing one included. */
const MOST_SIDE = 16
const system = new Float64Array((2 * MOST_SIDE) ** 2)
const right = new Float64Array(2 * MOST_SIDE)
const solved = new Float64Array(2 * MOST_SIDE)
const shares = new Float64Array(MOST_SIDE ** 2)
const gaps = new Float64Array(MOST_SIDE ** 2)
const contrast = new Float64Array(MOST_SIDE ** 2)

/**
 * How far the dependence of two columns moved, given how far each moved alone, on the scale of `deviate`: 0 any way at
 * all, 1 in the trend of one along the other, 2 and 3 in how the one's missing values follow the other.
 *
 * The score test of no change given the margins: differences of cell shares have covariance `diag(p) - pp'` times
 * `1/n + 1/m`; what the margins explain of their chi-square is left out, and contrasts are taken after an additive fit
 * of row and column effects. So a shift of a margin, which the columns' own counts see better, does not drown it.
 */
export function pairDeviates(
  { reference, current, from }: TwoCounts,
  side: number,
  into: Float64Array,
  at: number,
): { readonly chiSquare: number; readonly freedom: number } {
  const cells = side * side
  let n = 0
  let m = 0
  for (let j = 0; j < cells; j++) {
    n += reference[from + j]!
    m += current[from + j]!
  }
  const scale = 1 / n + 1 / m
  const total = n + m
  let all = 0
  let seen = 0
  for (let j = 0; j < cells; j++) {
    const a = reference[from + j]!
    const b = current[from + j]!
    const gap = b / m - a / n
    gaps[j] = gap
    shares[j] = a + b === 0 ? 0 : (a + b + HALF_ROW) / total
    if (a + b === 0) continue
    seen++
    all += (gap * gap) / shares[j]!
  }
  const rank = factor(side)
  for (let i = 0; i < 2 * side; i++) right[i] = 0
  for (let a = 0; a < side; a++)
    for (let b = 0; b < side; b++) {
      right[a]! += gaps[a * side + b]!
      right[side + b]! += gaps[a * side + b]!
    }
  solve(2 * side)
  let margins = 0
  for (let i = 0; i < 2 * side; i++) margins += right[i]! * solved[i]!
  const freedom = seen - rank
  const chiSquare = Math.max(0, all - margins) / scale
  into[at] = deviate(chiSquare, freedom)
  const centre = (side - 2) / 2
  const value = (code: number) => (code === side - 1 ? 0 : code - centre)
  const missing = (code: number) => (code === side - 1 ? 1 : 0)
  into[at + 1] = freedom <= 0 ? 0 : trend(side, scale, value, value)
  into[at + 2] = freedom <= 0 || !hasMissing(side, side) ? 0 : trend(side, scale, missing, value)
  into[at + 3] = freedom <= 0 || !hasMissing(side, 1) ? 0 : trend(side, scale, value, missing)
  return { chiSquare, freedom }
}

/** Whether either window misses a value of the first column (stride `side`) or of the second (stride 1). */
function hasMissing(side: number, stride: number): boolean {
  const step = stride === 1 ? side : 1
  for (let k = 0; k < side; k++) if (shares[(side - 1) * stride + k * step]! > 0) return true
  return false
}

/** Deviate of one contrast `u(a) v(b)` after its additive fit. */
function trend(side: number, scale: number, u: (code: number) => number, v: (code: number) => number): number {
  right.fill(0, 0, 2 * side)
  for (let a = 0; a < side; a++)
    for (let b = 0; b < side; b++) {
      const j = a * side + b
      contrast[j] = u(a) * v(b)
      right[a]! += shares[j]! * contrast[j]!
      right[side + b]! += shares[j]! * contrast[j]!
    }
  solve(2 * side)
  let size = 0
  let gap = 0
  for (let a = 0; a < side; a++)
    for (let b = 0; b < side; b++) {
      const j = a * side + b
      const rest = contrast[j]! - solved[a]! - solved[side + b]!
      size += shares[j]! * rest * rest
      gap += gaps[j]! * rest
    }
  return size < 1e-5 ? 0 : deviate((gap * gap) / (scale * size), 1)
}

/**
 * Cholesky factor of the normal equations of row and column effects, in `system`; effects that the earlier ones make
 * up (an empty code, the last column) get a pivot of 0 and are left out. Returns their rank.
 */
function factor(side: number): number {
  const size = 2 * side
  system.fill(0, 0, size * size)
  for (let a = 0; a < side; a++)
    for (let b = 0; b < side; b++) {
      const share = shares[a * side + b]!
      system[a * size + a]! += share
      system[(side + b) * size + side + b]! += share
      system[(side + b) * size + a]! += share
    }
  let rank = 0
  for (let j = 0; j < size; j++) {
    const before = system[j * size + j]!
    let pivot = before
    for (let k = 0; k < j; k++) pivot -= system[j * size + k]! ** 2
    if (pivot <= 1e-9 + 1e-7 * before) {
      for (let i = j; i < size; i++) system[i * size + j] = 0
      continue
    }
    rank++
    const root = Math.sqrt(pivot)
    system[j * size + j] = root
    for (let i = j + 1; i < size; i++) {
      let dot = system[i * size + j]!
      for (let k = 0; k < j; k++) dot -= system[i * size + k]! * system[j * size + k]!
      system[i * size + j] = dot / root
    }
  }
  return rank
}

/** Solves the factored system for `right` into `solved`; effects left out are 0. */
function solve(size: number): void {
  for (let i = 0; i < size; i++) {
    const pivot = system[i * size + i]!
    let rest = right[i]!
    for (let k = 0; k < i; k++) rest -= system[i * size + k]! * solved[k]!
    solved[i] = pivot === 0 ? 0 : rest / pivot
  }
  for (let i = size - 1; i >= 0; i--) {
    const pivot = system[i * size + i]!
    let rest = solved[i]!
    for (let k = i + 1; k < size; k++) rest -= system[k * size + i]! * solved[k]!
    solved[i] = pivot === 0 ? 0 : rest / pivot
  }
}
