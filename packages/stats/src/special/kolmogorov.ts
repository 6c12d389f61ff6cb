import { checkNumber, checkShare } from './domain.ts'
import { invert } from './invert.ts'

/** Tail of Kolmogorov's limit distribution of √n D. @example kolmogorovSf(1.36) // 0.0494859 */
export function kolmogorovSf(x: number): number {
  checkNumber('kolmogorovSf', x)
  // Below, the lower tail is less than the least double.
  if (x <= 0.04) return 1
  return x < 1 ? 1 - kolmogorovLower(x) : kolmogorovUpper(x)
}

/** The x at which `kolmogorovSf` is p. @example kolmogorovQuantile(0.05) // 1.3580986 */
export function kolmogorovQuantile(p: number): number {
  checkShare('kolmogorovQuantile', p)
  if (p === 0) return Infinity
  if (p === 1) return 0
  return invert((x) => p - kolmogorovSf(x), undefined, {
    start: Math.max(0.2, Math.sqrt(-Math.log(p / 2) / 2)),
    low: 0,
    high: Infinity,
  })
}

function kolmogorovUpper(x: number): number {
  let sum = 0
  for (let k = 1; k < 30; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x)
  return sum
}

/** Kolmogorov's distribution in its theta-function form, quick where the alternating series is slow. */
export function kolmogorovLower(x: number): number {
  let sum = 0
  for (let k = 1; k < 30; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x))
  return (Math.sqrt(2 * Math.PI) / x) * sum
}
