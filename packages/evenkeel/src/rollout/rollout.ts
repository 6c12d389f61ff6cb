import type { Instant } from '../clock.ts'
import type { Evidence, RolloutStage } from '../storage/index.ts'

/**
 * `trial`: a challenger climbs from shadow to full. `probation`: after a champion was set by hand, the one before it goes
 * on scoring the same rows in the shadow as `challenger`, so that a bad version shows (`version:score`, `version:loss`).
 */
type RolloutKind = 'trial' | 'probation'

type RolloutState = 'running' | 'finished' | 'reverted'

export interface Rollout {
  readonly id: string
  readonly project: string
  readonly model: string
  readonly kind: RolloutKind
  readonly challenger: number
  readonly champion: number
  readonly stage: RolloutStage
  readonly share: number
  readonly state: RolloutState
  readonly startedAt: Instant
  /** When the present stage began. */
  readonly stageAt: Instant
  readonly endedAt: Instant | null
  /** Why it was reverted. */
  readonly reason: string | null
  readonly evidence: Evidence | null
  readonly remedy: string | null
}
