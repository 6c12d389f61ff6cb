import { EvenkeelError } from '../error.ts'
import type { RawRow } from '../features/index.ts'
import type { LoadedVersion, ModelVersion } from '../registry/index.ts'
import { compileValidator, type RowValidator } from './validate.ts'

/** A version as the registry loads it. */
export type Servable = LoadedVersion

export type LoadServable = (project: string, model: string, version: number) => Promise<Servable>

/** A loaded, warm version with everything a request needs precompiled. */
export interface Arm {
  readonly servable: Servable
  readonly version: ModelVersion
  readonly validator: RowValidator
  readonly entityColumn: string | null
  readonly timeColumn: string | null
}

/** One row's answer, out of the outputs of its arm. */
export interface Answer {
  readonly score: number
  /** Null for a regression. */
  readonly className: string | null
  readonly scores: readonly number[] | null
}

/** Makes an arm of a servable and runs it once, so that no request pays for the first run. */
export async function warmArm(servable: Servable): Promise<Arm> {
  const { inputs } = servable.version
  const nameOf = (role: 'entity' | 'time') => inputs.columns.find((column) => column.role === role)?.name ?? null
  const arm: Arm = {
    servable,
    version: servable.version,
    validator: compileValidator(inputs),
    entityColumn: nameOf('entity'),
    timeColumn: nameOf('time'),
  }
  const nothing = Object.fromEntries(arm.validator.columns.map((column) => [column, null]))
  await scoreRows(arm, [nothing])
  return arm
}

/** Encodes and scores rows in one call. */
export async function scoreRows(arm: Arm, rows: readonly RawRow[]): Promise<Float32Array> {
  const { width } = arm.servable
  const inputs = new Float32Array(rows.length * width)
  for (let i = 0; i < rows.length; i++) arm.servable.encodeRow(rows[i]!, inputs, i * width)
  const outputs = await arm.servable.predict(inputs, rows.length)
  if (outputs.length === 0 || outputs.length % rows.length !== 0) throw wrongOutputs(arm, outputs.length, rows.length)
  return outputs
}

/** @throws EvenkeelError SERVING_SCORE_NOT_FINITE: no number stops being one on its way to a decision */
export function answerOf(arm: Arm, outputs: Float32Array, row: number, rows: number): Answer {
  const perRow = outputs.length / rows
  const from = row * perRow
  const answer = read(arm.version, outputs, from, perRow)
  if (!Number.isFinite(answer.score)) throw notFinite(arm, answer.score)
  return answer
}

function read({ task, classes }: ModelVersion, outputs: Float32Array, from: number, perRow: number): Answer {
  if (task === 'regression' || classes === null) return { score: outputs[from]!, className: null, scores: null }
  if (task === 'binary') {
    const score = outputs[from + perRow - 1]!
    return { score, className: classes[score >= 0.5 ? 1 : 0]!, scores: null }
  }
  const scores = Array.from({ length: perRow }, (_, i) => outputs[from + i]!)
  const score = Math.max(...scores)
  return { score, className: classes[scores.indexOf(score)]!, scores }
}

function nameOf({ model, version }: ModelVersion): string {
  return `version ${version} of ${model}`
}

function wrongOutputs(arm: Arm, found: number, rows: number): EvenkeelError {
  return new EvenkeelError(
    'SERVING_WRONG_OUTPUTS',
    `${nameOf(arm.version)} gave ${found} numbers for ${rows} rows, expected as many per row for each; roll back to an earlier version`,
    { model: arm.version.model, version: arm.version.version, found, rows },
  )
}

function notFinite(arm: Arm, found: number): EvenkeelError {
  return new EvenkeelError(
    'SERVING_SCORE_NOT_FINITE',
    `${nameOf(arm.version)} answered ${found}, expected a finite number; roll back to an earlier version`,
    { model: arm.version.model, version: arm.version.version, found: String(found) },
  )
}
