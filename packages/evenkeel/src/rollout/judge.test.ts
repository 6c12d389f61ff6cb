import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { DAY_MS } from '../clock.ts'
import type { PairedDay, WindowFindings } from '../monitoring/index.ts'
import type { Event } from '../storage/index.ts'
import { DEFAULT_ROLLOUT_POLICY, judgeTrial, type Rollout, TRANSITIONS } from './index.ts'
import { judgeProbation } from './judge.ts'
import { nextStage } from './policy.ts'
import { startRollout } from './start.ts'

const policy = DEFAULT_ROLLOUT_POLICY
const rollout: Rollout = {
  id: 'r',
  project: 'default',
  model: 'm',
  kind: 'trial',
  challenger: 2,
  champion: 1,
  stage: 'shadow',
  share: 0,
  state: 'running',
  startedAt: 0,
  stageAt: 0,
  endedAt: null,
  reason: null,
  evidence: null,
  remedy: null,
}

/** Days of 500 pairs; the challenger's loss is `lift` higher, more on some days than on others. */
function pairsOf(days: number, lift: number, seed = 'pairs'): PairedDay[] {
  const random = createRandom(seed)
  return Array.from({ length: days }, (_, day) => {
    const ofDay = lift + 0.01 * random.normal()
    const champion = Float64Array.from({ length: 500 }, () => 0.5 + 0.3 * random.next())
    return { day: day * DAY_MS, champion, challenger: champion.map((loss) => loss + ofDay + 0.1 * random.normal()) }
  })
}
const facts = { rollout, policy, now: 5 * DAY_MS, pairs: [] as PairedDay[], challenger: [], champion: [] }

function windowOf(verdict: 'steady' | 'shifted' | 'unknown', version: number): WindowFindings {
  const finding = { monitor: 'prediction', verdict, reason: '', statistic: 'psi', value: 0, threshold: 0, rows: 500 }
  const span = { window: 'w', kind: 'data', from: DAY_MS, until: 2 * DAY_MS, at: 0, event: 1 } as const
  return { model: 'm', version, role: version === 1 ? 'champion' : 'shadow', ...span, findings: [finding] }
}

