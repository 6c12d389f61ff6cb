import { type Config, type ModelConfig, plainView } from '../config/index.ts'
import { EvenkeelError } from '../error.ts'
import { defaultView, type FeatureView, viewFromJson } from '../features/index.ts'
import type { Ingest, Schema } from '../ingest/index.ts'
import type { Recipe } from '../training/index.ts'

/** How a configured model is made; null for a name the configuration does not know. */
export async function recipeOf(config: Config, ingest: Ingest, model: string): Promise<Recipe | null> {
  const settings = config.models[model]
  if (settings === undefined) return null
  const schema = await schemaOf(ingest, config.project, model, settings)
  const view = writtenView(model, settings) ?? defaultView(schema, model)
  const reads = new Set([...view.features.flatMap((feature) => feature.reads), view.entity, view.time])
  const columns = schema.columns.filter(({ name, role }) => reads.has(name) || role === 'time' || role === 'entity')
  const { label, task, classes, training } = settings
  return { view, schema: { columns }, label, task, classes, settings: training }
}

/** Views that are known without looking at data, by the source they are computed over. */
export function viewsOf(config: Config): (project: string, source: string) => readonly FeatureView[] {
  return (_, source) =>
    Object.entries(config.models).flatMap(([model, settings]) => {
      const view = settings.source === source ? writtenView(model, settings) : null
      return view === null ? [] : [view]
    })
}

/** The view the configuration declares as code or as lists; null where it says nothing of features. */
function writtenView(model: string, { view, features }: ModelConfig): FeatureView | null {
  if (view) return view
  return features ? viewFromJson(plainView(model, features)) : null
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
