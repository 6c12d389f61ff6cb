import { EvenkeelError } from '../error.ts'
import type { FeatureColumn } from '../features/index.ts'
import type { Task } from './run.ts'

/** The truth of each row as a learner takes it: class number, or value; NaN where it is not known. */
export interface Target {
  readonly values: Float64Array
  /** In the order of the class numbers; null for regression. */
  readonly classes: readonly string[] | null
}

/** More classes than this are a number or a name, not a class. */
const MAX_CLASSES = 100
const MAX_SHOWN = 10

/**
 * Reads the label column. Classes are sorted, so that the last of two is the positive one: `no`, `yes`; `false`, `true`; 0, 1.
 * @throws EvenkeelError TRAINING_NO_LABELS, TRAINING_ONE_CLASS, TRAINING_CLASSES_DIFFER, TRAINING_TOO_MANY_CLASSES
 */
export function readTarget(column: FeatureColumn, task: Task, declared: readonly string[] | undefined): Target {
  if (column.kind === 'numeric') {
    if (column.values.every(Number.isNaN)) throw noLabels(column.name, column.values.length, ' as a number')
    return { values: column.values, classes: null }
  }
  const found = foundClasses(column)
  if (found.length === 0) throw noLabels(column.name, column.codes.length, '')
  const classes = declared ?? found
  checkClasses(column.name, task, found, classes)
  const places = new Map(classes.map((name, place) => [name, place]))
  const placeOf = column.dictionary.map((name) => places.get(name)!)
  return { values: Float64Array.from(column.codes, (code) => placeOf[code] ?? Number.NaN), classes }
}

function foundClasses({ codes, dictionary }: Extract<FeatureColumn, { kind: 'categorical' }>): string[] {
  const used = new Set(codes)
  const found = dictionary.filter((_, code) => used.has(code))
  const areNumbers = found.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))
  return areNumbers ? found.sort((a, b) => Number(a) - Number(b)) : found.sort((a, b) => (a < b ? -1 : 1))
}

function checkClasses(label: string, task: Task, found: readonly string[], classes: readonly string[]): void {
  const details = { label, found: found.slice(0, MAX_SHOWN), classes: classes.slice(0, MAX_SHOWN) }
  const shown = found.slice(0, MAX_SHOWN).join(', ')
  if (found.length === 1)
    throw new EvenkeelError(
      'TRAINING_ONE_CLASS',
      `label ${label} holds only class ${shown}, expected two or more; widen the span of the training rows`,
      details,
    )
  const stray = found.find((name) => !classes.includes(name))
  if (stray !== undefined)
    throw new EvenkeelError(
      'TRAINING_CLASSES_DIFFER',
      `label ${label} holds class ${stray}, expected one of ${classes.join(', ')}; mend the rows or the classes of the model`,
      details,
    )
  if (task === 'binary' && classes.length !== 2)
    throw new EvenkeelError(
      'TRAINING_CLASSES_DIFFER',
      `label ${label} holds ${found.length} classes (${shown}…), expected 2 for a binary task; set the task to multiclass, or name another label`,
      details,
    )
  if (classes.length > MAX_CLASSES)
    throw new EvenkeelError(
      'TRAINING_TOO_MANY_CLASSES',
      `label ${label} holds ${classes.length} classes, expected at most ${MAX_CLASSES}; if it is a number set the task to regression, else name another label`,
      details,
    )
}

export function noLabels(label: string, rows: number, as: string): EvenkeelError {
  return new EvenkeelError(
    'TRAINING_NO_LABELS',
    `none of ${rows} rows has label ${label}${as}; wait until labels arrive, or name another label`,
    { label, rows },
  )
}
