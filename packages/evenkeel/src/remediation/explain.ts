import {
  type AnyEvent,
  type EventType,
  type Queryable,
  readCauses,
  readEffects,
  readJournal,
} from '../storage/index.ts'

/** How something came about and what became of it, from the first cause to the last effect. */
export interface Explanation {
  readonly about: string
  readonly events: readonly AnyEvent[]
  /** One line an event: time, what happened, in words. */
  readonly lines: readonly string[]
}

/** What an explanation looks through: the control plane. Batches and predictions come in through the causes. */
const TYPES: readonly EventType[] = [
  'batch.arrived',
  'batch.quarantined',
  'run.requested',
  'run.finished',
  'run.failed',
  'version.registered',
  'version.kept',
  'alias.moved',
  'rollout.started',
  'rollout.advanced',
  'rollout.finished',
  'rollout.reverted',
  'alert.pending',
  'alert.fired',
  'alert.resolved',
  'alert.cleared',
  'incident.opened',
  'incident.joined',
  'incident.closed',
  'diagnosis.concluded',
  'plan.approved',
  'plan.awaiting',
  'plan.refused',
  'plan.decided',
  'remedy.started',
  'remedy.succeeded',
  'remedy.overdue',
  'remedy.reverted',
  'feature.quarantined',
  'feature.repaired',
  'feature.released',
]

/** Names by which events of one story find each other, where no cause links them: a person decided, a monitor recovered. */
const THREADS = ['incident', 'remedy', 'plan', 'rollout', 'run'] as const

const EVENTS_PER_READ = 1_000
const MAX_EFFECTS = 200
/** A story longer than this is told from its beginning, and its lines say how much is left out. */
const MAX_EVENTS = 500

/** The story of an alert, by its id. */
export function explainAlert(q: Queryable, project: string, alert: string): Promise<Explanation | null> {
  return explain(q, project, alert)
}

/** The story of a remedy or plan, by its id. */
export function explainRemedy(q: Queryable, project: string, remedy: string): Promise<Explanation | null> {
  return explain(q, project, remedy)
}

/** The story of a version, from its run to its aliases. */
export function explainVersion(
  q: Queryable,
  project: string,
  { model, version }: { readonly model: string; readonly version: number },
): Promise<Explanation | null> {
  return explain(q, project, `${model}@${version}`)
}

/**
 * The story of anything with an id (alert, incident, diagnosis, plan, remedy, rollout, run, batch) or of `model@version`:
 * the events that name it, all that led to them, what followed, and what is linked by incident, remedy, plan or run.
 * Null when the journal does not know it.
 */
export async function explain(q: Queryable, project: string, about: string): Promise<Explanation | null> {
  const control = await readControlPlane(q, project)
  const named = control.filter((event) => isNamed(event, about))
  if (named.length === 0) return null
  const story = new Map(pullThreads(named, control).map((event) => [event.id, event]))
  for (const event of await readCausesOf(q, story)) story.set(event.id, event)
  for (const event of named)
    for (const effect of await readEffects(q, event.id, MAX_EFFECTS)) story.set(effect.id, effect)
  const events = [...story.values()].filter((event) => event.project === project).sort((a, b) => a.id - b.id)
  return { about, events: events.slice(0, MAX_EVENTS), lines: toLines(events) }
}

async function readControlPlane(q: Queryable, project: string): Promise<AnyEvent[]> {
  const all: AnyEvent[] = []
  for (let after = 0; ; ) {
    const events = await readJournal(q, { project, types: TYPES, after, limit: EVENTS_PER_READ })
    all.push(...events)
    const last = events.at(-1)
    if (last === undefined || events.length < EVENTS_PER_READ) return all
    after = last.id
  }
}

function isNamed(event: AnyEvent, about: string): boolean {
  const [, model, version] = /^(.+)@(\d+)$/.exec(about) ?? []
  if (model !== undefined) return isOfVersion(event, model, Number(version))
  return Object.values(event.data).some((value) => value === about || (Array.isArray(value) && value.includes(about)))
}

