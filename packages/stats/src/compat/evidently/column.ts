import type { Unknown } from '../../error.ts'

/** One value of a column; null, undefined and NaN are missing. */
export type Cell = number | string | boolean | null | undefined
/** A column, one value a row: typed arrays hold numbers, arrays any mixture that pandas would hold. */
export type Values = ArrayLike<Cell>
/** The kinds that Evidently tells apart; `unknown` columns it does not look at. */
export type ColumnType = 'num' | 'cat' | 'text' | 'unknown'

/** What is left of a column without missing and infinite values. */
export type Sample = {
  readonly values: readonly (number | string | boolean)[]
  /** Held as integers by pandas, which NumPy bins otherwise than floats. */
  readonly integer: boolean
}

type Storage = 'float' | 'int' | 'bool' | 'object'

const DISTINCT_INTEGERS_OF_A_CATEGORY = 10

/**
 * The kind that Evidently infers for a column: integers of at most 10 distinct values are categories; text is a column
 * of strings of which more than half are distinct. A column of whole numbers counts as integers where none is missing,
 * as pandas stores it; `Float32Array` and `Float64Array` are floats whatever they hold.
 * @example evidently.inferColumnType([1, 2, 3, 1]) // 'cat'
 * evidently.inferColumnType([1.5, 2, null]) // 'num'
 */
export function inferColumnType(values: Values): ColumnType {
  const storage = storageOf(values)
  if (storage === 'float') return 'num'
  if (storage === 'bool') return 'cat'
  const present = Array.from(values).filter((value) => !isMissing(value))
  if (storage === 'int') return hasMoreThan(DISTINCT_INTEGERS_OF_A_CATEGORY, present) ? 'num' : 'cat'
  if (typeof present[0] !== 'string' || typeof present.at(-1) !== 'string') return 'unknown'
  return new Set(present).size > present.length / 2 ? 'text' : 'cat'
}

/** Values without the missing and the infinite ones; unknown where none is left. */
export function cleaned(values: Values, which: 'reference' | 'current'): Sample | Unknown {
  const kept: (number | string | boolean)[] = []
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (!isMissing(value) && value !== Infinity && value !== -Infinity) kept.push(value)
  }
  if (kept.length === 0) return { kind: 'unknown', reason: `no-${which}-values`, have: 0, need: 1 }
  return { values: kept, integer: storageOf(values) === 'int' }
}

/** Whether there are more distinct values than that; most columns say so within a few rows. */
export function hasMoreThan(limit: number, ...columns: readonly (readonly Cell[])[]): boolean {
  const found = new Set<Cell>()
  for (const values of columns)
    for (const value of values) {
      found.add(value)
      if (found.size > limit) return true
    }
  return false
}

/** The sample as numbers; undefined where some are strings. */
export function numbersOf({ values }: Sample): Float64Array | undefined {
  for (const value of values) if (typeof value === 'string') return undefined
  return Float64Array.from(values, Number)
}

/** Rows of every distinct value of both samples, in ascending order of the values. */
export function categoryCounts(reference: Sample, current: Sample): CategoryCounts {
  const found = new Map<number | string | boolean, { reference: number; current: number }>()
  for (const which of ['reference', 'current'] as const)
    for (const value of (which === 'reference' ? reference : current).values) {
      const entry = found.get(value) ?? { reference: 0, current: 0 }
      entry[which]++
      found.set(value, entry)
    }
  const keys = [...found.keys()].sort(ascending)
  return {
    keys,
    reference: Float64Array.from(keys, (key) => found.get(key)!.reference),
    current: Float64Array.from(keys, (key) => found.get(key)!.current),
  }
}

export type CategoryCounts = {
  readonly keys: readonly (number | string | boolean)[]
  readonly reference: Float64Array
  readonly current: Float64Array
}

function storageOf(values: Values): Storage {
  if (values instanceof Float64Array || values instanceof Float32Array) return 'float'
  if (ArrayBuffer.isView(values)) return 'int'
  let [numbers, booleans, whole, nulls] = [0, 0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value === null || value === undefined) nulls++
    else if (typeof value === 'number') {
      numbers++
      if (Number.isInteger(value)) whole++
    } else if (typeof value === 'boolean') booleans++
  }
  if (numbers > 0 && numbers + nulls === values.length) return whole === values.length ? 'int' : 'float'
  return booleans > 0 && booleans === values.length ? 'bool' : 'object'
}

function isMissing(value: Cell): value is null | undefined {
  return value === null || value === undefined || Number.isNaN(value)
}

/** As Python sorts: numbers by size, strings by code point. */
function ascending(a: number | string | boolean, b: number | string | boolean): number {
  if (typeof a !== 'string' && typeof b !== 'string') return Number(a) - Number(b)
  if (typeof a === 'string' && typeof b === 'string') return byCodePoint(a, b)
  return typeof a === 'string' ? 1 : -1
}

function byCodePoint(a: string, b: string): number {
  const [x, y] = [[...a], [...b]]
  for (let i = 0; i < Math.min(x.length, y.length); i++)
    if (x[i] !== y[i]) return x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!
  return x.length - y.length
}
