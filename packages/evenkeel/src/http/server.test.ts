import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { after, before, test } from 'node:test'
import { isEvenkeelError } from '../error.ts'
import { flight } from '../serving/testing.ts'
import { openTestServer, type TestServer } from './testing.ts'

let host: TestServer
before(async () => {
  host = await openTestServer()
})
after(() => host.close())
const call: TestServer['call'] = (...request) => host.call(...request)

const PREDICT = '/v1/models/flights/predict'

test('rows of named columns are predicted, each with its id and version', async () => {
  const { status, body } = await call(PREDICT, { rows: [flight(900), flight(10)], id: ['a', 'b'] })
  assert.equal(status, 200)
  assert.deepEqual(
    body.predictions.map(({ id, version, prediction }: never) => [id, version, prediction]),
    [
      ['a', 1, 'late'],
      ['b', 1, 'on time'],
    ],
  )
})

for (const [name, rows, expected] of [
  [
    'a word where a number is due',
    [flight(), { ...flight(), distance: '300' }],
    {
      code: 'FIELD_WRONG_TYPE',
      row: 1,
      field: 'distance',
      found: 'string "300"',
      expected: 'a finite number, or null when it is missing',
    },
  ],
  [
    'a fraction where an integer is due',
    [{ ...flight(), stops: 0.5 }],
    {
      code: 'FIELD_WRONG_TYPE',
      row: 0,
      field: 'stops',
      found: 'number 0.5',
      expected: 'an integer, or null when it is missing',
    },
  ],
  [
    'a number where a category is due',
    [{ ...flight(), carrier: 7 }],
    {
      code: 'FIELD_WRONG_TYPE',
      row: 0,
      field: 'carrier',
      found: 'number 7',
      expected: 'a string, or null when it is missing',
    },
  ],
  [
    'a column left out that training never missed',
    [{ stops: 1, carrier: 'AA' }],
    {
      code: 'FIELD_ABSENT',
      row: 0,
      field: 'distance',
      found: 'nothing',
      expected: 'a finite number, or null when it is missing',
    },
  ],
  [
    'a misspelt column',
    [{ ...flight(), distanse: 3 }],
    {
      code: 'FIELD_UNKNOWN',
      row: 0,
      field: 'distanse',
      found: 'number 3',
      expected: 'only distance, stops, carrier, night; remove or rename it',
    },
  ],
  [
    'no row',
    [],
    {
      code: 'ROWS_ABSENT',
      row: null,
      field: 'rows',
      found: 'an array of 0',
      expected: 'an array of at least one object of named columns',
    },
  ],
] as const)
  test(`${name} is a 400 that names row, field, found and expected`, async () => {
    const { status, body } = await call(PREDICT, { rows })
    assert.equal(status, 400)
    const { message, ...rest } = body.error
    assert.deepEqual(rest, expected)
    assert.match(message, /found .*, expected /)
  })

test('an explicit null, an absent column that was missing in training, a new category and a far value are data', async () => {
  const { status } = await call(PREDICT, {
    rows: [
      { distance: null, carrier: 'a new one' },
      { distance: 1e12, carrier: null },
    ],
  })
  assert.equal(status, 200)
})

test('broken JSON is a 400, an unknown model a 404, an unknown path a 404, a large body a 413', async () => {
  assert.equal((await call(PREDICT, '{"rows": [')).status, 400)
  assert.equal((await call('/v1/models/nobody/predict', { rows: [flight()] })).body.error.code, 'MODEL_UNKNOWN')
  assert.equal((await call('/v1/nothing')).status, 404)
  assert.equal((await call(PREDICT, ' '.repeat(9 * 1024 * 1024))).status, 413)
})

test('labels come single, in a batch, as NDJSON and as CSV', async () => {
  const path = '/v1/models/flights/labels'
  assert.deepEqual((await call(path, { id: 'a', label: 'late' })).body, { rows: 1 })
  assert.deepEqual(
    (
      await call(path, {
        labels: [
          { id: 'a', label: 'late' },
          { id: 'b', label: 'on time' },
        ],
      })
    ).body,
    { rows: 2 },
  )
  const ndjson = '{"id":"a","label":"late"}\n{"entity":"x","at":"2001-01-01T00:00:00Z","label":"late"}\n'
  assert.deepEqual((await call(path, ndjson, { headers: { 'content-type': 'application/x-ndjson' } })).body, {
    rows: 2,
  })
  const csv = 'id,entity,at,label\na,,,late\n,x,978307200000,on time\n'
  assert.deepEqual((await call(path, csv, { headers: { 'content-type': 'text/csv' } })).body, { rows: 2 })
  const wrong = await call(path, { labels: [{ id: 'a', label: 'latte' }] })
  assert.deepEqual(
    [wrong.status, wrong.body.error.field, wrong.body.error.expected],
    [400, 'label', 'one of on time, late'],
  )
})

