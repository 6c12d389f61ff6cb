import type { ViewJson } from '../features/index.ts'
import type { ModelConfig } from './schema.ts'

type PlainFeatures = NonNullable<ModelConfig['features']>

/** The feature view that lists of columns stand for, as data: `viewFromJson` of features makes it work. */
export function plainView(name: string, features: PlainFeatures): ViewJson {
  const { time = null, entity = null, numeric, categorical, calendar } = features
  return {
    name,
    entity,
    time,
    features: [
      ...numeric.map((column) => ({ name: column, transform: { kind: 'column', column } as const })),
      ...categorical.map((column) => ({ name: column, transform: { kind: 'category', column } as const })),
      ...(calendar && time !== null ? calendarOf(time) : []),
    ],
  }
}

function calendarOf(column: string): ViewJson['features'] {
  return [
    { name: `${column}.hour`, transform: { kind: 'hourOfDay', column, timezone: 'UTC' } },
    { name: `${column}.weekday`, transform: { kind: 'dayOfWeek', column, timezone: 'UTC' } },
  ]
}
