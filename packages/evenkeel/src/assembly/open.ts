import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Alerting, createAlerting } from '../alerting/index.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Config } from '../config/index.ts'
import { createDiagnosis, type DiagnosisService } from '../diagnosis/index.ts'
import { createFeatures } from '../features/index.ts'
import { createIngest, type Ingest } from '../ingest/index.ts'
import { createDriver, createRunner, type Driver, FLOW, type StepFailure } from '../loop/index.ts'
import { createMonitoring, createReferenceReader, type Monitoring } from '../monitoring/index.ts'
import { createNotifying, type Notifying } from '../notification/index.ts'
import { createQuality, type Quality } from '../quality/index.ts'
import { createRegistry, type Registry } from '../registry/index.ts'
import { createRemediation, type RemediationService } from '../remediation/index.ts'
import { createRollout, type RolloutService, readProbation } from '../rollout/index.ts'
import { createServing, type Serving } from '../serving/index.ts'
import {
  type BlobStore,
  createDirectoryBlobs,
  createJournal,
  createLake,
  type Database,
  type Jobs,
  type Journal,
  type Lake,
  migrate,
  openDatabase,
  openJobs,
  type Projection,
} from '../storage/index.ts'
import { createTraining, type Training, type TrainingProgress } from '../training/index.ts'
import { recipeOf, viewsOf } from './recipe.ts'
import { createRetention } from './retention.ts'
import { settingsOf } from './settings.ts'
import { createTrainingRows } from './training-rows.ts'

/** Everything, wired. Nothing serves or runs by itself before `start`. */
export interface Evenkeel {
  readonly config: Config
  readonly clock: Clock
  readonly db: Database
  readonly journal: Journal
  readonly blobs: BlobStore
  readonly ingest: Ingest
  readonly quality: Quality
  readonly training: Training
  readonly registry: Registry
  readonly serving: Serving
  readonly monitoring: Monitoring
  readonly rollout: RolloutService
  readonly alerting: Alerting
  readonly diagnosis: DiagnosisService
  readonly remediation: RemediationService
  readonly notifying: Notifying
  readonly driver: Driver
  readonly onTrouble: (trouble: Trouble) => void
  close(): Promise<void>
}

export interface OpenOptions {
  readonly clock?: Clock
  readonly onTrouble?: (trouble: Trouble) => void
  /** Told how far a training run has come. */
  readonly onProgress?: (progress: TrainingProgress) => void
}

/** Something that failed and that nobody waits for: for the log. */
export interface Trouble {
  readonly message: string
  readonly error: unknown
}

/** Opens the storage of a configuration, brings its schema up to date, and wires the stages of a model's life. */
export async function openEvenkeel(config: Config, options: OpenOptions = {}): Promise<Evenkeel> {
  const clock = options.clock ?? systemClock
  const ground = await openGround(config, clock)
  try {
    const told = { onTrouble: () => {}, onProgress: () => {}, ...options }
    const parts = wire(config, clock, ground, told)
    await parts.serving.start()
    return { config, clock, ...ground, ...parts, onTrouble: told.onTrouble, close: () => close(ground, parts) }
  } catch (error) {
    await closeGround(ground)
    throw error
  }
}

interface Ground {
  readonly db: Database
  readonly journal: Journal
  /** Filled by the stages as they are wired: the journal folds events into their tables. */
  readonly projections: Projection[]
  readonly jobs: Jobs
  readonly blobs: BlobStore
  readonly lake: Lake
}

