import { type EventType, type Queryable, readJournal } from '../storage/index.ts'
import type { RefreshProblem, ServingOptions } from './service.ts'
import { loadModelState, type ModelState } from './state.ts'
import { readProjects } from './tables.ts'
import type { Versions } from './versions.ts'

/** The models that are served, each as a whole state that is swapped in one assignment once its versions are warm. */
export interface Models {
  get(project: string, model: string): ModelState | undefined
  all(): Iterable<ModelState>
  refresh(): Promise<readonly RefreshProblem[]>
  /** Refreshes when the journal says that something of it changed, here or in another process. */
  poll(): Promise<void>
}

const CHANGES: readonly EventType[] = [
  'alias.moved',
  'rollout.started',
  'rollout.advanced',
  'rollout.finished',
  'rollout.reverted',
  'feature.quarantined',
  'feature.repaired',
  'feature.released',
]
const CHANGES_PER_READ = 500

export function createModels(options: ServingOptions, versions: Versions): Models {
  const { db, registry } = options
  const readRouting = options.readRouting ?? championOnly(registry)
  /** By project, then model: a joined key would be built and hashed anew for every request. */
  const states = new Map<string, Map<string, ModelState>>()
  let seen = 0
  let refreshing: Promise<readonly RefreshProblem[]> = Promise.resolve([])

  async function refreshOne(project: string, model: string): Promise<RefreshProblem | null> {
    try {
      const state = await loadModelState({ db, versions, readRouting }, project, model)
      const models = states.get(project) ?? new Map<string, ModelState>()
      if (state === null) models.delete(model)
      else models.set(model, state)
      states.set(project, models)
      return null
    } catch (error) {
      return { project, model, message: error instanceof Error ? error.message : String(error) }
    }
  }
  async function refreshAll(): Promise<readonly RefreshProblem[]> {
    const problems: RefreshProblem[] = []
    for (const project of await readProjects(db))
      for (const { model } of await registry.listModels(db, project)) {
        const problem = await refreshOne(project, model)
        if (problem !== null) problems.push(problem)
      }
    await versions.trim(new Set(all().flatMap(({ arms }) => arms)))
    return problems
  }
  const all = () => [...states.values()].flatMap((models) => [...models.values()])
  const refresh = () => {
    const next = () => refreshAll()
    refreshing = refreshing.then(next, next)
    return refreshing
  }
  return {
    get: (project, model) => states.get(project)?.get(model),
    all,
    refresh,
    async poll() {
      const last = await lastChange(db, seen)
      if (last === seen) return
      await refresh()
      seen = last
    },
  }
}

function championOnly(registry: ServingOptions['registry']): NonNullable<ServingOptions['readRouting']> {
  return async (q, project, model) => {
    const champion = await registry.readAlias(q, { project, model, alias: 'champion' })
    return champion === null ? null : { champion, challenger: null, stage: null, share: 0 }
  }
}

async function lastChange(q: Queryable, after: number): Promise<number> {
  let last = after
  for (;;) {
    const events = await readJournal(q, { after: last, types: CHANGES, limit: CHANGES_PER_READ })
    last = events.at(-1)?.id ?? last
    if (events.length < CHANGES_PER_READ) return last
  }
}
