import type { Batch, Column } from '../ingest/index.ts'
import type { AllowedValues, DuplicateRows, MissingShare, Range, TypeCheck, Unique } from './check.ts'
import { MAX_FAILING_ROWS } from './verdict.ts'

/** Checks that ask every row, or every value, the same question. */
export type RowCheck = TypeCheck | MissingShare | Range | AllowedValues | Unique | DuplicateRows

/** How many rows were asked, how many failed, the first of them, and what stood in the first. */
export interface Tally {
  readonly asked: number
  readonly failing: number
  readonly failingRows: readonly number[]
  readonly example: string | null
}

/** Asks the rows; a string says why this column cannot be asked. */
export function tally(check: RowCheck, batch: Batch): Tally | string {
  if (check.name === 'duplicate_rows') return duplicates(batch)
  const column = Object.hasOwn(batch.columns, check.column) ? batch.columns[check.column] : undefined
  if (column === undefined) return `column ${check.column} is not in the batch`
  switch (check.name) {
    case 'type':
      return invalidCells(column)
    case 'missing_share':
      return missing(column)
    case 'unique':
      return repeated(column)
    case 'range':
      if (column.kind === 'numeric') return outside(column.values, check)
      return `column ${check.column} holds text, which has no range`
    case 'allowed_values':
      if (column.kind === 'string') return notAllowed(column.values, new Set(check.values))
      return `column ${check.column} holds numbers, which are not compared with a list of words`
  }
}

/** Counts failing rows and keeps the first few. */
function createCounter() {
  const failingRows: number[] = []
  let failing = 0
  let example: string | null = null
  return {
    fail(row: number, found: string | number | null): void {
      if (failing++ === 0) example = found === null ? null : String(found)
      if (failingRows.length < MAX_FAILING_ROWS) failingRows.push(row)
    },
    over: (asked: number): Tally => ({ asked, failing, failingRows, example }),
  }
}

function invalidCells(column: Column): Tally {
  const counter = createCounter()
  for (const cell of column.invalid) counter.fail(cell.row, cell.found)
  return counter.over(presentRows(column) + column.invalid.length)
}

function missing(column: Column): Tally {
  const counter = createCounter()
  const invalid = new Set(column.invalid.map((cell) => cell.row))
  for (let row = 0; row < column.values.length; row++)
    if (isEmpty(column, row) && !invalid.has(row)) counter.fail(row, null)
  return counter.over(column.values.length)
}

function outside(values: Float64Array, check: Range): Tally {
  const { min = -Infinity, max = Infinity } = check
  const counter = createCounter()
  let asked = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    asked++
    if (value < min || value > max) counter.fail(row, value)
  }
  return counter.over(asked)
}

function notAllowed(values: readonly (string | null)[], allowed: ReadonlySet<string>): Tally {
  const counter = createCounter()
  let asked = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value === null) continue
    asked++
    if (!allowed.has(value)) counter.fail(row, value)
  }
  return counter.over(asked)
}

function repeated(column: Column): Tally {
  const counter = createCounter()
  const seen = new Set<string | number>()
  let asked = 0
  for (let row = 0; row < column.values.length; row++) {
    if (isEmpty(column, row)) continue
    asked++
    const value = column.values[row]!
    if (seen.has(value)) counter.fail(row, value)
    else seen.add(value)
  }
  return counter.over(asked)
}

/** Rows are compared by 53 bits of hash: a false match is expected once in ten thousand batches of a million rows. */
function duplicates(batch: Batch): Tally {
  const counter = createCounter()
  const high = new Uint32Array(batch.rows).fill(0x811c9dc5)
  const low = new Uint32Array(batch.rows).fill(0x01000193)
  for (const column of Object.values(batch.columns)) mixColumn(high, low, column)
  const seen = new Set<number>()
  for (let row = 0; row < batch.rows; row++) {
    const hash = (high[row]! & 0x1fffff) * 0x1_0000_0000 + low[row]!
    if (seen.has(hash)) counter.fail(row, null)
    else seen.add(hash)
  }
  return counter.over(batch.rows)
}

function mixColumn(high: Uint32Array, low: Uint32Array, column: Column): void {
  const bits = column.kind === 'numeric' ? numberBits(column.values) : wordBits(column.values)
  for (let row = 0; row < high.length; row++) {
    high[row] = mixed(high[row]! ^ bits[2 * row]!, bits[2 * row + 1]!)
    low[row] = mixed(low[row]! + bits[2 * row + 1]!, bits[2 * row]!)
  }
}

/** One round of murmur3's mixing. */
function mixed(hash: number, bits: number): number {
  let k = Math.imul(bits ^ Math.imul(hash, 0x9e3779b1), 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const h = hash ^ k
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) >>> 0
}

function numberBits(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
}

/** Words become numbers by the order in which they first come. */
function wordBits(values: readonly (string | null)[]): Uint32Array {
  const bits = new Uint32Array(2 * values.length)
  const places = new Map<string | null, number>()
  for (let row = 0; row < values.length; row++) {
    let place = places.get(values[row]!)
    if (place === undefined) places.set(values[row]!, (place = places.size + 1))
    bits[2 * row] = place
  }
  return bits
}

function presentRows(column: Column): number {
  let present = 0
  for (let row = 0; row < column.values.length; row++) if (!isEmpty(column, row)) present++
  return present
}

function isEmpty(column: Column, row: number): boolean {
  return column.kind === 'numeric' ? Number.isNaN(column.values[row]!) : column.values[row] === null
}
