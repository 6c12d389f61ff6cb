import { twinOf } from '@evenkeel/stats'
import { EvenkeelError } from '../error.ts'
import {
  category,
  column,
  columnsOf,
  computeFeaturesInTurns,
  type Feature,
  type FeatureTable,
  type FeatureView,
} from '../features/index.ts'
import { type Batch, findColumn, type Schema, type SchemaColumn } from '../ingest/index.ts'
import type { Recipe } from './service.ts'
import { DEFAULT_TRAINING, type TrainingSettings } from './settings.ts'
import type { TrainingTask } from './task.ts'

export function settingsOf(recipe: Recipe): TrainingSettings {
  const given = Object.entries(recipe.settings ?? {}).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_TRAINING, ...Object.fromEntries(given) }
}

/**
 * The raw columns a request of the model must have, in the roles the view gives them.
 * @throws EvenkeelError TRAINING_LABEL_LEAKS, TRAINING_COLUMN_UNKNOWN
 */
export function inputsOf(recipe: Recipe): Schema {
  const { view, label, schema } = recipe
  const leaking = view.features.find((feature) => feature.reads.includes(label))
  if (leaking !== undefined)
    throw new EvenkeelError(
      'TRAINING_LABEL_LEAKS',
      `feature ${leaking.name} of view ${view.name} reads the label ${label}; take it out of the view, or name another label`,
      { view: view.name, feature: leaking.name, label },
    )
  return { columns: columnsOf(view).map((name) => inputOf(view, schema, name)) }
}

function inputOf(view: FeatureView, schema: Schema, name: string): SchemaColumn {
  const found = findColumn(schema, name)
  if (found === undefined)
    throw new EvenkeelError(
      'TRAINING_COLUMN_UNKNOWN',
      `feature view ${view.name} reads column ${name}; the schema has ${schema.columns.map((known) => known.name).join(', ')}; mend the name, or the schema`,
      { view: view.name, column: name },
    )
  return { ...found, role: name === view.time ? 'time' : name === view.entity ? 'entity' : 'feature' }
}

/** Raw columns whose distribution means something: not the calendar, not instants, not free text. */
function profiled(view: FeatureView, inputs: Schema): SchemaColumn[] {
  const watched = new Set(view.features.filter((feature) => !feature.calendar).flatMap((feature) => feature.reads))
  return inputs.columns.filter(({ name, type }) => watched.has(name) && type !== 'time' && type !== 'text')
}

/** Everything the training thread needs of the rows, in one pass that lets others have their turn. */
export async function prepareTask(
  model: string,
  recipe: Recipe,
  batch: Batch,
  onRows: (done: number) => void,
): Promise<TrainingTask> {
  const { view, label, task, classes } = recipe
  const parts: Record<'features' | 'raw' | 'label' | 'times' | 'twins', readonly Feature[]> = {
    features: view.features,
    raw: profiled(view, inputsOf(recipe)).map(rawFeature),
    label: [{ name: label, ...(task === 'regression' ? column(label) : category(label)) }],
    times: view.time === null ? [] : [{ name: view.time, ...column(view.time) }],
    twins: view.entity === null ? [] : [twinFeature(view.entity)],
  }
  const all: FeatureView = { ...view, features: Object.values(parts).flat() }
  const table = await computeFeaturesInTurns(all, batch, onRows)
  let taken = 0
  const take = (part: keyof typeof parts): FeatureTable => {
    const from = taken
    taken += parts[part].length
    return { rows: table.rows, columns: table.columns.slice(from, taken) }
  }
  const [features, raw, truth] = [take('features'), take('raw'), take('label')]
  const times = numbersOf(take('times'))
  const twins = numbersOf(take('twins'))
  return {
    model,
    task,
    settings: settingsOf(recipe),
    declaredClasses: classes,
    features,
    raw,
    label: truth,
    times,
    twins,
  }
}

function rawFeature({ name, type }: SchemaColumn): Feature {
  return { name, ...(type === 'number' || type === 'integer' ? column(name) : category(name)) }
}

function twinFeature(entity: string): Feature {
  const compute: Feature['compute'] = (row) => {
    const found = row[entity]
    return found === null || found === undefined ? null : twinOf(String(found))
  }
  return { ...column(entity), name: entity, compute }
}

function numbersOf({ columns: [only] }: FeatureTable): Float64Array | null {
  return only?.kind === 'numeric' ? only.values : null
}
