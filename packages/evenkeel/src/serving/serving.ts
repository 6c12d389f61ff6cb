import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { createJoinStep } from './join.ts'
import { prepareLabels } from './labels.ts'
import { SERVING_LIMITS, type ServingLimits } from './limits.ts'
import { createOverridesProjection } from './overrides.ts'
import { BYTES_PER_ROW, createRecorder, type Recorder } from './recorder.ts'
import { createRecording, type Recording } from './recording.ts'
import type { InvalidRequest, LabelOutcome, LabelRequest, PredictOutcome, Refusal } from './request.ts'
import { prepareRows } from './rows.ts'
import { createModels } from './served-models.ts'
import type { ServedState, Serving, ServingMetrics, ServingOptions } from './service.ts'
import { openSpool, readSpoolId, type Spool } from './spool.ts'
import type { ModelState } from './state.ts'
import { readPosition } from './tables.ts'
import { createTurns, type Turns, unavailable } from './turn.ts'
import { createVersions, type Versions } from './versions.ts'

type Counters = { -readonly [Name in keyof ServingMetrics]: number }

const NO_COUNTS: ServingMetrics = {
  predictions: 0,
  labels: 0,
  invalidRequests: 0,
  refusedBusy: 0,
  spoolFailures: 0,
  backlogBytes: 0,
  queuedRows: 0,
  recordedPredictions: 0,
  recordedLabels: 0,
  duplicatePredictions: 0,
  shadowScored: 0,
  shadowSkipped: 0,
  tornBytesDropped: 0,
  recordingFailures: 0,
  routingFailures: 0,
  waitingLabelsDropped: 0,
}

/** What is there between start and stop. */
interface Running {
  readonly spool: Spool
  readonly recorder: Recorder
  readonly recording: Recording
  readonly turns: Turns
  readonly poll: NodeJS.Timeout
}

/**
 * The data plane: routes, validates, scores, writes to the spool, answers; records behind the answers.
 * Nothing on the way to an answer waits for the database (law 12).
 */
export function createServing(options: ServingOptions): Serving {
  const limits: ServingLimits = { ...SERVING_LIMITS, ...options.limits }
  const counts: Counters = { ...NO_COUNTS }
  const versions = createVersions(
    (project, model, version) => options.registry.load({ project, model, version }),
    limits.maxLoadedVersions,
  )
  const models = createModels(options, versions)
  const nextId = createIds()
  let running: Running | null = null

  const backlog = () => (running === null ? 0 : running.spool.bytesFrom(running.recorder.position()))
  const refresh = async () => {
    const problems = await models.refresh()
    for (const { project, model, message } of problems) {
      counts.routingFailures++
      options.onTrouble?.({ message: `${model} of ${project} is served as before: ${message}`, error: message })
    }
    return problems
  }
  /** Why nothing is taken in now, null when it is. */
  function refusal(): Refusal | null {
    if (running === null)
      return { kind: 'unavailable', code: 'SERVING_STOPPED', message: 'the server is not taking requests' }
    const waits = running.turns.queuedRows() >= limits.maxQueuedRows ? 'rows wait for their predictor' : null
    const reason = backlog() >= limits.maxBacklogBytes ? 'answers wait to be recorded' : waits
    if (reason === null) return null
    counts.refusedBusy++
    return { kind: 'busy', retryAfterSeconds: 1, message: `too many ${reason}; send again after the given time` }
  }
  function admit(project: string, model: string): ModelState | Refusal {
    return refusal() ?? models.get(project, model) ?? { kind: 'unknown-model', model }
  }
  return {
    steps: [createJoinStep(limits.maxWaitingLabels, (labels) => (counts.waitingLabelsDropped += labels))],
    projections: [createOverridesProjection()],
    refresh,
    async start() {
      const troubles = (error: unknown) =>
        options.onTrouble?.({ message: 'could not look for changes of routing', error })
      running = await run(options, limits, versions, counts, () => void models.poll().catch(troubles))
      await refresh()
      await models.poll()
      running.recording.notice()
    },
    async stop() {
      if (running === null) return
      const ending = running
      running = null
      await close(ending)
      await versions.clear()
    },
    async drain() {
      await running?.turns.idle()
      await running?.recording.drain()
    },
    async predict(project, model, request): Promise<PredictOutcome> {
      const state = admit(project, model)
      if ('kind' in state) return state
      const rows = prepareRows(state, request, { now: options.clock.now(), maxRows: limits.maxRowsPerRequest, nextId })
      if (!Array.isArray(rows)) {
        counts.invalidRequests++
        return { kind: 'invalid', error: rows }
      }
      const outcome = await running!.turns.add(rows)
      if (outcome.kind === 'predicted') counts.predictions += rows.length
      return outcome
    },
    async label(project, model, labels): Promise<LabelOutcome> {
      const state = admit(project, model)
      return 'kind' in state ? state : label(state, labels)
    },
    served: (project) => [...models.all()].filter((state) => state.project === project).map(servedState),
    metrics: () => ({ ...counts, backlogBytes: backlog(), queuedRows: running?.turns.queuedRows() ?? 0 }),
  }

  function label(state: ModelState, labels: readonly LabelRequest[]): LabelOutcome {
    const context = { now: options.clock.now(), maxRows: limits.maxLabelsPerRequest }
    const frames = prepareLabels(state.arms[0]!.version, labels, context)
    if (!isFrames(frames)) {
      counts.invalidRequests++
      return { kind: 'invalid', error: frames }
    }
    try {
      for (const frame of frames) running!.spool.append(frame)
    } catch (error) {
      counts.spoolFailures++
      return unavailable(error)
    }
    running!.recording.notice()
    counts.labels += labels.length
    return { kind: 'labelled', rows: labels.length }
  }
}

