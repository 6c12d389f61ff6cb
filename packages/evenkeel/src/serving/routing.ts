import type { RolloutStage } from '../storage/index.ts'

/** Which versions of a model take requests, as data: read from the aliases and the rollout in progress. */
export interface RoutingState {
  readonly champion: number
  readonly challenger: number | null
  /** Null when there is no rollout; then all requests go to the champion. */
  readonly stage: RolloutStage | null
  /** Share of entities a canary answers, 0 to 1. */
  readonly share: number
}

/** What a version was to a row: `champion` and `challenger` answered it, `shadow` scored it beside the answer. */
export type ArmRole = 'champion' | 'challenger' | 'shadow'

export interface Route {
  readonly version: number
  readonly role: 'champion' | 'challenger'
  /** The arm that did not answer: it scores the same row when the row is recorded. */
  readonly shadow: number | null
}

/**
 * The arm that answers a request. Sticky: one entity stays with one arm for the whole rollout, and a growing share only
 * adds entities to the challenger. Another challenger draws other entities, so nobody is the guinea pig every time.
 * @param key the entity, or the prediction's id where a row has none
 */
export function chooseRoute(model: string, state: RoutingState, key: string): Route {
  const { champion, challenger } = state
  if (challenger === null || challenger === champion) return { version: champion, role: 'champion', shadow: null }
  if (hashShare(`${model}\n${challenger}\n`, key) < shareOf(state))
    return { version: challenger, role: 'challenger', shadow: champion }
  return { version: champion, role: 'champion', shadow: challenger }
}

function shareOf(state: RoutingState): number {
  if (state.stage === 'canary') return state.share
  return state.stage === 'full' ? 1 : 0
}

/** FNV-1a over UTF-16 units with a final mix, as a number in [0, 1): the same on every replica and after every restart. */
function hashShare(seed: string, key: string): number {
  let hash = fnv(fnv(0x811c9dc5, seed), key)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

function fnv(start: number, text: string): number {
  let hash = start
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
