import { DAY_MS } from '../clock.ts'
import { isIntegrityFault } from '../diagnosis/index.ts'
import type { ActionType, CauseSummary, EventData, FeatureRepair } from '../storage/index.ts'
import type { Draft, FeatureTarget, RepairTarget } from './plan.ts'
import type { RemedyPolicy } from './policy.ts'

/**
 * What should be done about a diagnosis: causes of one kind of action make one plan. Wrong data is never answered by
 * retraining, and a cause that is not sure enough by nothing but a call for a person.
 */
export function choosePlans(diagnosis: EventData['diagnosis.concluded'], policy: RemedyPolicy): Draft[] {
  if (diagnosis.verdict !== 'cause-found') return []
  const sure = diagnosis.causes.filter((cause) => cause.probability >= policy.minProbability)
  if (sure.length === 0) return [{ ...about(diagnosis), ...hold(diagnosis.causes), approval: 'person' }]
  const faulty = sure.some((cause) => isIntegrityFault(cause.type))
  const byAction = Map.groupBy(sure, (cause) => actionFor(cause, policy))
  return [...byAction].flatMap(([action, causes]) => {
    if (action === 'retrain' && faulty) return []
    const asked = causes.some((cause) => policy.responses[cause.type].approval === 'person')
    return [{ ...about(diagnosis), ...planFor(action, causes, policy), approval: asked ? 'person' : 'automatic' }]
  })
}

function about(diagnosis: EventData['diagnosis.concluded']) {
  return { model: diagnosis.model, incident: diagnosis.incident, diagnosis: diagnosis.diagnosis }
}

/** The policy's answer, as far as the cause allows: no repair without knowing how, no retraining without harm. */
function actionFor(cause: CauseSummary, policy: RemedyPolicy): ActionType {
  const { action } = policy.responses[cause.type]
  if (action === 'repair' && repairOf(cause) === null) return 'quarantine'
  if (action === 'retrain' && cause.type === 'population-shift' && cause.evidence['harm'] !== 'harmed') return 'notify'
  if ((action === 'quarantine' || action === 'repair') && targetsOf(cause).length === 0) return 'hold'
  if (action === 'rollback' && typeof cause.parameters['previous'] !== 'number') return 'hold'
  return action
}

type Worded = Pick<Draft, 'act' | 'words'>

function planFor(action: ActionType, causes: readonly CauseSummary[], policy: RemedyPolicy): Worded {
  switch (action) {
    case 'quarantine':
      return quarantine(causes.flatMap(targetsOf))
    case 'repair':
      return repair(
        causes.flatMap((cause) => targetsOf(cause).map((target) => ({ ...target, repair: repairOf(cause)! }))),
      )
    case 'rollback':
      return rollback(causes[0]!.parameters as { version: number; previous: number })
    case 'retrain':
      return retrain(policy.retrainWindowMs)
    case 'notify':
      return {
        act: { action, parameters: { cause: causes[0]!.type } },
        words: causes.map(({ words }) => words).join('; '),
      }
    case 'hold':
      return hold(causes)
  }
}

function quarantine(targets: readonly FeatureTarget[]): Worded {
  return {
    act: { action: 'quarantine', parameters: { targets } },
    words: `serve ${places(targets)} as missing, and train on none of it, until the source has recovered`,
  }
}

function repair(targets: readonly RepairTarget[]): Worded {
  const how = targets.map((target) => repairWords(target.repair)).join('; ')
  return {
    act: { action: 'repair', parameters: { targets } },
    words: `undo the fault of ${places(targets)} at the door, ${how}, until the source has recovered`,
  }
}

function rollback({ version, previous }: { version: number; previous: number }): Worded {
  return {
    act: { action: 'rollback', parameters: { from: version, to: previous } },
    words: `move champion back from version ${version} to version ${previous}`,
  }
}

function retrain(windowMs: number | null): Worded {
  const rows = windowMs === null ? 'everything known' : `the last ${Math.round(windowMs / DAY_MS)} days`
  return {
    act: { action: 'retrain', parameters: { windowMs } },
    words: `train on ${rows} without quarantined spans, and try the result as challenger`,
  }
}

function hold(causes: readonly CauseSummary[]): Worded {
  const words = causes.slice(0, 3).map((cause) => `${cause.words} (${Math.round(cause.probability * 100)} %)`)
  return {
    act: { action: 'hold', parameters: { cause: causes[0]?.type ?? 'none' } },
    words: `a person should look: ${words.join('; ')}`,
  }
}

function targetsOf(cause: CauseSummary): FeatureTarget[] {
  const sources = cause.parameters['sources']
  if (!Array.isArray(sources)) return []
  return sources.flatMap((source: unknown) =>
    cause.features.map((feature) => ({ source: String(source), feature, from: cause.onset })),
  )
}

function repairOf({ parameters }: CauseSummary): FeatureRepair | null {
  const { mapping, factor, offset } = parameters
  if (typeof mapping === 'object' && mapping !== null)
    return { kind: 'map', mapping: mapping as Readonly<Record<string, string>> }
  return typeof factor === 'number' && offset === undefined ? { kind: 'scale', factor } : null
}

function repairWords(repair: FeatureRepair): string {
  if (repair.kind === 'scale') return `dividing by ${Number(repair.factor.toPrecision(6))}`
  const [received, known] = Object.entries(repair.mapping)[0] ?? []
  return `reading ${JSON.stringify(received)} as ${JSON.stringify(known)} and ${Object.keys(repair.mapping).length - 1} more`
}

function places(targets: readonly FeatureTarget[]): string {
  return targets.map(({ source, feature }) => `${feature} of ${source}`).join(', ')
}
