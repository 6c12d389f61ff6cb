import type { Instant } from '../clock.ts'
import type { RawRow } from '../features/index.ts'
import { effectiveValues } from './overrides.ts'
import type { InvalidRequest, PredictRequest } from './request.ts'
import type { ModelState } from './state.ts'
import type { TurnRow } from './turn.ts'
import { invalid, parseInstant, type WireRow } from './validate.ts'

export interface RowContext {
  readonly now: Instant
  readonly maxRows: number
  /** Makes an id that no other row of this spool has. */
  readonly nextId: () => string
}

const MAX_ID_CHARS = 200
const DEFAULT_SOURCE = 'http'

/** Validates a request against the versions its rows are routed to; all of it or nothing. */
export function prepareRows(
  state: ModelState,
  request: PredictRequest,
  context: RowContext,
): TurnRow[] | InvalidRequest {
  const { rows } = request
  const wrong = checkEnvelope(request, context.maxRows)
  if (wrong !== null) return wrong
  const source = request.source ?? DEFAULT_SOURCE
  const sourceJson = JSON.stringify(source)
  const overrides = state.overrides.get(source)
  const prepared: TurnRow[] = []
  for (let i = 0; i < rows.length; i++) {
    const row = prepareRow(state, request, i, context)
    if ('code' in row) return row
    const changed = effectiveValues(overrides, row.raw)
    const effective = changed === null ? row.raw : { ...row.raw, ...changed }
    const { arm, prefix, id, chosen, at, entity, features } = row
    prepared.push({
      arm,
      prefix,
      id,
      chosen,
      at,
      receivedAt: context.now,
      entity,
      sourceJson,
      features,
      effective,
      changed,
    })
  }
  return prepared
}

function checkEnvelope({ rows, id, at, entity, source }: PredictRequest, maxRows: number): InvalidRequest | null {
  if (!Array.isArray(rows) || rows.length === 0)
    return invalid('ROWS_ABSENT', null, 'rows', rows, 'an array of at least one object of named columns')
  if (rows.length > maxRows)
    return invalid('TOO_MANY_ROWS', null, 'rows', rows, `at most ${maxRows} rows in one request`)
  for (const [field, given] of Object.entries({ id, at, entity }))
    if (Array.isArray(given) && given.length !== rows.length)
      return invalid('WRONG_LENGTH', null, field, given, `one per row, ${rows.length}, or a single one`)
  if (
    source !== undefined &&
    (typeof source !== 'string' || source === '' || source.length > MAX_ID_CHARS || source.includes('\u0000'))
  )
    return invalid('SOURCE_INVALID', null, 'source', source, `a name of 1 to ${MAX_ID_CHARS} characters`)
  return null
}

interface PreparedRow {
  readonly arm: TurnRow['arm']
  readonly prefix: string
  readonly id: string
  readonly chosen: boolean
  readonly at: Instant
  readonly entity: string | null
  readonly features: string
  readonly raw: RawRow
}

function prepareRow(
  state: ModelState,
  request: PredictRequest,
  index: number,
  context: RowContext,
): PreparedRow | InvalidRequest {
  const row = request.rows[index] as WireRow | null
  const id = idOf(request, index, context.nextId)
  if (typeof id !== 'string') return id
  const entity = entityOf(state, request, row, index)
  if (typeof entity === 'object' && entity !== null) return entity
  const { arm, prefix } = state.choose(entity ?? id)
  const features = arm.validator.check(row, index)
  if (typeof features !== 'string') return features
  const at = timeOf(arm.timeColumn, request, row as WireRow, index, context.now)
  if (typeof at !== 'number') return at
  // The validator changed the row in place into the raw form that features read.
  return { arm, prefix, id, chosen: request.id !== undefined, at, entity, features, raw: row as RawRow }
}

function idOf({ id, rows }: PredictRequest, index: number, nextId: () => string): string | InvalidRequest {
  if (id === undefined) return nextId()
  const given: unknown = Array.isArray(id) ? id[index] : id
  if (typeof given !== 'string' || given === '' || given.length > MAX_ID_CHARS || given.includes('\u0000'))
    return invalid('ID_INVALID', index, 'id', given, `a string of 1 to ${MAX_ID_CHARS} characters`)
  return Array.isArray(id) || rows.length === 1 ? given : `${given}:${index}`
}

function entityOf(
  state: ModelState,
  { entity }: PredictRequest,
  row: WireRow | null,
  index: number,
): string | null | InvalidRequest {
  const column = state.arms[0]!.entityColumn
  const fromRow = column === null || typeof row !== 'object' || row === null ? undefined : row[column]
  const given: unknown = Array.isArray(entity) ? entity[index] : (entity ?? fromRow)
  if (given === undefined || given === null) return null
  if (typeof given === 'number' && Number.isFinite(given)) return String(given)
  if (typeof given === 'string' && given.length <= MAX_ID_CHARS && !given.includes('\u0000')) return given
  return invalid('ENTITY_INVALID', index, 'entity', given, `a number or a string of at most ${MAX_ID_CHARS} characters`)
}

function timeOf(
  column: string | null,
  { at }: PredictRequest,
  row: WireRow,
  index: number,
  now: Instant,
): Instant | InvalidRequest {
  const given: unknown = Array.isArray(at) ? at[index] : at
  if (given === undefined) {
    const value = column === null ? null : row[column]
    return typeof value === 'number' ? value : now
  }
  return (
    parseInstant(given) ??
    invalid('TIME_INVALID', index, 'at', given, 'epoch milliseconds or an ISO 8601 time with its UTC offset')
  )
}
