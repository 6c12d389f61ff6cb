import { readFileSync } from 'node:fs'
import { readAlerts, readIncidents } from '../alerting/index.ts'
import { type ControlPlane, createServer, type ReadinessCheck } from '../http/index.ts'
import { readNotifications } from '../notification/index.ts'
import { explain } from '../remediation/index.ts'
import { readRollouts } from '../rollout/index.ts'
import { readLatest, readMatching } from '../storage/index.ts'
import { reasonsOf } from './ingest-file.ts'
import type { Evenkeel } from './open.ts'
import type { RunningServer } from './operations.ts'
import { readStatus } from './status.ts'
import { outcomeOf, requestRun } from './train-model.ts'

/**
 * Starts the HTTP server of an opened Evenkeel. The loop is not started: `driver.start()` does that.
 * @throws EvenkeelError HTTP_KEY_REQUIRED, HTTP_CANNOT_LISTEN
 */
export async function serveHttp(evenkeel: Evenkeel): Promise<RunningServer> {
  const { config, db, serving, registry, ingest, quality, onTrouble } = evenkeel
  const { host, port, apiKeys, bodyLimitBytes } = config.server
  const server = createServer({
    db,
    serving,
    registry,
    ingest,
    gate: {
      releaseBatch: (decision) => quality.release(decision),
      async describeBatch(id, project) {
        const { batch, verdict, rows } = await quality.describe(id, project)
        return {
          ...batch,
          verdict: verdict?.kind ?? null,
          reasons: reasonsOf(verdict?.results ?? []),
          failingRows: rows,
        }
      },
    },
    control: controlOf(evenkeel),
    checks: [modelsCheck(evenkeel)],
    version: ownVersion(),
    project: config.project,
    host,
    port,
    apiKeys,
    bodyLimitBytes,
    limits: config.ingest,
    onError: (error, { method, path }) => onTrouble({ message: `${method} ${path} failed`, error }),
  })
  return { address: await server.start(), close: () => server.stop() }
}

function controlOf(evenkeel: Evenkeel): ControlPlane {
  const { db, remediation, notifying } = evenkeel
  return {
    listRollouts: (query) => readRollouts(db, query),
    listAlerts: (query) => readAlerts(db, query),
    listIncidents: (query) => readIncidents(db, query),
    listDiagnoses: ({ project, model, limit }) =>
      readLatest(db, { types: ['diagnosis.concluded'], project, subject: model, limit }),
    listPlans: (query) => remediation.readPlans(db, query),
    listRemedies: (query) => remediation.readRemedies(db, query),
    decidePlan: (decision) => remediation.decidePlan(decision),
    readSwitch: (project) => remediation.readSwitch(db, project),
    throwSwitch: (thrown) => remediation.throwSwitch(thrown),
    explain: ({ project, id }) => explain(db, project, id),
    listNotifications: (query) => readNotifications(db, query),
    retryNotification: (request) => notifying.retry(db, request),
    readStatus: (project) => readStatus(evenkeel, project),
    train: (request) => requestRun(evenkeel, request),
    readRun: (project, run) => readRun(evenkeel, project, run),
  }
}

/** A run that was asked for and that no step has seen yet is known to the journal only. */
async function readRun(evenkeel: Evenkeel, project: string, id: string): Promise<object | null> {
  const { training, db } = evenkeel
  const run = await training.readRun(db, { project, run: id })
  if (run !== null) return { run, outcome: await outcomeOf(evenkeel, run) }
  const asked = { project, patterns: [{ run: id }], types: ['run.requested'], limit: 1 } as const
  return (await readMatching(db, asked)).length === 0 ? null : { run: null, outcome: null }
}

/** Shown, not decisive: a server without a champion still takes batches, and readiness of a model is its own. */
function modelsCheck({ serving, config }: Evenkeel): ReadinessCheck {
  const check = () => {
    const served = new Set(serving.served(config.project).map(({ model }) => model))
    const absent = Object.keys(config.models).filter((model) => !served.has(model))
    return absent.length === 0 ? null : `no champion yet: ${absent.join(', ')}`
  }
  return { name: 'models', needed: false, check }
}

/** The package's version: two folders up both in the sources and in what is published. */
function ownVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
