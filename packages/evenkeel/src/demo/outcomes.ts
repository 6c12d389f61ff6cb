import { DAY_MS, HOUR_MS, type Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { AnyEvent, CauseType } from '../storage/index.ts'
import { isEvent } from '../storage/index.ts'
import { type Comparison, compare, type LedgerEntry, within } from './ledger.ts'
import { type Chapter, chapterOf } from './story.ts'
import { BAD_VERSION, BROKEN_CATEGORY, type Incident, REPLAY, UNIT_CHANGE } from './world.ts'

/** One row of the table the demo ends with. */
export interface Outcome {
  readonly name: string
  readonly injected: boolean
  readonly words: string
  readonly span: Span
  /** Hours from the first faulty flight to the first alert; null when nobody noticed. */
  readonly noticedAfterHours: number | null
  readonly noticed: string
  readonly concluded: string
  readonly did: readonly string[]
  readonly comparison: Comparison
  /** What was wrong about it; empty when the outcome is right. */
  readonly wrong: readonly string[]
}

/** What must be true of an incident for its outcome to be right. */
interface Expectation {
  readonly incident: Incident
  readonly cause: CauseType
  readonly feature: string | null
  /** The event that is the right action for this cause, and for no other incident of the demo. */
  readonly action: (event: AnyEvent) => boolean
  readonly actionWords: string
  /** The first alert must have fired within this time of the first faulty flight. */
  readonly noticeWithinMs: number
}

const EXPECTATIONS: readonly Expectation[] = [
  {
    incident: UNIT_CHANGE,
    cause: 'unit-change',
    feature: 'distance',
    action: (event) =>
      isEvent(event, 'feature.quarantined') && event.data.feature === 'distance' && event.data.by === 'policy',
    actionWords: 'the feature quarantined by policy',
    noticeWithinMs: 2 * DAY_MS,
  },
  {
    incident: BROKEN_CATEGORY,
    cause: 'category-renamed',
    feature: 'destination',
    action: (event) => isEvent(event, 'plan.decided') && event.data.decision === 'approved',
    actionWords: 'a repair held for a person and approved',
    noticeWithinMs: 2 * DAY_MS,
  },
  {
    incident: BAD_VERSION,
    cause: 'bad-version',
    feature: null,
    action: (event) => isEvent(event, 'alias.moved') && event.data.alias === 'champion' && event.data.remedy !== null,
    actionWords: 'the champion rolled back',
    noticeWithinMs: 3 * DAY_MS,
  },
]

/** Incidents are followed for this long after the fault has gone: labels and reviews come later. */
const AFTERMATH_MS = 5 * DAY_MS

export function judgeIncidents(story: readonly AnyEvent[], ledger: readonly LedgerEntry[]): Outcome[] {
  return EXPECTATIONS.map((expected) => judgeIncident(expected, story, ledger))
}

function judgeIncident(expected: Expectation, story: readonly AnyEvent[], ledger: readonly LedgerEntry[]): Outcome {
  const { incident } = expected
  const followed = { from: incident.span.from, until: incident.span.until + AFTERMATH_MS }
  const events = story.filter((event) => event.at >= followed.from && event.at < followed.until)
  const chapter = chapterOf(story, followed)
  const comparison = compare(within(ledger, incident.span))
  const noticedAfterMs = chapter.firstAlert === null ? null : chapter.firstAlert.at - incident.span.from
  const right = chapter.causes.find((cause) => isExpected(cause, expected))
  const wrong = [
    ...(noticedAfterMs === null ? ['nobody noticed'] : []),
    ...(noticedAfterMs !== null && noticedAfterMs > expected.noticeWithinMs
      ? [`noticed only after ${hours(noticedAfterMs)} h`]
      : []),
    ...(right === undefined ? [`expected the cause ${expected.cause}, found ${namesOf(chapter)}`] : []),
    ...(events.some(expected.action) ? [] : [`expected ${expected.actionWords}`]),
    ...lossWrong(comparison),
  ]
  return {
    name: incident.name,
    injected: true,
    words: incident.words,
    span: incident.span,
    noticedAfterHours: noticedAfterMs === null ? null : hours(noticedAfterMs),
    noticed: chapter.firstAlert?.reason ?? 'nothing',
    concluded: right?.words ?? namesOf(chapter),
    did: chapter.actions.map((deed) => deed.words),
    comparison,
    wrong,
  }
}

function isExpected(
  cause: { type: string; features: readonly string[] },
  { cause: type, feature }: Expectation,
): boolean {
  return cause.type === type && (feature === null || cause.features.includes(feature))
}

function namesOf(chapter: Chapter): string {
  return [...new Set(chapter.causes.map(({ type, features }) => [type, ...features].join(' ')))].join(', ') || 'nothing'
}

/** Healing may gain little where the model barely uses what broke, but it must not lose, beyond chance. */
function lossWrong({ gain }: Comparison): string[] {
  return gain !== null && gain.high < 0
    ? [`healing lost ${(-gain.value).toFixed(4)} nats a flight against the frozen twin`]
    : []
}

/** Causes that are faults of the data: none may be found where none was injected. */
const FAULTS: readonly string[] = [
  'missing-burst',
  'unit-change',
  'category-renamed',
  'new-category',
  'stuck-value',
  'bad-version',
]

/** The season is no fault: a changing concept is learnt again, by a challenger that has to win, and nothing else is blamed. */
export function judgeSeason(story: readonly AnyEvent[], ledger: readonly LedgerEntry[], end: Instant): Outcome {
  const calm = (at: Instant) =>
    EXPECTATIONS.every(({ incident: { span } }) => at < span.from || at >= span.until + AFTERMATH_MS)
  const quiet = story.filter((event) => event.at >= REPLAY && calm(event.at))
  const whole = { from: REPLAY, until: end }
  const chapter = chapterOf(quiet, { from: REPLAY, until: end + DAY_MS })
  const won = story.filter((event) => isEvent(event, 'rollout.finished'))
  const entries = ledger.filter((entry) =>
    EXPECTATIONS.every(({ incident: { span } }) => entry.at < span.from || entry.at >= span.until),
  )
  const comparison = compare(entries)
  const blamed = chapter.causes.filter((cause) => FAULTS.includes(cause.type))
  const wrong = [
    ...blamed.map((cause) => `blamed ${cause.type} ${cause.features.join(' ')} where nothing was injected`),
    ...(won.length === 0 ? ['no challenger won against the model of January'] : []),
    ...(comparison.gain === null || comparison.gain.low > 0
      ? []
      : ['the healed model is not better than the frozen one, beyond chance']),
  ]
  return {
    name: 'the season',
    injected: false,
    words: 'late flights go from 28 % of all in February to 11 % in April and back: it happened in 2001',
    span: whole,
    noticedAfterHours: chapter.firstAlert === null ? null : hours(chapter.firstAlert.at - REPLAY),
    noticed: chapter.firstAlert?.reason ?? 'nothing',
    concluded: namesOf(chapter),
    did: chapter.actions.map((deed) => deed.words),
    comparison,
    wrong,
  }
}

function hours(ms: number): number {
  return Math.round(ms / HOUR_MS)
}
