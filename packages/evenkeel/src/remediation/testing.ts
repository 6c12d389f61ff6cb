import { randomUUID } from 'node:crypto'
import { createVirtualClock, DAY_MS, type VirtualClock } from '../clock.ts'
import { createRunner, FLOW } from '../loop/index.ts'
import {
  type AnyEvent,
  type CauseSummary,
  createJournal,
  type Database,
  type EventData,
  type EventType,
  type FindingVerdict,
  type NewEvent,
  type Queryable,
  readJournal,
} from '../storage/index.ts'
import type { Aliases } from './actions.ts'
import { createRemediation, type PolicyOverride, type RemediationService } from './index.ts'

export const START = Date.UTC(2001, 3, 1)
const EVENTS_LIMIT = 10_000

/** Remediation alone on a real database: what other stages would say comes from the test. */
export interface Bench {
  readonly clock: VirtualClock
  readonly remediation: RemediationService
  /** Appends what another stage or the world says, and lets remediation answer. */
  say(...events: NewEvent[]): Promise<void>
  settle(): Promise<void>
  /** Appends without an answer yet; `advance` lets every step deal once with what waits for it. */
  append(...events: NewEvent[]): Promise<void>
  advance(): Promise<void>
  wait(ms: number): Promise<void>
  events(...types: EventType[]): Promise<AnyEvent[]>
  types(): Promise<EventType[]>
}

export function createBench(db: Database, project: string, policy: PolicyOverride = {}): Bench {
  const clock = createVirtualClock(START)
  const remediation: RemediationService = createRemediation({
    db,
    get journal() {
      return journal
    },
    clock,
    aliases: journalAliases,
    policyOf: () => policy,
  })
  const journal = createJournal({ clock, projections: remediation.projections })
  const steps = remediation.steps
  const flow = FLOW.filter((line) => line.step.startsWith('remediation.'))
  const runner = createRunner({ db, journal, clock, flow, steps, onFailure: ({ error }) => assertNever(error) })
  const bench: Bench = {
    clock,
    remediation,
    async say(...events) {
      await bench.append(...events)
      await runner.settle()
    },
    append: async (...events) => void (await db.transaction((tx) => journal.append(tx, null, events))),
    advance: async () => void (await runner.runOnce()),
    settle: async () => void (await runner.settle()),
    async wait(ms) {
      clock.moveTo(clock.now() + ms)
      await bench.say({ type: 'clock.ticked', project, subject: project, data: {} })
    },
    events: (...types) => readJournal(db, { project, types, limit: EVENTS_LIMIT }),
    types: async () => (await readJournal(db, { project, limit: EVENTS_LIMIT })).map(({ type }) => type),
  }
  return bench
}

function assertNever(error: unknown): never {
  throw error
}

/** Aliases as the journal has them. */
const journalAliases: Aliases = {
  readAlias: async (q, { project, model }) => (await lastMove(q, project, model)) ?? 1,
  async moveAlias(tx, move) {
    const champion = (await lastMove(tx, move.project, move.model)) ?? 1
    if (champion !== move.expected) return null
    const { project, model, alias, to, by, reason, remedy } = move
    return {
      type: 'alias.moved',
      project,
      subject: model,
      data: { model, alias, from: champion, to, by, reason, remedy },
    }
  },
}

async function lastMove(q: Queryable, project: string, model: string): Promise<number | null> {
  const moves = await readJournal(q, { project, subject: model, types: ['alias.moved'], limit: EVENTS_LIMIT })
  const last = moves.at(-1)
  return last?.type === 'alias.moved' ? last.data.to : null
}

/** What other stages say of one model, in few words. */
export function speak(project: string, model: string) {
  const event = <Type extends EventType>(type: Type, data: EventData[Type]) =>
    ({ type, project, subject: model, data }) as NewEvent
  const alert = (monitor: string, incident: string, at: number) => ({
    model,
    alert: `${incident}/${monitor}`,
    monitor,
    version: 1,
    window: 'w',
    from: at,
    until: at + DAY_MS,
    reason: monitor,
    severity: 'warning' as const,
    incident,
  })
  return {
    opened: (incident: string, monitors: readonly string[], at: number): NewEvent[] => [
      event('incident.opened', {
        model,
        incident,
        title: 'trouble',
        alerts: monitors.map((monitor) => `${incident}/${monitor}`),
        onset: at,
      }),
      ...monitors.map((monitor) => event('alert.fired', alert(monitor, incident, at))),
    ],
    concluded: (incident: string, causes: readonly CauseSummary[]) =>
      event('diagnosis.concluded', {
        model,
        diagnosis: randomUUID(),
        incident,
        version: 1,
        causes,
        verdict: causes.length > 0 ? 'cause-found' : 'nothing-wrong',
      }),
    resolved: (incident: string, monitor: string, at: number) => event('alert.resolved', alert(monitor, incident, at)),
    closed: (incident: string) => event('incident.closed', { model, incident, outcome: 'recovered' }),
    championIs: (version: number) =>
      event('alias.moved', {
        model,
        alias: 'champion',
        from: null,
        to: version,
        by: 'ann',
        reason: 'by hand',
        remedy: null,
      }),
    found: (monitor: string, verdict: FindingVerdict, from: number, version = 1) =>
      event('findings.recorded', {
        model,
        version,
        role: 'champion',
        window: `${from}`,
        kind: 'data',
        from,
        until: from + DAY_MS,
        findings: [{ monitor, verdict, reason: monitor, statistic: 's', value: 1, threshold: 1, rows: 1000 }],
      }),
    event,
  }
}

/** A cause of this type, sure, and with what its action needs. */
export function causeOf(type: CauseSummary['type'], over: Partial<CauseSummary> = {}): CauseSummary {
  const parameters: Record<CauseSummary['type'], Readonly<Record<string, unknown>>> = {
    'missing-burst': { sources: ['feed'] },
    'unit-change': { sources: ['feed'], factor: 1.609344 },
    'category-renamed': { sources: ['feed'], mapping: { atl: 'ATL', ord: 'ORD' } },
    'new-category': { sources: ['feed'] },
    'stuck-value': { sources: ['feed'] },
    'bad-version': { version: 2, previous: 1 },
    'population-shift': {},
    'concept-change': {},
    'immature-labels': {},
    'volume-change': {},
  }
  return {
    type,
    features: ['distance'],
    probability: 0.99,
    onset: START - DAY_MS,
    words: `it is a ${type}`,
    evidence: {},
    parameters: parameters[type],
    ...over,
  }
}
