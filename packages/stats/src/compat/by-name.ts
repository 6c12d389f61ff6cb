import { StatsError } from '../error.ts'
import * as evidently from './evidently/index.ts'
import type { NamedMethod, StreamMethod, WindowMethod } from './method.ts'
import { NANNYML_METHODS } from './nannyml-by-name.ts'
import { RIVER_METHODS } from './river-by-name.ts'
import * as whylogs from './whylogs/index.ts'

export type {
  ColumnKind,
  NamedColumn,
  NamedMethod,
  NamedResult,
  NamedVerdict,
  StreamMethod,
  StreamRun,
  WindowMethod,
  WindowOptions,
} from './method.ts'

const TABLE: ReadonlyMap<string, NamedMethod> = new Map(
  [evidently.METHODS, NANNYML_METHODS, RIVER_METHODS, whylogs.METHODS]
    .flat()
    .map((method: NamedMethod) => [method.name, method]),
)

/** The names of all methods of the peers, as `methodByName` takes them. @example methodNames().includes('evidently:psi') // true */
export function methodNames(): readonly string[] {
  return [...TABLE.keys()]
}

/**
 * A method of a peer by its name, `peer:method`: `evidently:psi`, `nannyml:jensen_shannon`, `whylogs:ks`, `river:adwin`. It
 * gives the peer's numbers and the peer's verdict, faults included; the pages docs/methods/compat-*.md say which.
 * @throws STATS_UNKNOWN_METHOD with the names nearest to the one asked for
 * @example methodByName('evidently:psi').run(['a', 'a', 'b', 'b'], ['a', 'b', 'b', 'b']).score // 0.2747
 */
export function methodByName(name: `river:${string}`): StreamMethod
export function methodByName(name: `${'evidently' | 'nannyml' | 'whylogs'}:${string}`): WindowMethod
export function methodByName(name: string): NamedMethod
export function methodByName(name: string): NamedMethod {
  const method = TABLE.get(name)
  if (method !== undefined) return method
  throw new StatsError('STATS_UNKNOWN_METHOD', `no method is called ${name}; nearest are ${nearest(name).join(', ')}`, {
    name,
    nearest: nearest(name),
  })
}

const SHOWN = 4

function nearest(name: string): string[] {
  const asked = name.slice(0, 64).toLowerCase()
  return [...TABLE.keys()]
    .map((known) => ({ known, distance: editDistance(asked, known.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, SHOWN)
    .map(({ known }) => known)
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
