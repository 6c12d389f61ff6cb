import { StatsError } from '../error.ts'
import { lgamma } from '../special/index.ts'

/**
 * SciPy's `kstwo.sf`, which its two-sample test and whylogs read: P(D >= d) of the two-sided Kolmogorov statistic of
 * `rows` values, within 1e-12 of SciPy, which chooses among the ways to compute it as Simard and L'Ecuyer do.
 * It stands apart from `kolmogorovFiniteSf`, which is the one to use otherwise, because it reproduces an error: from
 * rows × d² of 2.2 on SciPy takes twice the one-sided tail, which is 3e-8 too large there.
 * @param rows whole, 1 or more @param d 0 to 1
 * @see Simard and L'Ecuyer 2011; Marsaglia, Tsang and Wang 2003; Pomeranz 1974; Pelz and Good 1976
 */
export function finiteKolmogorovSf(rows: number, d: number): number {
  if (!(Number.isInteger(rows) && rows > 0 && d >= 0 && d <= 1))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `finiteKolmogorovSf got ${rows} rows and d ${d}, expected a whole number from 1 and 0 to 1`,
      { rows, d },
    )
  return Math.min(1, Math.max(0, upperTail(rows, d)))
}

/** Rows at which SciPy and whylogs read the law for two samples: n m / (n + m), halves to the even number as NumPy rounds. */
export function twoSampleRows(n: number, m: number): number {
  const rows = (n * m) / (n + m)
  const floor = Math.floor(rows)
  if (rows - floor !== 0.5) return Math.round(rows)
  return floor % 2 === 0 ? floor : floor + 1
}

function upperTail(n: number, d: number): number {
  if (d >= 1) return 0
  const t = n * d
  if (t <= 0.5) return 1
  if (t <= 1) return 1 - Math.exp(logFactorialShare(n) + n * Math.log(2 * t - 1))
  if (t >= n - 1) return 2 * (1 - d) ** n
  if (d >= 0.5) return 2 * oneSidedSf(n, d)
  const square = t * d
  if (n <= 140) {
    if (square <= 0.754693) return 1 - durbinCdf(n, d)
    return square <= 4 ? 1 - pomeranzCdf(n, d) : 2 * oneSidedSf(n, d)
  }
  if (square >= 370) return 0
  if (square >= 2.2) return 2 * oneSidedSf(n, d)
  return 1 - (n <= 100_000 && n * d ** 1.5 <= 1.4 ? durbinCdf(n, d) : pelzGoodCdf(n, d))
}

/** Logarithm of n! / n^n. */
function logFactorialShare(n: number): number {
  return Math.log(2 * Math.PI * n) / 2 - n + stirlingRest(n)
}

/** Logarithm of n! less Stirling's leading terms, n above 0. */
function stirlingRest(n: number): number {
  if (n < 15) return lgamma(n + 1) - (n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2)
  const w = 1 / (n * n)
  return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / n
}

/** Above it SciPy takes Maag's approximation, right to some 1e-8. */
const SUMMED_ROWS = 1_000_000

/**
 * Smirnov's sum for the one-sided statistic, in logarithms whose large parts cancel before they are formed:
 * (x + a)^j (1 - x - a)^(n - j) against a^j (1 - a)^(n - j), a = j / n.
 */
function oneSidedSf(n: number, x: number): number {
  if (n > SUMMED_ROWS) return Math.exp(-((6 * n * x + 1) ** 2) / 18 / n)
  const ofAll = stirlingRest(n)
  let sum = (1 - x) ** n
  for (let j = 1; j < n && j <= n * (1 - x); j++) {
    const a = j / n
    const rest = 1 - x / (1 - a)
    if (rest <= 0) continue
    const exponent = j * Math.log1p(x / a) + (n - j) * Math.log1p(-x / (1 - a))
    const tails = ofAll - stirlingRest(j) - stirlingRest(n - j)
    sum += (x / (x + a)) * Math.exp(exponent + tails - Math.log(2 * Math.PI * n * a * (1 - a)) / 2)
  }
  return sum
}

const BIG = 2 ** 128

/** Durbin's matrix, raised to the n-th power as Marsaglia, Tsang and Wang do: n d must be small. */
function durbinCdf(n: number, d: number): number {
  const k = Math.ceil(n * d)
  const m = 2 * k - 1
  let base = durbinMatrix(k - n * d, m)
  let power = Float64Array.from({ length: m * m }, (_, i) => (i % (m + 1) === 0 ? 1 : 0))
  let [scale, baseScale] = [0, 0]
  const centre = (k - 1) * m + (k - 1)
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      power = product(power, base, m)
      scale += baseScale
    }
    base = product(base, base, m)
    baseScale *= 2
    if (Math.abs(base[centre]!) > BIG) {
      base = base.map((x) => x / BIG)
      baseScale += 128
    }
  }
  let p = power[centre]!
  for (let i = 1; i <= n; i++) {
    p = (i * p) / n
    if (p < 1 / BIG) {
      p *= BIG
      scale -= 128
    }
  }
  return timesPowerOfTwo(p, scale)
}

function durbinMatrix(h: number, m: number): Float64Array<ArrayBuffer> {
  const matrix = new Float64Array(m * m)
  const inverseFactorial = new Float64Array(m + 1).fill(1)
  for (let j = 1; j <= m; j++) inverseFactorial[j] = inverseFactorial[j - 1]! / j
  for (let column = 1; column < m; column++)
    for (let row = column - 1; row < m; row++) matrix[row * m + column] = inverseFactorial[row - column + 1]!
  for (let j = 1; j <= m; j++) {
    const corner = Math.max(2 * h - 1, 0) ** m - 2 * h ** m
    const edge = (j < m ? 1 - h ** j : 1 + corner) * inverseFactorial[j]!
    matrix[(j - 1) * m] = edge
    matrix[(m - 1) * m + (m - j)] = edge
  }
  return matrix
}

