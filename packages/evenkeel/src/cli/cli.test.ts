import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { EvenkeelError } from '../error.ts'
import type { Services } from './parts.ts'
import { describeSpan, drawProgress } from './progress.ts'
import { fitTable } from './table.ts'
import { createTestShell } from './testing.ts'

const shell = createTestShell()
after(() => shell.close())

const VERBS = [
  'init',
  'up',
  'demo',
  'ingest',
  'train',
  'predict',
  'label',
  'status',
  'explain',
  'replay',
  'report',
  'config',
]

test('help names every verb, and the help of every verb has an example', async () => {
  const { exit, out } = await shell.run('--help')
  assert.equal(exit, 0)
  for (const verb of VERBS) {
    assert.match(out, new RegExp(`^ {2}${verb}\\b`, 'm'))
    const help = await shell.run(verb, '--help')
    assert.equal(help.exit, 0)
    assert.match(help.out, new RegExp(`Examples:\n {2}evenkeel ${verb}\\b`))
  }
})

test('--version prints the version of the package', async () => {
  const { exit, out } = await shell.run('--version')
  assert.equal(exit, 0)
  assert.match(out, /^\d+\.\d+\.\d+\n$/)
})

test('an unknown verb or option is wrong use, and the one that was meant is named', async () => {
  const verb = await shell.run('trian')
  assert.deepEqual([verb.exit, /Did you mean train\?/.test(verb.err)], [2, true])
  const option = await shell.run('status', '--jsn')
  assert.deepEqual([option.exit, /Did you mean --json\?/.test(option.err)], [2, true])
})

test('a table is never wider than the terminal, and only columns that may give lose characters', () => {
  const columns = [{ title: 'alert' }, { title: 'reason', shrinkTo: 6 }]
  const lines = fitTable(columns, [['drift:distance', 'the distances are about 1.6 times what they were']], 40)
  assert(lines.every((line) => line.length <= 40))
  assert.equal(lines[1], 'drift:distance  the distances are about…')
})

test('progress says how far, how fast and how long still', () => {
  const line = drawProgress({ stage: 'train', done: 50, total: 200 }, 10_000, 80)
  assert.equal(line, 'train  ██████░░░░░░░░░░░░░░░░░░  25%  5/s  30 s left')
  assert.equal(drawProgress({ stage: 'read', done: 1_500, total: null }, 0, 80), 'read  1.5K')
  assert.deepEqual([500, 90_000, 600_000, 259_200_000].map(describeSpan), ['500 ms', '90 s', '10 min', '3 days'])
})

const status: Awaited<ReturnType<Services['status']>> = {
  project: 'default',
  at: Date.UTC(2001, 2, 1),
  database: 'embedded',
  automation: 'on',
  models: [
    {
      model: 'flights',
      champion: 1,
      challenger: null,
      health: 'shifted',
      reason: 'distance shifted',
      predictions: 1_234,
      labels: 1_000,
      judgedUntil: Date.UTC(2001, 2, 1),
    },
  ],
  alerts: [],
  incidents: [],
  remedies: [],
  notifications: { waiting: 0, delivered: 0, superseded: 0, failed: 0, dropped: 0 },
  forgotten: [],
}

function servicesWith(some: Partial<Services>, closed: string[] = []): Services {
  const absent = () => Promise.reject(new Error('not part of this test'))
  return {
    status: absent,
    countRows: absent,
    ingest: absent,
    train: absent,
    predict: absent,
    label: absent,
    explain: absent,
    replay: absent,
    serve: absent,
    close: async () => void closed.push('services'),
    ...some,
  }
}

const config = JSON.stringify({
  sources: { flights: { path: 'flights.csv' } },
  models: { flights: { source: 'flights', label: 'late', task: 'binary', features: { numeric: ['distance'] } } },
})

function project(services: Services) {
  const shell = createTestShell({ parts: { open: () => Promise.resolve(services) } })
  shell.write('evenkeel.config.json', config)
  return shell
}

test('status speaks to people, and with --json to programs', async () => {
  const shell = project(servicesWith({ status: () => Promise.resolve(status) }))
  const { out } = await shell.run('status')
  assert.match(out, /flights {2}shifted {2}distance shifted\n {2}champion 1, 1,234 predictions, 1,000 labels/)
  assert.deepEqual(JSON.parse((await shell.run('status', '--json')).out), status)
  shell.close()
})

test('train reads the file of the source first when no rows are there yet', async () => {
  const asked: string[] = []
  const services = servicesWith({
    countRows: () => Promise.resolve(0),
    ingest: async ({ source, file }) => {
      asked.push(`ingest ${source} ${file.split('/').at(-1)}`)
      return { batch: 'b1', source, rows: 900, verdict: 'accepted', reasons: [] }
    },
    train: async ({ model }) => {
      asked.push(`train ${model}`)
      const rocAuc = { value: 0.712345, low: 0.7, high: 0.72, rows: 180 }
      return { model, version: 1, champion: 1, metrics: { rocAuc }, reason: 'the first version' }
    },
  })
  const shell = project(services)
  const { exit, out } = await shell.run('train')
  assert.deepEqual([exit, asked], [0, ['ingest flights flights.csv', 'train flights']])
  assert.match(out, /flights version 1: champion \(the first version\)/)
  assert.match(out, /rocAuc {3}0\.7123 {2}0\.7 to 0\.72 {2} 180/)
  shell.close()
})

