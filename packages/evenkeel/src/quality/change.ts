import {
  compareColumns,
  createColumnProfile,
  createProfile,
  freezeProfile,
  type Profile,
  type ProfileBatch,
  updateCategorical,
  updateNumeric,
  updateProfile,
} from '@evenkeel/stats'
import { type Batch, isNumeric, type Schema } from '../ingest/index.ts'
import type { Change } from './check.ts'
import type { Answer } from './judge.ts'

/** PSI beyond noise, in nats: half of the textbook 0.2, because a gate only warns. */
const DEFAULT_MATERIAL = 0.1
/** A gate sees one batch, not a window: fewer rows are left to the monitors, which gather them. */
const MIN_ROWS = 500
/** Fewer rows cannot carry a reference that later batches are held against. */
export const MIN_REFERENCE_ROWS = 200

/** Is the column distributed as in the reference? PSI must pass its noise floor and the material floor to fail. */
export function judgeChange(check: Change, batch: Batch, reference: Profile | null): Answer {
  const material = check.material ?? DEFAULT_MATERIAL
  const expected = `PSI less its noise under ${material}`
  const unknown = (why: string): Answer => ({
    outcome: 'unknown',
    observed: 'nothing',
    expected,
    reason: `change of ${check.column} cannot be told: ${why}`,
  })
  const before = reference?.columns[check.column]
  if (before === undefined) return unknown('there is no reference for it yet')
  const column = Object.hasOwn(batch.columns, check.column) ? batch.columns[check.column] : undefined
  if (column === undefined) return unknown('the batch does not have it')
  if ((column.kind === 'numeric') !== (before.bins.kind === 'numeric'))
    return unknown('it was of another kind in the reference')
  const current = createColumnProfile(before.bins)
  if (column.kind === 'numeric') updateNumeric(current, column.values)
  else updateCategorical(current, column.values)
  const compared = compareColumns(check.column, before, current, { material, minRows: check.minRows ?? MIN_ROWS })
  if (compared.kind === 'unknown') return unknown(`${compared.reason}, ${compared.have} rows of ${compared.need}`)
  const observed = `PSI ${compared.psi.value.toFixed(3)}, of which noise ${compared.psi.noiseMean.toFixed(3)}`
  const most = compared.moved[0]
  const where = most === undefined ? '' : `, most at ${most.bin}`
  return {
    outcome: compared.shifted ? 'failed' : 'passed',
    observed,
    expected,
    reason: `change of ${check.column}: ${observed}${compared.shifted ? where : ''}, expected ${expected}`,
  }
}

/** The profile that later batches are compared with: every feature column, over bins frozen here. */
export function referenceProfile(batch: Batch, schema: Schema): Profile {
  const columns = profiledColumns(batch, schema)
  const profile = createProfile(freezeProfile(columns))
  updateProfile(profile, columns)
  return profile
}

/** Instants and free text are left out: the one always moves, the other never repeats. */
export function isProfiled(column: Schema['columns'][number]): boolean {
  return column.role === 'feature' && column.type !== 'time' && column.type !== 'text'
}

function profiledColumns(batch: Batch, schema: Schema): ProfileBatch {
  const numeric: Record<string, Float64Array> = {}
  const categorical: Record<string, readonly (string | null)[]> = {}
  for (const pinned of schema.columns.filter(isProfiled)) {
    const column = batch.columns[pinned.name]
    if (column?.kind === 'numeric' && isNumeric(pinned.type)) numeric[pinned.name] = column.values
    if (column?.kind === 'string' && !isNumeric(pinned.type)) categorical[pinned.name] = column.values
  }
  return { rows: batch.rows, numeric, categorical }
}
