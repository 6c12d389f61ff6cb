import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS } from '../clock.ts'
import { isRefreshDue, type RefreshFacts } from './refresh.ts'

const due: RefreshFacts = {
  now: 40 * DAY_MS,
  everyMs: 30 * DAY_MS,
  lastRunAt: 10 * DAY_MS,
  automation: 'on',
  incidentOpen: false,
  remedyInForce: false,
  rolloutRunning: false,
}

test('a model whose last run is as old as its policy says is learnt again', () => {
  assert.equal(isRefreshDue(due), true)
  assert.equal(isRefreshDue({ ...due, lastRunAt: 10 * DAY_MS + 1 }), false)
})

test('a model without a refresh in its policy is never learnt again by the calendar', () => {
  assert.equal(isRefreshDue({ ...due, everyMs: null }), false)
})

test('trouble comes first: an incident, a remedy, a trial or the switch puts a refresh off', () => {
  const troubles: Partial<RefreshFacts>[] = [
    { incidentOpen: true },
    { remedyInForce: true },
    { rolloutRunning: true },
    { automation: 'off' },
  ]
  for (const trouble of troubles) assert.equal(isRefreshDue({ ...due, ...trouble }), false)
})
