import { type AnyEvent, type Queryable, readCauses, readEffects, readMatching } from '../storage/index.ts'
import type { Explanation } from './operations.ts'

/** What an id may be the id of, as events name it. */
const NAMED = ['alert', 'incident', 'diagnosis', 'plan', 'remedy', 'rollout', 'run', 'batch'] as const
/** Events that name one thing; a remedy has a dozen, an incident as many as its alerts have. */
const MAX_MENTIONS = 500
/** Effects followed from one of them. */
const MAX_EFFECTS = 500

/**
 * Every event that names the alert, incident, diagnosis, plan, remedy, rollout, run, batch or `model@version`, all that
 * led to them and all that followed, in the order in which it happened; null when no event names it.
 */
export async function explain(db: Queryable, project: string, about: string): Promise<Explanation | null> {
  const mentions = await readMatching(db, { project, patterns: patternsOf(about), limit: MAX_MENTIONS })
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

/** Parts of payloads; an event that contains one of them is about the thing. */
function patternsOf(about: string): readonly object[] {
  const version = /^(.+)@([1-9]\d{0,8})$/.exec(about)
  if (version === null) return NAMED.map((name) => ({ [name]: about }))
  const [model, number] = [version[1], Number(version[2])]
  return ['version', 'to', 'challenger'].map((name) => ({ model, [name]: number }))
}
