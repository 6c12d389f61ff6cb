import { EvenkeelError } from '../error.ts'
import { category, column, computeFeaturesInTurns, type RawRow } from '../features/index.ts'
import { columnsWithRole, type Schema } from '../ingest/index.ts'
import type { BlobStore } from '../storage/index.ts'
import {
  encodeReference,
  makeReference,
  type Reference,
  type Task,
  twinsOf,
  type VersionFacts,
} from '../training/index.ts'
import { type ForeignGraph, openForeignGraph } from './graph.ts'
import { predictBatch } from './predict-batch.ts'
import type { ForeignModel } from './service.ts'

/**
 * Tries a graph made elsewhere on rows that look like its schema, and makes what a version of it needs.
 * @throws EvenkeelError ONNX_CANNOT_LOAD, REGISTRY_INPUTS_DIFFER, REGISTRY_OUTPUTS_DIFFER
 */
export async function registerForeign(blobs: BlobStore, foreign: ForeignModel): Promise<VersionFacts> {
  const { bytes, task, classes, inputs } = foreign
  checkClasses(task, classes)
  const graph = await openForeignGraph(bytes, inputs, task)
  try {
    await dryRun(graph, foreign)
    const reference = await referenceOf(foreign, graph)
    return {
      task,
      classes,
      inputs,
      encoding: null,
      artifact: await blobs.put(bytes),
      reference: await blobs.put(encodeReference(reference)),
      metrics: {},
      lineage: null,
    }
  } finally {
    await graph.release()
  }
}

function checkClasses(task: Task, classes: readonly string[] | null): void {
  const found = classes === null ? 'none' : classes.join(', ')
  const fits =
    task === 'regression' ? classes === null : task === 'binary' ? classes?.length === 2 : (classes?.length ?? 0) > 1
  if (fits) return
  const expected = { binary: 'two', multiclass: 'two or more', regression: 'none (null)' }[task]
  throw outputsDiffer(
    `a ${task} model was given the classes ${found}, expected ${expected}, in the order of its outputs`,
  )
}

const DRY_ROWS = 2
/** A probability may miss its bounds, and a sum of them 1, by float32 rounding. */
const ROUNDING = 1e-3

async function dryRun(graph: ForeignGraph, { inputs, task, classes }: ForeignModel): Promise<void> {
  const encoded = new Float32Array(DRY_ROWS * graph.width)
  const row = typicalRow(inputs)
  for (let i = 0; i < DRY_ROWS; i++) graph.encodeRow(row, encoded, i * graph.width)
  const answer = await graph.predict(encoded, DRY_ROWS).catch((cause: unknown) => {
    const found = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!.slice(0, 300)
    throw new EvenkeelError(
      'REGISTRY_INPUTS_DIFFER',
      `the model refused a row like ${JSON.stringify(row).slice(0, 200)}: ${found}; check types and order of the columns`,
      { found },
      cause,
    )
  })
  const outputs = answer.length / DRY_ROWS
  const allowed = task === 'regression' ? [1] : task === 'binary' ? [1, 2] : [classes!.length]
  if (!allowed.includes(outputs))
    throw outputsDiffer(`the model gives ${outputs} numbers a row, expected ${allowed.join(' or ')} for a ${task} task`)
  checkAnswer(answer.subarray(0, outputs), task)
}

function checkAnswer(answer: Float32Array, task: Task): void {
  const shown = [...answer].join(', ')
  if (!answer.every(Number.isFinite))
    throw outputsDiffer(`the model answered ${shown} to a typical row, expected numbers`)
  if (task === 'regression') return
  const sum = answer.reduce((total, value) => total + value, 0)
  const inside = answer.every((value) => value >= -ROUNDING && value <= 1 + ROUNDING)
  if (inside && (answer.length === 1 || Math.abs(sum - 1) <= ROUNDING)) return
  throw outputsDiffer(`the model answered ${shown}, expected probabilities; export probabilities instead of raw scores`)
}

/** A row within what the schema knows of each column. */
function typicalRow(schema: Schema): RawRow {
  const values = columnsWithRole(schema, 'feature').map(({ name, type, range, categories }) => {
    if (type === 'category' || type === 'text') return [name, categories?.[0] ?? ''] as const
    if (type === 'boolean') return [name, 'false'] as const
    const middle = range === null ? 0 : (range.min + range.max) / 2
    return [name, type === 'number' ? middle : Math.round(middle)] as const
  })
  return Object.fromEntries(values)
}

async function referenceOf({ inputs, reference, classes }: ForeignModel, graph: ForeignGraph): Promise<Reference> {
  if (reference === undefined || reference.rows === 0)
    return makeReference({ rows: 0, columns: [] }, twinsOf(0, null), null, null)
  const watched = columnsWithRole(inputs, 'feature').filter(({ type }) => type !== 'time' && type !== 'text')
  const features = watched.map(({ name, type }) => {
    return { name, ...(type === 'number' || type === 'integer' ? column(name) : category(name)) }
  })
  const raw = await computeFeaturesInTurns({ name: 'inputs', entity: null, time: null, features }, reference)
  const twins = twinsOf(reference.rows, null)
  return makeReference(
    raw,
    twins,
    { ...scoresOf(await predictBatch(graph, reference), reference.rows, classes), classes, twins },
    null,
  )
}

/** Score and class of each row, as serving has them; a row that cannot be answered has no score. */
function scoresOf(answers: Float32Array, rows: number, classes: readonly string[] | null) {
  const outputs = answers.length / rows
  const answer = (row: number, k: number) => answers[row * outputs + k]!
  if (classes === null) return { scores: Float64Array.from(answers), predicted: null }
  if (classes.length === 2) {
    const scores = Float64Array.from({ length: rows }, (_, row) => answer(row, outputs - 1))
    return { scores, predicted: Int32Array.from(scores, (score) => Number(score >= 0.5)) }
  }
  const predicted = new Int32Array(rows)
  const scores = Float64Array.from({ length: rows }, (_, row) => {
    for (let k = 1; k < outputs; k++) if (answer(row, k) > answer(row, predicted[row]!)) predicted[row] = k
    return answer(row, predicted[row]!)
  })
  return { scores, predicted }
}

function outputsDiffer(message: string): EvenkeelError {
  return new EvenkeelError('REGISTRY_OUTPUTS_DIFFER', message)
}
