import type { CauseSummary } from '../storage/index.ts'
import type { CaseFile, Diagnosis } from './case.ts'
import { type ColumnVerdict, changePoint, examineColumn, MIN_ROWS } from './column.ts'
import { dataFaults, isIntegrityFault, populationShift } from './faults.ts'
import { modelCauses } from './model.ts'
import { compareOutcomes } from './outcome.ts'
import { findVolumeChange } from './volume.ts'

/** A source is looked at by itself when it has this many rows after the change. */
const MIN_SOURCE_ROWS = 4 * MIN_ROWS
/** Causes believed less than this are not worth a person's time. */
const MIN_PROBABILITY = 0.2

/**
 * Why did the alarm go off? Each column of each source is explained by the story that predicts its counts best (nothing,
 * a known fault, a shift of the population); what the losses did is then asked of what is left to explain it.
 * Probabilities are among the stories of the same columns or losses, so two causes at once may both be near 1.
 */
export function investigate(file: CaseFile): Diagnosis {
  const rows = file.traffic.reduce((sum, hour) => sum + (hour.at >= changePoint(file) ? hour.profile.rows : 0), 0)
  const columns = examineInputs(file)
  const outcome = compareOutcomes(file)
  const faults = dataFaults(file, columns)
  const shifted = populationShift(file, columns, outcome)
  const inputs = { faulty: faults.length > 0, shifted: shifted !== null }
  const causes = [...faults, ...modelCauses(file, outcome, inputs), shifted, findVolumeChange(file)]
    .filter((cause) => cause !== null)
    .filter((cause) => cause.probability >= MIN_PROBABILITY)
  if (causes.length > 0) return { verdict: 'cause-found', causes: causes.sort(byUse) }
  const judged = rows >= MIN_ROWS && columns.length > 0
  return { verdict: judged ? 'nothing-wrong' : 'not-enough-data', causes: [] }
}

function examineInputs(file: CaseFile): ColumnVerdict[] {
  const inputs = file.reference.inputs.filter((input) => file.reference.profile.columns[input] !== undefined)
  return sourcesOf(file).flatMap((source) => inputs.flatMap((input) => examineColumn(file, input, source) ?? []))
}

/** Sources big enough to be looked at one by one; null stands for all rows together. */
function sourcesOf(file: CaseFile): (string | null)[] {
  const rows = new Map<string, number>()
  for (const hour of file.traffic)
    if (hour.at >= changePoint(file)) rows.set(hour.source, (rows.get(hour.source) ?? 0) + hour.profile.rows)
  if (rows.size <= 1) return [...rows.keys()]
  const big = [...rows].filter(([, count]) => count >= MIN_SOURCE_ROWS).map(([source]) => source)
  return big.length > 0 ? big.sort() : [null]
}

/** What can be acted upon first; then what is surest. A doubtful fault stands behind a sure shift. */
function byUse(a: CauseSummary, b: CauseSummary): number {
  return rank(a) - rank(b) || b.probability - a.probability
}

function rank(cause: CauseSummary): number {
  if (cause.probability < 0.5) return 9
  if (isIntegrityFault(cause.type)) return 0
  const order = ['bad-version', 'concept-change', 'immature-labels', 'population-shift', 'volume-change']
  return 1 + order.indexOf(cause.type)
}
