import type { RoutingState } from '../../packages/evenkeel/src/serving/index.ts'

/** A canary runs, so that kills fall into the scoring of the other arm as well. */
export const ROUTING: RoutingState = { champion: 1, challenger: 2, stage: 'canary', share: 0.3 }

export const EFFECTS_TABLE = 'create table if not exists crash_effects (event bigint primary key)'
