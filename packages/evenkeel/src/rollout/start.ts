import { randomUUID } from 'node:crypto'
import type { Event, NewEvent } from '../storage/index.ts'
import type { RolloutPolicy } from './policy.ts'
import type { Rollout } from './rollout.ts'

interface StartFacts {
  readonly event: Event<'alias.moved'>
  readonly running: Rollout | null
  /** Where the champion alias stands now. */
  readonly champion: number | null
  /** Whether the new champion has been one before: then it needs no probation. */
  readonly served: boolean
  readonly policy: RolloutPolicy
}

/** Who moves aliases for a rollout. */
export const ROLLOUT = 'rollout'

/**
 * What a moved alias means. A new challenger starts a trial. A champion set by a person bypasses the trial and starts a
 * probation, unless it was champion before; one set by a rollout or a remedy does not. Whatever was running ends.
 */
export function startRollout(facts: StartFacts): NewEvent[] {
  const { event, running, champion } = facts
  const { alias, to } = event.data
  if (alias === 'challenger') {
    if (running?.kind === 'trial' && running.challenger === to) return []
    const ended = running?.kind === 'trial' || to !== null ? endRunning(facts, 'another challenger, or none') : []
    return to === null || champion === null || to === champion ? ended : [...ended, startTrial(facts, to, champion)]
  }
  if (alias !== 'champion') return []
  const ended = endRunning(facts, 'the champion moved')
  return needsProbation(facts) ? [...ended, startProbation(facts)] : ended
}

function needsProbation({ event: { data }, served }: StartFacts): boolean {
  return data.from !== null && data.to !== null && data.by !== ROLLOUT && data.remedy === null && !served
}

function endRunning({ event, running }: StartFacts, reason: string): NewEvent[] {
  if (running === null) return []
  const { id, challenger, remedy } = running
  const data = { model: event.data.model, rollout: id, challenger, reason, evidence: {}, remedy }
  return [{ type: 'rollout.reverted', project: event.project, subject: event.data.model, data }]
}

function startTrial({ event, policy }: StartFacts, challenger: number, champion: number): NewEvent {
  const { model, remedy } = event.data
  const { stage, share } = policy.stages[0] ?? { stage: 'shadow', share: 0 }
  const data = { model, rollout: randomUUID(), kind: 'trial', challenger, champion, stage, share, remedy } as const
  return { type: 'rollout.started', project: event.project, subject: model, data }
}

function startProbation({ event }: StartFacts): NewEvent {
  const { model } = event.data
  const arms = { challenger: event.data.from ?? 0, champion: event.data.to ?? 0 }
  const stage = { kind: 'probation', stage: 'shadow', share: 0 } as const
  const data = { model, rollout: randomUUID(), ...arms, ...stage, remedy: null }
  return { type: 'rollout.started', project: event.project, subject: model, data }
}
