import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { createRandom, methodByName } from '@evenkeel/stats'
import { openTestServer } from '../testing.ts'
import { PEER_VERSIONS } from './by-peer.ts'

const host = await openTestServer()
after(() => host.close())
const PATH = '/v1/drift/check'
const root = path.resolve(import.meta.dirname, '../../../../..')
const random = createRandom('drift-check')
const normal = (rows: number, mean = 0) => Array.from({ length: rows }, () => random.normal() + mean)
const labels = (rows: number, kinds: readonly string[]) =>
  Array.from({ length: rows }, () => kinds[random.integer(kinds.length)]!)

const reference = { amount: normal(400), fee: normal(400), country: labels(400, ['NO', 'SE', 'DK']) }
const current = { amount: normal(300, 2), fee: normal(300), country: labels(300, ['NO', 'SE', 'DK']) }
const check = (body: object) => host.call(PATH, body)
const both = { reference: { columns: reference }, current: { columns: current } }
const findingOf = (body: { findings: readonly { column: string; [field: string]: unknown }[] }, name: string) =>
  body.findings.find(({ column }) => column === name)!

test('a column that moved is shifted beyond its noise floor, and the others are steady', async () => {
  const { status, body } = await check(both)
  assert.equal(status, 200)
  assert.deepEqual([body.verdict, body.words], ['shifted', 'of 3 columns judged: 1 shifted, 2 steady'])
  const [first] = body.findings
  assert.deepEqual([first.column, first.verdict, first.measure, first.peer], ['amount', 'shifted', 'psi', null])
  assert.ok(first.value > first.threshold && first.effect > 1)
  assert.deepEqual(first.rows, { reference: 400, current: 300 })
  assert.match(first.reason, /median/)
  assert.deepEqual(body.settings, { falseAlarms: 0.01, minRows: 50, floor: 0.05 })
})

test('rows and columns are the same table, and a key that a row lacks is missing', async () => {
  const rowsOf = ({ amount, fee, country }: typeof reference) =>
    amount.map((_, i) => ({ amount: amount[i], fee: fee[i], country: country[i] }))
  const asRows = await check({ reference: { rows: rowsOf(reference) }, current: { rows: rowsOf(current) } })
  assert.deepEqual(asRows.body, (await check(both)).body)
  const gaps = rowsOf(current).map(({ fee, ...rest }, i) => (i % 2 ? rest : { ...rest, fee }))
  const { body } = await check({ reference: { rows: rowsOf(reference) }, current: { rows: gaps } })
  const fee = findingOf(body, 'fee')
  assert.deepEqual([fee['verdict'], fee['missing']], ['shifted', { reference: 0, current: 150 }])
})

test('too few rows are unknown, with a reason; a column that vanished is shifted, one that came is named', async () => {
  const few = await check({ ...both, current: { rows: [{ amount: 1, fee: 2, country: 'NO' }] } })
  assert.equal(few.body.verdict, 'unknown')
  assert.match(String(findingOf(few.body, 'fee')['reason']), /current table has 1 rows, 50 are needed/)
  const { amount, ...rest } = current
  const { body } = await check({ ...both, current: { columns: { ...rest, price: amount } } })
  assert.equal(findingOf(body, 'amount')['verdict'], 'shifted')
  assert.deepEqual(body.added, ['price'])
})

test('by a peer’s name the figures are the peer’s, for all columns or for one', async () => {
  const method = 'nannyml:jensen_shannon'
  const { body } = await check({ ...both, method, columns: { fee: { method: 'evidently:default' } } })
  const wanted = methodByName(method).run(reference.amount, current.amount)
  assert.ok(wanted.kind === 'judged')
  const amount = findingOf(body, 'amount')
  assert.deepEqual(
    [amount['value'], amount['threshold'], amount['verdict'], amount['method'], amount['peer']],
    [wanted.score, wanted.threshold, 'shifted', method, { name: 'nannyml', version: '0.13.1' }],
  )
  const fee = findingOf(body, 'fee')
  assert.deepEqual([fee['measure'], fee['scale'], fee['method']], ['evidently:ks', 'p-value', 'evidently:default'])
})

