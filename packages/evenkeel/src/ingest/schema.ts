/**
 * What a column holds. `number` and `integer` are columns of numbers, `time` of instants, `category` and `text` of strings;
 * a boolean column is a category of `true` and `false`.
 */
export type ColumnType = 'number' | 'integer' | 'boolean' | 'category' | 'text' | 'time'

/** What a column is for. `ignored` columns are carried along and never judged, trained on or watched. */
export type Role = 'feature' | 'label' | 'prediction' | 'entity' | 'time' | 'id' | 'ignored'

/**
 * How the instants of a time column are written. `iso` is year first, with `-` or `/`; without a zone it is UTC. Whether
 * `03/04/2024` is March or April is decided by evidence when the schema is inferred, and never guessed per cell.
 */
export type TimeFormat = 'iso' | 'day-first' | 'month-first' | 'epoch-s' | 'epoch-ms'

/** What is known of one column: inferred once from a first batch, then pinned until a person changes it. */
export interface SchemaColumn {
  readonly name: string
  readonly type: ColumnType
  readonly role: Role
  /** Physical unit, where the name or a person says so: `mi`, `km`, `min`, `usd`. */
  readonly unit: string | null
  /** Smallest and largest value seen when the schema was pinned; numbers and times only. */
  readonly range: { readonly min: number; readonly max: number } | null
  /** Every category seen when the schema was pinned, up to MAX_CATEGORIES; categories and booleans only. */
  readonly categories: readonly string[] | null
  /** Share of rows without a value when the schema was pinned, 0 to 1. */
  readonly missingShare: number
  /** No value came twice when the schema was pinned. */
  readonly unique: boolean
  /** Time columns: how they are written in text formats. Absent means `iso`. */
  readonly timeFormat?: TimeFormat
}

export interface Schema {
  readonly columns: readonly SchemaColumn[]
}

/** What a person knows better than the data: names of columns, and facts about them. All of it may be absent. */
export interface SchemaHints {
  readonly time?: string | undefined
  readonly entity?: string | undefined
  readonly id?: string | undefined
  readonly label?: string | undefined
  readonly predictions?: readonly string[] | undefined
  readonly ignored?: readonly string[] | undefined
  readonly types?: Readonly<Record<string, ColumnType>> | undefined
  readonly units?: Readonly<Record<string, string>> | undefined
  readonly timeFormats?: Readonly<Record<string, TimeFormat>> | undefined
}

/** A string column with more distinct values than this is text, not a category. */
export const MAX_CATEGORIES = 1_000

export function findColumn(schema: Schema, name: string): SchemaColumn | undefined {
  return schema.columns.find((column) => column.name === name)
}

export function columnsWithRole(schema: Schema, role: Role): readonly SchemaColumn[] {
  return schema.columns.filter((column) => column.role === role)
}

/** True for the types whose values are held as numbers: numbers, integers and instants. */
export function isNumeric(type: ColumnType): boolean {
  return type === 'number' || type === 'integer' || type === 'time'
}
