/** One value of a column; null, undefined and NaN are missing. */
export type Cell = number | string | boolean | null | undefined

/** What whylogs counts of a column of whole numbers, strings or booleans. */
export type FrequentItems = {
  readonly counts: ReadonlyMap<string, number>
  /** Missing ones too, as the peer counts them. */
  readonly rows: number
  /** Estimated by HyperLogLog in the peer (within 2 %), exact here. */
  readonly distinct: number
}

const MAX_CHARACTERS = 128

/**
 * Counts of the values as whylogs writes them: cut to 128 characters, booleans as True and False. Fractions are not
 * counted there. Exact, as the peer's sketch is up to 768 values.
 * @example whylogs.frequentItems(['a', 'b', 'a', null]).rows // 4
 */
export function frequentItems(column: ArrayLike<Cell>): FrequentItems {
  const counts = new Map<string, number>()
  for (let i = 0; i < column.length; i++) {
    const item = written(column[i])
    if (item !== undefined) counts.set(item, (counts.get(item) ?? 0) + 1)
  }
  return { counts, rows: column.length, distinct: counts.size }
}

function written(value: Cell): string | undefined {
  if (typeof value === 'string') return [...value].slice(0, MAX_CHARACTERS).join('')
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return Number.isInteger(value) ? String(value) : undefined
}
