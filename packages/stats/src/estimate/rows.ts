import { StatsError } from '../error.ts'
import type { Feature } from '../learn/index.ts'

/** Rows a model scored: its features by column (NaN = missing), and its probability of 1 for each row. */
export type ScoredRows = {
  readonly features: readonly Feature[]
  readonly scores: ArrayLike<number>
}

/** Scored rows whose truth is known: 0 or 1 for each. */
export type LabelledRows = ScoredRows & { readonly labels: ArrayLike<number> }

/** @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row */
export function checkScored(where: string, { features, scores }: ScoredRows): void {
  for (const { name, values } of features) checkSame(where, `values of ${name}`, values.length, scores.length)
  checkProbabilities(where, 'score', scores)
}

/** @throws StatsError as checkScored, and for a label that is not 0 or 1 */
export function checkLabelled(where: string, rows: LabelledRows): void {
  checkScored(where, rows)
  checkSame(where, 'labels', rows.labels.length, rows.scores.length)
  checkLabels(where, rows.labels)
}

function checkLabels(where: string, labels: ArrayLike<number>): void {
  for (let i = 0; i < labels.length; i++)
    if (labels[i] !== 0 && labels[i] !== 1) throw outOfRange(where, `label ${i}`, labels[i]!, '0 or 1')
}

export function checkProbabilities(where: string, what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    if (!(values[i]! >= 0 && values[i]! <= 1)) throw outOfRange(where, `${what} ${i}`, values[i]!, 'a probability')
}

export function checkSame(where: string, what: string, found: number, expected: number): void {
  if (found === expected) return
  throw new StatsError('STATS_LENGTHS_DIFFER', `${where} got ${found} ${what}, expected ${expected}, one per row`, {
    found,
    expected,
  })
}

export function outOfRange(where: string, what: string, found: number, expected: string): StatsError {
  return new StatsError('STATS_OUT_OF_RANGE', `${what} of ${where} is ${found}, expected ${expected}`, { found })
}

/** The rows of these numbers, in this order. */
export function takeFeatures(features: readonly Feature[], rows: ArrayLike<number>): Feature[] {
  return features.map((feature) => ({
    ...feature,
    values: Float64Array.from({ length: rows.length }, (_, i) => feature.values[rows[i]!]!),
  }))
}

/** One below the other; a categorical feature knows the codes of both. */
export function stackFeatures(above: readonly Feature[], below: readonly Feature[]): Feature[] {
  return above.map((feature, j) => {
    const values = new Float64Array(feature.values.length + below[j]!.values.length)
    values.set(feature.values)
    values.set(below[j]!.values, feature.values.length)
    if (feature.kind === 'numeric') return { name: feature.name, kind: feature.kind, values }
    return { name: feature.name, kind: feature.kind, values }
  })
}
