import { EvenkeelError } from '../error.ts'
import type { AnyEvent, NewEvent, Projection, Queryable, Transaction } from '../storage/index.ts'
import { readRun } from '../training/index.ts'
import { diffVersions } from './difference.ts'
import { registerForeign } from './foreign.ts'
import { loadVersion } from './load.ts'
import type { MoveRequest, Registry, RegistryOptions, VersionName } from './service.ts'
import {
  applyMove,
  findVersion,
  findVersionOfRun,
  listModels,
  listVersions,
  lockKnownModel,
  readAlias,
  readAliases,
  readAliasHistory,
  readModel,
  storeVersion,
} from './tables.ts'
import type { ModelVersion } from './version.ts'

const TRAINING = 'training'

const aliasProjection: Projection = {
  name: 'registry.aliases',
  tables: ['aliases', 'alias_history'],
  types: ['alias.moved'],
  apply: applyMove,
}

/** Versions that never change, and the aliases that move between them (law 6). */
export function createRegistry(options: RegistryOptions): Registry {
  return {
    steps: [{ name: 'registry.admit', on: ['run.finished'], run: (tx, event) => admit(options, tx, event) }],
    projections: [aliasProjection],
    readModel,
    listModels,
    readVersion,
    listVersions,
    readAlias,
    readAliases,
    readAliasHistory,
    decideMove,
    moveAlias: (move) => moveAlias(options, move),
    registerVersion: (request) =>
      options.db.transaction((tx) => {
        const made = { by: request.by, at: options.clock.now() }
        return announce(options, tx, storeVersion(tx, request, request.facts, made), request.cause ?? null)
      }),
    registerForeign: async (foreign) => {
      const facts = await registerForeign(options.blobs, foreign)
      return options.db.transaction((tx) =>
        announce(options, tx, storeVersion(tx, foreign, facts, { by: foreign.by, at: options.clock.now() }), null),
      )
    },
    diffVersions,
    load: async (name) => loadVersion(options.blobs, options.views ?? [], await readVersion(options.db, name)),
  }
}

async function announce(
  { journal }: RegistryOptions,
  tx: Transaction,
  stored: Promise<ModelVersion>,
  cause: number | null,
): Promise<ModelVersion> {
  const version = await stored
  await journal.append(tx, cause, [registered(version, null)])
  return version
}

function registered(version: ModelVersion, remedy: string | null): NewEvent {
  const { project, model, createdBy, lineage } = version
  const data = { model, version: version.version, run: lineage?.run ?? null, by: createdBy, remedy }
  return { type: 'version.registered', project, subject: model, data }
}

/**
 * A finished run becomes a version. The first of a model serves at once; any later one is a challenger, and what becomes of
 * it is for the rollout to judge (law 7).
 */
async function admit({ clock }: RegistryOptions, tx: Transaction, event: AnyEvent): Promise<readonly NewEvent[]> {
  if (event.type !== 'run.finished') return []
  const { project, data } = event
  const name = { project, model: data.model }
  const run = await readRun(tx, { project, run: data.run })
  if (run === null || run.facts === null || (await findVersionOfRun(tx, { project, run: data.run })) !== null) return []
  const version = await storeVersion(tx, name, run.facts, { by: TRAINING, at: clock.now() })
  const champion = await readAlias(tx, { ...name, alias: 'champion' })
  const alias = champion === null ? 'champion' : 'challenger'
  const reason = champion === null ? 'the first version of the model' : `trained because: ${run.reason}`
  const move = {
    ...name,
    alias,
    expected: await readAlias(tx, { ...name, alias }),
    to: version.version,
    by: TRAINING,
    reason,
    remedy: data.remedy,
  }
  return [registered(version, data.remedy), moved(move)]
}

function moved({ project, model, alias, expected, to, by, reason, remedy }: MoveRequest): NewEvent {
  const data = { model, alias, from: expected, to, by, reason, remedy: remedy ?? null }
  return { type: 'alias.moved', project, subject: model, data }
}

async function readVersion(q: Queryable, name: VersionName): Promise<ModelVersion> {
  const found = await findVersion(q, name)
  if (found !== null) return found
  throw unknownVersion(name)
}

function unknownVersion({ model, version }: VersionName): EvenkeelError {
  return new EvenkeelError(
    'REGISTRY_VERSION_UNKNOWN',
    `model ${model} has no version ${version}; list its versions and name one of them`,
    { model, version },
  )
}

async function decideMove(tx: Transaction, move: MoveRequest): Promise<NewEvent | null> {
  const found = await lockAlias(tx, move)
  return found === move.expected ? moved(move) : null
}

/** Where the alias stands; it stays there until the transaction ends. */
async function lockAlias(tx: Transaction, { project, model, alias, to }: MoveRequest): Promise<number | null> {
  await lockKnownModel(tx, { project, model })
  if (to !== null && (await findVersion(tx, { project, model, version: to })) === null)
    throw unknownVersion({ project, model, version: to })
  return readAlias(tx, { project, model, alias })
}

async function moveAlias(
  { db, journal }: RegistryOptions,
  move: MoveRequest & { readonly cause?: number | null },
): Promise<AnyEvent> {
  return db.transaction(async (tx) => {
    const found = await lockAlias(tx, move)
    if (found !== move.expected) throw aliasMoved(move, found)
    const [event] = await journal.append(tx, move.cause ?? null, [moved(move)])
    return event!
  })
}

function aliasMoved({ model, alias, expected }: MoveRequest, found: number | null): EvenkeelError {
  const place = (version: number | null) => (version === null ? 'nowhere' : `to version ${version}`)
  return new EvenkeelError(
    'REGISTRY_ALIAS_MOVED',
    `alias ${alias} of ${model} points ${place(found)}, expected ${place(expected)}; read it again before moving it`,
    { model, alias, found, expected },
  )
}
