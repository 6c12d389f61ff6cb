import { DAY_MS, type Instant } from '../clock.ts'
import type { Queryable } from '../storage/index.ts'
import type { Situation } from './guardrails.ts'
import { planKey } from './plan.ts'
import type { RemedyPolicy } from './policy.ts'
import { isInForce } from './remedy.ts'
import { isIntegrityOpen, selectHistory, selectPlans, selectSwitch } from './tables.ts'

const PLANS_LIMIT = 100

/** Reads what the guardrails look at; `plan` is the one that is judged, and does not stand in its own way. */
export async function readSituation(
  q: Queryable,
  model: { readonly project: string; readonly model: string },
  { policy, now, plan }: { readonly policy: RemedyPolicy; readonly now: Instant; readonly plan: string },
): Promise<Situation> {
  const since = now - Math.max(policy.repeatAfterMs, policy.cooldownMs, DAY_MS)
  const history = await selectHistory(q, model, since)
  const approved = await selectPlans(q, { ...model, states: ['approved'], limit: PLANS_LIMIT })
  const { automation } = await selectSwitch(q, model.project)
  return {
    now,
    automation,
    integrityOpen: await isIntegrityOpen(q, model),
    inForce: [
      ...history.filter(({ state }) => isInForce(state)).map(({ id, act }) => `${act.action} ${id}`),
      ...approved.filter(({ id }) => id !== plan).map(({ id, act }) => `${act.action} planned as ${id}`),
    ],
    history: history.map(({ act, startedAt, endedAt, state }) => ({
      key: planKey(act),
      startedAt,
      endedAt,
      reverted: state === 'reverted',
    })),
  }
}
