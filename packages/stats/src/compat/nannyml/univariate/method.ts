import { StatsError } from '../../../error.ts'
import { type Column, isNumeric } from '../frame.ts'
import type { ThresholdLimits } from '../threshold.ts'
import { type Bins, fitBins, hellinger, jensenShannon, sharesBeside } from './binned.ts'
import { type Cumulative, fitCumulative, kolmogorovSmirnov, wasserstein } from './cumulative.ts'
import { chiSquare, type Frequencies, fitFrequencies, lInfinity } from './frequency.ts'

export type ContinuousMethod = 'jensen_shannon' | 'hellinger' | 'kolmogorov_smirnov' | 'wasserstein'
export type CategoricalMethod = 'jensen_shannon' | 'hellinger' | 'l_infinity' | 'chi2'
export type UnivariateMethod = ContinuousMethod | CategoricalMethod

/** A method fitted on the reference values of a column. */
export type FittedMethod =
  | { readonly method: 'jensen_shannon' | 'hellinger'; readonly reference: Bins }
  | { readonly method: 'kolmogorov_smirnov' | 'wasserstein'; readonly reference: Cumulative }
  | { readonly method: 'l_infinity' | 'chi2'; readonly reference: Frequencies }

/** `value` null: no current values. `pValue`: of chi2 only. */
export type Distance = { readonly value: number | null; readonly pValue?: number }

export const LIMITS: Readonly<Record<UnivariateMethod, ThresholdLimits>> = {
  jensen_shannon: { lowerLimit: 0 },
  hellinger: { lowerLimit: 0 },
  kolmogorov_smirnov: { lowerLimit: 0, upperLimit: 1 },
  wasserstein: { lowerLimit: 0 },
  l_infinity: { lowerLimit: 0 },
  chi2: { lowerLimit: 0, upperLimit: 1 },
}

/**
 * @throws StatsError STATS_EMPTY_SAMPLE when all values are missing, STATS_BAD_OPTION when the method is not for its
 * kind
 */
export function fitMethod(method: UnivariateMethod, name: string, reference: Column): FittedMethod {
  if (!hasPresent(reference))
    throw new StatsError('STATS_EMPTY_SAMPLE', `all ${reference.length} reference values of ${name} are missing`, {
      column: name,
    })
  const numeric = isNumeric(reference)
  if (method === 'jensen_shannon' || method === 'hellinger') return { method, reference: fitBins(reference) }
  if (numeric && (method === 'kolmogorov_smirnov' || method === 'wasserstein'))
    return { method, reference: fitCumulative(reference) }
  if (!numeric && (method === 'l_infinity' || method === 'chi2'))
    return { method, reference: fitFrequencies(reference) }
  throw new StatsError('STATS_BAD_OPTION', `${method} is not for ${numeric ? 'numbers' : 'categories'}, as ${name} is`)
}

export function distanceTo(fitted: FittedMethod, current: Column): Distance {
  switch (fitted.method) {
    case 'jensen_shannon':
    case 'hellinger': {
      const shares = sharesBeside(fitted.reference, current)
      const distance = fitted.method === 'hellinger' ? hellinger : jensenShannon
      return { value: shares === null ? null : distance(shares.p, shares.q) }
    }
    case 'kolmogorov_smirnov':
      return { value: kolmogorovSmirnov(fitted.reference, current as Float64Array) }
    case 'wasserstein':
      return { value: wasserstein(fitted.reference, current as Float64Array) }
    case 'l_infinity':
      return { value: lInfinity(fitted.reference, current) }
    case 'chi2': {
      const found = chiSquare(fitted.reference, current)
      return found === null ? { value: null } : { value: found.statistic, pValue: found.pValue }
    }
  }
}

function hasPresent(column: Column): boolean {
  return isNumeric(column) ? column.some((value) => !Number.isNaN(value)) : column.some((value) => value !== null)
}
