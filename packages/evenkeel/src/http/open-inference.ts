import * as z from 'zod'
import { EvenkeelError } from '../error.ts'
import type { ModelVersion } from '../registry/index.ts'
import type { Prediction, ServedState, Serving } from '../serving/index.ts'
import { failureReply, refusalFailure } from './failure.ts'
import { parseJson } from './predict.ts'
import { type Call, json, type Reply, type Route } from './route.ts'
import { decodeTensor, encodeTensor, type OutputTensor, type TensorRequest, tensorSchema } from './tensor.ts'

const inferBody = z.object({
  id: z.string().optional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  inputs: z.array(tensorSchema).min(1),
  outputs: z.array(z.object({ name: z.string(), parameters: z.record(z.string(), z.unknown()).optional() })).optional(),
})

const DATATYPES = {
  number: 'FP64',
  integer: 'INT64',
  time: 'INT64',
  boolean: 'BOOL',
  category: 'BYTES',
  text: 'BYTES',
} as const

/**
 * Open Inference Protocol v2 with its binary tensor extension. A model's inputs are its raw columns, one tensor of shape
 * [rows] or [rows, 1] each; its outputs are `prediction` and `score`, and `scores` for several classes.
 */
export function openInferenceRoutes(serving: Serving, ready: () => boolean, version: string): readonly Route[] {
  const shared = { tag: 'Open Inference Protocol', dialect: 'open-inference' } as const
  const get = { ...shared, method: 'GET' } as const
  const infer = {
    ...shared,
    method: 'POST',
    raw: true,
    accepts: ['application/json', 'application/octet-stream'],
    body: inferBody,
    checksBody: true,
  } as const
  const health = { ...get, open: true }
  const both = (path: string, route: Omit<Route, 'path'>): Route[] => [
    { ...route, path: `/v2/models/{model}${path}` },
    { ...route, path: `/v2/models/{model}/versions/{version}${path}`, summary: `${route.summary}, one version` },
  ]
  return [
    {
      ...health,
      path: '/v2',
      summary: 'Server metadata',
      handle: () => json({ name: 'evenkeel', version, extensions: ['binary_tensor_data'] }),
    },
    { ...health, path: '/v2/health/live', summary: 'The process runs', handle: () => json({ live: true }) },
    {
      ...health,
      path: '/v2/health/ready',
      summary: 'Requests can be answered',
      handle: () => json({ ready: ready() }, ready() ? 200 : 503),
    },
    ...both('', { ...get, summary: 'Model metadata', handle: (call) => json(metadata(findModel(serving, call))) }),
    ...both('/ready', {
      ...get,
      summary: 'The model can be asked',
      handle: (call) => json({ name: findModel(serving, call).model, ready: true }),
    }),
    ...both('/infer', { ...infer, summary: 'Predict', handle: (call) => inferCall(serving, call) }),
  ]
}

/** Routing decides which version answers; asking for one by number works for those that may. */
function findModel(serving: Serving, { project, params }: Call): ServedState & { readonly chosen: ModelVersion } {
  const state = serving.served(project).find(({ model }) => model === params['model'])
  const asked = params['version']
  const chosen = [state?.champion, state?.challenger].find(
    (version) => asked === undefined || String(version?.version) === asked,
  )
  if (state !== undefined && chosen !== undefined && chosen !== null) return { ...state, chosen }
  const name = asked === undefined ? params['model'] : `${params['model']} version ${asked}`
  throw new EvenkeelError('MODEL_UNKNOWN', `there is no served model ${name}; list the models at /v1/models`, {
    model: params['model'],
  })
}

function metadata({ model, champion, challenger, chosen }: ServedState & { readonly chosen: ModelVersion }) {
  const columns = chosen.inputs.columns.filter(
    ({ role }) => role !== 'label' && role !== 'prediction' && role !== 'ignored',
  )
  return {
    name: model,
    versions: [champion, challenger].flatMap((version) => (version === null ? [] : [String(version.version)])),
    platform: 'onnxruntime',
    inputs: columns.map(({ name, type }) => ({ name, datatype: DATATYPES[type], shape: [-1] })),
    outputs: outputsOf(chosen),
  }
}

function outputsOf({ task, classes }: ModelVersion) {
  const prediction = { name: 'prediction', datatype: task === 'regression' ? 'FP64' : 'BYTES', shape: [-1] }
  const outputs = [prediction, { name: 'score', datatype: 'FP64', shape: [-1] }]
  return task === 'multiclass'
    ? [...outputs, { name: 'scores', datatype: 'FP64', shape: [-1, classes?.length ?? -1] }]
    : outputs
}

