import type { Clock, Instant } from '../clock.ts'
import type { ServedRecords } from '../monitoring/index.ts'
import type {
  AnyEvent,
  EventType,
  Evidence,
  NewEvent,
  Projection,
  Queryable,
  RolloutStage,
  Transaction,
} from '../storage/index.ts'

/**
 * `trial`: a challenger climbs from shadow to full. `probation`: after a champion was set by hand, the one before it goes on
 * scoring the same rows in the shadow, so that a bad version shows (findings `version:score`, `version:loss`).
 */
export type RolloutKind = 'trial' | 'probation'

export type RolloutState = 'running' | 'finished' | 'reverted'

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
  readonly stageAt: Instant
  readonly endedAt: Instant | null
  readonly reason: string | null
  readonly evidence: Evidence | null
  readonly remedy: string | null
}

export interface StageRule {
  readonly stage: RolloutStage
  /** Share of the traffic the challenger answers. */
  readonly share: number
  /** Rows with matured labels, scored by both, needed before the next stage. */
  readonly minRows: number
}

export interface RolloutPolicy {
  /** The ladder; the last stage is full. */
  readonly stages: readonly StageRule[]
  /** Days with paired labels needed in each stage: rows of one day are not independent. */
  readonly minDays: number
  /** A rollout still undecided after this long is reverted: the champion is kept. */
  readonly timeLimitMs: number
  /** How long the version before a champion set by hand goes on in the shadow. */
  readonly probationMs: number
  /** Probability of promoting a challenger that is no better, over the whole rollout. */
  readonly alpha: number
  /** Promotes a challenger that is at most `margin` (in loss) worse; without it, only one that is better. */
  readonly margin: number | null
  readonly labelMaturityMs: number
}

/** What a rollout needs of the registry. Moves are compare-and-swap: null when the alias no longer stands where expected. */
export interface AliasAccess {
  readonly readAlias: (q: Queryable, alias: AliasName) => Promise<number | null>
  readonly moveAlias: (
    tx: Transaction,
    move: AliasName & {
      readonly expected: number | null
      readonly to: number | null
      readonly by: string
      readonly reason: string
      readonly remedy: string | null
    },
  ) => Promise<NewEvent | null>
}

interface AliasName {
  readonly project: string
  readonly model: string
  readonly alias: string
}

export interface RolloutOptions {
  readonly clock: Clock
  readonly records: ServedRecords
  readonly aliases: AliasAccess
  readonly policyOf?: (project: string, model: string) => Partial<RolloutPolicy>
}

/** Versions are tried on real traffic: `rollout.start`, `rollout.judge`. */
export interface RolloutService {
  readonly steps: readonly {
    readonly name: string
    readonly on: readonly EventType[]
    run(tx: Transaction, event: AnyEvent): Promise<readonly NewEvent[]>
  }[]
  readonly projections: readonly Projection[]
}
