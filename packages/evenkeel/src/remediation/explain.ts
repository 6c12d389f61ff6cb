import {
  type AnyEvent,
  type EventType,
  type Queryable,
  readCauses,
  readEffects,
  readMatching,
} from '../storage/index.ts'

/** How something came about and what became of it, from the first cause to the last effect. */
export interface Explanation {
  readonly about: string
  readonly events: readonly AnyEvent[]
  /** One line an event: time, what happened, in words. */
  readonly lines: readonly string[]
}

/** What an id may be the id of, as events name it. */
const NAMED = ['alert', 'incident', 'diagnosis', 'plan', 'remedy', 'rollout', 'run', 'batch'] as const
/** Names by which events of one story find each other, where no cause links them: a person decided, a monitor recovered. */
const THREADS = ['incident', 'plan', 'remedy', 'rollout', 'run'] as const
/** What happens to a version; findings name it too, at every window, and say nothing of how it came about. */
const VERSION_EVENTS: readonly EventType[] = ['version.registered', 'version.kept', 'alias.moved', 'rollout.started']

const MAX_MENTIONS = 500
const MAX_EFFECTS = 500
/** From an alert to its incident, to the plan, to the remedy, to the run, to the rollout: no story has more links. */
const MAX_LINKS = 6
/** A story longer than this is told from its beginning, and its last line says how much is left out. */
const MAX_EVENTS = 1_000

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
  const named = await readMatching(q, { project, ...mentionsOf(about), limit: MAX_MENTIONS })
  if (named.length === 0) return null
  const story = new Map<number, AnyEvent>()
  for (const event of named) await follow(q, story, event)
  for (const event of await pullThreads(q, project, [...story.values()])) await follow(q, story, event)
  const events = [...story.values()].filter((event) => event.project === project).sort((a, b) => a.id - b.id)
  return { about, events: events.slice(0, MAX_EVENTS), lines: toLines(events) }
}

/** Parts of payloads: an event that contains one of them names the thing. */
function mentionsOf(about: string): { readonly patterns: readonly object[]; readonly types?: readonly EventType[] } {
  const version = /^(.+)@([1-9]\d{0,8})$/.exec(about)
  if (version === null) return { patterns: [...NAMED.map((name) => ({ [name]: about })), { alerts: [about] }] }
  const [, model, number] = version
  return {
    patterns: ['version', 'from', 'to', 'challenger'].map((name) => ({ model, [name]: Number(number) })),
    types: VERSION_EVENTS,
  }
}

/** Adds an event with all that led to it and all that followed. */
async function follow(q: Queryable, story: Map<number, AnyEvent>, event: AnyEvent): Promise<void> {
  const effects = story.has(event.id) ? [] : await readEffects(q, event.id, MAX_EFFECTS)
  for (const each of [event, ...effects, ...(await readCauses(q, event.id))]) story.set(each.id, each)
}

/** Follows the names from event to event until nothing new turns up. */
async function pullThreads(q: Queryable, project: string, story: readonly AnyEvent[]): Promise<AnyEvent[]> {
  const pulled = new Map<number, AnyEvent>()
  const known = new Set<string>()
  let ends = story
  for (let link = 0; link < MAX_LINKS && ends.length > 0; link++) {
    const fresh = new Map(ends.flatMap(threadsOf).filter(([name]) => !known.has(name)))
    for (const name of fresh.keys()) known.add(name)
    const patterns = [...fresh.values()]
    const found = patterns.length === 0 ? [] : await readMatching(q, { project, patterns, limit: MAX_MENTIONS })
    ends = found.filter((event) => !pulled.has(event.id))
    for (const event of ends) pulled.set(event.id, event)
  }
  return [...pulled.values()]
}

function threadsOf(event: AnyEvent): [name: string, pattern: object][] {
  const data = event.data as Readonly<Record<string, unknown>>
  return THREADS.flatMap((thread) =>
    typeof data[thread] === 'string'
      ? [[`${thread} ${data[thread]}`, { [thread]: data[thread] }] as [string, object]]
      : [],
  )
}

function toLines(events: readonly AnyEvent[]): string[] {
  const told = events.slice(0, MAX_EVENTS).map(describeEvent)
  return events.length > MAX_EVENTS ? [...told, `… and ${events.length - MAX_EVENTS} more events`] : told
}

/** One line: `2001-04-01 00:00  alert.fired  drift:distance of flights: distance is received …`. */
function describeEvent(event: AnyEvent): string {
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
