import { createRandom } from '@evenkeel/stats'
import { investigate } from '../../packages/evenkeel/src/diagnosis/index.ts'
import type { CauseSummary } from '../../packages/evenkeel/src/storage/index.ts'
import { caseOf, type World } from './case.ts'
import { drawFault, type Fault, type FaultType, injectFault } from './inject.ts'

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
  /** Type and feature named first, and no wrong factor or mapping given to undo it. */
  readonly right: boolean
  /** A way to undo it was given. */
  readonly undoable: boolean
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
  const right = first?.type === type && first.features.includes(fault.feature) && undoes(first, fault)
  const found = first === undefined ? 'nothing' : `${first.type} of ${first.features.join(', ')}`
  const undoable = first?.parameters['factor'] !== undefined || first?.parameters['mapping'] !== undefined
  return { type, share, detail: fault.detail, feature: fault.feature, right, undoable, found }
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

/** Whether what the cause gives to undo the fault would undo it; giving nothing is no mistake. */
function undoes(cause: CauseSummary, fault: Fault): boolean {
  const { factor, mapping } = cause.parameters
  if (fault.type === 'unit-change')
    return factor === undefined || Math.abs(Number(factor) / Number(fault.apply(1)) - 1) < 0.01
  if (fault.type !== 'category-renamed') return true
  return Object.entries(mapping as Readonly<Record<string, string>>).every(
    ([received, known]) => fault.apply(known) === received,
  )
}
