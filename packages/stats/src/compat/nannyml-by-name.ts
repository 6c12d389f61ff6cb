import type { ColumnKind, NamedColumn, NamedResult, WindowMethod, WindowOptions } from './method.ts'
import {
  type CategoricalMethod,
  type Column,
  type ContinuousMethod,
  calculateUnivariate,
  constantThreshold,
  fitUnivariate,
} from './nannyml/index.ts'

const CONTINUOUS: readonly ContinuousMethod[] = ['jensen_shannon', 'hellinger', 'kolmogorov_smirnov', 'wasserstein']
const CATEGORICAL: readonly CategoricalMethod[] = ['jensen_shannon', 'hellinger', 'l_infinity', 'chi2']

/**
 * NannyML's univariate methods by name. The current column is one chunk; the threshold is the peer's, mean + 3 standard
 * deviations over ten chunks of the reference, unless one is given.
 */
export const NANNYML_METHODS: readonly WindowMethod[] = [...new Set([...CONTINUOUS, ...CATEGORICAL])].map(
  (method): WindowMethod => ({
    kind: 'window',
    name: `nannyml:${method}`,
    column: columnOf(method),
    run: (reference, current, options = {}) => judge(method, { reference, current }, options),
  }),
)

/** The peer cuts the reference into ten. */
const REFERENCE_CHUNKS = 10

type Method = ContinuousMethod | CategoricalMethod
type Pair = { readonly reference: NamedColumn; readonly current: NamedColumn }

function judge(method: Method, pair: Pair, options: WindowOptions): NamedResult {
  const only = columnOf(method)
  const kind = options.column ?? (only === 'either' ? kindOf(pair.reference) : only)
  const [a, b] = [asColumn(pair.reference, kind), asColumn(pair.current, kind)]
  for (const [which, column] of [['reference', a] as const, ['current', b] as const]) {
    const rows = presentRows(column)
    if (rows === 0) return { kind: 'unknown', reason: `no-${which}-values`, have: 0, need: 1 }
  }
  if (a.length < REFERENCE_CHUNKS)
    return { kind: 'unknown', reason: 'too-few-rows', have: a.length, need: REFERENCE_CHUNKS }
  if (kind === 'numeric' && !hasFiniteRange(a as Float64Array, b as Float64Array))
    return { kind: 'unknown', reason: 'range-cannot-be-binned', have: 0, need: 1 }
  const state = fitUnivariate(
    { columns: { column: a } },
    {
      columns: ['column'],
      ...(kind === 'numeric'
        ? { continuousMethods: [method as ContinuousMethod] }
        : { categoricalMethods: [method as CategoricalMethod] }),
      ...(options.threshold === undefined
        ? {}
        : { thresholds: { [method]: constantThreshold({ upper: options.threshold }) } }),
    },
  )
  const whole = { ...state, chunking: { by: 'number', chunks: 1 } as const }
  const figure = calculateUnivariate(whole, { columns: { column: b } })[0]?.figures[0]
  if (figure === undefined || figure.value === null) return { kind: 'unknown', reason: 'not-finite', have: 0, need: 1 }
  return {
    kind: 'judged',
    method: `nannyml:${method}`,
    score: figure.value,
    scale: method === 'chi2' ? 'statistic' : 'distance',
    threshold: method === 'chi2' ? null : figure.upperThreshold,
    shifted: figure.alert,
  }
}

function columnOf(method: Method): WindowMethod['column'] {
  const numeric = (CONTINUOUS as readonly string[]).includes(method)
  if (numeric && (CATEGORICAL as readonly string[]).includes(method)) return 'either'
  return numeric ? 'numeric' : 'categorical'
}

/** Numbers are continuous, however few; everything else is a category. */
function kindOf(column: NamedColumn): ColumnKind {
  for (let i = 0; i < column.length; i++) {
    const value = column[i]
    if (typeof value === 'string' || typeof value === 'boolean') return 'categorical'
  }
  return 'numeric'
}

function asColumn(column: NamedColumn, kind: ColumnKind): Column {
  if (kind === 'numeric') return Float64Array.from({ length: column.length }, (_, i) => asNumber(column[i]))
  return Array.from(column, (value) =>
    value === null || value === undefined || Number.isNaN(value) ? null : String(value),
  )
}

/** A string is missing among numbers; an infinite number too, as there is no bin for it. */
function asNumber(value: number | string | boolean | null | undefined): number {
  const number = typeof value === 'string' || value === null || value === undefined ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : Number.NaN
}

function presentRows(column: Column): number {
  let rows = 0
  for (const value of column) if (value !== null && !Number.isNaN(value)) rows++
  return rows
}

function hasFiniteRange(...columns: readonly Float64Array[]): boolean {
  let [low, high] = [Infinity, -Infinity]
  for (const column of columns)
    for (const value of column) {
      if (value < low) low = value
      if (value > high) high = value
    }
  return Number.isFinite(high - low)
}