async function inferCall(serving: Serving, call: Call): Promise<Reply> {
  const { model, chosen } = findModel(serving, call)
  const { request, binary } = splitBody(call)
  const rows = rowsOf(request, binary, chosen)
  const outcome = await serving.predict(call.project, model, { rows, source: 'open-inference' })
  if (outcome.kind !== 'predicted') return failureReply(refusalFailure(outcome), 'open-inference')
  return inferReply(request, model, outcome.predictions, chosen)
}

type InferRequest = z.infer<typeof inferBody>

/** With binary tensors the JSON ends where a header says, and the tensors' bytes follow in the order of the inputs. */
function splitBody({ body, headers }: Call): { request: InferRequest; binary: Buffer } {
  const bytes = body as Buffer
  const length = Number(headers['inference-header-content-length'] ?? bytes.length)
  if (!Number.isInteger(length) || length < 0 || length > bytes.length)
    throw new EvenkeelError(
      'BODY_INVALID',
      `Inference-Header-Content-Length is ${length}, the body has ${bytes.length} bytes`,
    )
  const parsed = inferBody.safeParse(parseJson(bytes.toString('utf8', 0, length), ''))
  if (parsed.success) return { request: parsed.data, binary: bytes.subarray(length) }
  const issue = parsed.error.issues[0]!
  throw new EvenkeelError('BODY_INVALID', `${issue.path.join('.') || 'body'}: ${issue.message}`)
}

function rowsOf({ inputs }: InferRequest, binary: Buffer, version: ModelVersion): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = []
  const types = new Map(version.inputs.columns.map(({ name, type }) => [name, type]))
  let offset = 0
  for (const [index, tensor] of inputs.entries()) {
    const { values, bytes } = decodeTensor(
      tensor as TensorRequest,
      binary,
      offset,
      types.get(tensor.name) === 'boolean',
    )
    offset += bytes
    if (index > 0 && values.length !== rows.length)
      throw new EvenkeelError(
        'BODY_INVALID',
        `input ${tensor.name} has ${values.length} values, ${inputs[0]!.name} has ${rows.length}; send one column of [rows] or [rows, 1] per input`,
      )
    for (const [row, value] of values.entries()) (rows[row] ??= {})[tensor.name] = value
  }
  return rows
}

function inferReply(
  request: InferRequest,
  model: string,
  predictions: readonly Prediction[],
  version: ModelVersion,
): Reply {
  const wanted = request.outputs?.map(({ name }) => name)
  const tensors = tensorsOf(predictions, version)
  const unknown = wanted?.find((name) => !tensors.some((tensor) => tensor.name === name))
  if (unknown !== undefined)
    throw new EvenkeelError(
      'BODY_INVALID',
      `there is no output ${unknown}, only ${tensors.map(({ name }) => name).join(', ')}`,
    )
  const allBinary = request.parameters?.['binary_data_output'] === true
  const chunks: Buffer[] = []
  const outputs = tensors
    .filter(({ name }) => wanted === undefined || wanted.includes(name))
    .map((tensor) => {
      const asked = request.outputs?.find(({ name }) => name === tensor.name)?.parameters?.['binary_data']
      const { data, ...rest } = tensor
      if (!(asked === true || (asked === undefined && allBinary))) return tensor
      const bytes = encodeTensor(tensor)
      chunks.push(bytes)
      return { ...rest, parameters: { binary_data_size: bytes.length } }
    })
  const versions = new Set(predictions.map((prediction) => prediction.version))
  const head = JSON.stringify({
    model_name: model,
    model_version: [...versions].join(','),
    ...(request.id === undefined ? {} : { id: request.id }),
    parameters: { prediction_ids: predictions.map(({ id }) => id).join(',') },
    outputs,
  })
  if (chunks.length === 0) return { status: 200, body: head }
  return {
    status: 200,
    type: 'application/octet-stream',
    headers: { 'inference-header-content-length': String(Buffer.byteLength(head)) },
    body: Buffer.concat([Buffer.from(head), ...chunks]),
  }
}

function tensorsOf(predictions: readonly Prediction[], { task, classes }: ModelVersion): OutputTensor[] {
  const shape = [predictions.length]
  const tensors: OutputTensor[] = [
    {
      name: 'prediction',
      datatype: task === 'regression' ? 'FP64' : 'BYTES',
      shape,
      data: predictions.map(({ prediction }) => prediction),
    },
    { name: 'score', datatype: 'FP64', shape, data: predictions.map(({ score }) => score) },
  ]
  if (task === 'multiclass')
    tensors.push({
      name: 'scores',
      datatype: 'FP64',
      shape: [...shape, classes?.length ?? 0],
      data: predictions.flatMap(({ scores }) => scores ?? []),
    })
  return tensors
}
