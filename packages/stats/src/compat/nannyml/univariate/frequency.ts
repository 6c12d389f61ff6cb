import { chiSquareContingency } from '../../../hypothesis/index.ts'
import { type Column, categoriesOf, presentCategories } from '../frame.ts'

/** Rows of each category of the reference. */
export type Frequencies = { readonly rows: number; readonly counts: Readonly<Record<string, number>> }

export function fitFrequencies(reference: Column): Frequencies {
  const values = presentCategories(categoriesOf(reference))
  return { rows: values.length, counts: Object.fromEntries(countsOf(values)) }
}

/** Largest difference of the share of any category, seen or unseen. */
export function lInfinity(reference: Frequencies, current: Column): number | null {
  const values = presentCategories(categoriesOf(current))
  if (values.length === 0) return null
  const counts = countsOf(values)
  const categories = new Set([...Object.keys(reference.counts), ...counts.keys()])
  const gaps = [...categories].map((category) =>
    Math.abs(countIn(reference, category) / reference.rows - (counts.get(category) ?? 0) / values.length),
  )
  return Math.max(...gaps)
}

/** Pearson's statistic of the table reference × current, Yates-corrected for two categories, and its p-value. */
export function chiSquare(reference: Frequencies, current: Column): { statistic: number; pValue: number } | null {
  const values = presentCategories(categoriesOf(current))
  if (values.length === 0) return null
  const counts = countsOf(values)
  const categories = [...new Set([...Object.keys(reference.counts), ...counts.keys()])]
  return chiSquareContingency([
    categories.map((category) => countIn(reference, category)),
    categories.map((category) => counts.get(category) ?? 0),
  ])
}

function countIn({ counts }: Frequencies, category: string): number {
  return Object.hasOwn(counts, category) ? counts[category]! : 0
}

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