function isOfVersion(event: AnyEvent, model: string, version: number): boolean {
  const data = event.data as Readonly<Record<string, unknown>>
  if (data['model'] !== model) return false
  if (event.type === 'alias.moved') return data['from'] === version || data['to'] === version
  if (event.type.startsWith('rollout.')) return data['challenger'] === version || data['champion'] === version
  return (event.type === 'version.registered' || event.type === 'version.kept') && data['version'] === version
}

/** Follows the names from event to event until nothing new turns up; incidents and remedies are small, so it ends soon. */
function pullThreads(named: readonly AnyEvent[], control: readonly AnyEvent[]): AnyEvent[] {
  const names = new Set<string>()
  let story = [...named]
  for (let known = -1; known !== names.size; ) {
    known = names.size
    for (const event of story) for (const name of threadsOf(event)) names.add(name)
    story = control.filter((event) => named.includes(event) || threadsOf(event).some((name) => names.has(name)))
  }
  return story
}

function threadsOf(event: AnyEvent): string[] {
  const data = event.data as Readonly<Record<string, unknown>>
  return THREADS.flatMap((thread) => (typeof data[thread] === 'string' ? [`${thread} ${data[thread]}`] : []))
}

/** One walk up from the first event of each cause: the walks of the others end in the same events. */
async function readCausesOf(q: Queryable, story: ReadonlyMap<number, AnyEvent>): Promise<AnyEvent[]> {
  const causes = new Set<number>()
  for (const { cause } of story.values()) if (cause !== null && !story.has(cause)) causes.add(cause)
  const chains: AnyEvent[] = []
  for (const cause of causes) chains.push(...(await readCauses(q, cause)))
  return chains
}

function toLines(events: readonly AnyEvent[]): string[] {
  const told = events.slice(0, MAX_EVENTS).map(describeEvent)
  return events.length > MAX_EVENTS ? [...told, `… and ${events.length - MAX_EVENTS} more events`] : told
}

/** @example describeEvent(event) // "2001-04-01 00:00  alert.fired  drift:distance of flights: distance is received …" */
export function describeEvent(event: AnyEvent): string {
  const at = new Date(event.at).toISOString().slice(0, 16).replace('T', ' ')
  return `${at}  ${event.type.padEnd(20)}  ${wordsOf(event)}`
}

function wordsOf(event: AnyEvent): string {
  switch (event.type) {
    case 'diagnosis.concluded':
      return event.data.causes.length === 0
        ? event.data.verdict
        : event.data.causes.map(({ words, probability }) => `${words} (${Math.round(probability * 100)} %)`).join('; ')
    case 'alert.pending':
    case 'alert.fired':
    case 'alert.resolved':
    case 'alert.cleared':
      return `${event.data.monitor} of ${event.data.model} version ${event.data.version}: ${event.data.reason}`
    case 'findings.recorded':
      return `window ${event.data.window}: ${
        event.data.findings
          .filter(({ verdict }) => verdict === 'shifted')
          .map(({ monitor }) => monitor)
          .join(', ') || 'nothing shifted'
      }`
    case 'plan.refused':
      return `${event.data.words}: refused, ${event.data.why}`
    case 'plan.decided':
      return `${event.data.by} ${event.data.decision} it: ${event.data.reason}`
    case 'alias.moved':
      return `${event.data.alias} of ${event.data.model} from version ${event.data.from} to ${event.data.to}, by ${event.data.by}: ${event.data.reason}`
    default:
      return plainWords(event)
  }
}

/** Words where the event has some, else its plain facts. */
function plainWords(event: AnyEvent): string {
  const data = Object.entries(event.data)
  const words = data.filter(
    ([key, value]) => ['words', 'reason', 'title', 'outcome', 'error'].includes(key) && value !== '',
  )
  const facts = data.filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  return words.length > 0
    ? words.map(([, value]) => String(value)).join('; ')
    : facts
        .slice(0, 5)
        .map(([key, value]) => `${key} ${value}`)
        .join(', ')
}
