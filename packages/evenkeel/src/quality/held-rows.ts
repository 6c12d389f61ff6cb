import type { Batch } from '../ingest/index.ts'
import type { QuarantinedRow } from './tables.ts'
import type { Verdict } from './verdict.ts'

/** Failing rows kept in the database per batch; all rows stay in the lake. */
const MAX_HELD_ROWS = 100
const MAX_CELL_LENGTH = 200

/** The rows that failed, with the reasons of each and what stood in it: invalid cells as they came. */
export function heldRows(batch: Batch, verdict: Verdict): QuarantinedRow[] {
  const reasons = new Map<number, string[]>()
  for (const result of verdict.results.filter((held) => held.severity === 'fail' && held.outcome === 'failed'))
    for (const row of result.failingRows) {
      const known = reasons.get(row)
      const reason = result.column === null ? result.name : `${result.name} of ${result.column}`
      if (known !== undefined) known.push(reason)
      else if (reasons.size < MAX_HELD_ROWS) reasons.set(row, [reason])
    }
  return [...reasons].map(([row, why]) => ({ row, reasons: why, cells: cellsOf(batch, row) }))
}

function cellsOf(batch: Batch, row: number): QuarantinedRow['cells'] {
  const cells = Object.entries(batch.columns).map(([name, column]) => {
    const invalid = column.invalid.find((cell) => cell.row === row)
    const value = invalid?.found ?? column.values[row]!
    if (typeof value === 'string') return [name, value.slice(0, MAX_CELL_LENGTH)]
    return [name, Number.isNaN(value) ? null : value]
  })
  return Object.fromEntries(cells)
}