test('a threshold of one’s own, a type and a column to ignore are taken from the options of the column', async () => {
  const columns = {
    amount: { method: 'evidently:psi', threshold: 1_000 },
    fee: { ignored: true },
    country: { type: 'category', method: 'evidently:ks' },
  }
  const { body } = await check({ ...both, columns })
  const [amount, fee, country] = ['amount', 'fee', 'country'].map((name) => findingOf(body, name))
  assert.deepEqual([amount!['verdict'], amount!['threshold']], ['steady', 1_000])
  assert.equal(fee!['verdict'], 'left-out')
  assert.deepEqual([country!['verdict'], country!['value']], ['unknown', null])
})

test('the versions of the peers are those that the recorded comparisons ran with', () => {
  for (const [name, version] of Object.entries(PEER_VERSIONS))
    assert.match(
      readFileSync(path.join(root, `bench/peers/${name}.txt`), 'utf8'),
      new RegExp(`^${name}==${version}$`, 'm'),
    )
})

const table = { rows: [{ a: 1 }, { a: 2 }] }
for (const [name, sent, field, row, found] of [
  ['no reference', { current: table }, 'reference', null, 'nothing'],
  [
    'rows that are no objects',
    { reference: { rows: [{ a: 1 }, 7] }, current: table },
    'reference.rows[1]',
    1,
    'number 7',
  ],
  [
    'a cell that is an object',
    { reference: table, current: { rows: [{ a: 1 }, { a: { b: 1 } }] } },
    'current.rows[1].a',
    1,
    'an object with b',
  ],
  [
    'a cell in a column',
    { reference: { columns: { a: [1, [2]] } }, current: table },
    'reference.columns.a[1]',
    1,
    'an array of 1',
  ],
  [
    'columns of two lengths',
    { reference: { columns: { a: [1], b: [1, 2] } }, current: table },
    'reference.columns.b',
    null,
    'an array of 2',
  ],
  ['no row', { reference: { rows: [] }, current: table }, 'reference.rows', null, 'an array of 0'],
  [
    'an unknown method',
    { reference: table, current: table, method: 'evidently:psy' },
    'method',
    null,
    'string "evidently:psy"',
  ],
  [
    'a stream detector',
    { reference: table, current: table, method: 'river:adwin' },
    'method',
    null,
    'string "river:adwin"',
  ],
  ['an unknown field', { reference: table, current: table, metod: 1 }, 'metod', null, 'number 1'],
  [
    'a false-alarm rate beyond reason',
    { reference: table, current: table, settings: { falseAlarms: 2 } },
    'settings.falseAlarms',
    null,
    'number 2',
  ],
  [
    'options of a column that is not there',
    { reference: table, current: table, columns: { b: {} } },
    'columns.b',
    null,
    'a column that the reference does not have',
  ],
] as const)
  test(`${name} is a 400 with a problem document that names field, row, found and expected`, async () => {
    const { status, body, headers } = await check(sent)
    assert.match(headers.get('content-type')!, /^application\/problem\+json/)
    assert.deepEqual(
      [status, body.status, body.code, body.field, body.row, body.found],
      [400, 400, 'DRIFT_CHECK_INVALID', field, row, found],
    )
    assert.ok(body.title === 'Bad Request' && body.expected.length > 0 && body.detail.includes(field))
  })

