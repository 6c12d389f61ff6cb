import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { DEFAULT_ALERT_POLICY } from '../alerting/index.ts'
import { isEvenkeelError } from '../error.ts'
import { DEFAULT_LIMITS } from '../ingest/index.ts'
import { DEFAULT_MONITOR_SETTINGS } from '../monitoring/index.ts'
import { DEFAULT_NOTIFICATION } from '../notification/index.ts'
import { DEFAULT_REMEDY_POLICY } from '../remediation/index.ts'
import { DEFAULT_ROLLOUT_POLICY } from '../rollout/index.ts'
import { DEFAULT_TRAINING } from '../training/index.ts'
import { explainConfig, hashKey, type LoadOptions, loadConfig, plainView, variableOf } from './index.ts'

const root = mkdtempSync(path.join(tmpdir(), 'evenkeel-config-'))
after(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
function project(files: Readonly<Record<string, string>>): string {
  const dir = path.join(root, String(folders++))
  mkdirSync(dir)
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text)
  return dir
}

function load(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}) {
  return loadConfig({ cwd: project(files), env: {}, ...options })
}

const json = (value: unknown) => ({ 'evenkeel.config.json': JSON.stringify(value) })

const flights = {
  sources: { flights: { path: 'flights.csv' } },
  models: {
    flights: { source: 'flights', label: 'late', task: 'binary', features: { numeric: ['distance'] } },
  },
}

test('without a file every setting has its default, and the data stays beside the working directory', async () => {
  const { config, file, rootDir } = await load({})
  assert.equal(file, null)
  assert.equal(config.server.host, '127.0.0.1')
  assert.equal(config.dataDir, path.join(rootDir, '.evenkeel'))
  assert.deepEqual(config.models, {})
})

test('the file stands above the default, the environment above the file, --data above both', async () => {
  const files = json({ ...flights, server: { port: 1111 }, dataDir: 'from-file' })
  const env = { EVENKEEL_SERVER_PORT: '2222', DATABASE_URL: 'postgres://me:hush@db/evenkeel' }
  const loaded = await load(files, { env, dataDir: 'from-option' })
  assert.equal(loaded.config.server.port, 2222)
  assert.equal(path.basename(loaded.config.dataDir), 'from-option')
  assert.equal(loaded.originOf(['server', 'port']), 'EVENKEEL_SERVER_PORT')
  assert.equal(loaded.originOf(['dataDir']), '--data')
  assert.equal(loaded.originOf(['models', 'flights', 'label']), 'file')
  assert.equal(loaded.originOf(['models', 'flights', 'training', 'trees']), 'default')
})

test('a setting of a model has a variable with the name of the model in it', async () => {
  const env = { EVENKEEL_MODELS_FLIGHTS_MONITORS_WINDOW_MS: '3600000' }
  const { config } = await load(json(flights), { env })
  assert.equal(config.models['flights']?.monitors.windowMs, 3_600_000)
  assert.equal(variableOf(['server', 'bodyLimitBytes']), 'EVENKEEL_SERVER_BODY_LIMIT_BYTES')
})

test('a TypeScript file may import from evenkeel in any folder', async () => {
  const { config } = await load({
    'evenkeel.config.ts': `import { defineConfig } from 'evenkeel'\nexport default defineConfig({ project: 'north' })\n`,
  })
  assert.equal(config.project, 'north')
})

test('a feature view is declared in the configuration, as code', async () => {
  const loaded = await load({
    'evenkeel.config.ts': `import { column, defineConfig, defineFeatureView, hourOfDay } from 'evenkeel'
const view = defineFeatureView({
  name: 'flights',
  time: 'departure',
  features: { distance: column('distance'), hour: hourOfDay('departure') },
})
export default defineConfig({
  sources: { flights: { path: 'flights.csv' } },
  models: { flights: { source: 'flights', view, label: 'late', task: 'binary' } },
})
`,
  })
  const hour = loaded.config.models['flights']?.view?.features[1]
  assert.equal(hour?.compute({ departure: Date.UTC(2001, 0, 1, 17, 30) }), 17)
  const line = explainConfig(loaded).find(({ setting }) => setting === 'models.flights.view')
  assert.deepEqual([line?.value, line?.origin], ['(view flights: distance, hour)', 'file'])
})

