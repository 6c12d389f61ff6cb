import type { NamedResult, WindowMethod, WindowOptions } from '../method.ts'
import { type DriftThresholds, HELLINGER_THRESHOLDS, P_VALUE_THRESHOLDS } from './category.ts'
import { chiSquare, columnDrift, type DriftScoreResult, hellinger, ks } from './drift.ts'
import type { Numbers } from './ranks.ts'

/** whylogs' tests by name, and `whylogs:default`, its choice among them. Its "possible drift" is not shifted. */
export const METHODS: readonly WindowMethod[] = [
  {
    kind: 'window',
    name: 'whylogs:ks',
    column: 'numeric',
    run: (reference, current, options = {}) =>
      numeric(reference, current) ?? verdictOf(ks(reference as Numbers, current as Numbers, ofPValue(options))),
  },
  {
    kind: 'window',
    name: 'whylogs:chi-square',
    column: 'categorical',
    run: (reference, current, options = {}) => verdictOf(chiSquare(reference, current, ofPValue(options))),
  },
  {
    kind: 'window',
    name: 'whylogs:hellinger',
    column: 'numeric',
    run: (reference, current, options = {}) =>
      numeric(reference, current) ??
      verdictOf(hellinger(reference as Numbers, current as Numbers, ofDistance(options))),
  },
  {
    kind: 'window',
    name: 'whylogs:default',
    column: 'either',
    run: (reference, current, options = {}) => verdictOf(columnDrift(reference, current, ofPValue(options))),
  },
]

function numeric(...columns: readonly ArrayLike<unknown>[]): NamedResult | undefined {
  for (const column of columns)
    for (let i = 0; i < column.length; i++)
      if (typeof column[i] === 'string') return { kind: 'unknown', reason: 'no-numbers', have: 0, need: 1 }
  return undefined
}

function ofPValue({ threshold }: WindowOptions): { readonly thresholds?: DriftThresholds } {
  if (threshold === undefined) return {}
  const possible = Math.max(threshold, P_VALUE_THRESHOLDS.POSSIBLE_DRIFT[1])
  return { thresholds: { DRIFT: [0, threshold], POSSIBLE_DRIFT: [threshold, possible], NO_DRIFT: [possible, 1] } }
}

function ofDistance({ threshold }: WindowOptions): { readonly thresholds?: DriftThresholds } {
  if (threshold === undefined) return {}
  const possible = Math.min(threshold, HELLINGER_THRESHOLDS.POSSIBLE_DRIFT[0])
  return { thresholds: { DRIFT: [threshold, 1], POSSIBLE_DRIFT: [possible, threshold], NO_DRIFT: [0, possible] } }
}

function verdictOf(result: DriftScoreResult): NamedResult {
  if (result.kind === 'unknown') return result
  const { test, statistic, pValue, category, threshold } = result
  const score = pValue ?? statistic
  if (score === null) return { kind: 'unknown', reason: 'not-finite', have: 0, need: 1 }
  return {
    kind: 'judged',
    method: `whylogs:${test}`,
    score,
    scale: pValue === null ? 'distance' : 'p-value',
    threshold,
    shifted: category === 'DRIFT',
  }
}