test('broken JSON, a number beyond all numbers and names of the language are taken for what they are', async () => {
  assert.deepEqual([(await host.call(PATH, '{"a"')).status, (await host.call(PATH, '')).status], [400, 400])
  const infinite = await host.call(PATH, '{"reference":{"rows":[{"a":1e999}]},"current":{"rows":[{"a":1}]}}')
  assert.deepEqual([infinite.status, infinite.body.field], [400, 'reference.rows[0].a'])
  const odd = { constructor: normal(60), toString: labels(60, ['x', 'y']) }
  const { status, body } = await check({ reference: { columns: odd }, current: { columns: odd } })
  assert.deepEqual([status, body.verdict], [200, 'steady'])
  assert.doesNotMatch(JSON.stringify(body), /NaN|Infinity/)
  const proto = await host.call(PATH, '{"reference":{"rows":[{"__proto__":1}]},"current":{"rows":[{"a":1}]}}')
  assert.equal(proto.status, 400)
})

test('a table beyond its limits and a body beyond the server’s are 413, another content type is 415', async () => {
  const limits = { maxBytes: 1e9, maxRows: 5, maxColumns: 2, maxCellLength: 16 }
  const small = host.open({ limits, bodyLimitBytes: 2_048 })
  const url = await small.start()
  const send = async (body: string, type = 'application/json') => {
    const response = await fetch(url + PATH, { method: 'POST', body, headers: { 'content-type': type } })
    return [
      response.status,
      response.headers.get('content-type'),
      ((await response.json()) as { field?: string }).field,
    ]
  }
  const problem = 'application/problem+json; charset=utf-8'
  const ask = (given: object) => send(JSON.stringify({ reference: given, current: given }))
  assert.deepEqual(await ask({ rows: Array.from({ length: 6 }, () => ({ a: 1 })) }), [413, problem, 'reference.rows'])
  assert.deepEqual(await ask({ columns: { a: [1], b: [1], c: [1] } }), [413, problem, 'reference.columns.c'])
  assert.deepEqual(await ask({ rows: [{ a: 'x'.repeat(17) }] }), [413, problem, 'reference.rows[0].a'])
  assert.deepEqual(await send(' '.repeat(4_096)), [413, problem, undefined])
  assert.deepEqual(await send('a,b', 'text/csv'), [415, problem, undefined])
  await small.stop()
})

test('where the server has keys, a check needs one', async () => {
  const keyed = host.open({ apiKeys: [{ name: 'ci', sha256: createHash('sha256').update('secret').digest('hex') }] })
  const url = await keyed.start()
  const ask = (headers: Record<string, string>) =>
    fetch(url + PATH, { method: 'POST', body: JSON.stringify({ reference: table, current: table }), headers })
  assert.equal((await ask({})).status, 401)
  const known = await ask({ authorization: 'Bearer secret', 'content-type': 'text/csv' })
  assert.equal(known.status, 415)
  await keyed.stop()
})

test('the server answers others while it checks, and refuses more checks than can wait', async () => {
  const answers = Array.from({ length: 12 }, () => check(both))
  assert.equal((await host.call('/livez')).status, 200)
  const statuses = (await Promise.all(answers)).map(({ status }) => status)
  assert.deepEqual([...new Set(statuses)].sort(), [200, 429])
})

test('the description has the check with examples, and its refusals as problem documents', async () => {
  const { body } = await host.call('/openapi.json')
  const { requestBody, responses } = body.paths[PATH].post
  const { properties, examples } = requestBody.content['application/json'].schema
  assert.ok(properties.method.enum.includes('evidently:psi') && examples.length === 1)
  assert.equal((await check(examples[0])).status, 200)
  assert.ok(responses[200].content['application/json'].schema.properties.findings)
  assert.deepEqual(responses.default.content['application/problem+json'].schema, {
    $ref: '#/components/schemas/Problem',
  })
})

test('the command on the page runs, and gives what the page says', async () => {
  const page = readFileSync(path.join(root, 'docs/guides/drift-check.md'), 'utf8')
  const [command, answer] = ['sh', 'json'].map(
    (kind) => page.match(new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``))![1]!,
  )
  const { stdout } = await promisify(execFile)('sh', ['-c', command!.replace('http://127.0.0.1:8080', host.url)])
  assert.deepEqual(JSON.parse(stdout), JSON.parse(answer!))
})
