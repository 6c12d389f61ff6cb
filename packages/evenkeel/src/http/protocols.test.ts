import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTestServer, type TestServer } from './testing.ts'

let host: TestServer
before(async () => {
  host = await openTestServer()
})
after(() => host.close())
const call: TestServer['call'] = (...request) => host.call(...request)

const TENSORS = [
  { name: 'distance', datatype: 'FP64', shape: [2], data: [900, 10] },
  { name: 'carrier', datatype: 'BYTES', shape: [2, 1], data: [['AA'], ['DL']] },
]

test('the Open Inference Protocol answers with the id it was given, flat or nested data, and errors as one string', async () => {
  const { status, body } = await call('/v2/models/flights/infer', { id: 'mine', inputs: TENSORS })
  assert.equal(status, 200)
  assert.equal(body.id, 'mine')
  assert.deepEqual(body.outputs[0], { name: 'prediction', datatype: 'BYTES', shape: [2], data: ['late', 'on time'] })
  const failed = await call('/v2/models/flights/infer', { inputs: [{ ...TENSORS[0], name: 'distanse' }] })
  assert.deepEqual([failed.status, Object.keys(failed.body), typeof failed.body.error], [400, ['error'], 'string'])
  assert.deepEqual(Object.keys((await call('/v2/models/nobody')).body), ['error'])
  assert.equal((await call('/v2/models/flights')).body.inputs[0].datatype, 'FP64')
  assert.equal((await call('/v2/models/flights/versions/1/ready')).body.ready, true)
  assert.deepEqual((await call('/v2')).body.extensions, ['binary_tensor_data'])
})

test('binary tensors come in and go out behind the JSON', async () => {
  const carriers = Buffer.concat(
    ['AA', 'DL'].map((word) => Buffer.concat([Buffer.from([2, 0, 0, 0]), Buffer.from(word)])),
  )
  const json = JSON.stringify({
    inputs: [
      { name: 'distance', datatype: 'FP64', shape: [2], parameters: { binary_data_size: 16 } },
      { name: 'carrier', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: carriers.length } },
    ],
    parameters: { binary_data_output: true },
    outputs: [{ name: 'score' }],
  })
  const body = Buffer.concat([Buffer.from(json), Buffer.from(Float64Array.of(900, 10).buffer), carriers])
  const response = await fetch(`${host.url}/v2/models/flights/infer`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(json.length) },
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  const head = Number(response.headers.get('inference-header-content-length'))
  const { outputs } = JSON.parse(bytes.toString('utf8', 0, head))
  assert.deepEqual(outputs, [{ name: 'score', datatype: 'FP64', shape: [2], parameters: { binary_data_size: 16 } }])
  assert.ok(bytes.readDoubleLE(head) > 0.7 && bytes.readDoubleLE(head + 8) < 0.3)
})

for (const [name, body] of Object.entries({
  dataframe_split: {
    dataframe_split: {
      columns: ['distance', 'carrier'],
      data: [
        [900, 'AA'],
        [10, 'DL'],
      ],
    },
  },
  dataframe_records: {
    dataframe_records: [
      { distance: 900, carrier: 'AA' },
      { carrier: 'DL', distance: 10 },
    ],
  },
  instances: {
    instances: [
      { distance: 900, carrier: 'AA' },
      { distance: 10, carrier: 'DL' },
    ],
  },
  inputs: { inputs: { distance: [900, 10], carrier: ['AA', 'DL'] } },
}))
  test(`MLflow clients score with ${name}`, async () => {
    assert.deepEqual((await call('/invocations', body)).body, { predictions: ['late', 'on time'] })
  })

test('MLflow clients score with CSV, and get their own shape of error', async () => {
  const csv = 'distance,carrier\n900,AA\n10,DL\n'
  assert.deepEqual(
    (await call('/v1/models/flights/invocations', csv, { headers: { 'content-type': 'text/csv' } })).body,
    { predictions: ['late', 'on time'] },
  )
  const failed = await call('/invocations', { instances: [], inputs: {} })
  assert.deepEqual([failed.status, failed.body.error_code], [400, 'BAD_REQUEST'])
  assert.equal((await call('/invocations', 'x', { headers: { 'content-type': 'text/plain' } })).status, 415)
  assert.equal((await call('/ping')).status, 200)
})
