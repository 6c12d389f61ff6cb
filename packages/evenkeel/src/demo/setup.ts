import { DAY_MS } from '../clock.ts'
import { type Config, parseConfig } from '../config/index.ts'
import { category, column, dayOfWeek, defineFeatureView, hourOfDay } from '../features/index.ts'
import type { SchemaHints } from '../ingest/index.ts'

export const MODEL = 'late-flights'
/** The feed that trains the model, and the service that asks it. */
export const FEED = 'flights'
export const ASKING = 'booking'

/** Declared once; the same functions run over January's batches and over every single request (law 16). */
export const flightView = defineFeatureView({
  name: 'flight',
  time: 'departure',
  features: {
    hour: hourOfDay('departure'),
    weekday: dayOfWeek('departure'),
    distance: column('distance'),
    origin: category('origin'),
    destination: category('destination'),
  },
})

/** Seasons change slowly and break nothing: every four weeks a challenger may show what it has learnt since. */
const REFRESH_MS = 28 * DAY_MS

export const feedHints: SchemaHints = { label: 'late', time: 'departure' }

/** What a user would write in evenkeel.config.ts; everything else is the default. */
export function demoConfig(dataDir: string): Config {
  return parseConfig(
    {
      dataDir,
      server: { port: 0 },
      sources: {
        [FEED]: { columns: { distance: { unit: 'mi' }, departure: { role: 'time' }, late: { role: 'label' } } },
      },
      models: {
        [MODEL]: {
          source: FEED,
          view: flightView,
          label: 'late',
          task: 'binary',
          remedies: { refreshEveryMs: REFRESH_MS },
        },
      },
    },
    'the demo',
  )
}
