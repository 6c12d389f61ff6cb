import {
  checkLevel,
  type LevelOptions,
  type SamplePair,
  type Steps,
  stepsOf,
  takeSamples,
  type UnknownComparison,
} from '../hypothesis/index.ts'
import { normalQuantile } from '../special/index.ts'
import type { SampleDistance, SampleDistanceOptions } from './distance.ts'
import { neighboursOf, permutedDistances } from './neighbours.ts'
import { checkAlpha } from './noise.ts'

export type WassersteinResult = SampleDistance & {
  /** Over the reference's standard deviation (n - 1 below); null when it is 0. Heavy tails make it small. */
  readonly perDeviation: number | null
  /** Over the reference's interquartile range; null when it is 0. */
  readonly perInterquartileRange: number | null
}

/**
 * Wasserstein-1 (earth mover's) distance: the mean distance that rows have to be moved, ∫ |F - G| dx, in the unit of the
 * values. The effect is the distance over the reference's interquartile range (over its standard deviation where that is
 * 0). A fixed threshold such as 0.1 standard deviations is crossed by chance in 95 % of unchanged windows of 50 rows:
 * judge by the noise floor. The interval is normal, from the variance of the optimal potential; its lower end is 0 where
 * the p-value is above 1 - level.
 * @see Vallender 1974; del Barrio, Giné and Matrán 1999
 * @example wasserstein([0, 1, 3], [5, 6, 8]).value // 5
 */
export function wasserstein(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: SampleDistanceOptions = {},
): WassersteinResult | UnknownComparison {
  return measure('wasserstein', reference, current, options, (pair, steps) => {
    const found = distanceOf(steps, options, TRANSPORT)
    const deviation = deviationOf(pair.reference)
    const range = quantileOf(pair.reference, 0.75) - quantileOf(pair.reference, 0.25)
    const [unit, name] =
      range > 0
        ? [range, "Wasserstein over the reference's interquartile range"]
        : [deviation, "Wasserstein over the reference's deviation"]
    const { low, high, level } = found.interval
    const over = (value: number) => (unit > 0 && Number.isFinite(value / unit) ? value / unit : value)
    return {
      ...found,
      effect: {
        name: unit > 0 ? name : 'Wasserstein',
        value: over(found.value),
        interval: { low: over(low), high: over(high), level },
      },
      perDeviation: finiteRatio(found.value, deviation),
      perInterquartileRange: finiteRatio(found.value, range),
      rows: pair.rows,
    }
  })
}

/**
 * Energy distance, √(2 ∫ (F - G)² dx), as SciPy: sensitive to any difference, in the root of the values' unit. The effect
 * is the energy coefficient D² / (2 E|X - Y|), 0 to 1: 0 only for one distribution, 1 only for two different constants.
 * @see Székely and Rizzo 2013
 * @example energyDistance([0, 8], [0, 8, 8]).value // 0.6667
 */
export function energyDistance(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: SampleDistanceOptions = {},
): SampleDistance | UnknownComparison {
  return measure('energyDistance', reference, current, options, (pair, steps) => {
    const found = distanceOf(steps, options, ENERGY)
    const apart = meanDistance(steps)
    const coefficient = (value: number) => (apart > 0 ? Math.min(1, value ** 2 / (2 * apart)) : 0)
    const { low, high, level } = found.interval
    return {
      ...found,
      effect: {
        name: 'energy coefficient',
        value: coefficient(found.value),
        interval: { low: coefficient(low), high: coefficient(high), level },
      },
      rows: pair.rows,
    }
  })
}

type Gap = {
  /** What a gap F - G of the distribution functions adds for each unit of x. */
  readonly weigh: (gap: number) => number
  /** Derivative of `weigh`: its integral over x is the influence of a row at x. */
  readonly slope: (gap: number) => number
  /** From the integral to the distance, and how an error of the integral carries over. */
  readonly root: (integral: number) => number
}

const TRANSPORT: Gap = { weigh: Math.abs, slope: Math.sign, root: (integral) => integral }
const ENERGY: Gap = {
  weigh: (gap) => 2 * gap * gap,
  slope: (gap) => 4 * gap,
  root: (integral) => Math.sqrt(Math.max(0, integral)),
}

/** At least; else as few as put one of them at the floor (999 at alpha 0.001): the level holds for any number. */
const DRAWS = 199

type Measured = Omit<SampleDistance, 'effect' | 'rows'>

