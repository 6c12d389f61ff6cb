import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createRandom, type Random } from '@evenkeel/stats'
import { DAY_MS, HOUR_MS } from '../clock.ts'
import { isIntegrityFault } from '../diagnosis/index.ts'
import { type AnyEvent, type CauseType, type NewEvent, readJournal } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { mergePolicy } from './policy.ts'
import { type Bench, causeOf, createBench, speak } from './testing.ts'

const SEEDS = [1, 2, 3, 4]
const MOVES = 200
const MODELS = ['a', 'b']
const POLICY = { cooldownMs: 2 * HOUR_MS, dailyBudget: 2, reviewAfterMs: { quarantine: 2 * DAY_MS, rollback: DAY_MS } }
const CAUSES: readonly CauseType[] = [
  'missing-burst',
  'unit-change',
  'category-renamed',
  'stuck-value',
  'bad-version',
  'concept-change',
  'population-shift',
  'volume-change',
]
const MONITORS = ['drift:distance', 'performance', 'version:loss']

/** A world that says anything at any time, in any order, and persons who approve, reject and throw the switch. */
async function live(bench: Bench, project: string, random: Random): Promise<void> {
  const open: { model: string; incident: string }[] = []
  let incidents = 0
  const pick = <T>(values: readonly T[]): T => values[random.integer(values.length)]!
  const moves: readonly (() => Promise<void> | undefined)[] = [
    async () => {
      const model = pick(MODELS)
      const incident = `i${incidents++}`
      open.push({ model, incident })
      await bench.append(
        ...speak(project, model).opened(incident, random.sample(MONITORS, 2), bench.clock.now() - DAY_MS),
      )
    },
    ...Array.from({ length: 3 }, () => async () => {
      if (open.length === 0) return
      const { model, incident } = pick(open)
      const features = [pick(['distance', 'origin'])]
      const causes = [causeOf(pick(CAUSES), { features, evidence: { harm: 'harmed' } })]
      await bench.append(speak(project, model).concluded(incident, causes))
    }),
    async () => {
      if (open.length === 0) return
      const { model, incident } = pick(open)
      await bench.append(speak(project, model).resolved(incident, pick(MONITORS), bench.clock.now()))
    },
    async () => {
      const [closed] = open.splice(random.integer(open.length + 1), 1)
      if (closed === undefined) return
      const model = speak(project, closed.model)
      const ended = MONITORS.map((monitor) => model.resolved(closed.incident, monitor, bench.clock.now()))
      await bench.append(...ended, model.closed(closed.incident))
    },
    async () => {
      const verdict = pick(['steady', 'shifted', 'unknown'] as const)
      const from = bench.clock.now() - random.integer(2) * 2 * DAY_MS
      await bench.append(speak(project, pick(MODELS)).found(pick(MONITORS), verdict, from, 1 + random.integer(2)))
    },
    () => bench.append(speak(project, pick(MODELS)).championIs(1 + random.integer(2))),
    ...Array.from({ length: 3 }, () => () => {
      bench.clock.moveTo(bench.clock.now() + random.integer(20) * HOUR_MS)
      return bench.append({ type: 'clock.ticked', project, subject: project, data: {} })
    }),
    () =>
      bench.remediation.throwSwitch({
        project,
        automation: pick(['on', 'on', 'on', 'off'] as const),
        by: 'ann',
        reason: 'chance',
      }),
    async () => decideOne(bench, project, random),
    async () => endOneRun(bench, project, random),
    async () => endOneRemedy(bench, project),
    ...Array.from({ length: 5 }, () => () => bench.advance()),
  ]
  for (let i = 0; i < MOVES; i++) await pick(moves)()
  await bench.settle()
}

async function decideOne(bench: Bench, project: string, random: Random): Promise<void> {
  const awaiting = (await bench.events('plan.awaiting')).at(-1)
  if (awaiting?.type !== 'plan.awaiting') return
  const decision = random.next() < 0.7 ? 'approved' : 'rejected'
  // A plan that has been decided or has lapsed meanwhile is refused to the person as well; that is not what is tested.
  await bench.remediation
    .decidePlan({ project, plan: awaiting.data.plan, decision, by: 'ann', reason: 'chance' })
    .catch((error: { code?: string }) => assert.equal(error.code, 'PLAN_NOT_AWAITING'))
}

async function endOneRun(bench: Bench, project: string, random: Random): Promise<void> {
  const requested = (await bench.events('run.requested')).at(-1)
  if (requested?.type !== 'run.requested') return
  const { model, run, remedy } = requested.data
  const ends: readonly NewEvent[] = [
    speak(project, model).event('run.failed', { model, run, error: 'chance', remedy }),
    speak(project, model).event('rollout.finished', { model, rollout: run, challenger: 9, evidence: {}, remedy }),
    speak(project, model).event('rollout.reverted', {
      model,
      rollout: run,
      challenger: 9,
      reason: 'chance',
      evidence: {},
      remedy,
    }),
  ]
  await bench.append(ends[random.integer(ends.length)]!)
}

