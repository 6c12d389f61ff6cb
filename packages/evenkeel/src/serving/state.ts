import type { Queryable } from '../storage/index.ts'
import type { Arm } from './arm.ts'
import { loadOverrides, type Overrides } from './overrides.ts'
import { predictionPrefix } from './record.ts'
import { chooseRoute, type Route, type RoutingState } from './routing.ts'
import type { Versions } from './versions.ts'

/** All that a request needs of its model, replaced whole when aliases, rollout or overrides change. */
export interface ModelState {
  readonly project: string
  readonly model: string
  readonly routing: RoutingState
  readonly arms: readonly Arm[]
  readonly overrides: Overrides
  choose(key: string): ArmChoice
}

interface ArmChoice {
  readonly arm: Arm
  /** Beginning of the row's record in the spool. */
  readonly prefix: string
}

export interface StateSources {
  readonly db: Queryable
  readonly versions: Versions
  readonly readRouting: (q: Queryable, project: string, model: string) => Promise<RoutingState | null>
}

/** Reads what is in force and loads and warms the versions it names; null for a model without a champion. */
export async function loadModelState(
  { db, versions, readRouting }: StateSources,
  project: string,
  model: string,
): Promise<ModelState | null> {
  const routing = await readRouting(db, project, model)
  if (routing === null) return null
  const overrides = await loadOverrides(db, project, model)
  const champion = await versions.load(project, model, routing.champion)
  const challenger = routing.challenger === null ? null : await versions.load(project, model, routing.challenger)
  const choiceOf = ({ version, role, shadow }: Route): ArmChoice => ({
    arm: version === routing.champion || challenger === null ? champion : challenger,
    prefix: predictionPrefix(project, model, version, role, shadow),
  })
  if (challenger === null) {
    const only = choiceOf(chooseRoute(model, routing, ''))
    return { project, model, routing, arms: [champion], overrides, choose: () => only }
  }
  const made = new Map<number, ArmChoice>()
  const choose = (key: string): ArmChoice => {
    const route = chooseRoute(model, routing, key)
    const choice = made.get(route.version) ?? choiceOf(route)
    made.set(route.version, choice)
    return choice
  }
  return { project, model, routing, arms: [champion, challenger], overrides, choose }
}
