import { DAY_MS, HOUR_MS } from '../../clock.ts'
import { suggest } from '../../config/index.ts'
import { EvenkeelError } from '../../error.ts'
import type { Schema, SchemaColumn } from '../../ingest/index.ts'
import { countValues, type FileTable, noticesOf, summarise } from '../../report/index.ts'
import { guessLabel, isPrediction, labelCandidates, MAX_CLASSES, type Task, taskOf } from './label.ts'
import { LEAK, SUSPECT, tellingOf } from './leaks.ts'

/** What a person said; everything else is guessed. */
export interface InitWishes {
  readonly label?: string
  readonly time?: string
  readonly entity?: string
  readonly model?: string
  readonly task?: Task
}

interface LeftOut {
  readonly column: string
  readonly role: 'ignored' | 'prediction' | 'id'
  readonly why: string
}

/** The project that will be written. */
export interface ProjectGuess {
  readonly label: string
  readonly labelWhy: string
  readonly task: Task
  readonly time: string | null
  /** Other columns that could be the time. */
  readonly otherTimes: readonly string[]
  readonly entity: string | null
  readonly numeric: readonly string[]
  readonly categorical: readonly string[]
  readonly leftOut: readonly LeftOut[]
  readonly windowMs: number | null
  /** Rows with a label. */
  readonly rows: number
  /** Things to look at before trusting the model, in words. */
  readonly warnings: readonly string[]
}

/** @throws EvenkeelError INIT_LABEL, INIT_TOO_LITTLE when no project can be made of the table */
export function guessProject(table: FileTable, wishes: InitWishes): ProjectGuess {
  const { schema, batch } = table
  checkShape(table)
  for (const name of [wishes.label, wishes.time, wishes.entity]) checkColumn(schema, name)
  const label = wishes.label === undefined ? guessLabel(schema) : { column: wishes.label, why: 'you said so' }
  if (label === null) throw noLabel(schema)
  const labelColumn = schema.columns.find(({ name }) => name === label.column)!
  const counts = countValues(batch.columns[label.column]!)
  const task = wishes.task ?? taskOf(labelColumn, counts.counts.size)
  checkLabel(label.column, task, counts.counts.size)
  const time = wishes.time ?? columnOf(schema, 'time')
  const entity = wishes.entity ?? columnOf(schema, 'entity')
  const taken = new Set([label.column, time, entity])
  const others = schema.columns.filter(({ name }) => !taken.has(name))
  const tellings = new Map(
    others
      .filter((column) => naturalReason(column, batch.columns[column.name]!) === null)
      .map(({ name }) => [name, tellingOf(name, batch.columns[name]!, batch.columns[label.column]!, task).score]),
  )
  const leftOut = others.flatMap((column) =>
    leaveOut(column, table, { task, score: tellings.get(column.name) ?? 0, label: label.column }),
  )
  const features = others.filter(({ name }) => !leftOut.some((out) => out.column === name))
  if (features.length === 0) throw nothingLeft(table.file, label.column, leftOut)
  const rows = [...counts.counts.values()].reduce((sum, count) => sum + count, 0)
  return {
    label: label.column,
    labelWhy: label.why,
    task,
    time,
    otherTimes: others.filter(({ type }) => type === 'time').map(({ name }) => name),
    entity,
    numeric: features.filter(isNumber).map(({ name }) => name),
    categorical: features.filter((column) => !isNumber(column)).map(({ name }) => name),
    leftOut,
    windowMs: time === null ? null : windowFor(table, time),
    rows,
    warnings: [
      ...(time === null ? timePartsOf(schema) : []),
      ...warningsOf(table, { features, tellings, task, label: label.column, labelled: rows }),
    ],
  }
}

function checkShape({ file, batch, schema }: FileTable): void {
  if (schema.columns.length < 2)
    throw tooLittle(
      file,
      `has one column (${schema.columns[0]?.name}), expected at least one to predict from and one to predict`,
    )
  if (batch.rows < 20)
    throw tooLittle(file, `has ${batch.rows} rows, expected at least 20, and some hundreds for a model worth having`)
}

function tooLittle(file: string, what: string): EvenkeelError {
  return new EvenkeelError(
    'INIT_TOO_LITTLE',
    `${file} ${what}; choose a table with a row per case and a column per fact`,
    { file },
  )
}

function nothingLeft(file: string, label: string, leftOut: readonly LeftOut[]): EvenkeelError {
  const why = leftOut.map((out) => `${out.column}: ${out.why}`).join(', ')
  return new EvenkeelError(
    'INIT_TOO_LITTLE',
    `${file} has nothing beside ${label} to predict from (${why}); join it with the table that has the facts of each case`,
    { file, label },
  )
}

