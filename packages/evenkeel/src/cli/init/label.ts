import type { Schema, SchemaColumn } from '../../ingest/index.ts'

export type Task = 'binary' | 'multiclass' | 'regression'

export interface LabelGuess {
  readonly column: string
  readonly why: string
}

/** More classes than this are a name, not a class. */
export const MAX_CLASSES = 50

/** Names that people give to what they want to know, the surest first. */
const NAMES: readonly (readonly [RegExp, number])[] = [
  [/^(label|target|y|y_true|ground_?truth|outcome|class)$/i, 100],
  [/(^|_)(label|target|outcome|class)$|^(clf|reg)_target$/i, 95],
  [/^(is|has|was|did|will)_[a-z]+$/i, 85],
  [
    /^(default|churn(ed)?|fraud|cancell?ed|late|claim|lapse|survived|converted|revenue|repaid|employed|approved|clicked|purchased|readmitted|exited|attrition|loan_status|price|sale_?price|sales|cnt|demand|charges|pm2\.?5)$/i,
    80,
  ],
  [/(default|churn|fraud|cancel|lapse|surviv|convert|repaid|attrition|claim)/i, 40],
]

/** Columns that a model has written. */
const PREDICTION =
  /^(y_?pred.*|pred(iction|icted)?(_.*)?|(.*_)?(proba|probability|score_pred)|estimated_.*|.*_prediction)$/i

export function isPrediction(column: SchemaColumn): boolean {
  return PREDICTION.test(column.name)
}

/** The column that is probably to be predicted; null when nothing speaks for any. */
export function guessLabel(schema: Schema): LabelGuess | null {
  const candidates = schema.columns.filter(isCandidate)
  const ranked = candidates
    .map((column) => ({ column, points: pointsOf(column) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
  const best = ranked[0]
  if (best !== undefined) return { column: best.column.name, why: 'its name says so' }
  const last = candidates.at(-1)
  const isLast = last !== undefined && last.name === schema.columns.at(-1)?.name && isTwoValued(last)
  return isLast ? { column: last.name, why: 'it is the last column and has two values' } : null
}

/** Columns a label could be, for the message when none could be guessed. */
export function labelCandidates(schema: Schema): readonly string[] {
  return schema.columns.filter(isCandidate).map(({ name }) => name)
}

function isCandidate(column: SchemaColumn): boolean {
  if (isPrediction(column) || column.type === 'time' || column.type === 'text') return false
  return column.role !== 'id' && column.role !== 'entity' && column.role !== 'time'
}

function pointsOf(column: SchemaColumn): number {
  const points = NAMES.find(([name]) => name.test(column.name))?.[1] ?? 0
  return points === 0 ? 0 : points + (isTwoValued(column) ? 10 : 0)
}

function isTwoValued({ type, range, categories }: SchemaColumn): boolean {
  if (type === 'boolean') return true
  if (type === 'category') return categories?.length === 2
  return type === 'integer' && range !== null && range.max - range.min === 1
}

/** @param distinct values the label has */
export function taskOf({ type }: SchemaColumn, distinct: number): Task {
  if (distinct <= 2) return 'binary'
  return type === 'category' || type === 'text' || type === 'boolean' ? 'multiclass' : 'regression'
}
