import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { EvenkeelError } from '../../error.ts'
import { createTestShell } from '../testing.ts'
import { announce, readAddress, withdraw } from './index.ts'

/** A server that answers as the API does, and remembers what it was asked. */
const asked: { route: string; type: string | undefined; body: string }[] = []
const notifications = { waiting: 0, delivered: 0, superseded: 0, failed: 0, dropped: 0 }
const NOTHING = { models: [], alerts: [], incidents: [], remedies: [], notifications, forgotten: [] }
const answers: Readonly<Record<string, object>> = {
  'GET /v1/sources': {
    sources: [
      {
        name: 'flights',
        schema: {
          columns: [
            { name: 'gate', type: 'category', role: 'feature' },
            { name: 'distance', type: 'number', role: 'feature' },
          ],
        },
      },
    ],
  },
  'POST /v1/models/flights/predict': { predictions: [{ id: 'p1', version: 3, prediction: 'late', score: 0.8 }] },
  'POST /v1/models/flights/labels': { rows: 2 },
  'POST /v1/sources/flights/batches': { batch: 'b1', rows: 2, repeated: false },
  'GET /v1/batches/b1': { id: 'b1', state: 'accepted' },
  'GET /v1/status': { project: 'default', at: 0, database: 'embedded', automation: 'on', ...NOTHING },
  'GET /v1/batches?source=flights&state=accepted&limit=1000': { batches: [{ rows: 2 }] },
  'GET /v1/batches?source=flights&state=released&limit=1000': { batches: [] },
  'POST /v1/models/flights/runs': { run: 'r1' },
  'GET /v1/runs/r1': {
    outcome: { model: 'flights', version: 4, champion: 4, metrics: {}, reason: 'the first version' },
  },
  'GET /v1/explain/id/a1': {
    about: 'a1',
    events: [
      { id: 1, type: 'alert.fired', subject: 'flights', at: 0, cause: null, data: { reason: 'distance shifted' } },
    ],
  },
}
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const route = `${request.method} ${request.url}`
    asked.push({ route, type: request.headers['content-type'], body: Buffer.concat(chunks).toString() })
    response.end(JSON.stringify(answers[route] ?? {}))
  })
})
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))

const locked = () => Promise.reject(new EvenkeelError('STORAGE_LOCKED', 'in use by process 7; stop it', {}))
const shell = createTestShell({ parts: { open: locked } })
after(() => {
  server.close()
  shell.close()
})

const model = {
  source: 'flights',
  label: 'late',
  task: 'binary',
  features: { numeric: ['distance'], categorical: ['gate'] },
}
shell.write('evenkeel.config.json', JSON.stringify({ sources: { flights: {} }, models: { flights: model } }))
shell.write('april.csv', 'gate,distance,remark\n007,412,none of the model’s\n012,,\n')
shell.write('truth.csv', 'id,label\np1,late\np2,on time\n')
const dataDir = path.join(shell.dir, '.evenkeel')

test('without a server that says where it listens, a locked data directory stays an error', async () => {
  const { exit, err } = await shell.run('predict', 'flights', 'april.csv')
  assert.deepEqual([exit, /STORAGE_LOCKED/.test(err)], [3, true])
})

test('while a server has the data directory, predict, label and ingest ask it', async () => {
  announce(dataDir, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const predicted = await shell.run('predict', 'flights', 'april.csv')
  assert.equal(predicted.out, 'id,version,prediction,score\np1,3,late,0.8\n')
  assert.equal((await shell.run('label', 'flights', 'truth.csv')).exit, 0)
  assert.match((await shell.run('ingest', 'april.csv')).out, /accepted: 2 rows of flights, batch b1/)
  const sent = (route: string) => asked.find((request) => request.route === route)
  assert.deepEqual(JSON.parse(sent('POST /v1/models/flights/predict')!.body), {
    source: 'file',
    rows: [
      { gate: '007', distance: 412 },
      { gate: '012', distance: null },
    ],
  })
  assert.equal(sent('POST /v1/sources/flights/batches')?.type, 'text/csv')
})

test('what a server answers at its routes is asked there: status, training, explanations', async () => {
  const { out } = await shell.run('status', '--json')
  assert.equal(JSON.parse(out).automation, 'on')
  assert.match((await shell.run('train')).out, /flights version 4: champion \(the first version\)/)
  assert.match((await shell.run('explain', 'a1')).out, /alert\.fired {2}flights: distance shifted/)
})

test('what a server does not offer is refused, with where to look instead', async () => {
  const { exit, err } = await shell.run('replay')
  assert.equal(exit, 3)
  assert.match(
    err,
    /a server that runs at http:\/\/127\.0\.0\.1:\d+ has the data directory open and does not offer a replay\n {2}→ open http/,
  )
})

test('a server that has ended no longer says where it listens', () => {
  withdraw(dataDir)
  assert.equal(readAddress(dataDir), null)
})
