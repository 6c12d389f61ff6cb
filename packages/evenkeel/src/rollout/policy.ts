import { DAY_MS } from '../clock.ts'
import type { RolloutStage } from '../storage/index.ts'

/** A rung of the ladder. */
export interface StageRule {
  readonly stage: RolloutStage
  /** Share of the traffic the challenger answers. */
  readonly share: number
  /** Rows with matured labels, scored by both, needed before the next stage. */
  readonly minRows: number
}

export interface RolloutPolicy {
  /** The ladder; reaching `full` is being champion. */
  readonly stages: readonly StageRule[]
  /** Days with paired labels needed in each stage: rows of one day are not independent. */
  readonly minDays: number
  /** A rollout still undecided after this long is reverted: the champion is kept. */
  readonly timeLimitMs: number
  /** How long the version before a champion set by hand goes on in the shadow. */
  readonly probationMs: number
  /** Probability of promoting a challenger that is no better, over the whole rollout and however often one looks. */
  readonly alpha: number
  /** Promotes a challenger whose mean loss is at most this much higher; null: only one that is better (law 7). */
  readonly margin: number | null
  /** Younger rows are left out: their labels may not all be there. */
  readonly labelMaturityMs: number
}

export const DEFAULT_ROLLOUT_POLICY: RolloutPolicy = {
  stages: [
    { stage: 'shadow', share: 0, minRows: 1_000 },
    { stage: 'canary', share: 0.1, minRows: 1_000 },
    { stage: 'full', share: 1, minRows: 0 },
  ],
  minDays: 3,
  timeLimitMs: 28 * DAY_MS,
  probationMs: 7 * DAY_MS,
  alpha: 0.05,
  margin: null,
  labelMaturityMs: 2 * DAY_MS,
}

/** The rung after this one; null at the top. */
export function nextStage(
  policy: RolloutPolicy,
  at: { readonly stage: RolloutStage; readonly share: number },
): StageRule | null {
  const place = policy.stages.findIndex((rule) => rule.stage === at.stage && rule.share === at.share)
  // A ladder that was changed under a running rollout: go on with the next kind of stage.
  if (place < 0) return policy.stages.find((rule) => rule.share > at.share) ?? null
  return policy.stages[place + 1] ?? null
}
