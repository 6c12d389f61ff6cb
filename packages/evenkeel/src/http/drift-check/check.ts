import { type Batch, conformBatch, inferSchema, type Schema, type SchemaColumn } from '../../ingest/index.ts'
import {
  type ColumnReport,
  type ColumnVerdict,
  compareTables,
  DEFAULT_SETTINGS,
  type ReportSettings,
  reasonToLeaveOut,
} from '../../report/index.ts'
import { findByPeer } from './by-peer.ts'
import type { DriftCheck, Finding } from './finding.ts'
import { type CheckRequest, type ColumnOptions, invalid, OWN_METHOD, readRequest } from './request.ts'
import { batchOfJson, type CheckLimits, type JsonTable, readJsonTable } from './table.ts'

/**
 * Sets the current table beside the reference, column by column, by our method or a peer's.
 * @param bytes of a request in JSON, see `checkRequest`
 * @throws EvenkeelError DRIFT_CHECK_INVALID, DRIFT_CHECK_TOO_LARGE
 */
export function checkDrift(bytes: Uint8Array, limits: CheckLimits): DriftCheck {
  const request = readRequest(bytes)
  const reference = readJsonTable(request.reference, 'reference', limits)
  const current = readJsonTable(request.current, 'current', limits)
  const options = optionsOf(request, reference)
  const before = batchOfJson(reference)
  const schema = inferSchema(before, {
    types: recordOf(options, ({ type }) => type),
    ignored: [...options].flatMap(([name, { ignored }]) => (ignored ? [name] : [])),
  })
  const methodOf = chooserOf(request, options)
  const ours = schema.columns.filter((column) => methodOf(column) === OWN_METHOD)
  const settings = settingsOf(request)
  const findings = [
    ...findOurs({ columns: ours }, before, batchOfJson(current), settings),
    ...schema.columns
      .filter((column) => methodOf(column) !== OWN_METHOD)
      .map((column) =>
        findByPeer({
          column: column.name,
          method: methodOf(column),
          options: options.get(column.name) ?? {},
          reference: reference.cells.get(column.name)!,
          current: current.cells.get(column.name),
        }),
      ),
  ].sort((a, b) => RANK[a.verdict] - RANK[b.verdict])
  return {
    ...overall(findings),
    rows: { reference: reference.rows, current: current.rows },
    settings,
    findings,
    added: [...current.cells.keys()].filter((name) => !reference.cells.has(name)),
  }
}

type Options = ReadonlyMap<string, ColumnOptions>

function optionsOf({ columns = {} }: CheckRequest, { cells }: JsonTable): Options {
  const options = new Map(Object.entries(columns))
  for (const name of options.keys())
    if (!cells.has(name))
      throw invalid({
        field: `columns.${name}`,
        found: 'a column that the reference does not have',
        expected: 'one of it',
      })
  return options
}

/** A peer that is named for all columns judges what can be judged; one that is named for a column judges it whatever it is. */
function chooserOf({ method = OWN_METHOD }: CheckRequest, options: Options): (column: SchemaColumn) => string {
  return (column) => {
    const own = options.get(column.name)
    if (own?.ignored) return OWN_METHOD
    return own?.method ?? (reasonToLeaveOut(column) === null ? method : OWN_METHOD)
  }
}

function settingsOf({ settings = {} }: CheckRequest): ReportSettings {
  const { falseAlarms, minRows, floor } = settings
  return {
    falseAlarms: falseAlarms ?? DEFAULT_SETTINGS.falseAlarms,
    minRows: minRows ?? DEFAULT_SETTINGS.minRows,
    floor: floor ?? DEFAULT_SETTINGS.floor,
  }
}

/** Names come from outside: `constructor` is one of them, and no key of an empty record. */
function recordOf<T>(options: Options, read: (column: ColumnOptions) => T | undefined): Readonly<Record<string, T>> {
  const record = Object.create(null) as Record<string, T>
  for (const [name, column] of options) {
    const value = read(column)
    if (value !== undefined) record[name] = value
  }
  return record
}

function findOurs(schema: Schema, before: Batch, after: Batch, settings: ReportSettings): readonly Finding[] {
  if (schema.columns.length === 0) return []
  const report = compareTables(
    {
      reference: { name: 'reference', batch: conformBatch(only(before, schema), schema) },
      current: { name: 'current', batch: conformBatch(only(after, schema), schema) },
      schema,
    },
    { now: 0, settings },
  )
  return report.columns.map((column) => ourFinding(column, after.rows))
}

function only({ rows, columns }: Batch, schema: Schema): Batch {
  const names = new Set(schema.columns.map(({ name }) => name))
  return { rows, columns: Object.fromEntries(Object.entries(columns).filter(([name]) => names.has(name))) }
}

function ourFinding(
  { column, verdict, reason, effect, measures, reference, current }: ColumnReport,
  rows: number,
): Finding {
  const { psi } = measures
  return {
    column,
    method: OWN_METHOD,
    peer: null,
    verdict,
    reason,
    measure: psi && 'psi',
    scale: psi && 'distance',
    value: psi?.value ?? null,
    threshold: psi?.noiseFloor ?? null,
    effect,
    rows: { reference: reference.rows, current: current === null ? 0 : rows },
    missing: { reference: reference.missing, current: current?.missing ?? 0 },
  }
}

const RANK: Readonly<Record<ColumnVerdict, number>> = { shifted: 0, unknown: 1, steady: 2, 'left-out': 3 }

function overall(findings: readonly Finding[]): Pick<DriftCheck, 'verdict' | 'words'> {
  const count = (wanted: ColumnVerdict) => findings.filter(({ verdict }) => verdict === wanted).length
  const [shifted, unknown, steady] = [count('shifted'), count('unknown'), count('steady')]
  const judged = shifted + unknown + steady
  if (judged === 0) return { verdict: 'unknown', words: 'no column could be judged' }
  const verdict = shifted > 0 ? 'shifted' : unknown > 0 ? 'unknown' : 'steady'
  const said = { shifted, unknown, steady }
  const counted = (['shifted', 'unknown', 'steady'] as const).filter((kind) => said[kind] > 0)
  const words = counted.map((kind) => `${said[kind]} ${kind}`).join(', ')
  return { verdict, words: `of ${judged} ${judged === 1 ? 'column' : 'columns'} judged: ${words}` }
}
