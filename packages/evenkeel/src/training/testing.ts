import { createRandom } from '@evenkeel/stats'
import { HOUR_MS, type Instant } from '../clock.ts'
import { category, column, defineFeatureView, type FeatureView, hourOfDay } from '../features/index.ts'
import { type Batch, inferSchema } from '../ingest/index.ts'
import type { Recipe, TrainingRows } from './service.ts'
import type { TrainingSettings } from './settings.ts'

/** A small world with something to learn: late parcels, by distance, depot and hour. One row an hour. */
export function drawParcels(options: { readonly rows: number; readonly seed: number; readonly from?: Instant }): Batch {
  const { rows, seed, from = Date.UTC(2024, 0, 1) } = options
  const random = createRandom(seed)
  const depots = ['north', 'south', 'harbour', null]
  const distance = new Float64Array(rows)
  const minutes = new Float64Array(rows)
  const at = Float64Array.from({ length: rows }, (_, row) => from + row * HOUR_MS)
  const depot = Array.from({ length: rows }, () => depots[random.integer(depots.length)]!)
  const late = Array.from({ length: rows }, (_, row) => {
    distance[row] = random.next() < 0.05 ? Number.NaN : random.next() * 100
    const odds = (Number.isNaN(distance[row]!) ? 60 : distance[row]!) / 20 - 3 + (depot[row] === 'harbour' ? 2 : 0)
    minutes[row] = 30 * odds + 5 * random.normal()
    return String(random.next() < 1 / (1 + Math.exp(-odds)))
  })
  const driver = Array.from({ length: rows }, () => `d${random.integer(40)}`)
  const numeric = (values: Float64Array) => ({ kind: 'numeric' as const, values, invalid: [] })
  const text = (values: readonly (string | null)[]) => ({ kind: 'string' as const, values, invalid: [] })
  return {
    rows,
    columns: {
      at: { ...numeric(at), declared: 'time' },
      distance: numeric(distance),
      depot: text(depot),
      driver: text(driver),
      minutes: numeric(minutes),
      late: text(late),
    },
  }
}

export const parcelView: FeatureView = defineFeatureView({
  name: 'parcels',
  entity: 'driver',
  time: 'at',
  features: { distance: column('distance'), depot: category('depot'), hour: hourOfDay('at') },
})

export function parcelRecipe(settings: Partial<TrainingSettings> = {}): Recipe {
  const schema = inferSchema(drawParcels({ rows: 400, seed: 1 }), { time: 'at', entity: 'driver', label: 'late' })
  return { view: parcelView, schema, label: 'late', task: 'binary', settings: { trees: 30, maxDepth: 3, ...settings } }
}

/** Always the same rows, whatever is asked for. */
export function rowsOf(batch: Batch, excluded = 0): TrainingRows {
  return { read: async () => ({ batch, excluded }) }
}
