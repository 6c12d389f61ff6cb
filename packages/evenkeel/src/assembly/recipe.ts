import type { Config, ModelConfig } from '../config/index.ts'
import { EvenkeelError } from '../error.ts'
import {
  category,
  column,
  dayOfWeek,
  defaultView,
  defineFeatureView,
  type FeatureView,
  hourOfDay,
} from '../features/index.ts'
import type { Ingest, Schema } from '../ingest/index.ts'
import type { Recipe } from '../training/index.ts'

/** How a configured model is made; null for a name the configuration does not know. */
export async function recipeOf(config: Config, ingest: Ingest, model: string): Promise<Recipe | null> {
  const settings = config.models[model]
  if (settings === undefined) return null
  const schema = await schemaOf(ingest, config.project, model, settings)
  const view = viewOf(model, settings, schema)
  const reads = new Set([...view.features.flatMap((feature) => feature.reads), view.entity, view.time])
  const { coolDownMs: _, ...training } = { coolDownMs: 0, ...settings.training }
  return {
    view,
    schema: {
      columns: schema.columns.filter(({ name, role }) => reads.has(name) || role === 'time' || role === 'entity'),
    },
    label: settings.label,
    task: settings.task,
    settings: training,
  }
}

async function schemaOf(
  ingest: Ingest,
  project: string,
  model: string,
  { source, label }: ModelConfig,
): Promise<Schema> {
  const found = await ingest.readSource(source, project)
  if (found?.schema) return withLabel(found.schema, label)
  throw new EvenkeelError(
    'TRAINING_NO_DATA',
    `model ${model} learns from source ${source}, which has no rows yet; send some with: evenkeel ingest <file> --source ${source}`,
    { model, source },
  )
}

/** What a model predicts is its label, whatever the schema's guess of the column was. */
function withLabel(schema: Schema, label: string): Schema {
  return { columns: schema.columns.map((each) => (each.name === label ? { ...each, role: 'label' } : each)) }
}

function viewOf(model: string, settings: ModelConfig, schema: Schema): FeatureView {
  if (settings.view) return settings.view
  if (!settings.features) return defaultView(schema, { name: model })
  const { numeric, categorical, entity, time } = settings.features
  const features = {
    ...Object.fromEntries(numeric.map((name) => [name, column(name)])),
    ...Object.fromEntries(categorical.map((name) => [name, category(name)])),
    ...(time && { [`${time}_hour`]: hourOfDay(time), [`${time}_weekday`]: dayOfWeek(time) }),
  }
  return defineFeatureView({ name: model, features, ...(entity && { entity }), ...(time && { time }) })
}
