import type { Unknown } from '../../error.ts'
import { lgamma } from '../../special/index.ts'
import { numpySum } from './numpy-sum.ts'

const EXACT_ROWS = 20
const SERIES_END = 1e-7

/**
 * Evidently's own copy of the two-sample Cramér-von Mises test. Above 20 rows a side the limit law; up to 20 the exact
 * law, counted in the smallest type that NumPy finds for the largest count: half precision for some hundreds of orders,
 * single precision above, and where it finds an unsigned integer the peer raises. Reproduced to the bit.
 */
export function cramerVonMisesP(reference: Float64Array, current: Float64Array): number | Unknown {
  const [n, m] = [reference.length, current.length]
  if (Math.min(n, m) < 2) return { kind: 'unknown', reason: 'too-few-rows', have: Math.min(n, m), need: 2 }
  const u = n * squaredRankGaps(reference, current) + m * squaredRankGaps(current, reference)
  if (Math.max(n, m) <= EXACT_ROWS) return exactP(u, n, m)
  const [product, rows] = [n * m, n + m]
  const t = u / (product * rows) - (4 * product - 1) / (6 * rows)
  const expected = (1 + 1 / rows) / 6
  const variance =
    ((rows + 1) * (4 * product * rows - 3 * (n * n + m * m) - 2 * product)) / (45 * rows * rows * 4 * product)
  const standard = 1 / 6 + (t - expected) / Math.sqrt(45 * variance)
  return standard < 0.003 ? 1 : Math.max(0, 1 - limitCdf(standard))
}

/** Sum over a sample of (rank in the pooled sample - rank in its own)², midranks for ties. */
function squaredRankGaps(own: Float64Array, other: Float64Array): number {
  const [a, b] = [own.toSorted(), other.toSorted()]
  let [sum, i, below] = [0, 0, 0]
  while (i < a.length) {
    let until = i
    while (until < a.length && a[until] === a[i]) until++
    while (below < b.length && b[below]! < a[i]!) below++
    let ties = 0
    while (below + ties < b.length && b[below + ties] === a[i]) ties++
    const rank = i + below + (until - i + ties + 1) / 2
    for (; i < until; i++) sum += (rank - (i + 1)) ** 2
  }
  return sum
}

/** Csörgő and Faraway 1996, (1.2). */
function limitCdf(x: number): number {
  let sum = 0
  for (let k = 0; k < 1000; k++) {
    const y = 4 * k + 1
    const q = (y * y) / (16 * x)
    const front = Math.exp(lgamma(k + 0.5) - lgamma(k + 1)) / (Math.PI ** 1.5 * Math.sqrt(x))
    const term = front * Math.sqrt(y) * Math.exp(-2 * q) * scaledBesselK(q)
    sum += term
    if (Math.abs(term) < SERIES_END) break
  }
  return sum
}

/** e^q K_1/4(q): the trapezoidal rule on the integral of e^(q - q cosh t) cosh(t / 4), exponentially exact. */
function scaledBesselK(q: number): number {
  const step = 1 / 64
  let sum = 0.5
  for (let t = step; ; t += step) {
    const exponent = q * (1 - Math.cosh(t))
    if (exponent < -45) break
    sum += Math.exp(exponent) * Math.cosh(t / 4)
  }
  return sum * step
}

type Row = { readonly values: readonly number[]; readonly ways: readonly number[] }
const EMPTY: Row = { values: [], ways: [] }

/** Xiao, Gordon and Yakovlev's count of orders by statistic, with the peer's rounding. */
function exactP(u: number, n: number, m: number): number | Unknown {
  const lcm = (n / gcd(n, m)) * m
  const [a, b] = [lcm / n, lcm / m]
  const product = n * m
  const zeta = Math.floor((lcm ** 2 * (n + m) * (6 * u - product * (4 * product - 1))) / (6 * product ** 2))
  const orders = choose(n + m, n)
  if (lcm ** 2 * (n + m) >= orders)
    return { kind: 'unknown', reason: 'peer-raises', have: orders, need: lcm ** 2 * (n + m) }
  const rounded = orders <= HALF_MAX ? toHalf : Math.fround
  let rows: Row[] = [{ values: [0], ways: [1] }, ...Array.from({ length: n }, () => EMPTY)]
  for (let i = 0; i <= m; i++) {
    let left = EMPTY
    rows = rows.map((below, j) => {
      const both = merged(left, below, rounded)
      left = { values: both.values.map((value) => rounded(value + (a * j - b * i) ** 2)), ways: both.ways }
      return left
    })
  }
  const { values, ways } = rows[n]!
  const far = ways.filter((_, k) => values[k]! >= zeta)
  const sum = rounded === toHalf ? toHalf(far.reduce((total, way) => total + way, 0)) : numpySum(far, Math.fround)
  return rounded(Math.fround(sum / rounded(orders)))
}

/** Common values first, ascending, then the rest of either row in its order; of equal values in a row the first is meant. */
function merged(left: Row, below: Row, rounded: (x: number) => number): Row {
  const [first, second] = [firstPlaces(left.values), firstPlaces(below.values)]
  const common = [...first.keys()].filter((value) => second.has(value)).sort((x, y) => x - y)
  const takenLeft = new Set(common.map((value) => first.get(value)!))
  const takenBelow = new Set(common.map((value) => second.get(value)!))
  const rest = (row: readonly number[], taken: Set<number>) => row.filter((_, k) => !taken.has(k))
  return {
    values: [...common, ...rest(left.values, takenLeft), ...rest(below.values, takenBelow)],
    ways: [
      ...common.map((value) => rounded(left.ways[first.get(value)!]! + below.ways[second.get(value)!]!)),
      ...rest(left.ways, takenLeft),
      ...rest(below.ways, takenBelow),
    ],
  }
}

function firstPlaces(values: readonly number[]): Map<number, number> {
  const places = new Map<number, number>()
  for (let k = values.length - 1; k >= 0; k--) places.set(values[k]!, k)
  return places
}

const HALF_MAX = 65504

/** To the nearest number of half precision, 11 bits, ties to even; x from 0 on. */
function toHalf(x: number): number {
  if (x === 0) return 0
  const unit = 2 ** Math.max(Math.floor(Math.log2(x)) - 10, -24)
  const whole = x / unit
  const floor = Math.floor(whole)
  const up = whole - floor > 0.5 || (whole - floor === 0.5 && floor % 2 === 1)
  const half = (up ? floor + 1 : floor) * unit
  return half > HALF_MAX ? Infinity : half
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

function choose(n: number, k: number): number {
  let out = 1
  for (let i = 1; i <= k; i++) out = (out * (n - k + i)) / i
  return Math.round(out)
}
