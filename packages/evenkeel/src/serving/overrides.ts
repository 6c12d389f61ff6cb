import type { RawRow } from '../features/index.ts'
import {
  type AnyEvent,
  type FeatureRepair,
  isEvent,
  type Projection,
  type Queryable,
  type Transaction,
} from '../storage/index.ts'
import { closeOverrides, insertOverride, readOverrides } from './tables.ts'

/** What is done to one feature of one source while it is not to be trusted: null serves it as missing. */
export interface Override {
  readonly source: string
  readonly feature: string
  readonly repair: FeatureRepair | null
}

/** Overrides in force for a model, by source; empty for nearly every model nearly always. */
export type Overrides = ReadonlyMap<string, readonly Override[]>

/**
 * The values that are served instead of what was received; null when nothing is overridden.
 * A value that a repair does not know (a word that is not in the mapping) stays as it was received.
 */
export function effectiveValues(overrides: readonly Override[] | undefined, row: RawRow): RawRow | null {
  if (overrides === undefined || overrides.length === 0) return null
  const changed: Record<string, number | string | null> = {}
  for (const { feature, repair } of overrides) changed[feature] = repaired(repair, row[feature] ?? null)
  return changed
}

function repaired(repair: FeatureRepair | null, value: number | string | null): number | string | null {
  if (repair === null || value === null) return null
  if (repair.kind === 'scale') return typeof value === 'number' ? value / repair.factor : value
  return typeof value === 'string' ? (Object.hasOwn(repair.mapping, value) ? repair.mapping[value]! : value) : value
}

export async function loadOverrides(q: Queryable, project: string, model: string): Promise<Overrides> {
  const bySource = new Map<string, Override[]>()
  for (const override of await readOverrides(q, project, model)) {
    const list = bySource.get(override.source) ?? []
    bySource.set(override.source, [...list.filter(({ feature }) => feature !== override.feature), override])
  }
  return bySource
}

/** The table of overrides is a fold of what remediation and people decided; a newer decision ends the one before. */
export function createOverridesProjection(): Projection {
  return {
    name: 'serving.overrides',
    tables: ['feature_overrides'],
    types: ['feature.quarantined', 'feature.repaired', 'feature.released'],
    apply: applyOverride,
  }
}

async function applyOverride(tx: Transaction, event: AnyEvent): Promise<void> {
  const { project, id } = event
  if (isEvent(event, 'feature.released')) return closeOverrides(tx, project, event.data, event.data.until)
  if (isEvent(event, 'feature.quarantined')) {
    await closeOverrides(tx, project, event.data, event.at)
    await insertOverride(tx, { project, event: id, ...event.data, repair: null })
  }
  if (isEvent(event, 'feature.repaired')) {
    await closeOverrides(tx, project, event.data, event.at)
    await insertOverride(tx, { project, event: id, ...event.data })
  }
}
