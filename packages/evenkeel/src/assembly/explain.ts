import {
  type AnyEvent,
  type EventType,
  type Queryable,
  readCauses,
  readEffects,
  readMatching,
} from '../storage/index.ts'
import type { Explanation } from './operations.ts'

/** What an id may be the id of, as events name it. */
const NAMED = ['alert', 'incident', 'diagnosis', 'plan', 'remedy', 'rollout', 'run', 'batch'] as const
/** What happens to a version; findings name it too, at every window, and say nothing of how it came about. */
const VERSION_EVENTS = [
  'version.registered',
  'version.kept',
  'alias.moved',
  'rollout.started',
] as const satisfies readonly EventType[]
/** Events that name one thing; a remedy has a dozen, an incident as many as its alerts have. */
const MAX_MENTIONS = 500
/** Effects followed from one of them. */
const MAX_EFFECTS = 500

/**
 * Every event that names the alert, incident, diagnosis, plan, remedy, rollout, run, batch or `model@version`, all that
 * led to them and all that followed, in the order in which it happened; null when no event names it.
 */
export async function explain(db: Queryable, project: string, about: string): Promise<Explanation | null> {
  const mentions = await readMatching(db, { project, ...mentionsOf(about), limit: MAX_MENTIONS })
  if (mentions.length === 0) return null
  const chain = new Map<number, AnyEvent>()
  const add = (events: readonly AnyEvent[]) => {
    for (const event of events) chain.set(event.id, event)
  }
  for (const { id } of mentions) {
    if (!chain.has(id)) add(await readEffects(db, id, MAX_EFFECTS))
    add(await readCauses(db, id))
  }
  return { about, events: [...chain.values()].sort((a, b) => a.id - b.id) }
}

/** Parts of payloads: an event that contains one of them names the thing. */
function mentionsOf(about: string): { readonly patterns: readonly object[]; readonly types?: readonly EventType[] } {
  const version = /^(.+)@([1-9]\d{0,8})$/.exec(about)
  if (version === null) return { patterns: NAMED.map((name) => ({ [name]: about })) }
  const [, model, number] = version
  return {
    patterns: ['version', 'from', 'to', 'challenger'].map((name) => ({ model, [name]: Number(number) })),
    types: VERSION_EVENTS,
  }
}
