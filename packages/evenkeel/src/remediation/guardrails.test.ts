import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DAY_MS, HOUR_MS } from '../clock.ts'
import {
  GUARDRAIL_ORDER,
  type Guardrail,
  judgePlan,
  type PastRemedy,
  type Ruling,
  type Situation,
} from './guardrails.ts'
import { type Act, planKey } from './plan.ts'
import { type Autonomy, mergePolicy } from './policy.ts'

const NOW = Date.UTC(2001, 3, 1)
const quarantine: Act = {
  action: 'quarantine',
  parameters: { targets: [{ source: 'feed', feature: 'distance', from: NOW }] },
}
const retrain: Act = { action: 'retrain', parameters: { windowMs: DAY_MS } }
const free: Situation = { now: NOW, automation: 'on', inForce: [], integrityOpen: false, history: [] }
const past = (over: Partial<PastRemedy>): PastRemedy => ({
  key: 'other',
  startedAt: NOW - 10 * DAY_MS,
  endedAt: NOW - 9 * DAY_MS,
  reverted: false,
  ...over,
})

/** What makes each guardrail object, and nothing else. */
const OBJECTIONS: Readonly<Record<Guardrail, { situation?: Partial<Situation>; act?: Act; autonomy?: Autonomy }>> = {
  'switch-off': { situation: { automation: 'off' } },
  autonomy: { autonomy: 'observe' },
  'integrity-open': { act: retrain, situation: { integrityOpen: true } },
  'remedy-in-force': { situation: { inForce: ['rollback r1'] } },
  'recently-reverted': {
    situation: { history: [past({ key: planKey(quarantine), endedAt: NOW - 2 * DAY_MS, reverted: true })] },
  },
  'cool-down': { situation: { history: [past({ endedAt: NOW - HOUR_MS })] } },
  'daily-budget': {
    situation: { history: [1, 2, 3].map((hours) => past({ startedAt: NOW - hours * HOUR_MS, endedAt: null })) },
  },
}

function ruling(
  guardrail: Guardrail | null,
  over: { approval?: 'automatic' | 'person'; decided?: boolean } = {},
): Ruling {
  const { situation = {}, act = quarantine, autonomy = 'act' } = guardrail === null ? {} : OBJECTIONS[guardrail]
  const policy = mergePolicy({ autonomy, dailyBudget: 3 })
  return judgePlan({ act, approval: 'automatic', decided: false, ...over }, policy, { ...free, ...situation })
}

describe('guardrails', () => {
  test('what nothing speaks against is approved, or asks a person where the policy says so', () => {
    assert.deepEqual(ruling(null), { kind: 'approved' })
    assert.equal(ruling(null, { approval: 'person' }).kind, 'awaiting')
    assert.deepEqual(ruling(null, { approval: 'person', decided: true }), { kind: 'approved' })
  })

  for (const guardrail of GUARDRAIL_ORDER) {
    test(`${guardrail} refuses, and says so`, () => {
      const refused = ruling(guardrail)
      assert.equal(refused.kind === 'refused' && refused.guardrail, guardrail)
    })

    test(`${guardrail} ${guardrail === 'autonomy' ? 'does not bind' : 'binds'} a plan that a person approved`, () => {
      const answer = ruling(guardrail, { approval: 'person', decided: true })
      assert.equal(answer.kind, guardrail === 'autonomy' ? 'approved' : 'refused')
    })
  }

  test('a plan that waits for a person may wait through a cool-down', () => {
    assert.equal(ruling('cool-down', { approval: 'person' }).kind, 'awaiting')
    assert.equal(ruling('switch-off', { approval: 'person' }).kind, 'refused')
  })

  test('a fault of the data keeps only training off', () => {
    const situation = { ...free, integrityOpen: true }
    const proposal = { approval: 'automatic', decided: false } as const
    assert.equal(judgePlan({ ...proposal, act: quarantine }, mergePolicy(), situation).kind, 'approved')
    assert.equal(judgePlan({ ...proposal, act: retrain }, mergePolicy(), situation).kind, 'refused')
  })

  test('a note needs no permission and a call for a person is never answered by automation', () => {
    const off = { ...free, automation: 'off' } as const
    const proposal = { approval: 'automatic', decided: false } as const
    const parameters = { cause: 'volume-change' }
    assert.equal(judgePlan({ ...proposal, act: { action: 'notify', parameters } }, mergePolicy(), off).kind, 'approved')
    assert.equal(judgePlan({ ...proposal, act: { action: 'hold', parameters } }, mergePolicy(), off).kind, 'awaiting')
  })

  test('a policy that suggests asks a person about everything', () => {
    const proposal = { act: quarantine, approval: 'automatic', decided: false } as const
    assert.equal(judgePlan(proposal, mergePolicy({ autonomy: 'suggest' }), free).kind, 'awaiting')
  })
})
