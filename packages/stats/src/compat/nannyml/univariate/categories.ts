/** Categories in order, and the rows that each has. */
export type CategoryCounts = { readonly categories: readonly string[]; readonly counts: Float64Array }

/** Found once for a list of categories, however many chunks are counted over it. */
const places = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

export function countCategories(values: readonly string[]): CategoryCounts {
  const categories = [...new Set(values)].sort()
  return { categories, counts: countsOver(categories, values).counts }
}

/** Rows in each of the categories, and those in others, by category. */
export function countsOver(
  categories: readonly string[],
  values: readonly string[],
): { readonly counts: Float64Array; readonly others: ReadonlyMap<string, number> } {
  const placeOf = placesOf(categories)
  const counts = new Float64Array(categories.length)
  const others = new Map<string, number>()
  for (const value of values) {
    const place = placeOf.get(value)
    if (place !== undefined) counts[place]!++
    else others.set(value, (others.get(value) ?? 0) + 1)
  }
  return { counts, others }
}

function placesOf(categories: readonly string[]): ReadonlyMap<string, number> {
  const known = places.get(categories)
  if (known !== undefined) return known
  const found = new Map(categories.map((category, place) => [category, place]))
  places.set(categories, found)
  return found
}
