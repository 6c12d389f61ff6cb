import { normalCdf } from './distributions.ts'
import { checkNumber } from './domain.ts'
import { lgamma } from './gamma.ts'

/**
 * Tail of the limit law of the Cramér-von Mises statistic, ∫ B(t)² dt of a Brownian bridge (Anderson and Darling 1952,
 * with the Bessel function K of order 1/4 by the trapezoid rule). Absolute error below 1e-14.
 * @example cramerVonMisesSf(0.46136) // 0.05
 */
export function cramerVonMisesSf(x: number): number {
  checkNumber('cramerVonMisesSf', x)
  if (x < 0.003) return 1
  if (x > 4) return farTail(x, Math.PI ** 2, Math.SQRT2)
  let sum = 0
  for (let k = 0; k < 60; k++) {
    const y = 4 * k + 1
    const q = (y * y) / (16 * x)
    const term = Math.exp(lgamma(k + 0.5) - lgamma(k + 1)) * Math.sqrt(y) * scaledBesselQuarter(q) * Math.exp(-2 * q)
    sum += term
    if (term < 1e-17) break
  }
  return Math.min(1, Math.max(0, 1 - sum / (Math.PI ** 1.5 * Math.sqrt(x))))
}

/**
 * Tail of the limit law of the Anderson-Darling statistic, ∫ B(t)² / (t (1 - t)) dt of a Brownian bridge (Anderson and
 * Darling 1954). Absolute error below 1e-12.
 * @example andersonDarlingSf(2.492) // 0.05
 */
export function andersonDarlingSf(x: number): number {
  checkNumber('andersonDarlingSf', x)
  if (x < 0.05) return 1
  if (x > 20) return farTail(x, 2, Math.sqrt(3))
  let sum = 0
  let choose = 1
  for (let j = 0; j < 60; j++) {
    const y = 4 * j + 1
    const term = choose * y * integral(x, y)
    sum += term
    if (Math.abs(term) < 1e-17) break
    choose *= -(j + 0.5) / (j + 1)
  }
  return Math.min(1, Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum))
}

/**
 * Far out, where 1 - sum would lose the digits: both laws are Σ λ_j Z_j², there only the largest λ_j counts, and the
 * others multiply by Π (1 - λ_j / λ_1)^(-1/2) (Zolotarev 1961): λ_j = 1 / (j (j + 1)) gives √3, 1 / (π j)² gives √2.
 * @param rate 1 / λ_1
 */
function farTail(x: number, rate: number, constant: number): number {
  return 2 * constant * normalCdf(-Math.sqrt(x * rate))
}

/** e^q K_(1/4)(q) = ∫ e^(-q (cosh t - 1)) cosh(t / 4) dt. */
function scaledBesselQuarter(q: number): number {
  const step = 1 / 32
  let sum = 0.5
  for (let i = 1; i < 2000; i++) {
    const t = i * step
    const term = Math.exp(-2 * q * Math.sinh(t / 2) ** 2) * Math.cosh(t / 4)
    sum += term
    if (term < sum * 1e-18) break
  }
  return sum * step
}

/** ∫ exp(x / (8 (1 + w²)) - y² π² (1 + w²) / (8 x)) dw over w > 0. */
function integral(x: number, y: number): number {
  const rate = (y * y * Math.PI * Math.PI) / (8 * x)
  const step = 0.25 / Math.sqrt(Math.max(rate, 16))
  let sum = 0
  for (let i = 0; i < 20_000; i++) {
    const w2 = 1 + (i * step) ** 2
    const term = Math.exp(x / (8 * w2) - rate * w2)
    sum += i === 0 ? term / 2 : term
    if (term < sum * 1e-18 || term === 0) break
  }
  return sum * step
}