function measure<Result>(
  where: string,
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: SampleDistanceOptions & LevelOptions,
  conclude: (pair: SamplePair, steps: Steps) => Result,
): Result | UnknownComparison {
  checkLevel(where, options.level)
  checkAlpha(where, options.alpha)
  const pair = takeSamples(reference, current, { scaled: true })
  return pair.kind === 'unknown' ? pair : conclude(pair, stepsOf(pair.reference, pair.current))
}

function distanceOf(steps: Steps, options: SampleDistanceOptions, gap: Gap): Measured {
  const alpha = checkAlpha('distance', options.alpha)
  const level = checkLevel('distance', options.level)
  const integral = integrate(steps.values, steps.reference, steps.current, gap)
  const value = gap.root(integral)
  const draws = Math.max(DRAWS, Math.ceil(1 / alpha) - 1)
  const groups = neighboursOf(steps)
  const exact = groups.at.length === steps.values.length
  const permuted = permutedDistances(groups, (at, a, b) => gap.root(integrate(at, a, b, gap)), draws)
  const pValue = shareAtLeast(permuted, exact ? value * (1 - 1e-12) : value)
  const half = normalQuantile(0.5 + level / 2) * Math.sqrt(influenceVariance(steps, gap))
  return {
    kind: 'measured',
    value,
    noiseFloor: permuted[draws - Math.floor(alpha * (draws + 1))]!,
    noiseMean: permuted.reduce((sum, each) => sum + each / draws, 0),
    alpha,
    pValue,
    method: 'permutation',
    interval: {
      low: pValue <= 1 - level ? gap.root(Math.max(0, integral - half)) : 0,
      high: gap.root(integral + half),
      level,
    },
  }
}

function integrate(at: Float64Array, reference: Float64Array, current: Float64Array, gap: Gap): number {
  const [n, m] = [total(reference), total(current)]
  let [before, below, sum] = [0, 0, 0]
  for (let k = 0; k + 1 < at.length; k++) {
    before += reference[k]!
    below += current[k]!
    sum += gap.weigh(before / n - below / m) * (at[k + 1]! - at[k]!)
  }
  return sum
}

/** Var(φ of reference) / n + Var(φ of current) / m with φ(x) = ∫ slope(F - G): the delta method. */
function influenceVariance({ values, reference, current }: Steps, gap: Gap): number {
  const [n, m] = [total(reference), total(current)]
  const sums = [0, 0, 0, 0]
  let [before, below, potential] = [0, 0, 0]
  for (let k = 0; k < values.length; k++) {
    const [a, b] = [reference[k]!, current[k]!]
    sums[0]! += (a / n) * potential
    sums[1]! += (a / n) * potential * potential
    sums[2]! += (b / m) * potential
    sums[3]! += (b / m) * potential * potential
    before += a
    below += b
    if (k + 1 < values.length) potential += gap.slope(before / n - below / m) * (values[k + 1]! - values[k]!)
  }
  return Math.max(0, sums[1]! - sums[0]! ** 2) / n + Math.max(0, sums[3]! - sums[2]! ** 2) / m
}

/** E|X - Y| = ∫ F (1 - G) + G (1 - F) dx. */
function meanDistance({ values, reference, current }: Steps): number {
  const [n, m] = [total(reference), total(current)]
  let [before, below, sum] = [0, 0, 0]
  for (let k = 0; k + 1 < values.length; k++) {
    before += reference[k]! / n
    below += current[k]! / m
    sum += (before * (1 - below) + below * (1 - before)) * (values[k + 1]! - values[k]!)
  }
  return sum
}

/** (k + 1) / (B + 1), k the permuted values that reach this one. */
function shareAtLeast(ascending: Float64Array, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! < value) low = middle + 1
    else high = middle
  }
  return (ascending.length - low + 1) / (ascending.length + 1)
}

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1))
}

function quantileOf(ascending: Float64Array, share: number): number {
  const at = share * (ascending.length - 1)
  const low = ascending[Math.floor(at)]!
  return low + (ascending[Math.ceil(at)]! - low) * (at - Math.floor(at))
}

function finiteRatio(value: number, unit: number): number | null {
  return unit > 0 && Number.isFinite(value / unit) ? value / unit : null
}

function total(counts: Float64Array): number {
  let sum = 0
  for (let i = 0; i < counts.length; i++) sum += counts[i]!
  return sum
}
