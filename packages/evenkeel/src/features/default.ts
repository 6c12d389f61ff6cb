import { columnsWithRole, type Schema, type SchemaColumn } from '../ingest/index.ts'
import { category, column, dayOfWeek, defineFeatureView, hourOfDay, textLength, timeSince } from './declare.ts'
import type { FeatureSpec } from './transforms.ts'
import type { FeatureView } from './view.ts'

/**
 * The view of a file nobody has looked at: every feature column as it is, and hour and weekday of the event. No month:
 * less than a year of rows would teach the model that the season is the date.
 */
export function defaultView(schema: Schema, name = 'default'): FeatureView {
  const time = columnsWithRole(schema, 'time')[0]?.name ?? null
  const features: Record<string, FeatureSpec> = {}
  for (const found of columnsWithRole(schema, 'feature')) {
    const spec = specFor(found, time)
    if (spec !== null) features[found.name] = spec
  }
  if (time !== null) {
    features[freeName(features, `${time}.hour`)] = hourOfDay(time)
    features[freeName(features, `${time}.weekday`)] = dayOfWeek(time)
  }
  return defineFeatureView({ name, entity: columnsWithRole(schema, 'entity')[0]?.name ?? null, time, features })
}

function specFor({ name, type }: SchemaColumn, time: string | null): FeatureSpec | null {
  switch (type) {
    case 'number':
    case 'integer':
      return column(name)
    case 'boolean':
    case 'category':
      return category(name)
    case 'text':
      return textLength(name)
    case 'time':
      return time === null ? null : timeSince(name, time)
  }
}

function freeName(taken: Readonly<Record<string, unknown>>, name: string): string {
  return Object.hasOwn(taken, name) ? freeName(taken, `${name}'`) : name
}