test('control routes check their bodies and limits', async () => {
  assert.deepEqual((await call('/v1/alerts?limit=5')).body, { alerts: [{ limit: 5 }] })
  assert.equal((await call('/v1/alerts?limit=0')).body.error.code, 'QUERY_INVALID')
  const nobody = await call('/v1/switch', { automation: 'off', reason: 'storm' }, { method: 'PUT' })
  assert.deepEqual([nobody.status, nobody.body.error.field], [400, 'by'])
  assert.equal(
    (await call('/v1/switch', { automation: 'off', reason: 'storm', by: 'Ada' }, { method: 'PUT' })).status,
    200,
  )
})

test('the description of the API is a sound OpenAPI 3.1 document of every route', async () => {
  const { body } = await call('/openapi.json')
  assert.equal(body.openapi, '3.1.0')
  const operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) => Object.values(methods).map((operation) => ({ path, operation })),
  )
  assert.ok(operations.length > 25)
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
  for (const { path, operation } of operations) {
    const inPath = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`)
    assert.deepEqual(inPath, path.match(/\{\w+\}/g) ?? [], path)
    assert.ok(operation.summary.length > 0 && operation.responses['200'] && operation.responses['default'], path)
    for (const reference of JSON.stringify(operation).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
      assert.ok(body.components.schemas[reference[1]!], reference[0])
  }
})

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Readonly<Record<string, unknown>>
}

test('the pages need no network and run no script', async () => {
  for (const path of ['/', '/docs']) {
    const { status, text, headers } = await call(path)
    assert.equal(status, 200)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.doesNotMatch(text, /<script|https?:\/\/|<link/)
  }
  assert.match((await call('/')).text, /flights/)
  assert.match((await call('/docs')).text, /\/v1\/models\/\{model\}\/predict/)
})

test('readiness says what it checked, and a stopping server is alive but not ready', async () => {
  const { body } = await call('/readyz?verbose')
  assert.deepEqual(body, { ready: true, checks: { accepting: 'ok', database: 'ok' } })
  assert.equal((await call('/livez')).status, 200)
})

test('on loopback, a request under a foreign name is refused', async () => {
  const status = await new Promise((resolve, reject) => {
    const { port } = new URL(host.url)
    httpRequest({ port, path: '/v1/models', headers: { host: 'evil.example' } }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on('error', reject)
      .end()
  })
  assert.equal(status, 421)
})

test('beyond loopback it starts only with keys, and then only a key opens it', async () => {
  assert.throws(
    () => host.open({ host: '0.0.0.0' }),
    (error) => isEvenkeelError(error, 'HTTP_KEY_REQUIRED'),
  )
  const keyed = host.open({ apiKeys: [{ name: 'ci', sha256: createHash('sha256').update('secret').digest('hex') }] })
  const address = await keyed.start()
  const ask = (path: string, headers = {}) => fetch(address + path, { headers }).then(({ status }) => status)
  assert.deepEqual(
    [
      await ask('/v1/alerts'),
      await ask('/v1/alerts', { authorization: 'Bearer wrong' }),
      await ask('/v1/alerts', { authorization: 'Bearer secret' }),
      await ask('/livez'),
    ],
    [401, 401, 200, 200],
  )
  await keyed.stop()
})

test('moving the champion while requests come fails none of them', async () => {
  let stop = false
  let failed = 0
  let asked = 0
  const ask = async () => {
    while (!stop) {
      const { status } = await call(PREDICT, { rows: [flight(300)] })
      asked++
      if (status !== 200) failed++
    }
  }
  const clients = [ask(), ask(), ask()]
  for (const champion of [2, 3, 2, 1]) {
    host.world.routing = { champion, challenger: null, stage: null, share: 0 }
    await host.world.serving.refresh()
    const before = asked
    while (asked < before + 5) await new Promise(setImmediate)
  }
  stop = true
  await Promise.all(clients)
  assert.equal(failed, 0)
  await host.world.serving.drain()
  const versions = await host.world.db.query<{ version: number }>('select distinct version from predictions order by 1')
  assert.deepEqual(
    versions.map(({ version }) => version),
    [1, 2, 3],
  )
})