async function endOneRemedy(bench: Bench, project: string): Promise<void> {
  const overdue = (await bench.events('remedy.overdue')).at(-1)
  if (overdue?.type !== 'remedy.overdue') return
  await bench.remediation
    .revertRemedy({ project, remedy: overdue.data.remedy, by: 'ann', reason: 'chance' })
    .catch((error: { code?: string }) => assert.equal(error.code, 'REMEDY_ENDED'))
}

/** Acts of automation: what the kill switch is about. */
function isAct(event: AnyEvent): boolean {
  // A person who ends a remedy needs no permission of the switch.
  if (event.cause === null) return false
  if (event.type === 'alias.moved') return event.data.by === 'policy'
  return [
    'remedy.started',
    'remedy.reverted',
    'feature.quarantined',
    'feature.repaired',
    'feature.released',
    'run.requested',
  ].includes(event.type)
}

/** Reads the journal as an auditor would, and holds every event to the laws. */
class Audit {
  readonly #inForce = new Map<string, Set<string>>()
  readonly #starts = new Map<string, number[]>()
  readonly #faults = new Map<string, Set<string>>()
  readonly #approvedByPerson = new Set<string>()
  readonly #needsPerson = new Set<string>()
  readonly #overrides = new Map<string, Set<string>>()
  #automation = 'on'

  read(event: AnyEvent): void {
    if (event.type === 'switch.thrown') this.#automation = event.data.automation
    assert.ok(!(isAct(event) && this.#automation === 'off'), `${event.type} ${event.id} while the switch is off`)
    if (event.type === 'plan.decided' && event.data.decision === 'approved') this.#approvedByPerson.add(event.data.plan)
    if (event.type === 'plan.awaiting') this.#needsPerson.add(event.data.plan)
    this.#readFaults(event)
    this.#readRemedy(event)
    this.#readOverride(event)
  }

  #readFaults(event: AnyEvent): void {
    if (event.type === 'diagnosis.concluded') {
      const faults = setOf(this.#faults, event.data.model)
      if (event.data.causes.some(({ type }) => isIntegrityFault(type))) faults.add(event.data.incident)
      else faults.delete(event.data.incident)
    }
    if (event.type === 'incident.closed') setOf(this.#faults, event.data.model).delete(event.data.incident)
    if (event.type === 'run.requested')
      assert.equal(setOf(this.#faults, event.data.model).size, 0, 'a run with a fault open')
  }

  #readRemedy(event: AnyEvent): void {
    if (event.type === 'remedy.succeeded' || event.type === 'remedy.reverted')
      assert.ok(setOf(this.#inForce, event.data.model).delete(event.data.remedy), 'only what is in force ends')
    if (event.type !== 'remedy.started') return
    const { model, plan, remedy } = event.data
    const inForce = setOf(this.#inForce, model)
    assert.equal(inForce.size, 0, 'two remedies of a model at once')
    inForce.add(remedy)
    const starts = this.#starts.get(model) ?? []
    this.#starts.set(model, [...starts, event.at])
    assert.ok(starts.filter((at) => event.at - at < DAY_MS).length < mergePolicy(POLICY).dailyBudget, 'over the budget')
    assert.ok(!this.#needsPerson.has(plan) || this.#approvedByPerson.has(plan), 'done without the person it waited for')
  }

  #readOverride(event: AnyEvent): void {
    if (event.type === 'feature.quarantined' || event.type === 'feature.repaired')
      setOf(this.#overrides, event.data.remedy!).add(`${event.data.source}/${event.data.feature}`)
    if (event.type === 'feature.released')
      setOf(this.#overrides, event.data.remedy!).delete(`${event.data.source}/${event.data.feature}`)
  }

  /** At the end: whatever is overridden has a remedy in force to answer for it. */
  close(): void {
    const inForce = [...this.#inForce.values()].flatMap((remedies) => [...remedies])
    for (const [remedy, places] of this.#overrides)
      assert.ok(places.size === 0 || inForce.includes(remedy), `remedy ${remedy} ended and left ${[...places]} behind`)
  }
}

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  const known = map.get(key)
  if (known !== undefined) return known
  const fresh = new Set<string>()
  map.set(key, fresh)
  return fresh
}

describe('whatever happens', () => {
  let opened: TestDatabase
  before(async () => {
    opened = await openTestDatabase()
  })
  after(() => opened.close())

  for (const seed of SEEDS)
    test(`one remedy at a time, within the budget, never with the switch off, never training on a fault: seed ${seed}`, async () => {
      const project = `chance-${seed}`
      await opened.db.query('insert into projects (id, created_at) values ($1, now())', [project])
      await live(createBench(opened.db, project, POLICY), project, createRandom(seed))
      const events = await readJournal(opened.db, { project, limit: 10_000 })
      const audit = new Audit()
      for (const event of events) audit.read(event)
      audit.close()
      assert.ok(
        events.filter(({ type }) => type === 'remedy.started').length >= 2,
        'the world was too quiet to test anything',
      )
    })
})
