import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { createVirtualClock, DAY_MS } from '../clock.ts'
import { createRunner, FLOW } from '../loop/index.ts'
import { findingsProjection, type PairedDay } from '../monitoring/index.ts'
import { createJournal, type NewEvent, readJournal, replay } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { type AliasAccess, createRollout, readProbation, readRollbackTarget, readRollouts } from './index.ts'

const START = Date.UTC(2001, 1, 1)

/** Aliases read from the journal itself, as the registry's table is a fold of it. */
const aliases: AliasAccess = {
  async readAlias(q, { project, model, alias }) {
    const moves = await readJournal(q, { types: ['alias.moved'], project, subject: model, limit: 1000 })
    const last = moves.flatMap((event) => (event.type === 'alias.moved' && event.data.alias === alias ? [event] : []))
    return last.at(-1)?.data.to ?? null
  },
  async moveAlias(tx, { project, model, alias, expected, to, by, reason, remedy }) {
    if ((await aliases.readAlias(tx, { project, model, alias })) !== expected) return null
    return moved(model, { alias, from: expected, to, by, reason, remedy })
  },
}

function moved(
  model: string,
  move: { alias: string; from: number | null; to: number | null; by?: string; reason?: string; remedy?: string | null },
): NewEvent {
  const data = { model, by: 'ada', reason: 'tried', remedy: null, ...move }
  return { type: 'alias.moved', project: 'default', subject: model, data }
}

describe('rollouts', () => {
  let opened: TestDatabase
  const clock = createVirtualClock(START)
  before(async () => {
    opened = await openTestDatabase()
  })
  after(() => opened.close())

  /** A model whose challenger's loss is `lift` above the champion's, every day since the start. */
  function stage(model: string, lift: number) {
    const random = createRandom(model)
    const pairOf = (day: number): PairedDay => {
      const champion = Float64Array.from({ length: 600 }, () => 0.5 + 0.3 * random.next())
      const ofDay = lift + 0.01 * random.normal()
      return { day, champion, challenger: champion.map((loss) => loss + ofDay) }
    }
    const rollout = createRollout({
      clock,
      aliases,
      records: {
        readPairedLosses: async (_, { span }) =>
          Array.from({ length: Math.floor((span.until - span.from) / DAY_MS) }, (_, i) =>
            pairOf(span.from + i * DAY_MS),
          ),
      },
    })
    const projections = [findingsProjection, ...rollout.projections]
    const journal = createJournal({ clock, projections })
    const flow = FLOW.filter((line) => rollout.steps.some((step) => step.name === line.step))
    const settle = () => createRunner({ db: opened.db, journal, clock, flow, steps: rollout.steps }).settle()
    const append = async (...events: NewEvent[]) => {
      await opened.db.transaction((tx) => journal.append(tx, null, events))
      await settle()
    }
    return {
      rollout,
      projections,
      move: (move: Parameters<typeof moved>[1]) => append(moved(model, move)),
      async days(count: number) {
        for (let day = 0; day < count; day++) {
          clock.moveTo(clock.now() + DAY_MS)
          const span = { window: `${clock.now()}/labels`, from: clock.now() - DAY_MS, until: clock.now() }
          const data = { model, version: 1, role: 'champion', kind: 'labels', ...span, findings: [] } as const
          await append(
            { type: 'findings.recorded', project: 'default', subject: model, data },
            { type: 'clock.ticked', project: 'default', subject: 'clock', data: {} },
          )
        }
      },
      history: async () =>
        (await readJournal(opened.db, { subject: model, limit: 1000 }))
          .filter((event) => event.type !== 'findings.recorded')
          .map((event) =>
            event.type === 'alias.moved' ? `${event.data.alias} ${event.data.from} → ${event.data.to}` : event.type,
          ),
    }
  }

  test('a better challenger goes from shadow to canary to champion', async () => {
    const model = stage('better', -0.05)
    await model.move({ alias: 'champion', from: null, to: 1 })
    await model.move({ alias: 'challenger', from: null, to: 2 })
    assert.deepEqual(await model.rollout.readRouting(opened.db, 'default', 'better'), {
      champion: 1,
      challenger: 2,
      stage: 'shadow',
      share: 0,
    })
    await model.days(6)
    assert.equal((await model.rollout.readRouting(opened.db, 'default', 'better'))?.share, 0.1)
    await model.days(8)
    assert.deepEqual(await model.history(), [
      'champion null → 1',
      'challenger null → 2',
      'rollout.started',
      'rollout.advanced',
      'rollout.finished',
      'champion 1 → 2',
      'challenger 2 → null',
    ])
    assert.deepEqual(await model.rollout.readRouting(opened.db, 'default', 'better'), {
      champion: 2,
      challenger: null,
      stage: null,
      share: 0,
    })
    assert.equal(await readRollbackTarget(opened.db, { project: 'default', model: 'better' }), 1)
  })

  test('a worse challenger is reverted, and the champion is kept', async () => {
    const model = stage('worse', 0.1)
    await model.move({ alias: 'champion', from: null, to: 1 })
    await model.move({ alias: 'challenger', from: null, to: 2 })
    await model.days(7)
    assert.deepEqual((await model.history()).slice(2), [
      'rollout.started',
      'rollout.reverted',
      'version.kept',
      'challenger 2 → null',
    ])
    const [rollout] = await readRollouts(opened.db, { project: 'default', model: 'worse', limit: 10 })
    assert.equal(rollout?.state, 'reverted')
    assert.equal(rollout?.evidence?.['verdict'], 'worse')
  })

  test('a challenger that is just as good is kept out when its time is over', async () => {
    const model = stage('equal', 0)
    await model.move({ alias: 'champion', from: null, to: 1 })
    await model.move({ alias: 'challenger', from: null, to: 2 })
    await model.days(27)
    assert.equal((await model.history()).length, 3)
    await model.days(1)
    assert.deepEqual((await model.history()).slice(3), ['rollout.reverted', 'version.kept', 'challenger 2 → null'])
  })

  test('a champion set by hand has the one before it in the shadow for a week, and going back needs none', async () => {
    const model = stage('by hand', 0)
    const key = { project: 'default', model: 'by hand' }
    await model.move({ alias: 'champion', from: null, to: 1 })
    assert.equal(await readRollbackTarget(opened.db, key), null)
    await model.move({ alias: 'champion', from: 1, to: 2 })
    assert.equal((await readProbation(opened.db, key))?.previous, 1)
    assert.equal((await model.rollout.readRouting(opened.db, 'default', 'by hand'))?.challenger, 1)
    assert.equal(await readRollbackTarget(opened.db, key), 1)
    await model.move({ alias: 'champion', from: 2, to: 1 })
    assert.equal(await readProbation(opened.db, key), null)
    assert.equal(await readRollbackTarget(opened.db, key), null)
    await model.move({ alias: 'champion', from: 1, to: 3 })
    assert.equal(await readRollbackTarget(opened.db, key), 1)
    await model.days(7)
    assert.equal(await readProbation(opened.db, key), null)
    assert.equal((await model.history()).at(-1), 'rollout.reverted')
  })

  test('rollouts and champions are a fold of the journal', async () => {
    const { projections } = stage('replayed', 0)
    assert.deepEqual((await replay(opened.db, projections)).differed, [])
  })
})
