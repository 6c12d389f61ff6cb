import { isDeepStrictEqual } from 'node:util'
import { hintsOf } from '../config/index.ts'
import type { Role, Schema, SchemaColumn, SchemaHints } from '../ingest/index.ts'
import type { Evenkeel } from './open.ts'

/**
 * Sources are known with what the configuration says of their columns before their first batch comes; what it says
 * differently after that is another revision of their schema.
 */
export async function declareSources({ config, ingest }: Evenkeel): Promise<void> {
  const { project } = config
  for (const [name, settings] of Object.entries(config.sources)) {
    const hints = hintsOf(settings)
    const { schema } = await ingest.declareSource({ project, name, hints })
    if (schema === null) continue
    const wanted = applyHints(schema, hints)
    if (isDeepStrictEqual(schema, wanted)) continue
    await ingest.reviseSource({
      project,
      name,
      schema: wanted,
      by: 'configuration',
      reason: 'its columns were changed',
    })
  }
}

/** The schema with what a person says of its columns; what nobody speaks of stays as it is. */
export function applyHints(schema: Schema, hints: SchemaHints): Schema {
  return { columns: schema.columns.map((column) => applyToColumn(column, hints)) }
}

function applyToColumn(column: SchemaColumn, { types, units, timeFormats, ...hints }: SchemaHints): SchemaColumn {
  const { name } = column
  const type = types?.[name] ?? column.type
  const timeFormat = timeFormats?.[name] ?? column.timeFormat
  return {
    ...column,
    // What was seen under another type says nothing of this one.
    ...(type === column.type ? {} : { type, range: null, categories: null }),
    role: roleOf(column, hints),
    unit: units?.[name] ?? column.unit,
    ...(timeFormat && { timeFormat }),
  }
}

const SINGLE = ['time', 'entity', 'id', 'label'] as const satisfies readonly Role[]

/** A role that one column has goes to the column that is named, and is taken from the one that was guessed. */
function roleOf({ name, role }: SchemaColumn, hints: SchemaHints): Role {
  const named = SINGLE.find((single) => hints[single] === name)
  if (named !== undefined) return named
  if (hints.predictions?.includes(name)) return 'prediction'
  if (hints.ignored?.includes(name)) return 'ignored'
  const taken = SINGLE.some((single) => single === role && hints[single] !== undefined)
  return taken ? 'feature' : role
}
