import { StatsError } from '../../../error.ts'
import type { Feature } from '../../../learn/index.ts'
import { type Column, categoriesOf, columnOf, type Frame, isNumeric } from '../frame.ts'

/** How a column becomes a feature of trees: numbers as they are, categories by their place in order. */
export type FeatureCode =
  | { readonly name: string; readonly kind: 'numeric' }
  | { readonly name: string; readonly kind: 'categorical'; readonly categories: readonly string[] }

/** Codes of columns; categories are those of all the frames given, in order. */
export function featureCodes(
  frames: readonly Frame[],
  columns: readonly string[],
  treatAsCategorical: readonly string[] = [],
): readonly FeatureCode[] {
  if (columns.length === 0) throw new StatsError('STATS_BAD_OPTION', 'found no feature columns, expected some')
  return columns.map((name) => {
    const parts = frames.map((frame) => columnOf(frame, name))
    if (!treatAsCategorical.includes(name) && parts.every(isNumeric)) return { name, kind: 'numeric' }
    const seen = new Set(parts.flatMap((part) => [...new Set(categoriesOf(part))]))
    return { name, kind: 'categorical', categories: [...seen].filter((category) => category !== null).sort() }
  })
}

/** Missing is NaN, or with `missingAsCategory` a category after the known ones; an unseen one comes after both. */
export function featureOf(code: FeatureCode, column: Column, missingAsCategory = false): Feature {
  if (code.kind === 'numeric') {
    if (isNumeric(column)) return { name: code.name, kind: 'numeric', values: column }
    throw new StatsError('STATS_BAD_COLUMN', `column ${code.name} holds categories, expected numbers as before`)
  }
  const places = new Map(code.categories.map((category, place) => [category, place]))
  const missing = missingAsCategory ? places.size : Number.NaN
  const values = Float64Array.from(categoriesOf(column), (category) =>
    category === null ? missing : (places.get(category) ?? places.size + 1),
  )
  return { name: code.name, kind: 'categorical', values, categories: places.size + 2 }
}
