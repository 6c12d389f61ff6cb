import type { Role, SchemaHints } from '../ingest/index.ts'
import type { SourceConfig } from './schema.ts'

/** What the configuration says of a source's columns, in the form in which a source is declared. */
export function hintsOf({ columns }: SourceConfig): SchemaHints {
  const entries = Object.entries(columns)
  const named = (role: Role) => entries.flatMap(([name, column]) => (column.role === role ? [name] : []))
  const facts = <T>(of: (column: SourceConfig['columns'][string]) => T | undefined) =>
    Object.fromEntries(
      entries.flatMap(([name, column]) => {
        const fact = of(column)
        return fact === undefined ? [] : [[name, fact] as const]
      }),
    )
  return {
    time: named('time')[0],
    entity: named('entity')[0],
    id: named('id')[0],
    label: named('label')[0],
    predictions: named('prediction'),
    ignored: named('ignored'),
    types: facts(({ type }) => type),
    units: facts(({ unit }) => unit),
    timeFormats: facts(({ timeFormat }) => timeFormat),
  }
}
