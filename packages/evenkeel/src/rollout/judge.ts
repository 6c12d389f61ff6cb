import type { Instant } from '../clock.ts'
import { compareDaily, type DailyVerdict, type PairedDay, type WindowFindings } from '../monitoring/index.ts'
import type { Evidence, FindingSummary } from '../storage/index.ts'
import { nextStage, type RolloutPolicy } from './policy.ts'
import type { Rollout } from './rollout.ts'

/** Where a rollout stands. */
export type RolloutPlace = 'shadow' | 'canary' | 'full' | 'reverted' | 'probation'

/**
 * better: the challenger beat the champion on the same rows, with an interval, over enough rows and days of this stage.
 * worse: it lost, with an interval. breached: a guardrail was. expired: its time is over. unknown: none of these, or
 * not enough is known; it promotes nothing (law 5).
 */
export type RolloutSignal = 'better' | 'worse' | 'breached' | 'unknown' | 'expired'

export type RolloutMove = 'climb' | 'stay' | 'revert'

/** The whole of it; `docs/specs/rollout.md` has the same table in words. */
export const TRANSITIONS = {
  shadow: { better: 'climb', worse: 'revert', breached: 'revert', unknown: 'stay', expired: 'revert' },
  canary: { better: 'climb', worse: 'revert', breached: 'revert', unknown: 'stay', expired: 'revert' },
  full: { better: 'stay', worse: 'stay', breached: 'stay', unknown: 'stay', expired: 'stay' },
  reverted: { better: 'stay', worse: 'stay', breached: 'stay', unknown: 'stay', expired: 'stay' },
  // the version before only watches: what it shows are findings, and remedies answer those
  probation: { better: 'stay', worse: 'stay', breached: 'stay', unknown: 'stay', expired: 'revert' },
} as const satisfies Record<RolloutPlace, Record<RolloutSignal, RolloutMove>>

/** @example placeOf({ kind: 'probation', state: 'running', stage: 'shadow' }) // "probation" */
export function placeOf({ kind, state, stage }: Pick<Rollout, 'kind' | 'state' | 'stage'>): RolloutPlace {
  if (state === 'reverted') return 'reverted'
  if (state === 'finished') return 'full'
  return kind === 'probation' ? 'probation' : stage
}

export interface TrialFacts {
  readonly rollout: Rollout
  readonly policy: RolloutPolicy
  readonly now: Instant
  /** Losses of champion and challenger on the same rows since the trial began, matured days only. */
  readonly pairs: readonly PairedDay[]
  /** Findings about the challenger in this stage, and about the champion in the same windows. */
  readonly challenger: readonly WindowFindings[]
  readonly champion: readonly WindowFindings[]
}

export interface RolloutJudgement {
  readonly signal: RolloutSignal
  readonly reason: string
  readonly evidence: Evidence
}

/** What is known of a challenger now. Harm and guardrails speak at once; praise must wait for rows and days. */
export function judgeTrial(facts: TrialFacts): RolloutJudgement {
  const { rollout, policy, now, pairs } = facts
  const compared = compareDaily(pairs, { alpha: policy.alpha, margin: policy.margin ?? 0 })
  const stage = pairs.filter((day) => day.day >= rollout.stageAt && day.champion.length > 0)
  const stageRows = stage.reduce((sum, day) => sum + day.champion.length, 0)
  const evidence = evidenceOf(compared, { stageRows, stageDays: stage.length })
  const breach = guardrailBreach(facts)
  if (breach !== null) return { signal: 'breached', reason: breach, evidence }
  if (compared?.kind === 'worse') return { signal: 'worse', reason: 'the challenger loses on the same rows', evidence }
  const { minRows } = policy.stages.find((rule) => rule.stage === rollout.stage && rule.share === rollout.share) ?? {
    minRows: 0,
  }
  const enough = stageRows >= Math.max(1, minRows) && stage.length >= policy.minDays
  if (enough && compared !== null && isGood(compared, policy) && nextStage(policy, rollout) !== null)
    return { signal: 'better', reason: 'the challenger wins on the same rows', evidence }
  if (now - rollout.startedAt >= policy.timeLimitMs)
    return { signal: 'expired', reason: 'undecided at its time limit: the champion is kept', evidence }
  return { signal: 'unknown', reason: enough ? 'undecided' : 'too few rows or days in this stage', evidence }
}

function isGood({ kind }: DailyVerdict, policy: RolloutPolicy): boolean {
  return kind === 'better' || (policy.margin !== null && kind === 'not-worse')
}

/** Scores that left their own reference although the champion's did not: a fault of the version, not of the data. */
function guardrailBreach({ challenger, champion }: TrialFacts): string | null {
  const steadyWindows = new Set(
    champion.filter((each) => predictionOf(each)?.verdict === 'steady').map((each) => each.window),
  )
  const bad = challenger.find((each) => predictionOf(each)?.verdict === 'shifted' && steadyWindows.has(each.window))
  return bad === undefined ? null : `its scores left their reference in window ${bad.window}; the champion's did not`
}

function predictionOf({ findings }: WindowFindings): FindingSummary | undefined {
  return findings.find(({ monitor }) => monitor === 'prediction')
}

function evidenceOf(compared: DailyVerdict | null, stage: { stageRows: number; stageDays: number }): Evidence {
  if (compared === null) return { verdict: 'undecided', rows: 0, days: 0, ...stage }
  const { mean, low, high } = compared.difference
  return {
    verdict: compared.kind,
    rows: compared.rows,
    days: compared.days,
    championLoss: compared.championLoss,
    challengerLoss: compared.challengerLoss,
    difference: mean,
    low,
    high,
    ...stage,
  }
}

/** How much longer than planned a version that objects is kept watching. */
const MAX_EXTENSION = 4

/** A probation ends with its time, unless the version before still objects; it objects through findings. */
export function judgeProbation(facts: {
  readonly rollout: Rollout
  readonly policy: RolloutPolicy
  readonly now: Instant
  readonly objecting: boolean
}): RolloutJudgement {
  const age = facts.now - facts.rollout.startedAt
  const limit = facts.policy.probationMs * (facts.objecting ? MAX_EXTENSION : 1)
  return age >= limit
    ? { signal: 'expired', reason: 'the probation is over', evidence: { objecting: facts.objecting } }
    : { signal: 'unknown', reason: 'the probation goes on', evidence: { objecting: facts.objecting } }
}