describe('the judge of a trial', () => {
  test('the page about rollouts has the table of the code', () => {
    const page = readFileSync(new URL('../../../../docs/specs/rollout.md', import.meta.url), 'utf8')
    const rows = Object.entries(TRANSITIONS).map(([place, row]) => `| ${[place, ...Object.values(row)].join(' | ')} |`)
    const head = ['| place | better | worse | breached | unknown | expired |', '|---|---|---|---|---|---|']
    assert.ok(page.includes([...head, ...rows].join('\n')))
  })

  test('unknown never climbs, and only better does', () => {
    for (const row of Object.values(TRANSITIONS)) {
      assert.equal(row.unknown, 'stay')
      for (const [signal, move] of Object.entries(row)) assert.ok(move !== 'climb' || signal === 'better')
    }
  })

  test('without labels nothing is known, however long it takes, until the time is over', () => {
    for (let day = 0; day < 28; day++) assert.equal(judgeTrial({ ...facts, now: day * DAY_MS }).signal, 'unknown')
    assert.equal(judgeTrial({ ...facts, now: 28 * DAY_MS }).signal, 'expired')
  })

  test('a better challenger is better once it has rows and days enough', () => {
    const pairs = pairsOf(7, -0.05)
    assert.equal(judgeTrial({ ...facts, pairs }).signal, 'better')
    assert.equal(judgeTrial({ ...facts, pairs: pairs.slice(0, 2) }).signal, 'unknown')
    assert.equal(judgeTrial({ ...facts, pairs, rollout: { ...rollout, stageAt: 5 * DAY_MS } }).signal, 'unknown')
    const demanding = { ...policy, stages: [{ stage: 'shadow', share: 0, minRows: 10_000 } as const] }
    assert.equal(judgeTrial({ ...facts, pairs, policy: demanding }).signal, 'unknown')
  })

  test('a worse challenger is stopped without waiting for the rows of the stage', () => {
    const demanding = { ...policy, stages: [{ stage: 'shadow', share: 0, minRows: 1e6 } as const] }
    assert.equal(judgeTrial({ ...facts, pairs: pairsOf(4, 0.2), policy: demanding }).signal, 'worse')
  })

  test('not worse is not better, unless the policy says that it is enough', () => {
    const pairs = pairsOf(14, 0)
    assert.equal(judgeTrial({ ...facts, pairs }).signal, 'unknown')
    assert.equal(judgeTrial({ ...facts, pairs, policy: { ...policy, margin: 0.05 } }).signal, 'better')
  })

  test('scores that leave their reference stop a challenger only where the champion stays with its own', () => {
    const pairs = pairsOf(7, -0.05)
    const challenger = [windowOf('shifted', 2)]
    const of = (verdict: 'steady' | 'shifted' | 'unknown') =>
      judgeTrial({ ...facts, pairs, challenger, champion: [windowOf(verdict, 1)] }).signal
    assert.equal(of('steady'), 'breached')
    assert.equal(of('shifted'), 'better')
    assert.equal(of('unknown'), 'better')
  })

  test('judged every day for four weeks, a challenger that is no better is promoted no more often than declared', () => {
    let wrong = 0
    for (let trial = 0; trial < 200; trial++) {
      const pairs = pairsOf(28, 0, `no better ${trial}`).map((day) => day)
      const signals = pairs.map((_, day) => judgeTrial({ ...facts, pairs: pairs.slice(0, day + 1) }).signal)
      if (signals.includes('better')) wrong++
    }
    assert.ok(wrong <= 200 * policy.alpha + 3 * Math.sqrt(200 * policy.alpha), `${wrong} of 200`)
  })

  test('a probation ends in time, and later where the version before objects', () => {
    const over = (days: number, objecting: boolean) =>
      judgeProbation({ rollout, policy, now: days * DAY_MS, objecting }).signal === 'expired'
    assert.deepEqual([over(6, false), over(7, false), over(27, true), over(28, true)], [false, true, false, true])
  })

  test('the ladder is climbed rung by rung, also one with two canaries, and has a top', () => {
    const [shadow, canary, full] = policy.stages as [
      (typeof policy.stages)[0],
      (typeof policy.stages)[0],
      (typeof policy.stages)[0],
    ]
    assert.equal(nextStage(policy, shadow), canary)
    assert.equal(nextStage(policy, canary), full)
    assert.equal(nextStage(policy, full), null)
    const half = { stage: 'canary', share: 0.5, minRows: 0 } as const
    assert.equal(nextStage({ ...policy, stages: [shadow, canary, half, full] }, canary), half)
    assert.equal(nextStage(policy, { stage: 'canary', share: 0.05 }), canary)
  })
})

describe('a moved alias', () => {
  type Move = Event<'alias.moved'>['data']
  const move = (data: Partial<Move>, rest: Partial<Parameters<typeof startRollout>[0]> = {}) => {
    const moved = { model: 'm', alias: 'champion', from: 1, to: 2, by: 'ada', reason: '', remedy: null, ...data }
    const event = {
      id: 9,
      project: 'default',
      type: 'alias.moved',
      subject: 'm',
      at: 0,
      cause: null,
      data: moved,
    } as const
    const started = startRollout({ event, running: null, champion: 1, served: false, policy, ...rest })
    return started.map((each) => [each.type, 'kind' in each.data ? each.data.kind : null])
  }

  test('a challenger starts a trial, and ends what was running', () => {
    const challenger = { alias: 'challenger', from: null }
    assert.deepEqual(move(challenger), [['rollout.started', 'trial']])
    assert.deepEqual(move({ ...challenger, to: 3 }, { running: rollout }), [
      ['rollout.reverted', null],
      ['rollout.started', 'trial'],
    ])
    assert.deepEqual(move({ ...challenger, from: 2, to: null }, { running: rollout }), [['rollout.reverted', null]])
    assert.deepEqual(move(challenger, { champion: null }), [])
    assert.deepEqual(move(challenger, { champion: 2 }), [])
  })

  test('a champion set by a person is on probation; by a rollout, a remedy, or for the second time it is not', () => {
    assert.deepEqual(move({}), [['rollout.started', 'probation']])
    assert.deepEqual(move({}, { running: rollout }), [
      ['rollout.reverted', null],
      ['rollout.started', 'probation'],
    ])
    assert.deepEqual(move({ by: 'rollout' }), [])
    assert.deepEqual(move({ remedy: 'r1' }), [])
    assert.deepEqual(move({ from: null }), [])
    assert.deepEqual(move({}, { served: true }), [])
    assert.deepEqual(move({ alias: 'archived' }), [])
  })
})