function product(a: Float64Array, b: Float64Array, m: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(m * m)
  for (let i = 0; i < m; i++)
    for (let k = 0; k < m; k++) {
      const x = a[i * m + k]!
      if (x !== 0) for (let j = 0; j < m; j++) out[i * m + j]! += x * b[k * m + j]!
    }
  return out
}

/** Pomeranz' recursion: every row is the one before it, convolved with one of three Poisson-like weights. */
function pomeranzCdf(n: number, d: number): number {
  const t = n * d
  const whole = Math.floor(t)
  const fraction = t - whole
  const g = Math.min(fraction, 1 - fraction)
  const length = 2 * (whole + 1)
  const [once, twice, rest] = [weights(g / n, length), weights((2 * g) / n, length), weights((1 - 2 * g) / n, length)]
  const up = { whole, ceil: fraction > 0 ? 1 : 0, round: fraction > 0.5 ? 1 : 0 }
  let row = new Float64Array(length)
  row[0] = 1
  let [start, from, scale] = [0, pomeranzRange(0, n, up)[0], 0]
  for (let i = 1; i <= 2 * n + 1; i++) {
    const [first, last] = pomeranzRange(i, n, up)
    const next = new Float64Array(length)
    const by = i === 1 || i === 2 * n + 1 ? once : i % 2 === 1 ? twice : rest
    const source = row.subarray(from - start, from - start + last - from + 1)
    for (let j = first; j <= last; j++) {
      let sum = 0
      for (let s = 0; s <= j - from && s < source.length; s++)
        if (j - from - s < length) sum += source[s]! * by[j - from - s]!
      next[j - first] = sum
    }
    const largest = next.reduce((most, x) => Math.max(most, x), 0)
    if (largest > 0 && largest < 1 / BIG) {
      for (let j = 0; j < length; j++) next[j]! *= BIG
      scale -= 128
    }
    row = next
    start = first
    from = first
  }
  let answer = row[n - start]!
  for (let m = 1; m <= n; m++) {
    if (answer > BIG) {
      answer /= BIG
      scale += 128
    }
    answer *= m
  }
  return timesPowerOfTwo(answer, scale)
}

function weights(rate: number, length: number): Float64Array {
  const out = new Float64Array(length).fill(1)
  for (let m = 1; m < length; m++) out[m] = (out[m - 1]! * rate) / m
  return out
}

type Parts = { readonly whole: number; readonly ceil: number; readonly round: number }

/** First and last place of row i that can be other than nought. */
function pomeranzRange(i: number, n: number, { whole, ceil, round }: Parts): readonly [number, number] {
  const half = Math.floor((i + 1) / 2)
  let [low, high] = [0, 0]
  if (i === 0) [low, high] = [-whole - ceil - 1, whole + ceil - 1]
  else if (i % 2 === 1 && half === n + 1) [low, high] = [n - whole - ceil - 1, n + whole + ceil - 1]
  else if (i % 2 === 1) [low, high] = [half - 2 - whole - round, half + whole - 2 + ceil]
  else [low, high] = [half - 2 - whole, half + whole + round - 1]
  return [Math.max(low + 2, 0), Math.min(high, n)]
}

/** Theta-function form of the expansion in 1 / √n, to the third order. */
function pelzGoodCdf(n: number, d: number): number {
  const z = Math.sqrt(n) * d
  const logQ = -(Math.PI ** 2) / 8 / z ** 2
  if (logQ < -708) return 0
  const sums = oddSums(z, Math.exp(logQ))
  const q = Math.exp(-(Math.PI ** 2) / 2 / z ** 2)
  let [second, third] = [0, 0]
  for (let k = Math.ceil((16 * z) / Math.PI); k > 0; k--) {
    const weight = k * k * q ** (k * k)
    second += weight
    third += (Math.sqrt(3) * z + Math.PI * k) * (Math.sqrt(3) * z - Math.PI * k) * weight
  }
  const front = Math.PI ** 2 * Math.sqrt(2 * Math.PI)
  sums[2]! -= (second * front) / (36 * z ** 3)
  sums[3]! += (third * front) / (216 * z ** 6)
  return sums.reduce((sum, term, order) => sum + term / n ** (order / 2), 0)
}

function oddSums(z: number, q: number): number[] {
  const pi2 = Math.PI ** 2
  const [z2, z4, z6] = [z ** 2, z ** 4, z ** 6]
  const sums = [0, 0, 0, 0]
  for (let k = Math.ceil((16 * z) / Math.PI); k > 0; k--) {
    const m2 = (2 * k - 1) ** 2
    const terms = [
      1,
      -z2 + (pi2 / 4) * m2,
      6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pi2 * m2) / 4 + (pi2 ** 2 * (1 - 2 * z2) * m2 ** 2) / 16,
      -30 * z6 -
        90 * z ** 8 +
        (pi2 * (135 * z4 - 96 * z6) * m2) / 4 +
        (pi2 ** 2 * (-60 * z2 + 212 * z4) * m2 ** 2) / 16 +
        (pi2 ** 3 * (5 - 30 * z2) * m2 ** 3) / 64,
    ]
    for (let order = 0; order < 4; order++) sums[order] = sums[order]! * q ** (8 * k) + terms[order]!
  }
  const scales = [z, 6 * z4, 72 * z ** 7, 6480 * z ** 10]
  return sums.map((sum, order) => (sum * q * Math.sqrt(2 * Math.PI)) / scales[order]!)
}

function timesPowerOfTwo(x: number, exponent: number): number {
  const half = Math.trunc(exponent / 2)
  return x * 2 ** half * 2 ** (exponent - half)
}