async function openGround(config: Config, clock: Clock): Promise<Ground> {
  const { dataDir, database, project } = config
  const db = await openDatabase({ dataDir, url: database.url, maxConnections: database.maxConnections })
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    await migrate(db)
    await db.query('insert into projects (id, created_at) values ($1, $2) on conflict do nothing', [
      project,
      new Date(clock.now()),
    ])
    const projections: Projection[] = []
    const journal = createJournal({ clock, projections })
    const blobs = createDirectoryBlobs(path.join(dataDir, 'blobs'))
    return {
      db,
      journal,
      projections,
      blobs,
      jobs: await openJobs(db, ['materialise', 'train']),
      lake: await createLake({ blobs }),
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

type Parts = Omit<Evenkeel, 'config' | 'clock' | 'onTrouble' | 'close' | keyof Ground>

/** The stages of a model's life, in their order; each is given those before it and never knows those after. */
function wire(config: Config, clock: Clock, ground: Ground, told: Required<Omit<OpenOptions, 'clock'>>): Parts {
  const { onTrouble, onProgress } = told
  const { db, journal, blobs, lake, jobs } = ground
  const { project, dataDir } = config
  const settings = settingsOf(config)
  const ingest = createIngest({ db, journal, blobs, lake, clock, limits: config.ingest })
  const quality = createQuality({ db, journal, blobs, ingest, clock, checksOf: settings.checks })
  const views = Object.values(config.models).flatMap(({ view }) => (view ? [view] : []))
  const readRows = async (of: string, batch: string) => ingest.readRows(await ingest.readBatch(batch, of))
  const features = createFeatures({ db, journal, clock, jobs, lake, viewsOf: viewsOf(config), readRows })
  const recipe = (_: string, model: string) => recipeOf(config, ingest, model)
  const rows = createTrainingRows({ db, ingest, clock, config })
  const training = createTraining({ db, journal, blobs, clock, jobs, rows, recipeOf: recipe, onProgress })
  const registry = createRegistry({ db, journal, blobs, clock, views })
  const aliases = {
    readAlias: registry.readAlias,
    moveAlias: registry.decideMove,
  }
  const rollout = createRollout({ clock, aliases, policyOf: settings.rollout })
  const { readRouting } = rollout
  const limits = config.serving
  const serving = createServing({ db, journal, clock, dataDir, registry, readRouting, limits, onTrouble })
  const readReference = createReferenceReader({ blobs, readVersion: registry.readVersion })
  const monitoring = createMonitoring({ clock, readReference, readProbation, settingsOf: settings.monitors })
  const alerting = createAlerting({ policyOf: settings.alerts })
  const diagnosis = createDiagnosis({ clock, readReference, settingsOf: settings.diagnosis })
  const remediation = createRemediation({ db, journal, clock, aliases, policyOf: settings.policy })
  const { channels, notifications } = config
  const notifying = createNotifying({ db, journal, clock, project, channels, settings: notifications, onTrouble })
  const life = [quality, features, training, registry, serving, monitoring, rollout, alerting, diagnosis, remediation]
  const stages = [...life, notifying]
  ground.projections.push(...stages.flatMap((stage) => ('projections' in stage ? stage.projections : [])))
  const onFailure = (failure: StepFailure) => onTrouble({ message: wordsOf(failure), error: failure.error })
  const steps = stages.flatMap((stage) => stage.steps)
  const runner = createRunner({ db, journal, clock, flow: FLOW, steps, onFailure })
  const driver = createDriver({
    db,
    journal,
    clock,
    runner,
    jobs,
    project,
    handlers: { ...features.jobs, ...training.jobs },
    deliveries: notifying.deliveries,
    drain: () => serving.drain(),
    refresh: async () => void (await serving.refresh()),
    forget: createRetention({ db, journal, clock, config }),
    onError: (error) => onTrouble({ message: 'the loop could not go on and tries again', error }),
  })
  const watching = { monitoring, rollout, alerting, diagnosis, remediation, notifying }
  return { ingest, quality, training, registry, serving, ...watching, driver }
}

function wordsOf({ step, event, attempt, setAside }: StepFailure): string {
  const then = setAside ? 'the event is set aside' : `attempt ${attempt}`
  return `step ${step} failed on event ${event.id} (${event.type}); ${then}`
}

async function close(ground: Ground, parts: Parts): Promise<void> {
  await parts.driver.stop()
  await parts.serving.stop()
  await closeGround(ground)
}

async function closeGround({ jobs, lake, db }: Ground): Promise<void> {
  await jobs.close()
  await lake.close()
  await db.close()
}
