import type { NewEvent, Transaction } from '../storage/index.ts'
import { placeOf, type RolloutJudgement, TRANSITIONS } from './judge.ts'
import { nextStage, type RolloutPolicy, type StageRule } from './policy.ts'
import type { Rollout } from './rollout.ts'
import type { AliasAccess } from './service.ts'
import { ROLLOUT } from './start.ts'

/** Carries out what the table says of a judgement. */
export async function advance(
  tx: Transaction,
  rollout: Rollout,
  judgement: RolloutJudgement,
  { aliases, policy }: { readonly aliases: AliasAccess; readonly policy: RolloutPolicy },
): Promise<NewEvent[]> {
  const move = TRANSITIONS[placeOf(rollout)][judgement.signal]
  if (move === 'stay') return []
  if (move === 'revert') return revert(tx, rollout, judgement, aliases)
  const next = nextStage(policy, rollout)
  if (next === null) return []
  return next.stage === 'full' ? promote(tx, rollout, judgement, aliases) : [advanced(rollout, judgement, next)]
}

function advanced(rollout: Rollout, { evidence }: RolloutJudgement, next: StageRule): NewEvent {
  const { model, id, stage } = rollout
  const data = { model, rollout: id, from: stage, to: next.stage, share: next.share, evidence }
  return { type: 'rollout.advanced', project: rollout.project, subject: model, data }
}

/** The challenger becomes champion, if the champion is still the one it beat. */
async function promote(
  tx: Transaction,
  rollout: Rollout,
  judgement: RolloutJudgement,
  aliases: AliasAccess,
): Promise<NewEvent[]> {
  const { project, model, id, challenger, champion, remedy } = rollout
  const moved = await aliases.moveAlias(tx, {
    ...{ project, model, remedy, by: ROLLOUT, alias: 'champion' },
    ...{ expected: champion, to: challenger, reason: judgement.reason },
  })
  if (moved === null) return revert(tx, rollout, { ...judgement, reason: 'the champion moved meanwhile' }, aliases)
  const data = { model, rollout: id, challenger, evidence: judgement.evidence, remedy }
  const finished: NewEvent = { type: 'rollout.finished', project, subject: model, data }
  return [finished, moved, ...(await clearChallenger(tx, rollout, 'promoted', aliases))]
}

/** The champion stays. */
async function revert(
  tx: Transaction,
  rollout: Rollout,
  { reason, evidence }: RolloutJudgement,
  aliases: AliasAccess,
): Promise<NewEvent[]> {
  const { project, model, id, challenger, champion, remedy } = rollout
  const data = { model, rollout: id, challenger, reason, evidence, remedy }
  const reverted: NewEvent = { type: 'rollout.reverted', project, subject: model, data }
  if (rollout.kind === 'probation') return [reverted]
  const kept: NewEvent = {
    type: 'version.kept',
    project,
    subject: model,
    data: { model, version: challenger, champion, reason, remedy },
  }
  return [reverted, kept, ...(await clearChallenger(tx, rollout, reason, aliases))]
}

async function clearChallenger(
  tx: Transaction,
  { project, model, challenger, remedy }: Rollout,
  reason: string,
  aliases: AliasAccess,
): Promise<NewEvent[]> {
  const moved = await aliases.moveAlias(tx, {
    ...{ project, model, remedy, by: ROLLOUT, alias: 'challenger' },
    ...{ expected: challenger, to: null, reason },
  })
  return moved === null ? [] : [moved]
}