test('YAML says the same as JSON', async () => {
  const { config } = await load({ 'evenkeel.config.yaml': 'project: north\nserver:\n  port: 9000\n' })
  assert.deepEqual([config.project, config.server.port], ['north', 9000])
})

async function refusal(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}) {
  try {
    await load(files, options)
  } catch (error) {
    assert(isEvenkeelError(error))
    return { code: error.code, message: error.message }
  }
  return assert.fail('the configuration was accepted')
}

test('an unknown key is refused, and the one that was meant is named', async () => {
  const found = await refusal(json({ server: { prot: 1 }, modles: {} }))
  assert.equal(found.code, 'CONFIG_INVALID')
  assert.match(found.message, /server\.prot is not a setting; did you mean port\?/)
  assert.match(found.message, /modles is not a setting; did you mean models\?/)
})

test('a wrong value is named with what was found and what was expected', async () => {
  assert.match(
    (await refusal(json({ server: { port: 70000 } }))).message,
    /server\.port is 70000, expected at most 65535/,
  )
  const task = { ...flights.models.flights, task: 'guess' }
  const found = await refusal(json({ ...flights, models: { flights: task } }))
  assert.match(found.message, /models\.flights\.task is "guess", expected one of binary, multiclass, regression/)
  const env = { EVENKEEL_SERVER_PORT: 'eighty' }
  assert.match((await refusal({}, { env })).message, /EVENKEEL_SERVER_PORT is "eighty", expected a number/)
})

test('a model that names an unknown source is refused', async () => {
  const found = await refusal(json({ ...flights, sources: { flight: {} } }))
  assert.match(found.message, /models\.flights\.source is "flights", which is not among sources; did you mean flight\?/)
})

test('a host that others can reach is refused without an API key, and accepted with one', async () => {
  const open = json({ server: { host: '0.0.0.0' } })
  assert.equal((await refusal(open)).code, 'CONFIG_KEY_REQUIRED')
  const { config } = await load(open, { env: { EVENKEEL_API_KEY: 'hush' } })
  assert.deepEqual(config.server.apiKeys, [{ name: 'environment', sha256: hashKey('hush') }])
})

test('two configuration files in a folder are refused, so that nobody edits the wrong one', async () => {
  const found = await refusal({ 'evenkeel.config.json': '{}', 'evenkeel.config.yaml': '' })
  assert.equal(found.code, 'CONFIG_AMBIGUOUS')
})

test('a variable that looks like a setting is reported, and those of Kubernetes are not', async () => {
  const env = { EVENKEEL_SERVER_PROT: '1', EVENKEEL_SERVICE_HOST: '10.0.0.1', EVENKEEL_PORT: 'tcp://10.0.0.1:80' }
  const { warnings } = await load({}, { env })
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]!, /EVENKEEL_SERVER_PROT is not a setting .* did you mean EVENKEEL_SERVER_PORT\?/)
})

test('the explanation gives value, origin, unit and limits of every setting, and no secret', async () => {
  const env = { DATABASE_URL: 'postgres://me:hush@db/evenkeel', EVENKEEL_API_KEY: 'silence' }
  const lines = explainConfig(await load(json(flights), { env }))
  const of = (setting: string) => lines.find((line) => line.setting === setting)
  assert.deepEqual(of('models.flights.monitors.windowMs'), {
    setting: 'models.flights.monitors.windowMs',
    value: 86_400_000,
    origin: 'default',
    variable: 'EVENKEEL_MODELS_FLIGHTS_MONITORS_WINDOW_MS',
    unit: 'ms',
    limits: '60000 to 31622400000',
    description: 'span of event time that is summarised and judged at once',
  })
  assert.equal(of('database.url')?.value, '(secret)')
  assert.equal(of('database.url')?.origin, 'DATABASE_URL')
  assert.doesNotMatch(JSON.stringify(lines), /hush|silence|[0-9a-f]{64}/)
  assert(lines.every((line) => line.description !== ''))
})