function checkColumn(schema: Schema, name: string | undefined): void {
  const names = schema.columns.map((column) => column.name)
  if (name === undefined || names.includes(name)) return
  const meant = suggest(name, names)
  throw new EvenkeelError(
    'INIT_COLUMN',
    `there is no column ${name}; ${meant ? `did you mean ${meant}?` : `the file has ${names.join(', ')}`}`,
    { found: name, known: names },
  )
}

function noLabel(schema: Schema): EvenkeelError {
  const candidates = labelCandidates(schema)
  return new EvenkeelError(
    'INIT_LABEL',
    `which column is to be predicted cannot be told from the names; say it with --label, one of ${candidates.join(', ')}`,
    { candidates },
  )
}

function checkLabel(label: string, task: Task, distinct: number): void {
  if (distinct < 2)
    throw new EvenkeelError(
      'INIT_LABEL',
      `column ${label} has ${distinct} distinct values, so there is nothing to learn; choose another with --label`,
      { label },
    )
  if (task === 'multiclass' && distinct > MAX_CLASSES)
    throw new EvenkeelError(
      'INIT_LABEL',
      `column ${label} has ${distinct} classes, at most ${MAX_CLASSES} make sense; choose another with --label`,
      { label, distinct },
    )
}

function columnOf(schema: Schema, role: 'time' | 'entity'): string | null {
  return schema.columns.find((column) => column.role === role)?.name ?? null
}

function isNumber({ type }: SchemaColumn): boolean {
  return type === 'number' || type === 'integer'
}

const ROW_NUMBER = /^(index|id|row|row_?(id|no|num|number|index)|unnamed: ?0)$/i

/** Why a column is no feature whatever the label is; null when it may be one. */
function naturalReason(column: SchemaColumn, held: FileTable['batch']['columns'][string]): LeftOut['why'] | null {
  if (column.role === 'id' || ROW_NUMBER.test(column.name)) return 'it numbers the rows'
  if (isPrediction(column)) return "it looks like another model's prediction"
  if (column.type === 'text') return 'it is free text'
  if (column.type === 'time') return 'it is a second time; a feature view can make an age of it'
  if (column.role === 'ignored') return 'it numbers the rows'
  return countValues(held).counts.size < 2 ? 'it has a single value' : null
}

function leaveOut(
  column: SchemaColumn,
  { batch }: FileTable,
  { task, score, label }: { readonly task: Task; readonly score: number; readonly label: string },
): readonly LeftOut[] {
  const natural = naturalReason(column, batch.columns[column.name]!)
  const role = column.role === 'id' ? 'id' : isPrediction(column) ? 'prediction' : 'ignored'
  if (natural !== null) return [{ column: column.name, role, why: natural }]
  if (score < LEAK[task]) return []
  return [
    { column: column.name, role, why: `it tells ${label} almost alone (${score.toFixed(2)}): known only afterwards?` },
  ]
}

const WINDOWS_MS = [HOUR_MS, DAY_MS, 7 * DAY_MS, 28 * DAY_MS, 91 * DAY_MS, 364 * DAY_MS]
const ROWS_PER_WINDOW = 500

/** The shortest usual span that holds rows enough to judge. */
function windowFor({ batch, schema }: FileTable, time: string): number {
  const range = schema.columns.find(({ name }) => name === time)?.range
  const span = range ? range.max - range.min : 0
  return WINDOWS_MS.find((ms) => span > 0 && (batch.rows * ms) / span >= ROWS_PER_WINDOW) ?? WINDOWS_MS.at(-1)!
}

const TIME_PARTS = /^(year|yr|month|mnth|day|hour|hr|minute)$/i

/** A time in pieces is no time: nothing can be split, joined or watched by it. */
function timePartsOf({ columns }: Schema): readonly string[] {
  const parts = columns.map(({ name }) => name).filter((name) => TIME_PARTS.test(name))
  return parts.length < 3
    ? []
    : [`${parts.join(', ')}: parts of a time; joined into one column, rows could be trained and watched in their order`]
}

function warningsOf(
  table: FileTable,
  found: {
    readonly features: readonly SchemaColumn[]
    readonly tellings: ReadonlyMap<string, number>
    readonly task: Task
    readonly label: string
    readonly labelled: number
  },
): readonly string[] {
  const { batch } = table
  const unlabelled = batch.rows - found.labelled
  const suspects = found.features.flatMap(({ name }) => {
    const score = found.tellings.get(name) ?? 0
    return score >= SUSPECT[found.task]
      ? [`${name} tells ${found.label} very well alone (${score.toFixed(2)}): is it known when you predict?`]
      : []
  })
  const odd = found.features.flatMap((column) => {
    const held = batch.columns[column.name]!
    return noticesOf(column, summarise(held, batch.rows, countValues(held))).map(
      (notice) => `${column.name}: ${notice}`,
    )
  })
  return [
    ...(unlabelled > 0 ? [`${unlabelled} of ${batch.rows} rows have no ${found.label} and teach nothing`] : []),
    ...suspects,
    ...odd,
  ]
}
