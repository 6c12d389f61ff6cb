import { chiSquareSf } from '../../../special/index.ts'
import { type Column, categoriesOf, presentCategories } from '../frame.ts'
import { type CategoryCounts, countCategories, countsOver } from './categories.ts'

/** Rows of the reference, and of each of its categories. */
export type Frequencies = CategoryCounts & { readonly rows: number }

export function fitFrequencies(reference: Column): Frequencies {
  const values = presentCategories(categoriesOf(reference))
  return { rows: values.length, ...countCategories(values) }
}

/** Largest difference of the share of any category, seen or unseen. */
export function lInfinity(reference: Frequencies, current: Column): number | null {
  const values = presentCategories(categoriesOf(current))
  if (values.length === 0) return null
  const { counts, others } = countsOver(reference.categories, values)
  let largest = 0
  for (let i = 0; i < counts.length; i++)
    largest = Math.max(largest, Math.abs(reference.counts[i]! / reference.rows - counts[i]! / values.length))
  for (const count of others.values()) largest = Math.max(largest, count / values.length)
  return largest
}

/**
 * Pearson's statistic of the table reference × current, Yates-corrected for two categories, and its p-value by the
 * chi-square law, however few rows a category has, as in `scipy.stats.chi2_contingency`.
 */
export function chiSquare(reference: Frequencies, current: Column): { statistic: number; pValue: number } | null {
  const values = presentCategories(categoriesOf(current))
  if (values.length === 0) return null
  const { counts, others } = countsOver(reference.categories, values)
  const categories = counts.length + others.size
  const total = reference.rows + values.length
  const most = categories === 2 ? 0.5 : 0
  const term = (observed: number, expected: number) => {
    const deviation = Math.abs(observed - expected)
    return (deviation - Math.min(most, deviation)) ** 2 / expected
  }
  const cell = (before: number, now: number) => {
    const share = (before + now) / total
    return term(before, share * reference.rows) + term(now, share * values.length)
  }
  let statistic = 0
  for (let i = 0; i < counts.length; i++) statistic += cell(reference.counts[i]!, counts[i]!)
  for (const count of others.values()) statistic += cell(0, count)
  return { statistic, pValue: categories === 1 ? 1 : chiSquareSf(statistic, categories - 1) }
}