test('every default is the one of the part it is for', async () => {
  const { config } = await load(json(flights))
  const { training, monitors, alerts, rollout, remedies } = config.models['flights']!
  assert.deepEqual(training, DEFAULT_TRAINING)
  assert.deepEqual(monitors, DEFAULT_MONITOR_SETTINGS)
  assert.deepEqual(alerts, DEFAULT_ALERT_POLICY)
  const { labelMaturityMs, ...ladder } = DEFAULT_ROLLOUT_POLICY
  assert.deepEqual(rollout, ladder)
  assert.equal(monitors.labelMaturityMs, labelMaturityMs)
  assert.deepEqual(remedies, DEFAULT_REMEDY_POLICY)
  assert.deepEqual(config.ingest, DEFAULT_LIMITS)
  assert.deepEqual(config.notifications, DEFAULT_NOTIFICATION)
})

test('a channel takes its secrets from the environment, and the explanation gives none of them away', async () => {
  const from = (variable: string) => `\${env:${variable}}`
  const ops = { type: 'webhook', url: from('OPS_URL'), secret: from('OPS_KEY'), models: ['flights'] }
  const env = { OPS_URL: 'https://ops.example/hush', OPS_KEY: `whsec_${'c2lsZW5jZQ'.repeat(4)}` }
  const loaded = await load(json({ channels: { ops } }), { env })
  assert.equal(loaded.config.channels['ops']?.url, env.OPS_URL)
  const lines = explainConfig(loaded)
  assert.equal(lines.find(({ setting }) => setting === 'channels.ops.url')?.value, '(secret)')
  assert.equal(lines.find(({ setting }) => setting === 'channels.ops.timeoutMs')?.limits, '100 to 60000')
  assert.doesNotMatch(JSON.stringify(lines), /hush|c2lsZW5jZQ/)
  const found = await refusal(json({ channels: { ops } }))
  assert.match(found.message, /channels\.ops\.url is to come from environment variable OPS_URL, which is not set/)
})

test('a channel with too little, too much or an address without TLS is refused, and no secret is said', async () => {
  const wrong = async (channel: object) => (await refusal(json({ channels: { ops: channel } }))).message
  assert.match(
    await wrong({ type: 'email', url: 'smtps://mail.example' }),
    /channels\.ops\.from is missing, expected one/,
  )
  assert.match(await wrong({ type: 'stdout', user: 'me' }), /channels\.ops\.user is "me", expected none/)
  const plain = await wrong({ type: 'slack', url: 'http://hooks.example/hush' })
  assert.match(plain, /channels\.ops\.url is wrong, expected an address that starts with https:\/\/; allowPlain/)
  const weak = await wrong({ type: 'webhook', url: 'https://ops.example', secret: 'hush' })
  assert.match(weak, /channels\.ops\.secret is wrong, expected whsec_/)
  assert.doesNotMatch(plain + weak, /hush/)
  assert.match(await wrong({ type: 'stdout', allow: ['10.0.0.0/33'] }), /expected an address like 10\.0\.0\.7/)
  assert.match(await wrong({ type: 'pigeon' }), /channels\.ops\.type is "pigeon", expected one of slack, email/)
})

test('a check of a source is understood, and a wrong one is named', async () => {
  const source = (check: object) => json({ ...flights, sources: { flights: { checks: [check] } } })
  const { config } = await load(source({ name: 'range', column: 'distance', min: 0 }))
  assert.deepEqual(config.sources['flights']?.checks, [{ name: 'range', severity: 'fail', column: 'distance', min: 0 }])
  const found = await refusal(source({ name: 'rnage', column: 'distance' }))
  assert.match(found.message, /sources\.flights\.checks\.0\.name is "rnage"/)
})

test('lists of columns are a feature view', async () => {
  const features = { time: 'at', entity: 'tail', numeric: ['distance'], categorical: ['origin'], calendar: true }
  const { config } = await load(json({ ...flights, models: { flights: { ...flights.models.flights, features } } }))
  assert.deepEqual(plainView('flights', config.models['flights']!.features!), {
    name: 'flights',
    entity: 'tail',
    time: 'at',
    features: [
      { name: 'distance', transform: { kind: 'column', column: 'distance' } },
      { name: 'origin', transform: { kind: 'category', column: 'origin' } },
      { name: 'at.hour', transform: { kind: 'hourOfDay', column: 'at', timezone: 'UTC' } },
      { name: 'at.weekday', transform: { kind: 'dayOfWeek', column: 'at', timezone: 'UTC' } },
    ],
  })
})
