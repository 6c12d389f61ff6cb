import { createRandom } from '@evenkeel/stats'
import { investigate } from '../../packages/evenkeel/src/diagnosis/index.ts'
import { caseOf, type World } from './case.ts'
import { drawFault, type FaultType, injectFault } from './inject.ts'

export const FAULT_TYPES: readonly FaultType[] = [
  'missing-burst',
  'unit-change',
  'category-renamed',
  'new-category',
  'stuck-value',
  'population-shift',
]

export interface Trial {
  readonly type: FaultType
  readonly share: number
  readonly detail: string
  readonly feature: string
  /** Type and feature named first; the right factor or mapping is not asked for. */
  readonly right: boolean
  readonly found: string
}

/** Injects a fault on one day and asks what the first cause is. */
export function tryFault(world: World, type: FaultType, share: number, seed: string): Trial {
  const random = createRandom(seed)
  const index = 8 + random.integer(world.days.length - 8)
  const day = world.days[index]!
  const fault = drawFault(type, day, random)
  const alarms = [`drift:${fault.feature}`]
  const { causes } = investigate(caseOf(world, index, [injectFault(day, fault, share, random)], alarms))
  const [first] = causes
  const right = first?.type === type && first.features.includes(fault.feature)
  const found = first === undefined ? 'nothing' : `${first.type} of ${first.features.join(', ')}`
  return { type, share, detail: fault.detail, feature: fault.feature, right, found }
}

/** Data faults found on a day with none, and whether a shift was. */
export function tryClean(
  world: World,
  index: number,
  alarms: readonly string[],
): { faults: string[]; shifted: boolean } {
  const { causes } = investigate(caseOf(world, index, [world.days[index]!], alarms))
  const faults = causes.filter((cause) => cause.type !== 'population-shift')
  return {
    faults: faults.map((cause) => `${cause.type} of ${cause.features.join(', ')}`),
    shifted: causes.length > faults.length,
  }
}
