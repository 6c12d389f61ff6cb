import type { Alert, Incident, Severity } from '../alerting/index.ts'
import type { Instant } from '../clock.ts'
import type { Answers } from '../remediation/index.ts'
import type { CauseSummary, DiagnosisVerdict } from '../storage/index.ts'
import { worstOf } from './channel.ts'

/** What happened to the incident that people are told of. */
export type IncidentNews = 'opened' | 'updated' | 'reminded' | 'resolved'

/** Everything known of an incident at one moment. */
export interface Situation {
  readonly incident: Incident
  readonly alerts: readonly Alert[]
  readonly conclusion: { readonly causes: readonly CauseSummary[]; readonly verdict: DiagnosisVerdict } | null
  readonly answers: Answers
  /** Where people reach this Evenkeel; null when nobody said. */
  readonly baseUrl: string | null
}

/** An incident in plain words, before a channel gives it its own form. Small: every list and text is bounded. */
export interface Message {
  readonly news: IncidentNews
  /** When it was written. */
  readonly at: Instant
  readonly project: string
  readonly model: string
  readonly incident: string
  readonly severity: Severity
  /** `flights: quality of origin and 1 more` */
  readonly title: string
  readonly since: Instant
  readonly openedAt: Instant
  readonly closedAt: Instant | null
  /** What the monitors say. */
  readonly signs: readonly string[]
  /** Why, likeliest first; or that nobody knows yet. */
  readonly why: readonly string[]
  /** What Evenkeel did, or would not do. */
  readonly done: readonly string[]
  /** What a person is asked for. */
  readonly asks: readonly string[]
  /** Who took it up: the person who decided on a plan of it. */
  readonly takenUpBy: string | null
  readonly link: string | null
}

const MAX_LINES = 5
const MAX_CAUSES = 3
const MAX_LENGTH = 300

export function composeMessage(news: IncidentNews, situation: Situation, at: Instant): Message {
  const { incident, alerts, answers, baseUrl } = situation
  return {
    news,
    at,
    project: incident.project,
    model: incident.model,
    incident: incident.id,
    severity: worstOf(alerts.map(({ severity }) => severity)),
    title: clip(`${incident.model}: ${incident.title}`),
    since: incident.onset,
    openedAt: incident.openedAt,
    closedAt: incident.closedAt,
    signs: some(alerts.map(({ monitor, reason }) => `${monitor}: ${reason}`)),
    why: some(whyOf(situation)),
    done: some(doneOf(answers)),
    asks: some(asksOf(answers)),
    takenUpBy: answers.plans.findLast(({ decidedBy }) => decidedBy !== null)?.decidedBy ?? null,
    link: baseUrl === null ? null : new URL(`v1/explain/incident/${incident.id}`, slashed(baseUrl)).href,
  }
}

/**
 * What would be news if it changed: how bad it is, which causes, what was done and is asked. Probabilities and further
 * alerts of the same incident are no reason to speak again.
 */
export function substanceOf({ incident, alerts, conclusion, answers }: Situation): string {
  const causes = (conclusion?.causes ?? [])
    .slice(0, MAX_CAUSES)
    .map(({ type, features }) => [type, ...features].join(' '))
  const plans = answers.plans.filter(({ state }) => state === 'awaiting').map(({ id }) => id)
  const remedies = answers.remedies.map(({ id, state }) => `${id} ${state}`)
  const decided = answers.plans.filter(({ decidedBy }) => decidedBy !== null).map(({ id, state }) => `${id} ${state}`)
  const severity = worstOf(alerts.map((alert) => alert.severity))
  return JSON.stringify([severity, causes.sort(), plans, remedies, decided, incident.closedAt !== null])
}

function whyOf({ conclusion }: Situation): string[] {
  if (conclusion === null) return ['the cause is not known yet']
  if (conclusion.verdict === 'nothing-wrong') return ['no fault was found behind it']
  if (conclusion.verdict === 'not-enough-data') return ['there is not enough data yet to say why']
  return conclusion.causes
    .slice(0, MAX_CAUSES)
    .map(({ words, probability }) => `${words} (${Math.round(100 * probability)} % likely)`)
}

const REMEDY_WORDS = {
  started: 'under way',
  overdue: 'in force, not yet confirmed',
  succeeded: 'it worked',
  reverted: 'taken back',
} as const

function doneOf({ plans, remedies }: Answers): string[] {
  const words = new Map(plans.map((plan) => [plan.id, plan.words]))
  return [
    ...remedies.map(({ plan, act, state, outcome }) =>
      [`${words.get(plan) ?? act.action}: ${REMEDY_WORDS[state]}`, outcome].filter(Boolean).join('; '),
    ),
    ...plans
      .filter(({ state }) => state === 'refused')
      .map((plan) => `not done: ${plan.words}${plan.why === null ? '' : ` (${plan.why})`}`),
  ]
}

function asksOf({ plans, remedies }: Answers): string[] {
  const words = new Map(plans.map((plan) => [plan.id, plan.words]))
  return [
    ...plans
      .filter(({ state }) => state === 'awaiting')
      .map((plan) => `approve or reject plan ${plan.id}: ${plan.words}`),
    ...remedies
      .filter(({ state }) => state === 'overdue')
      .map(({ plan, act }) => `look at what could not be confirmed in time: ${words.get(plan) ?? act.action}`),
    ...plans.filter(({ state }) => state === 'noted').map((plan) => plan.words),
  ]
}

function some(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MAX_LINES).map(clip)
  return lines.length > MAX_LINES ? [...shown, `and ${lines.length - MAX_LINES} more`] : shown
}

/** Names of columns and categories come from data, so their length is anybody's. */
function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 1)}…`
}

function slashed(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
