import { DAY_MS, HOUR_MS } from '../clock.ts'
import type { ActionType, CauseType } from '../storage/index.ts'
import type { Approval } from './plan.ts'

/** How far automation may go: propose nothing, propose only, do what can be undone. */
export type Autonomy = 'observe' | 'suggest' | 'act'

/** What is done about a kind of cause, and whether a person is asked first. */
interface Response {
  readonly action: ActionType
  readonly approval: Approval
}

/** What may be done about one model, by whom and how often. Data, so that a person can read all of it. */
export interface RemedyPolicy {
  readonly autonomy: Autonomy
  /** Causes less probable than this are left to a person (`hold`). */
  readonly minProbability: number
  readonly responses: Readonly<Record<CauseType, Response>>
  /** After a remedy of a model has ended, the next one waits this long; the same one, if it was reverted, `repeatAfterMs`. */
  readonly cooldownMs: number
  readonly repeatAfterMs: number
  /** Remedies started within any 24 hours, one model. */
  readonly dailyBudget: number
  /** How long a remedy has until the monitor that raised the alarm must be quiet, by action. */
  readonly reviewAfterMs: Readonly<Record<'quarantine' | 'repair' | 'rollback' | 'retrain', number>>
  /** A challenger is trained this long after the last run although nothing is wrong; null: never. */
  readonly refreshEveryMs: number | null
  /**
   * A retraining reads this much event time up to now; null: everything known. On the flights of 2001 everything since
   * January won over the last 14, 28 or 60 days at six of six dates (decision 0012): what comes back with a season is worth
   * keeping, and a challenger that learnt what no longer holds does not win its trial.
   */
  readonly retrainWindowMs: number | null
  /** A refused plan is proposed again when its guardrail clears, but not when it is older than this. */
  readonly proposalMaxAgeMs: number
}

export const DEFAULT_REMEDY_POLICY: RemedyPolicy = {
  autonomy: 'act',
  minProbability: 0.8,
  responses: {
    'missing-burst': { action: 'quarantine', approval: 'automatic' },
    'unit-change': { action: 'quarantine', approval: 'automatic' },
    'stuck-value': { action: 'quarantine', approval: 'automatic' },
    'new-category': { action: 'quarantine', approval: 'automatic' },
    'category-renamed': { action: 'repair', approval: 'person' },
    'bad-version': { action: 'rollback', approval: 'automatic' },
    'concept-change': { action: 'retrain', approval: 'automatic' },
    'population-shift': { action: 'retrain', approval: 'automatic' },
    'immature-labels': { action: 'notify', approval: 'automatic' },
    'volume-change': { action: 'notify', approval: 'automatic' },
  },
  cooldownMs: 6 * HOUR_MS,
  repeatAfterMs: 7 * DAY_MS,
  dailyBudget: 3,
  reviewAfterMs: { quarantine: 14 * DAY_MS, repair: 14 * DAY_MS, rollback: 3 * DAY_MS, retrain: 21 * DAY_MS },
  refreshEveryMs: null,
  retrainWindowMs: null,
  proposalMaxAgeMs: 7 * DAY_MS,
}

/** A policy of a model: defaults, with what a person wrote over them. */
export function mergePolicy(own: PolicyOverride = {}): RemedyPolicy {
  return {
    ...DEFAULT_REMEDY_POLICY,
    ...own,
    responses: { ...DEFAULT_REMEDY_POLICY.responses, ...own.responses },
    reviewAfterMs: { ...DEFAULT_REMEDY_POLICY.reviewAfterMs, ...own.reviewAfterMs },
  }
}

export interface PolicyOverride extends Partial<Omit<RemedyPolicy, 'responses' | 'reviewAfterMs'>> {
  readonly responses?: Partial<RemedyPolicy['responses']>
  readonly reviewAfterMs?: Partial<RemedyPolicy['reviewAfterMs']>
}
