import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { FindingSummary } from '../storage/index.ts'
import { findIncident } from './incident.ts'
import { DEFAULT_ALERT_POLICY } from './service.ts'
import { signalOf, TRANSITIONS } from './state.ts'

const DAY_MS = 86_400_000
const finding = (verdict: FindingSummary['verdict'], value = 0.12): FindingSummary => {
  const judged = verdict === 'unknown' ? { value: null, threshold: null } : { value, threshold: 0.1 }
  return { monitor: 'drift:x', verdict, reason: '', statistic: 'psi', rows: 1000, ...judged }
}
const signal = (...latestFirst: FindingSummary['verdict'][]) =>
  signalOf(
    latestFirst.map((verdict) => finding(verdict)),
    DEFAULT_ALERT_POLICY,
  )

test('the page about alerts has the table of the code', () => {
  const page = readFileSync(new URL('../../../../docs/specs/alerting.md', import.meta.url), 'utf8')
  const rows = Object.entries(TRANSITIONS).map(([state, row]) => `| ${[state, ...Object.values(row)].join(' | ')} |`)
  assert.ok(
    page.includes(['| state | breached | held | recovered | unknown |', '|---|---|---|---|---|', ...rows].join('\n')),
  )
})

test('unknown changes no state', () => {
  for (const [state, row] of Object.entries(TRANSITIONS)) assert.equal(row.unknown, state)
})

test('whatever came before, an unknown window is the signal unknown', () => {
  const verdicts = ['steady', 'shifted', 'unknown'] as const
  for (const a of verdicts) for (const b of verdicts) assert.equal(signal('unknown', a, b), 'unknown')
})

test('one shifted window breaches, two in a row hold, even with a window between that could not be judged', () => {
  assert.equal(signal('shifted'), 'breached')
  assert.equal(signal('shifted', 'steady', 'shifted'), 'breached')
  assert.equal(signal('shifted', 'shifted'), 'held')
  assert.equal(signal('shifted', 'unknown', 'shifted'), 'held')
})

test('one window is enough when its value is twice the threshold', () => {
  assert.equal(signalOf([finding('shifted', 0.2)], DEFAULT_ALERT_POLICY), 'held')
})

test('it takes two steady windows to recover', () => {
  assert.equal(signal('steady', 'shifted'), 'unknown')
  assert.equal(signal('steady', 'steady', 'shifted'), 'recovered')
})

test('causes that start together are one incident, a later cause is another, and consequences may lag', () => {
  const open = [{ onset: 10 * DAY_MS }, { onset: 20 * DAY_MS }]
  const find = (monitor: string, day: number) => findIncident({ monitor, onset: day * DAY_MS }, open, 3 * DAY_MS)
  assert.equal(find('quality:x', 11), open[0])
  assert.equal(find('drift:y', 18), open[1])
  assert.equal(find('drift:y', 15), null)
  assert.equal(find('performance', 15), open[0])
  assert.equal(find('performance', 29), open[1])
  assert.equal(find('performance', 5), null)
})
