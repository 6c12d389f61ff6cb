import { EvenkeelError } from '../error.ts'
import type { Batch } from './batch.ts'
import type { Role, SchemaColumn, SchemaHints } from './schema.ts'

const TIME_NAMES = [
  /^(event_?)?(timestamp|time|datetime|ts)$/i,
  /^date$/i,
  /timestamp|event_?time|datetime/i,
  /(_at|_time|_date|date|At)$/,
]
const ID_NAME =
  /(^|[_.\s])(id|uuid|guid|key|no|nr|number|index)$|[a-z](Id|ID|No|Nr)(_|$)|^(id|ID|no|nr|index|instant)$|^Unnamed: 0$|^__index_level_\d+__$/
const ENTITY_NAME = /^(id|uuid|Id|ID)$|[_.\s](id|uuid|ID)$|[a-z](Id|ID)$/
const ID_PREFIXED = /^(id|ID|Id)[_A-Z]/
const ROWS_TO_TELL_ID = 20

/** Gives every column its role: what a person said first, then what names and values make plain. A label is never guessed. */
export function rolesOf(columns: readonly SchemaColumn[], batch: Batch, hints: SchemaHints): SchemaColumn[] {
  const said = hintedRoles(columns, hints)
  const time = hints.time ?? guessTime(columns.filter((column) => !said.has(column.name)))
  if (time !== null) said.set(time, 'time')
  const id =
    hints.id === undefined ? columns.find((column) => !said.has(column.name) && isId(column, batch)) : undefined
  if (id !== undefined) said.set(id.name, 'id')
  const entity =
    hints.entity === undefined ? columns.find((column) => !said.has(column.name) && isEntity(column)) : undefined
  if (entity !== undefined) said.set(entity.name, 'entity')
  return columns.map((column) => ({ ...column, role: said.get(column.name) ?? restRole(column, batch) }))
}

function hintedRoles(columns: readonly SchemaColumn[], hints: SchemaHints): Map<string, Role> {
  const said = new Map<string, Role>()
  const say = (name: string | undefined, role: Role) => {
    if (name === undefined) return
    if (!columns.some((column) => column.name === name))
      throw new EvenkeelError(
        'INGEST_HINT',
        `the hint says column ${JSON.stringify(name)} is the ${role}, found ${columns.map((column) => column.name).join(', ')}; name one of these`,
        { column: name, role },
      )
    said.set(name, role)
  }
  for (const name of hints.ignored ?? []) say(name, 'ignored')
  for (const name of hints.predictions ?? []) say(name, 'prediction')
  say(hints.label, 'label')
  say(hints.id, 'id')
  say(hints.entity, 'entity')
  say(hints.time, 'time')
  return said
}

/** The best-named time column that always has a value. */
function guessTime(columns: readonly SchemaColumn[]): string | null {
  const times = columns.filter((column) => column.type === 'time' && column.missingShare < 0.01)
  for (const name of TIME_NAMES) {
    const found = times.find((column) => name.test(column.name))
    if (found !== undefined) return found.name
  }
  return times[0]?.name ?? null
}

function isId(column: SchemaColumn, batch: Batch): boolean {
  if (!column.unique || column.missingShare > 0 || column.type === 'number' || column.type === 'time') return false
  if (ID_NAME.test(column.name) || ID_PREFIXED.test(column.name)) return true
  return batch.rows >= ROWS_TO_TELL_ID && isCounter(column, batch)
}

/** Every value one more than the last: a row number, whatever it is called. */
function isCounter(column: SchemaColumn, batch: Batch): boolean {
  if (column.type !== 'integer' || column.range === null) return false
  return column.range.max - column.range.min === batch.rows - 1
}

function isEntity(column: SchemaColumn): boolean {
  if (column.type !== 'integer' && column.type !== 'category' && column.type !== 'text') return false
  return (ENTITY_NAME.test(column.name) || ID_PREFIXED.test(column.name)) && !column.unique
}

/** A second row number or a column of free text tells a model nothing it could use again. */
function restRole(column: SchemaColumn, batch: Batch): Role {
  if (column.type === 'text') return 'ignored'
  return column.unique && batch.rows >= ROWS_TO_TELL_ID && isCounter(column, batch) ? 'ignored' : 'feature'
}
