/**
 * Runs the tests that need a real server: starts PostgreSQL with `scripts/services/postgres.sh`, runs the storage
 * conformance suite, every test that uses a database, and the long crash test against it, and stops it again; then the
 * same with Alertmanager and what is sent to it.
 */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')
const script = path.join(root, 'scripts/services/postgres.sh')
const CRASH_KILLS = process.env['EVENKEEL_CRASH_KILLS'] ?? '100'

const alerted = testAlertmanager()
const started = spawnSync(script, ['start'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
const url = started.stdout.trim()
if (started.status === 3 && process.env['CI'] !== 'true') {
  console.log('service tests skipped: no PostgreSQL server on this machine')
  process.exit(alerted)
}
if (started.status !== 0 || !url.startsWith('postgres://')) {
  console.error('PostgreSQL did not start')
  process.exit(1)
}

try {
  const withDatabase = globSync('{test,packages/*/src/**}/*.test.ts', { cwd: root }).filter((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    return text.includes('openTestDatabase') || text.includes('conformance/storage')
  })
  const onServer = run(withDatabase, { EVENKEEL_TEST_DATABASE_URL: url })
  const crashes = globSync('sim/crash/*.test.ts', { cwd: root })
  const onEmbedded = run(crashes, { EVENKEEL_CRASH_KILLS: CRASH_KILLS })
  const crashesOnServer = run(crashes, { EVENKEEL_CRASH_KILLS: CRASH_KILLS, DATABASE_URL: url })
  process.exitCode = alerted || onServer || onEmbedded || crashesOnServer
} finally {
  spawnSync(script, ['stop'], { stdio: 'inherit' })
}

/** Quick, so it goes first. */
function testAlertmanager(): number {
  const script = path.join(root, 'scripts/services/alertmanager.sh')
  const started = spawnSync(script, ['start'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (started.status === 3 && process.env['CI'] !== 'true') {
    console.log('tests of Alertmanager skipped: there is none on this machine')
    return 0
  }
  try {
    if (started.status === 0)
      return run(['test/service/alertmanager.test.ts'], { EVENKEEL_ALERTMANAGER_URL: started.stdout.trim() })
    console.error('Alertmanager did not start')
    return 1
  } finally {
    spawnSync(script, ['stop'], { stdio: 'inherit' })
  }
}

function run(files: readonly string[], env: Readonly<Record<string, string>>): number {
  const args = ['--test', '--test-concurrency=2', ...files]
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1
}
