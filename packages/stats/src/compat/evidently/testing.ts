import type { Values } from './column.ts'

/** A column as golden/evidently.py makes it, or its values. */
export type Recipe = readonly (number | string)[] | Maker
type Maker = {
  readonly kind: 'bell' | 'skewed' | 'integer' | 'label' | 'word' | 'boolean' | 'constant'
  readonly seed: number
  readonly rows: number
  readonly [option: string]: number | string
}

/** Park and Miller's generator, four steps a row: the same doubles as in Python. */
export function columnOf(recipe: Recipe): Values {
  return isList(recipe) ? recipe : made(recipe)
}

function isList(recipe: Recipe): recipe is readonly (number | string)[] {
  return Array.isArray(recipe)
}

function made(recipe: Maker): Values {
  const options = recipe as Readonly<Record<string, number>>
  let state = recipe.seed
  const values = Array.from({ length: recipe.rows }, (_, i) => {
    const u = Array.from({ length: 4 }, () => {
      state = (state * 48271) % 2147483647
      return state / 2147483647
    })
    if (i % options['missingEvery']! === 0) return null
    if (i % options['infiniteEvery']! === 0) return Infinity
    return cellOf(recipe.kind, options, u)
  })
  return values.every((value) => typeof value === 'number' || value === null) && isFloat(recipe)
    ? Float64Array.from(values, (value) => value ?? Number.NaN)
    : values
}

function isFloat({ kind }: { readonly kind: string }): boolean {
  return kind === 'bell' || kind === 'skewed'
}

function cellOf(kind: string, options: Readonly<Record<string, number>>, u: readonly number[]) {
  const { mean = 0, scale = 1, grid, below = 1, from = 0, share = 0, value } = options
  if (kind === 'bell') {
    const x = mean + scale * (u[0]! + u[1]! + u[2]! + u[3]! - 2)
    return grid === undefined ? x : Math.floor(x * grid) / grid
  }
  if (kind === 'skewed') return scale / (0.01 + u[0]!)
  if (kind === 'integer') return Math.floor(u[0]! * u[1]! * below) + from
  if (kind === 'label') return `c${Math.floor(u[0]! * u[1]! * below) + from}`
  if (kind === 'word') return `w${Math.floor(u[0]! * 1000000)}`
  if (kind === 'boolean') return u[0]! < share
  return value as number
}
