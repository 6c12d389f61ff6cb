import { setImmediate } from 'node:timers/promises'
import { EvenkeelError } from '../error.ts'
import type { Batch, Column } from '../ingest/index.ts'
import type { Feature, FeatureColumn, FeatureTable, FeatureView } from './view.ts'

/** Raw columns the view reads, each once; entity and time included. */
export function columnsOf(view: FeatureView): string[] {
  const reads = view.features.flatMap((feature) => feature.reads)
  return [...new Set([...reads, ...[view.entity, view.time].filter((name) => name !== null)])]
}

/**
 * The features of a batch, by the same functions that a single request goes through.
 * @throws EvenkeelError FEATURES_COLUMN_MISSING
 */
export function computeFeatures(view: FeatureView, batch: Batch): FeatureTable {
  const work = startTable(view, batch)
  work.run(0, batch.rows)
  return work.table()
}

/** Rows between which others get their turn: about ten milliseconds. */
const ROWS_PER_TURN = 10_000

/** The same, without holding the event loop, which others answer requests on. */
export async function computeFeaturesInTurns(
  view: FeatureView,
  batch: Batch,
  onRows: (done: number) => void = () => {},
): Promise<FeatureTable> {
  const work = startTable(view, batch)
  for (let from = 0; from < batch.rows; from += ROWS_PER_TURN) {
    const until = Math.min(batch.rows, from + ROWS_PER_TURN)
    work.run(from, until)
    onRows(until)
    await setImmediate()
  }
  return work.table()
}

function startTable(view: FeatureView, batch: Batch) {
  const readers = columnsOf(view).map((name) => readerOf(view, batch, name))
  const writers = view.features.map((feature) => writerOf(feature, batch.rows))
  const row: Record<string, number | string | null> = {}
  const run = (from: number, until: number) => {
    for (let index = from; index < until; index++) {
      for (const { name, read } of readers) row[name] = read(index)
      for (const { feature, write } of writers) write(index, feature.compute(row))
    }
  }
  return { run, table: (): FeatureTable => ({ rows: batch.rows, columns: writers.map((writer) => writer.column()) }) }
}

function readerOf(view: FeatureView, batch: Batch, name: string) {
  const column = batch.columns[name]
  if (column === undefined)
    throw new EvenkeelError(
      'FEATURES_COLUMN_MISSING',
      `feature view ${view.name} reads column ${name}; the rows have ${Object.keys(batch.columns).join(', ')}; bring the column or change the view`,
      { view: view.name, column: name },
    )
  return { name, read: cellReader(column) }
}

function cellReader(column: Column): (row: number) => number | string | null {
  if (column.kind === 'string') return (row) => column.values[row]!
  return (row) => {
    const value = column.values[row]!
    return Number.isNaN(value) ? null : value
  }
}

interface Writer {
  readonly feature: Feature
  readonly write: (row: number, value: number | string | null) => void
  readonly column: () => FeatureColumn
}

function writerOf(feature: Feature, rows: number): Writer {
  return feature.kind === 'numeric' ? numericWriter(feature, rows) : categoricalWriter(feature, rows)
}

function numericWriter(feature: Feature, rows: number): Writer {
  const values = new Float64Array(rows).fill(Number.NaN)
  return {
    feature,
    write(row, value) {
      if (typeof value === 'number') values[row] = value
    },
    column: () => ({ name: feature.name, kind: 'numeric', values }),
  }
}

function categoricalWriter(feature: Feature, rows: number): Writer {
  const codes = new Int32Array(rows).fill(-1)
  const places = new Map<string, number>()
  return {
    feature,
    write(row, value) {
      if (value === null) return
      const text = String(value)
      const known = places.get(text)
      if (known === undefined) places.set(text, places.size)
      codes[row] = known ?? places.size - 1
    },
    column: () => ({ name: feature.name, kind: 'categorical', codes, dictionary: [...places.keys()] }),
  }
}
