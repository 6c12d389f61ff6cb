/**
 * Misra-Gries: at most `FREQUENT_LIMIT` values with counts that are low by at most rows / (limit + 1), so every value
 * with a larger share than that is in the list. Here it holds values outside the bins: a renamed category, a new unit.
 */
export type FrequentValues = Map<string | number, number>

export const FREQUENT_LIMIT = 32

export function addFrequent(values: FrequentValues, value: string | number): void {
  const count = values.get(value)
  if (count !== undefined) values.set(value, count + 1)
  else if (values.size < FREQUENT_LIMIT) values.set(value, 1)
  else reduce(values, 1)
}

/** Merges two lists (Agarwal et al. 2012): add, then take the 33rd largest count from all; the bound is kept. */
export function mergeFrequent(a: FrequentValues, b: FrequentValues): FrequentValues {
  const merged = new Map(a)
  for (const [value, count] of b) merged.set(value, (merged.get(value) ?? 0) + count)
  if (merged.size > FREQUENT_LIMIT) reduce(merged, [...merged.values()].sort((x, y) => y - x)[FREQUENT_LIMIT]!)
  return merged
}

/**
 * The list, most frequent first; equal counts in the order of the values, so that the answer is one.
 * @example
 * const column = createColumnProfile(freezeBins(['Oslo']))
 * updateCategorical(column, ['oslo', 'oslo', 'Oslo'])
 * frequentValues(column.topUnseen) // [{ value: 'oslo', count: 2 }]
 */
export function frequentValues(
  values: FrequentValues,
): readonly { readonly value: string | number; readonly count: number }[] {
  return [...values]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || order(a.value, b.value))
}

function reduce(values: FrequentValues, by: number): void {
  for (const [value, count] of values) {
    if (count <= by) values.delete(value)
    else values.set(value, count - by)
  }
}

function order(a: string | number, b: string | number): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
