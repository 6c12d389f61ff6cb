import { setTimeout as sleep } from 'node:timers/promises'
import { EvenkeelError } from '../error.ts'
import type { ModelVersion } from '../registry/index.ts'
import type { Run } from '../training/index.ts'
import type { Evenkeel } from './open.ts'
import type { TrainOutcome } from './operations.ts'

/** A job that failed is tried again a second later; a run that has not ended after this many looks is left to `up`. */
const LOOKS = 20
const LOOK_EVERY_MS = 500
const VERSIONS_LOOKED_AT = 20

/** Trains on what the model's source has and waits for the verdict. */
export async function trainModel(evenkeel: Evenkeel, model: string): Promise<TrainOutcome> {
  const run = await requestRun(evenkeel, {
    project: evenkeel.config.project,
    model,
    reason: 'asked for on the command line',
  })
  const ended = await untilEnded(evenkeel, run)
  return (await outcomeOf(evenkeel, ended)) ?? notEnded(model)
}

/** @throws EvenkeelError TRAINING_NO_RECIPE for a model the configuration does not name */
export async function requestRun(
  { training, registry, db, config }: Evenkeel,
  { project, model, reason }: { readonly project: string; readonly model: string; readonly reason: string },
): Promise<string> {
  if (project !== config.project || config.models[model] === undefined)
    throw new EvenkeelError(
      'TRAINING_NO_RECIPE',
      `model ${model} is not in the configuration, so it cannot be trained here; add it to models`,
      { model },
    )
  const parent = await registry.readAlias(db, { project, model, alias: 'champion' })
  return training.requestRun({ project, model, reason, parent })
}

/** What a run came to: a version and its standing, or why there is none; null while it is under way. */
export async function outcomeOf(evenkeel: Evenkeel, run: Run | null): Promise<TrainOutcome | null> {
  if (run?.state !== 'finished' && run?.state !== 'failed') return null
  const { registry, db } = evenkeel
  const { project, model } = run
  const champion = await registry.readAlias(db, { project, model, alias: 'champion' })
  if (run.state === 'failed') return { ...notEnded(model), champion, reason: run.error ?? 'no reason was given' }
  const versions = await registry.listVersions(db, { project, model, limit: VERSIONS_LOOKED_AT })
  const version = versions.find(({ lineage }) => lineage?.run === run.run)
  if (version === undefined) return null
  const reason = await standing(evenkeel, version, champion)
  return { model, version: version.version, champion, metrics: version.metrics, reason }
}

function notEnded(model: string): TrainOutcome {
  return { model, version: null, champion: null, metrics: {}, reason: 'the run has not ended; evenkeel up ends it' }
}

async function untilEnded({ driver, training, db, config }: Evenkeel, run: string): Promise<Run | null> {
  for (let look = 1; ; look++) {
    await driver.settle()
    const found = await training.readRun(db, { project: config.project, run })
    if (found?.state === 'finished' || found?.state === 'failed' || look === LOOKS) return found
    await sleep(LOOK_EVERY_MS)
  }
}

/** Why the version is champion, on trial, or neither. */
async function standing(
  { registry, db }: Evenkeel,
  { project, model, version }: ModelVersion,
  champion: number | null,
): Promise<string> {
  const moves = await registry.readAliasHistory(db, { project, model, limit: 20 })
  const move = moves.find(({ to }) => to === version)
  if (move === undefined) return `it did not become champion; version ${champion ?? 'none'} stays`
  return move.alias === 'champion' ? move.reason : `on trial as ${move.alias}: ${move.reason}`
}
