import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { EvenkeelError } from '../error.ts'
import { columnsWithRole, type Schema, type SchemaColumn } from '../ingest/index.ts'
import type { Task } from '../training/index.ts'
import { type ColumnLanes, type LaneKind, lanesOf } from './lanes.ts'

/** One tensor the graph takes, and the columns that fill it: one for a named input, all for a matrix. */
export interface GraphInput {
  readonly name: string
  readonly type: Tensor.Type
  readonly rank: number
  readonly columns: readonly ColumnLanes[]
}

const LANE_KINDS: Partial<Record<Tensor.Type, LaneKind>> = {
  float32: 'float',
  float64: 'double',
  int64: 'whole',
  int32: 'whole',
  bool: 'flag',
  string: 'string',
}

/**
 * How the columns of a schema feed a graph made elsewhere: an input per column, matched by name, or one matrix of all
 * feature columns in the order of the schema.
 * @throws EvenkeelError REGISTRY_INPUTS_DIFFER saying which input or column has no partner
 */
export function matchInputs(session: InferenceSession, schema: Schema): readonly GraphInput[] {
  const columns = columnsWithRole(schema, 'feature')
  const inputs = session.inputMetadata.map((input) => requireTensor(input))
  const names = new Set(columns.map((column) => column.name))
  const [only] = inputs
  if (only !== undefined && inputs.length === 1 && !names.has(only.name)) return [matchMatrix(only, columns)]
  const stray = columns.find((column) => !inputs.some((input) => input.name === column.name))
  if (stray !== undefined)
    throw differ(
      `column ${stray.name} is no input of the model, which has ${inputs.map((input) => input.name).join(', ')}; rename the column, or give it the role ignored`,
    )
  return inputs.map((input) => matchNamed(input, columns))
}

type TensorInput = Extract<InferenceSession.ValueMetadata, { isTensor: true }>

function requireTensor(input: InferenceSession.ValueMetadata): TensorInput {
  if (input.isTensor) return input
  throw differ(`input ${input.name} of the model is no tensor, expected numbers or strings by row`)
}

function matchMatrix(input: TensorInput, columns: readonly SchemaColumn[]): GraphInput {
  const [rows, width] = input.shape
  if (input.shape.length !== 2)
    throw differ(`input ${input.name} of the model has ${input.shape.length} dimensions, expected rows × columns`)
  requireAnyRows(input.name, rows)
  if (typeof width === 'number' && width > 0 && width !== columns.length)
    throw differ(
      `input ${input.name} of the model takes ${width} columns, the schema has ${columns.length} of role feature: ${columns.map((column) => column.name).join(', ')}; name exactly the model's columns, in its order`,
    )
  return { name: input.name, type: input.type, rank: 2, columns: columns.map((column) => fit(input, column)) }
}

function matchNamed(input: TensorInput, columns: readonly SchemaColumn[]): GraphInput {
  const column = columns.find((candidate) => candidate.name === input.name)
  if (column === undefined)
    throw differ(
      `input ${input.name} of the model is no column of role feature; the schema has ${columns.map((known) => known.name).join(', ')}`,
    )
  const [rows, width] = input.shape
  if (input.shape.length > 2 || (typeof width === 'number' && width > 1))
    throw differ(`input ${input.name} of the model takes several numbers a row, expected one`)
  requireAnyRows(input.name, rows)
  return { name: input.name, type: input.type, rank: Math.max(1, input.shape.length), columns: [fit(input, column)] }
}

function requireAnyRows(name: string, rows: number | string | undefined): void {
  if (typeof rows !== 'number' || rows <= 0) return
  throw differ(
    `input ${name} of the model takes exactly ${rows} rows at once, expected any number; export it with a dynamic first dimension`,
  )
}

function fit(input: TensorInput, column: SchemaColumn): ColumnLanes {
  const kind = LANE_KINDS[input.type]
  if (kind === undefined)
    throw differ(`input ${input.name} of the model is ${input.type}, expected ${Object.keys(LANE_KINDS).join(', ')}`)
  const isText = column.type === 'category' || column.type === 'text'
  if (isText && kind !== 'string')
    throw differ(
      `column ${column.name} holds strings, input ${input.name} of the model takes ${input.type}; put the encoding in the graph, or give the column numbers`,
    )
  return lanesOf(column, kind)
}

function differ(message: string): EvenkeelError {
  return new EvenkeelError('REGISTRY_INPUTS_DIFFER', message)
}

/**
 * The output that holds probabilities, or the predicted number.
 * @throws EvenkeelError REGISTRY_OUTPUTS_DIFFER
 */
export function matchOutput(session: InferenceSession, task: Task): string {
  const tensors = session.outputMetadata.filter((output) => output.isTensor)
  const floats = tensors.filter((output) => output.type === 'float32' || output.type === 'float64')
  const probable = floats.find((output) => /prob/i.test(output.name))
  const found = task === 'regression' ? floats[0] : (probable ?? floats[0])
  if (found !== undefined) return found.name
  const outputs = session.outputNames.join(', ')
  const hint =
    tensors.length < session.outputMetadata.length ? '; with skl2onnx convert with options={"zipmap": False}' : ''
  throw new EvenkeelError(
    'REGISTRY_OUTPUTS_DIFFER',
    `the model's outputs (${outputs}) hold no tensor of ${task === 'regression' ? 'numbers' : 'probabilities'}${hint}`,
    { outputs: session.outputNames },
  )
}