async function run(
  options: ServingOptions,
  limits: ServingLimits,
  versions: Versions,
  counts: Counters,
  poll: () => void,
): Promise<Running> {
  const dir = path.join(options.dataDir, 'spool')
  const start = await readPosition(options.db, readSpoolId(dir))
  const spool = openSpool({ dir, segmentBytes: limits.segmentBytes, fsync: limits.fsync, after: start.segment })
  // What a kill left between a commit and the end of its segments.
  spool.forget(start)
  const mayShadow = () => spool.bytesFrom(recorder.position()) < limits.maxBacklogBytes * limits.shadowBacklogShare
  const recorder = createRecorder({ ...options, ...limits, versions, spool, start, mayShadow })
  const recording = createRecording({
    recorder,
    isBehind: () => spool.bytesFrom(recorder.position()) > limits.rowsPerRecording * BYTES_PER_ROW,
    onRecorded(recorded) {
      counts.recordedPredictions += recorded.predictions
      counts.recordedLabels += recorded.labels
      counts.duplicatePredictions += recorded.duplicates
      counts.shadowScored += recorded.shadowScored
      counts.shadowSkipped += recorded.shadowSkipped
      counts.tornBytesDropped += recorded.tornBytes
    },
    onFailure(error) {
      counts.recordingFailures++
      options.onTrouble?.({
        message: 'could not record what was served; it is kept in the spool and tried again',
        error,
      })
    },
  })
  const turns = createTurns((payload) => {
    if (options.remember === false) return
    try {
      spool.append(payload)
    } catch (error) {
      counts.spoolFailures++
      throw error
    }
    recording.notice()
  })
  return { spool, recorder, recording, turns, poll: setInterval(poll, limits.pollMs).unref() }
}

/** What cannot be recorded now is still in the spool, and is recorded after the next start. */
async function close({ spool, recording, turns, poll }: Running): Promise<void> {
  clearInterval(poll)
  await turns.idle()
  await recording.drain().catch(() => {})
  await recording.stop()
  spool.close()
}

function isFrames(prepared: readonly string[] | InvalidRequest): prepared is readonly string[] {
  return Array.isArray(prepared)
}

/** Ids that no other process makes: a random beginning, then a count. Digits in order keep the index's new rows together. */
function createIds(): () => string {
  const beginning = randomBytes(9).toString('base64url')
  let count = 0
  return () => `${beginning}${(count++).toString(36).padStart(7, '0')}`
}

function servedState({ model, routing, arms }: ModelState): ServedState {
  return { model, routing, champion: arms[0]!.version, challenger: arms[1]?.version ?? null }
}
