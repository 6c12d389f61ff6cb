import type { Unknown } from '../error.ts'
import type { ColumnProfile } from '../sketch/index.ts'

export type DesignEffect = { readonly kind: 'estimated'; readonly value: number; readonly windows: number }

/** A window whose twins have fewer rows than this says more about chance than about clumps. */
const LEAST_TWIN_ROWS = 30
/** Expected rows in either half below which a bin is left out: the chi-square of thin bins is not what it says. */
const LEAST_EXPECTED = 5

/**
 * How many rows count as one. The two halves of the entities should differ by chance only; where rows of an entity
 * repeat each other they differ more, by this factor: the mean over windows of the two-sample chi-square per degree of
 * freedom, 1 at least. Free of drift between the windows, since both halves share it.
 * @param columns the same column in several windows, with twin counts
 * @example designEffect([createColumnProfile(freezeBins(['a']), { twins: true })]).reason // 'too-few-rows'
 */
export function designEffect(columns: readonly ColumnProfile[]): DesignEffect | Unknown {
  let sum = 0
  let windows = 0
  let largest = 0
  for (const { twins } of columns) {
    if (!twins) continue
    const fewer = Math.min(total(twins[0]), total(twins[1]))
    largest = Math.max(largest, fewer)
    const excess = fewer < LEAST_TWIN_ROWS ? undefined : chiSquarePerDegree(twins[0], twins[1])
    if (excess === undefined) continue
    sum += excess
    windows++
  }
  if (windows === 0) return { kind: 'unknown', reason: 'too-few-rows', have: largest, need: LEAST_TWIN_ROWS }
  return { kind: 'estimated', value: Math.max(1, sum / windows), windows }
}

function chiSquarePerDegree(a: Float64Array, b: Float64Array): number | undefined {
  const [n, m] = [total(a), total(b)]
  const kept = [...a.keys()].filter((j) => ((a[j]! + b[j]!) * Math.min(n, m)) / (n + m) >= LEAST_EXPECTED)
  if (kept.length < 2) return undefined
  const difference = (j: number) => (a[j]! / n - b[j]! / m) ** 2 / (((a[j]! + b[j]!) / (n + m)) * (1 / n + 1 / m))
  const share = kept.reduce((sum, j) => sum + a[j]! + b[j]!, 0) / (n + m)
  return kept.reduce((sum, j) => sum + difference(j), 0) / (kept.length - share)
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, rows) => sum + rows, 0)
}
