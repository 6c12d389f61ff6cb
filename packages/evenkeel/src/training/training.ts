import { randomUUID } from 'node:crypto'
import { EvenkeelError, isEvenkeelError } from '../error.ts'
import { columnsOf, fingerprintOf, type ViewEncoding, viewToJson } from '../features/index.ts'
import type { Job, NewEvent } from '../storage/index.ts'
import { checkGraph } from './matrix.ts'
import { inputsOf, prepareTask, settingsOf } from './prepare.ts'
import type { Run, VersionFacts } from './run.ts'
import type { Recipe, Training, TrainingOptions, TrainingProgress, TrainRequest } from './service.ts'
import { endRun, insertRun, listRuns, readRun, startRun } from './tables.ts'
import type { TrainedModel } from './task.ts'
import { learnInThread } from './thread.ts'

/** A run that ended with its process is begun again this often; then the run itself is what ends the process. */
const MAX_ATTEMPTS = 3
const MAX_LOG_LINES = 200
const MAX_LINE_LENGTH = 500

/**
 * Trains models on request: `training.train` turns `run.requested` into a job, and the job ends in exactly one
 * `run.finished` or `run.failed`, however often it is begun.
 */
export function createTraining(options: TrainingOptions): Training {
  const { jobs } = options
  return {
    steps: [
      {
        name: 'training.train',
        on: ['run.requested'],
        run: async (tx, event) => {
          if (event.type !== 'run.requested') return []
          await insertRun(tx, event)
          const { project, data } = event
          await jobs.enqueue(tx, { queue: 'train', key: `${project}\n${data.run}`, data: { project, run: data.run } })
          return []
        },
      },
    ],
    jobs: { train: (job) => carryOut(options, job) },
    requestRun: (request) => requestRun(options, request),
    readRun,
    listRuns,
  }
}

async function requestRun({ db, journal }: TrainingOptions, request: TrainRequest): Promise<string> {
  const { project, model, reason, span, parent, remedy, cause } = request
  const run = randomUUID()
  const from = span?.from ?? null
  const until = span?.until ?? null
  const data = { model, run, reason, from, until, parent: parent ?? null, remedy: remedy ?? null }
  const event: NewEvent = { type: 'run.requested', project, subject: model, data }
  await db.transaction((tx) => journal.append(tx, cause ?? null, [event]))
  return run
}

async function carryOut(options: TrainingOptions, job: Job): Promise<void> {
  const name = job.data as unknown as { readonly project: string; readonly run: string }
  const run = await startRun(options.db, { ...name, at: options.clock.now() })
  if (run === null) return
  const log: string[] = []
  try {
    if (run.attempts > MAX_ATTEMPTS) throw keepsEnding(run)
    const facts = await train(options, run, log)
    await finish(options, run, log, { facts })
  } catch (error) {
    // What the rows or the settings lack is an answer, and stays one when tried again; anything else may pass.
    if (!isEvenkeelError(error) && run.attempts < MAX_ATTEMPTS) throw error
    await finish(options, run, log, { error: error instanceof Error ? error.message : String(error) })
  }
}

function keepsEnding(run: Run): EvenkeelError {
  return new EvenkeelError(
    'TRAINING_KEEPS_ENDING',
    `run ${run.run} of ${run.model} ended its process ${MAX_ATTEMPTS} times, perhaps for want of memory; train on fewer rows (training.maxRows)`,
    { run: run.run },
  )
}

async function train(options: TrainingOptions, run: Run, log: string[]): Promise<VersionFacts> {
  const recipe = await recipeOf(options, run)
  const progress = (stage: TrainingProgress['stage'], done: number, total: number | null) =>
    options.onProgress?.({ run: run.run, stage, done, total })
  progress('reading', 0, null)
  const { batch, excluded } = await readRows(options, run, recipe)
  note(log, `${batch.rows} rows read, ${excluded} left out`)
  const task = await prepareTask(run.model, recipe, batch, (done) => progress('features', done, batch.rows))
  const trained = await learnInThread(task, ({ stage, done, total }) => progress(stage, done, total))
  for (const line of trained.log) note(log, line)
  progress('checking', 0, 1)
  await checkGraph(trained.graph, trained.probe)
  note(log, `the exported graph agrees with the learner on ${trained.probe.rows} held-out rows`)
  return store(options, run, recipe, trained)
}

async function recipeOf(options: TrainingOptions, run: Run): Promise<Recipe> {
  const recipe = await options.recipeOf(run.project, run.model)
  if (recipe !== null) return recipe
  throw new EvenkeelError(
    'TRAINING_NO_RECIPE',
    `model ${run.model} has no source, label and view to train with; add it to models in the configuration`,
    { model: run.model },
  )
}

async function readRows(options: TrainingOptions, run: Run, recipe: Recipe) {
  inputsOf(recipe) // what is wrong with the recipe is said before a long read
  const { view, label } = recipe
  const read = await options.rows.read({
    project: run.project,
    model: run.model,
    span: spanOf(run),
    columns: columnsOf(view),
    label,
    time: view.time,
    maxRows: settingsOf(recipe).maxRows,
  })
  if (read.batch.rows > 0) return read
  const why =
    read.excluded === 0 ? 'there are none' : `${read.excluded} were left out, their labels not yet mature or missing`
  throw new EvenkeelError(
    'TRAINING_NO_ROWS',
    `found no rows to train ${run.model} on: ${why}; ingest rows, or widen the span`,
    { model: run.model, excluded: read.excluded },
  )
}

/** A span open at one end reaches as far as time does. */
function spanOf({ from, until }: Run) {
  if (from === null && until === null) return null
  return { from: from ?? -8.64e15, until: until ?? 8.64e15 }
}

async function store(options: TrainingOptions, run: Run, recipe: Recipe, trained: TrainedModel): Promise<VersionFacts> {
  const { view } = recipe
  const encoding: ViewEncoding = {
    view: view.name,
    fingerprint: fingerprintOf(view),
    features: trained.categories,
    declared: viewToJson(view),
  }
  return {
    task: recipe.task,
    classes: trained.classes,
    inputs: inputsOf(recipe),
    encoding,
    artifact: await options.blobs.put(trained.graph),
    reference: await options.blobs.put(trained.reference),
    metrics: trained.metrics,
    lineage: { run: run.run, ...trained.lineage },
  }
}

/** The run's end and its event, in one transaction and once. */
async function finish(
  { db, journal, clock }: TrainingOptions,
  run: Run,
  log: readonly string[],
  outcome: { readonly facts: VersionFacts } | { readonly error: string },
): Promise<void> {
  const { project, model, remedy } = run
  const facts = 'facts' in outcome ? outcome.facts : null
  const error = 'error' in outcome ? outcome.error : null
  const event: NewEvent =
    facts === null
      ? { type: 'run.failed', project, subject: model, data: { model, run: run.run, error: error ?? '', remedy } }
      : {
          type: 'run.finished',
          project,
          subject: model,
          data: { model, run: run.run, artifact: facts.artifact, remedy },
        }
  await db.transaction(async (tx) => {
    if (!(await endRun(tx, { project, run: run.run, at: clock.now(), facts, error, log }))) return
    await journal.append(tx, run.requestedBy, [event])
  })
}

function note(log: string[], line: string): void {
  if (log.length < MAX_LOG_LINES) log.push(line.slice(0, MAX_LINE_LENGTH))
}