test('a quarantined file ends with exit code 1 and its reasons', async () => {
  const outcome = {
    batch: 'b',
    source: 'flights',
    rows: 3,
    verdict: 'quarantined' as const,
    reasons: ['distance: 100% missing'],
  }
  const shell = project(servicesWith({ ingest: () => Promise.resolve(outcome) }))
  const { exit, out } = await shell.run('ingest', 'march.csv')
  assert.equal(exit, 1)
  assert.match(out, /quarantined: 3 rows of flights, batch b\n {2}distance: 100% missing/)
  shell.close()
})

test('predictions are printed as CSV that spreadsheets read', async () => {
  const predictions = [{ id: '1', prediction: 'late, very', score: 0.9 }]
  const shell = project(servicesWith({ predict: ({ model }) => Promise.resolve({ model, version: 2, predictions }) }))
  const { out, err } = await shell.run('predict', 'flights', 'april.csv')
  assert.equal(out, 'id,prediction,score\n1,"late, very",0.9\n')
  assert.match(err, /1 predictions of flights version 2/)
  shell.close()
})

test('a name that does not exist is wrong use, and a near one is offered', async () => {
  const shell = project(servicesWith({}))
  const { exit, err } = await shell.run('train', 'flihgts')
  assert.equal(exit, 2)
  assert.match(err, /error CLI_UNKNOWN_MODEL: there is no model flihgts in .*\n {2}→ did you mean flights\?/)
  shell.close()
})

test('an explanation shows effects below their causes', async () => {
  const events = [
    {
      id: 1,
      project: 'default',
      type: 'batch.arrived',
      subject: 'flights',
      at: 0,
      cause: null,
      data: { batch: 'b', source: 'flights', rows: 3 },
    },
    {
      id: 2,
      project: 'default',
      type: 'run.failed',
      subject: 'flights',
      at: 0,
      cause: 1,
      data: { model: 'flights', run: 'r', error: 'no rows', remedy: null },
    },
  ] as const
  const shell = project(servicesWith({ explain: (about) => Promise.resolve(about === 'b' ? { about, events } : null) }))
  const { out } = await shell.run('explain', 'b')
  assert.equal(
    out,
    '1970-01-01 00:00Z  batch.arrived  flights: batch b, source flights, rows 3\n1970-01-01 00:00Z    run.failed  flights: no rows\n',
  )
  assert.equal((await shell.run('explain', 'x')).exit, 2)
  shell.close()
})

test('up answers until it is interrupted, then closes the server before the rest', async () => {
  const closed: string[] = []
  const serve = async () => ({ address: 'http://127.0.0.1:8080', close: async () => void closed.push('server') })
  const shell = project(servicesWith({ serve }, closed))
  const { exit, out } = await shell.run('up')
  assert.equal(exit, 0)
  assert.match(out, /Evenkeel is up: http:\/\/127\.0\.0\.1:8080/)
  assert.deepEqual(closed, ['server', 'services'])
  shell.close()
})

test('a second Ctrl-C does not wait for what is under way', async () => {
  const serve = async () => ({ address: 'http://127.0.0.1:8080', close: () => Promise.resolve() })
  const services = servicesWith({ serve })
  const shell = createTestShell({ parts: { open: () => Promise.resolve(services) }, interrupts: 2 })
  assert.match((await shell.run('up')).err, /aborted with 3\n/)
  shell.close()
})

test('--version and --help load no library but the parser of the command line', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = new Set()
    registerHooks({ resolve(name, context, next) { if (!/^[./]|^(file|node):/.test(name)) loaded.add(name); return next(name, context) } })
    const { runCli } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)})
    await runCli(['--version'], {})
    await runCli(['report', '--help'], {})
    console.log(JSON.stringify([...loaded]))`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  assert.deepEqual(JSON.parse(child.stdout.trim().split('\n').at(-1)!), ['commander'])
})

test('a failure has a code, a message and the next step; with --json it is JSON', async () => {
  const locked = () =>
    Promise.reject(
      new EvenkeelError('STORAGE_LOCKED', 'data directory x is in use by process 7; stop that process', { holder: 7 }),
    )
  const shell = createTestShell({ parts: { open: locked } })
  const { exit, err } = await shell.run('status')
  assert.equal(exit, 3)
  assert.equal(err, 'error STORAGE_LOCKED: data directory x is in use by process 7\n  → stop that process\n')
  assert.equal(JSON.parse((await shell.run('status', '--json')).err).error.details.holder, 7)
  shell.close()
})

test('config --explain says of a setting where it came from; --new-key keeps the key and gives its hash', async () => {
  const shell = project(servicesWith({}))
  const { out } = await shell.run('config', '--explain', '--data', 'elsewhere')
  assert.match(out, /dataDir = ".*elsewhere" {2}--data\n/)
  assert.match(
    out,
    /monitors\.windowMs = 86400000 ms \(24 h\) {2}default\n {4}span of event time .* \(60000 to 31622400000\)\n {4}EVENKEEL_MODELS_FLIGHTS_MONITORS_WINDOW_MS\n/,
  )
  const { key, sha256 } = JSON.parse((await shell.run('config', '--new-key', '--json')).out)
  assert.match(key, /^ek_[\w-]{43}$/)
  assert.match(sha256, /^[0-9a-f]{64}$/)
  shell.close()
})
