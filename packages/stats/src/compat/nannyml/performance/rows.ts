import { StatsError } from '../../../error.ts'
import { asNumbers, type Column, categoriesOf, columnOf, type Frame, numbersOf, rowsTaken } from '../frame.ts'

export type ProblemType = 'classification_binary' | 'classification_multiclass' | 'regression'

/** Which columns hold what. `yPredProba`: the column of class 1, or for each class its column. */
export type Outcomes = {
  readonly problemType: ProblemType
  readonly yTrue: string
  readonly yPred?: string
  readonly yPredProba?: string | Readonly<Record<string, string>>
}

/**
 * Truth, prediction and scores of the same rows. Binary: 0 and 1, one score. Multiclass: codes in the order of the
 * classes, others after them, a score for each class. Regression: numbers, no scores. NaN: missing.
 */
export type Rows = {
  readonly truth: Float64Array
  readonly predicted: Float64Array
  readonly scores: readonly Float64Array[]
  /** Calibrated scores, where an estimate is made. */
  readonly calibrated: readonly Float64Array[]
}

export type Part = keyof Rows

/** The classes, in order: those that `yPredProba` names. Empty unless multiclass. */
export function classesOf({ problemType, yPredProba }: Outcomes): readonly string[] {
  if (problemType !== 'classification_multiclass') return []
  const classes = typeof yPredProba === 'object' ? Object.keys(yPredProba).sort() : []
  if (classes.length >= 3) return classes
  throw new StatsError(
    'STATS_BAD_OPTION',
    `yPredProba names ${classes.length} classes, expected three or more, each with its column`,
  )
}

/**
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN, STATS_BAD_OPTION. A truth that is absent is all missing
 * when `truthOptional`.
 */
export function readRows(frame: Frame, outcomes: Outcomes, truthOptional = false): Rows {
  const { problemType, yTrue, yPred, yPredProba } = outcomes
  const classes = classesOf(outcomes)
  const codes = new Map(classes.map((name, code) => [name, code]))
  const read = (name: string) => outcomeOf(name, columnOf(frame, name), problemType, codes)
  const scores = scoreColumns(problemType, classes, yPredProba).map((name) => probabilitiesOf(frame, name))
  const rows = Object.values(frame.columns)[0]?.length ?? 0
  const none = () => new Float64Array(rows).fill(Number.NaN)
  return {
    truth: truthOptional && !Object.hasOwn(frame.columns, yTrue) ? none() : read(yTrue),
    predicted: yPred === undefined ? none() : read(yPred),
    scores,
    calibrated: [],
  }
}

/** The rows named, without those where a needed part is missing. */
export function completeRows(rows: Rows, chosen: ArrayLike<number>, needs: readonly Part[]): Rows {
  const needed = needs.flatMap((part) => rows[part])
  const kept = new Uint32Array(chosen.length)
  let count = 0
  for (let i = 0; i < chosen.length; i++) {
    kept[count] = chosen[i]!
    if (!needed.some((column) => Number.isNaN(column[chosen[i]!]!))) count++
  }
  const take = (column: Float64Array) => rowsTaken(column, kept.subarray(0, count))
  return {
    truth: take(rows.truth),
    predicted: take(rows.predicted),
    scores: rows.scores.map(take),
    calibrated: rows.calibrated.map(take),
  }
}

/** A class against the rest: 1 where the code is that of the class. */
export function oneAgainstRest(codes: Float64Array, code: number): Float64Array {
  return codes.map((value) => Number(value === code))
}

function scoreColumns(
  problemType: ProblemType,
  classes: readonly string[],
  yPredProba: Outcomes['yPredProba'],
): readonly string[] {
  if (problemType === 'regression' || yPredProba === undefined) return []
  if (typeof yPredProba === 'string') return [yPredProba]
  if (problemType === 'classification_multiclass') return classes.map((name) => yPredProba[name]!)
  throw new StatsError(
    'STATS_BAD_OPTION',
    'yPredProba names a column for each class, expected one column, that of class 1',
  )
}

function outcomeOf(name: string, column: Column, problemType: ProblemType, codes: Map<string, number>): Float64Array {
  if (problemType === 'classification_multiclass')
    return Float64Array.from(categoriesOf(column), (label) => {
      if (label === null) return Number.NaN
      if (!codes.has(label)) codes.set(label, codes.size)
      return codes.get(label)!
    })
  const values = asNumbers(name, column)
  const bad = problemType === 'regression' ? -1 : values.findIndex((v) => !(v === 0 || v === 1 || Number.isNaN(v)))
  if (bad < 0) return values
  throw new StatsError('STATS_BAD_COLUMN', `row ${bad} of column ${name} is ${values[bad]}, expected 0 or 1`, {
    row: bad,
  })
}

function probabilitiesOf(frame: Frame, name: string): Float64Array {
  const values = numbersOf(frame, name)
  const bad = values.findIndex((value) => value < 0 || value > 1)
  if (bad < 0) return values
  throw new StatsError('STATS_OUT_OF_RANGE', `row ${bad} of column ${name} is ${values[bad]}, expected 0 … 1`, {
    row: bad,
  })
}
