import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelVersion } from '../registry/index.ts'
import type { Run } from '../training/index.ts'
import type { Evenkeel } from './open.ts'
import type { TrainOutcome } from './operations.ts'

/** A job that failed is tried again a second later; a run that has not ended after this many looks is left to `up`. */
const LOOKS = 20
const LOOK_EVERY_MS = 500

/** Trains on what the model's source has and waits for the verdict. */
export async function trainModel(evenkeel: Evenkeel, model: string): Promise<TrainOutcome> {
  const { training, db, registry, config } = evenkeel
  const { project } = config
  const parent = await registry.readAlias(db, { project, model, alias: 'champion' })
  const run = await training.requestRun({ project, model, reason: 'asked for on the command line', parent })
  const ended = await untilEnded(evenkeel, run)
  const champion = await registry.readAlias(db, { project, model, alias: 'champion' })
  const versions = await registry.listVersions(db, { project, model, limit: 10 })
  const version = versions.find(({ lineage }) => lineage?.run === run)
  if (version === undefined)
    return {
      model,
      version: null,
      champion,
      metrics: {},
      reason: ended?.error ?? 'the run has not ended; start evenkeel up',
    }
  const reason = await standing(evenkeel, version, champion)
  return { model, version: version.version, champion, metrics: version.metrics, reason }
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
