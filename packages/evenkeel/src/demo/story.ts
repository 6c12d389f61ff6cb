import type { Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import { type AnyEvent, type Database, type EventType, isEvent, readJournal } from '../storage/index.ts'

/** What the journal says of one stretch of the replay: noticed, concluded, done. */
export interface Chapter {
  readonly firstAlert: { readonly at: Instant; readonly monitor: string; readonly reason: string } | null
  readonly causes: readonly {
    readonly at: Instant
    readonly type: string
    readonly features: readonly string[]
    readonly words: string
    readonly probability: number
  }[]
  readonly actions: readonly Deed[]
}

/** Something Evenkeel or a person did about a model. */
interface Deed {
  readonly at: Instant
  readonly type: EventType
  readonly words: string
}

const EVENTS_PER_READ = 1_000

/** All events of the demo's model, in their order. */
export async function readStory(db: Database, model: string): Promise<AnyEvent[]> {
  const story: AnyEvent[] = []
  for (;;) {
    const events = await readJournal(db, { after: story.at(-1)?.id ?? 0, types: TOLD, limit: EVENTS_PER_READ })
    story.push(...events)
    if (events.length < EVENTS_PER_READ)
      return story.filter((event) => 'model' in event.data && event.data.model === model)
  }
}

const TOLD: readonly EventType[] = [
  'alert.fired',
  'alert.resolved',
  'incident.opened',
  'incident.closed',
  'diagnosis.concluded',
  'plan.approved',
  'plan.awaiting',
  'plan.refused',
  'plan.decided',
  'remedy.started',
  'remedy.succeeded',
  'remedy.reverted',
  'remedy.overdue',
  'feature.quarantined',
  'feature.repaired',
  'feature.released',
  'alias.moved',
  'run.requested',
  'run.finished',
  'run.failed',
  'version.registered',
  'rollout.started',
  'rollout.advanced',
  'rollout.finished',
  'rollout.reverted',
]

/** The part of the story that was told within `span` of processing time. */
export function chapterOf(story: readonly AnyEvent[], span: Span): Chapter {
  const told = story.filter((event) => event.at >= span.from && event.at < span.until)
  const fired = told.find((event) => isEvent(event, 'alert.fired'))
  return {
    firstAlert: fired === undefined ? null : { at: fired.at, monitor: fired.data.monitor, reason: fired.data.reason },
    causes: told.flatMap((event) => {
      const [cause] = isEvent(event, 'diagnosis.concluded') ? event.data.causes : []
      return cause === undefined
        ? []
        : [
            {
              at: event.at,
              type: cause.type,
              features: cause.features,
              words: cause.words,
              probability: cause.probability,
            },
          ]
    }),
    actions: told.flatMap((event) => {
      const words = wordsOf(event)
      return words === null ? [] : [{ at: event.at, type: event.type, words }]
    }),
  }
}

function wordsOf(event: AnyEvent): string | null {
  if (isEvent(event, 'feature.quarantined')) return `quarantined ${event.data.feature} of ${event.data.source}`
  if (isEvent(event, 'feature.repaired')) return `repaired ${event.data.feature} of ${event.data.source} at the door`
  if (isEvent(event, 'feature.released')) return `released ${event.data.feature}: ${event.data.reason}`
  if (isEvent(event, 'plan.awaiting')) return `held for a person: ${event.data.words}`
  if (isEvent(event, 'plan.decided')) return `${event.data.by} ${event.data.decision} it`
  if (isEvent(event, 'run.requested')) return 'trained a challenger'
  if (isEvent(event, 'rollout.finished')) return `version ${event.data.challenger} won its trial`
  if (isEvent(event, 'rollout.reverted')) return `version ${event.data.challenger} lost its trial: ${event.data.reason}`
  if (isEvent(event, 'alias.moved') && event.data.alias === 'champion')
    return `champion is version ${event.data.to}, by ${event.data.by}`
  return null
}
