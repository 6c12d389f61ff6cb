import type { Random } from '@evenkeel/stats'
import type { Day } from './rows.ts'

export type FaultType =
  | 'missing-burst'
  | 'unit-change'
  | 'category-renamed'
  | 'new-category'
  | 'stuck-value'
  | 'population-shift'

export interface Fault {
  readonly type: FaultType
  readonly feature: string
  /** What was done, for the table. */
  readonly detail: string
  readonly apply: (value: number | string | null) => number | string | null
}

const FACTORS = [1.609344, 1 / 1.609344, 3.28084, 1000, 60, 0.01, 2.54]

/** A fault of this type in a column picked at random. */
export function drawFault(type: FaultType, day: Day, random: Random): Fault {
  const numeric = Object.keys(day.numeric)
  const categorical = Object.keys(day.categorical)
  const pick = <T>(values: readonly T[]): T => values[random.integer(values.length)]!
  switch (type) {
    case 'missing-burst': {
      return { type, feature: pick([...numeric, ...categorical]), detail: 'missing', apply: () => null }
    }
    case 'unit-change': {
      const factor = pick(FACTORS)
      return {
        type,
        feature: 'distance',
        detail: `times ${factor}`,
        apply: (value) => (typeof value === 'number' ? value * factor : value),
      }
    }
    case 'category-renamed': {
      const [detail, apply] = pick(RENAMES)
      return {
        type,
        feature: pick(categorical),
        detail,
        apply: (value) => (typeof value === 'string' ? apply(value) : value),
      }
    }
    case 'new-category': {
      const name = pick(['UNKNOWN', 'n/a', 'ZZZZ'])
      return { type, feature: pick(categorical), detail: name, apply: () => name }
    }
    case 'stuck-value': {
      const feature = pick([...numeric, ...categorical])
      const value = pick([...(day.numeric[feature] ?? day.categorical[feature]!)].filter((seen) => seen !== null))
      return { type, feature, detail: `always ${value}`, apply: () => value }
    }
    case 'population-shift':
      return { type, feature: 'distance', detail: 'long flights twice as often', apply: (value) => value }
  }
}

const RENAMES: readonly (readonly [string, (name: string) => string])[] = [
  ['lower case', (name) => name.toLowerCase()],
  ['space after', (name) => `${name} `],
  ['prefix', (name) => `US-${name}`],
  ['suffix', (name) => `${name}.K`],
]

/** The day with the fault in a share of its rows, drawn at random. */
export function injectFault(day: Day, fault: Fault, share: number, random: Random): Day {
  if (fault.type === 'population-shift') return favour(day, fault.feature, share, random)
  const hit = Array.from({ length: day.rows }, () => random.next() < share)
  const numeric = day.numeric[fault.feature]
  if (numeric !== undefined) {
    const changed = numeric.map((value, row) => (hit[row] ? Number(fault.apply(value) ?? Number.NaN) : value))
    return { ...day, numeric: { ...day.numeric, [fault.feature]: changed } }
  }
  const changed = day.categorical[fault.feature]!.map((value, row) =>
    hit[row] ? (fault.apply(value) as string | null) : value,
  )
  return { ...day, categorical: { ...day.categorical, [fault.feature]: changed } }
}

/** Rows below the median of a feature are dropped with probability `share`: a population that really is another one. */
function favour(day: Day, feature: string, share: number, random: Random): Day {
  const values = day.numeric[feature]!
  const median = [...values].sort((a, b) => a - b)[values.length >> 1]!
  const kept = [...values.keys()].filter((row) => values[row]! > median || random.next() >= share)
  const numeric = Object.fromEntries(
    Object.entries(day.numeric).map(([name, column]) => [name, Float64Array.from(kept, (row) => column[row]!)]),
  )
  const categorical = Object.fromEntries(
    Object.entries(day.categorical).map(([name, column]) => [name, kept.map((row) => column[row]!)]),
  )
  return { ...day, rows: kept.length, numeric, categorical }
}
