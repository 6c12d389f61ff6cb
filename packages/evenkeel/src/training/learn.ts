import { createHash } from 'node:crypto'
import { exportOnnx, type Feature, type LearningData, type Model, predict } from '@evenkeel/stats'
import { EvenkeelError } from '../error.ts'
import { encodeColumn, type FeatureEncoding, learnCategories } from '../features/index.ts'
import { learn } from './learner.ts'
import { meanLoss, measure, outcomesOf } from './measure.ts'
import { makeReference, twinsOf } from './profile.ts'
import { encodeReference } from './reference.ts'
import type { Lineage } from './run.ts'
import { type Split, splitRows } from './split.ts'
import { noLabels, readTarget, type Target } from './target.ts'
import type { Probe, TrainedModel, TrainingTask } from './task.ts'

export type OnTraining = (progress: { stage: 'learning' | 'scoring'; done: number; total: number }) => void

/** Held-out rows the exported graph is compared on at most. */
const MAX_PROBE_ROWS = 4_096

/**
 * The whole of a training, without any I/O: split, encode, learn, calibrate, measure, export, and the reference. The same
 * task gives the same bytes.
 * @throws EvenkeelError TRAINING_…, LearnError LEARN_…: what is wrong with the rows and what to do
 */
export function learnModel(task: TrainingTask, onTraining: OnTraining = () => {}): TrainedModel {
  const { settings, features } = task
  const target = readTarget(task.label.columns[0]!, task.task, task.declaredClasses)
  const usable = usableRows(task, target)
  const split = splitRows(usable, task.times, settings)
  const categories = learnCategories(features, { minRows: settings.minCategoryRows, rows: split.fit })
  const columns = features.columns.map((column, i) => encodeColumn(column, categories[i]!))
  const data = (rows: Int32Array) => dataOf(columns, categories, target, rows)
  const model = learn(task, target.classes?.length ?? 0, split, data, (done, total) =>
    onTraining({ stage: 'learning', done, total }),
  )
  onTraining({ stage: 'scoring', done: 0, total: 1 })
  const heldOut = data(split.heldOut)
  const predictions = predict(
    model,
    heldOut.features.map((feature) => feature.values),
  )
  const scored = { task: task.task, labels: heldOut.target, predictions }
  const metrics = measure(scored)
  const twins = twinsOf(features.rows, task.twins)
  const outcomes = outcomesOf(scored)
  const reference = makeReference(
    task.raw,
    twins,
    { ...outcomes, classes: target.classes, twins: Uint8Array.from(split.heldOut, (row) => twins[row]!) },
    { outcomes, loss: meanLoss(task.task, metrics), times: split.byTime ? pick(task.times!, split.heldOut) : null },
  )
  onTraining({ stage: 'scoring', done: 1, total: 1 })
  return {
    classes: target.classes,
    categories,
    graph: exportOnnx(model, { name: task.model }),
    reference: encodeReference(reference),
    metrics,
    lineage: lineageOf(task, usable, split),
    probe: probeOf(heldOut, predictions.values, predictions.outputs),
    log: describe(task, usable, split, model),
  }
}

/** Rows whose truth and, where there is a time column, instant are known. */
function usableRows({ times, settings, label, features }: TrainingTask, target: Target): Int32Array {
  const { name } = label.columns[0]!
  const all = Int32Array.from(target.values.keys())
  const labelled = all.filter((row) => !Number.isNaN(target.values[row]!))
  if (labelled.length === 0) throw noLabels(name, features.rows, '')
  const usable = times === null ? labelled : labelled.filter((row) => !Number.isNaN(times[row]!))
  if (usable.length >= settings.minRows) return usable
  throw new EvenkeelError(
    'TRAINING_TOO_FEW_ROWS',
    `found ${usable.length} rows with label ${name}${times === null ? '' : ' and a time'}, expected at least ${settings.minRows}; bring more rows, or lower training.minRows`,
    { rows: usable.length, minRows: settings.minRows },
  )
}

function dataOf(
  columns: readonly Float64Array[],
  categories: readonly FeatureEncoding[],
  target: Target,
  rows: Int32Array,
): LearningData {
  const features = columns.map((column, i): Feature => {
    const encoding = categories[i]!
    const values = pick(column, rows)
    if (encoding.kind === 'numeric') return { name: encoding.name, kind: 'numeric', values }
    return { name: encoding.name, kind: 'categorical', values, categories: Math.max(1, encoding.categories.length) }
  })
  return { features, target: pick(target.values, rows) }
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!)
}

/** From the first instant to just after the last one; without a time column both are 0. */
function lineageOf(task: TrainingTask, usable: Int32Array, split: Split): Omit<Lineage, 'run'> {
  const { timeLimitMs, maxRows, seed, ...parameters } = task.settings
  const span = task.times === null ? { from: 0, until: 0 } : spanOf(task.times, usable)
  const parts = {
    fitRows: split.fit.length,
    validationRows: split.validation.length,
    heldOutRows: split.heldOut.length,
  }
  return { inputs: hashOf(task), ...span, rows: usable.length, seed, parameters: { ...parameters, ...parts } }
}

function spanOf(times: Float64Array, rows: Int32Array): { from: number; until: number } {
  let from = Number.POSITIVE_INFINITY
  let until = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    from = Math.min(from, times[row]!)
    until = Math.max(until, times[row]!)
  }
  return { from, until: until + 1 }
}

/** Over the features, the label and the time of every row read, in the order read. */
function hashOf({ features, label, times }: TrainingTask): string {
  const hash = createHash('sha256')
  for (const column of [...features.columns, ...label.columns]) {
    hash.update(`${JSON.stringify([column.name, column.kind === 'numeric' ? [] : column.dictionary])}\n`)
    hash.update(column.kind === 'numeric' ? column.values : column.codes)
  }
  if (times !== null) hash.update(times)
  return hash.digest('hex')
}

function probeOf(heldOut: LearningData, values: Float64Array, outputs: number): Probe {
  const rows = Math.min(MAX_PROBE_ROWS, heldOut.target.length)
  const width = heldOut.features.length
  const inputs = new Float32Array(rows * width)
  heldOut.features.forEach((feature, column) => {
    for (let row = 0; row < rows; row++) inputs[row * width + column] = feature.values[row]!
  })
  return { inputs, rows, expected: values.slice(0, rows * outputs) }
}

function describe({ features, times }: TrainingTask, usable: Int32Array, split: Split, model: Model): string[] {
  const inner = model.kind === 'calibrated' ? model.model : model
  const drawn = 'drawn by seed, because the rows have no order in time'
  return [
    `${usable.length} of ${features.rows} rows have a label${times === null ? '' : ' and a time'}`,
    `${split.fit.length} rows to fit, ${split.validation.length} to validate, ${split.heldOut.length} held out, ${split.byTime ? 'by time' : drawn}`,
    ...(split.embargoed === 0 ? [] : [`${split.embargoed} rows left out between them`]),
    inner.kind === 'linear'
      ? 'a linear model'
      : `${inner.rounds.length} rounds of trees kept of ${inner.validationLoss.length}`,
  ]
}
