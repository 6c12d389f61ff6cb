import { methodByName, type NamedResult, StatsError } from '@evenkeel/stats'
import type { Finding } from './finding.ts'
import type { ColumnOptions } from './request.ts'
import type { JsonCell } from './table.ts'

/** The versions that the methods by name were held against. */
export const PEER_VERSIONS: Readonly<Record<string, string>> = {
  evidently: '0.7.23',
  nannyml: '0.13.1',
  whylogs: '1.6.4',
}

interface Asked {
  readonly column: string
  readonly method: string
  readonly options: ColumnOptions
  readonly reference: readonly JsonCell[]
  /** Absent where the current table does not have the column. */
  readonly current: readonly JsonCell[] | undefined
}

/** What the peer says of a column: its score, its threshold, its verdict. */
export function findByPeer({ column, method, options, reference, current }: Asked): Finding {
  const name = method.split(':')[0]!
  const found = {
    column,
    method,
    peer: { name, version: PEER_VERSIONS[name]! },
    effect: null,
    rows: { reference: reference.length, current: current?.length ?? 0 },
    missing: { reference: missingOf(reference), current: missingOf(current ?? []) },
  }
  const nothing = { measure: null, scale: null, value: null, threshold: null }
  if (current === undefined)
    return { ...found, ...nothing, verdict: 'unknown', reason: 'the current table does not have this column' }
  const result = judge(method, reference, current, options)
  if (typeof result === 'string') return { ...found, ...nothing, verdict: 'unknown', reason: result }
  if (result.kind === 'unknown') {
    const reason = `${result.reason.replaceAll('-', ' ')}: have ${result.have}, need ${result.need}`
    return { ...found, ...nothing, verdict: 'unknown', reason }
  }
  const { method: measure, scale, score: value, threshold, shifted } = result
  const beside = threshold === null ? '' : ` beside a threshold of ${threshold}`
  const reason = `${measure} gives ${value} (${scale})${beside}`
  return { ...found, verdict: shifted ? 'shifted' : 'steady', reason, measure, scale, value, threshold }
}

/** A kind of column or a threshold that the method is not for leaves this column unknown, in the method's words. */
function judge(
  name: string,
  reference: readonly JsonCell[],
  current: readonly JsonCell[],
  { type, threshold }: ColumnOptions,
): NamedResult | string {
  const method = methodByName(name as `evidently:${string}`)
  try {
    return method.run(reference, current, {
      ...(threshold === undefined ? {} : { threshold }),
      ...(type === undefined ? {} : { column: type === 'number' || type === 'integer' ? 'numeric' : 'categorical' }),
    })
  } catch (error) {
    if (error instanceof StatsError) return error.message
    throw error
  }
}

function missingOf(cells: readonly JsonCell[]): number {
  let missing = 0
  for (const cell of cells) if (cell === null) missing++
  return missing
}
