import { EvenkeelError } from '../error.ts'
import type { AnyEvent, Queryable, Transaction } from '../storage/index.ts'
import type { Task, VersionFacts } from '../training/index.ts'
import type { AliasName, VersionName } from './service.ts'
import type { Alias, AliasMove, ModelVersion, RegisteredModel } from './version.ts'

const VERSION_COLUMNS = `project, model, version, task, classes, inputs, encoding, artifact, reference, metrics, lineage,
  created_at as "createdAt", created_by as "createdBy"`

interface ModelName {
  readonly project: string
  readonly model: string
}

/** Makes the model known, and locks it until the transaction ends: versions are numbered and aliases moved one at a time. */
async function lockModel(tx: Transaction, name: ModelName & { readonly task: Task; readonly at: number }) {
  await tx.query(
    'insert into models (project, model, task, created_at) values ($1, $2, $3, $4) on conflict do nothing',
    [name.project, name.model, name.task, new Date(name.at)],
  )
  const [row] = await tx.query<{ task: Task }>('select task from models where project = $1 and model = $2 for update', [
    name.project,
    name.model,
  ])
  if (row!.task === name.task) return
  throw new EvenkeelError(
    'REGISTRY_TASK_DIFFERS',
    `model ${name.model} has versions for a ${row!.task} task, found one for ${name.task}; register it under another model`,
    { model: name.model, found: name.task, expected: row!.task },
  )
}

/** The same lock, for a model that is there; without one there is nothing to lock. */
export async function lockKnownModel(tx: Transaction, { project, model }: ModelName): Promise<void> {
  await tx.query('select 1 from models where project = $1 and model = $2 for update', [project, model])
}

async function nextVersion(tx: Transaction, { project, model }: ModelName): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    'select coalesce(max(version), 0) + 1 as version from versions where project = $1 and model = $2',
    [project, model],
  )
  return row!.version
}

async function insertVersion(tx: Transaction, version: ModelVersion): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  await tx.query(
    `insert into versions (project, model, version, run, task, classes, inputs, encoding, artifact, reference, metrics,
       lineage, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      version.project,
      version.model,
      version.version,
      version.lineage?.run ?? null,
      version.task,
      json(version.classes),
      json(version.inputs),
      json(version.encoding),
      version.artifact,
      version.reference,
      json(version.metrics),
      json(version.lineage),
      new Date(version.createdAt),
      version.createdBy,
    ],
  )
}

export async function findVersion(
  q: Queryable,
  { project, model, version }: VersionName,
): Promise<ModelVersion | null> {
  const [row] = await q.query<ModelVersion>(
    `select ${VERSION_COLUMNS} from versions where project = $1 and model = $2 and version = $3`,
    [project, model, version],
  )
  return row ?? null
}

export async function findVersionOfRun(
  q: Queryable,
  { project, run }: { readonly project: string; readonly run: string },
): Promise<ModelVersion | null> {
  const [row] = await q.query<ModelVersion>(`select ${VERSION_COLUMNS} from versions where project = $1 and run = $2`, [
    project,
    run,
  ])
  return row ?? null
}

const MAX_LISTED = 1_000

export async function listVersions(
  q: Queryable,
  query: ModelName & { readonly limit?: number },
): Promise<readonly ModelVersion[]> {
  return q.query<ModelVersion>(
    `select ${VERSION_COLUMNS} from versions where project = $1 and model = $2 order by version desc limit $3`,
    [query.project, query.model, query.limit ?? MAX_LISTED],
  )
}

const MODEL_SELECT = `select project, model, task, created_at as "createdAt",
  (select count(*) from versions where versions.project = models.project and versions.model = models.model) as versions
  from models`

export async function readModel(q: Queryable, { project, model }: ModelName): Promise<RegisteredModel | null> {
  const [row] = await q.query<RegisteredModel>(`${MODEL_SELECT} where project = $1 and model = $2`, [project, model])
  return row ?? null
}

export async function listModels(q: Queryable, project: string): Promise<readonly RegisteredModel[]> {
  return q.query<RegisteredModel>(`${MODEL_SELECT} where project = $1 order by model limit $2`, [project, MAX_LISTED])
}

export async function readAlias(q: Queryable, { project, model, alias }: AliasName): Promise<number | null> {
  const [row] = await q.query<{ version: number }>(
    'select version from aliases where project = $1 and model = $2 and alias = $3',
    [project, model, alias],
  )
  return row?.version ?? null
}

export async function readAliases(q: Queryable, { project, model }: ModelName): Promise<readonly Alias[]> {
  return q.query<Alias>(
    `select model, alias, version, moved_at as "movedAt", moved_by as "movedBy" from aliases
     where project = $1 and model = $2 order by alias`,
    [project, model],
  )
}

export async function readAliasHistory(
  q: Queryable,
  query: ModelName & { readonly alias?: string; readonly limit: number },
): Promise<readonly AliasMove[]> {
  return q.query<AliasMove>(
    `select event, model, alias, "from", "to", at, by, reason, remedy from alias_history
     where project = $1 and model = $2 and ($3::text is null or alias = $3) order by event desc limit $4`,
    [query.project, query.model, query.alias ?? null, query.limit],
  )
}

/** Folds a move into the aliases and their history: the only code that writes them. */
export async function applyMove(tx: Transaction, event: AnyEvent): Promise<void> {
  if (event.type !== 'alias.moved') return
  const { model, alias, from, to, by, reason, remedy } = event.data
  const at = new Date(event.at)
  if (to === null) {
    await tx.query('delete from aliases where project = $1 and model = $2 and alias = $3', [
      event.project,
      model,
      alias,
    ])
  } else {
    await tx.query(
      `insert into aliases (project, model, alias, version, moved_at, moved_by) values ($1, $2, $3, $4, $5, $6)
       on conflict (project, model, alias) do update
       set version = excluded.version, moved_at = excluded.moved_at, moved_by = excluded.moved_by`,
      [event.project, model, alias, to, at, by],
    )
  }
  await tx.query(
    `insert into alias_history (event, project, model, alias, "from", "to", at, by, reason, remedy)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [event.id, event.project, model, alias, from, to, at, by, reason, remedy],
  )
}

/** Stores the next version of a model, whose task is that of the versions before. */
export async function storeVersion(
  tx: Transaction,
  { project, model }: ModelName,
  facts: VersionFacts,
  made: { readonly by: string; readonly at: number },
): Promise<ModelVersion> {
  await lockModel(tx, { project, model, task: facts.task, at: made.at })
  const version = await nextVersion(tx, { project, model })
  const stored: ModelVersion = { project, model, version, ...facts, createdAt: made.at, createdBy: made.by }
  await insertVersion(tx, stored)
  return stored
}
