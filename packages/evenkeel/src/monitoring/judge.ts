import type { Instant } from '../clock.ts'
import type { EventData, FindingSummary, NewEvent, Transaction } from '../storage/index.ts'
import { alphaOf } from './budget.ts'
import type { ReadCycle } from './cycle.ts'
import { examineData } from './examine.ts'
import { unknown } from './finding.ts'
import { CYCLE_MS, HISTORY_MS, judgeOutcomes } from './outcomes.ts'
import { sameTimeOfDay } from './profile.ts'
import type { ReadReference, ServedOutcomeRow, ServedRecords, VersionReference } from './reference.ts'
import type { MonitorSettings } from './settings.ts'
import { type ModelKey, postponeWindow, readFindings, readVolumes } from './tables.ts'
import { judgeVersionLoss, judgeVersionScore } from './version.ts'
import { judgeVolume } from './volume.ts'

type Closed = EventData['window.closed']
type Role = EventData['findings.recorded']['role']

/** A champion set by hand, and the one before it that still scores in the shadow. */
export interface Probation {
  readonly champion: number
  readonly previous: number
  readonly since: Instant
}

export interface ExamineDeps {
  readonly records: ServedRecords
  readonly readCycle: ReadCycle
  readonly readReference: ReadReference
  readonly readProbation: (tx: Transaction, key: ModelKey) => Promise<Probation | null>
  readonly settings: (key: ModelKey) => MonitorSettings
}

/** A window whose labels were immature is judged again at twice the age, this often. */
const MAX_ATTEMPTS = 4

/** Holds a closed window against its reference: one event for each version that saw it. */
export async function examineWindow(
  tx: Transaction,
  key: ModelKey,
  closed: Closed,
  deps: ExamineDeps,
): Promise<NewEvent[]> {
  const settings = deps.settings(key)
  const span = { from: closed.until - Math.max(CYCLE_MS, closed.until - closed.from), until: closed.until }
  const reach = closed.kind === 'labels' ? Math.min(closed.from, closed.until - HISTORY_MS) : closed.from
  const outcomes = await deps.records.readOutcomes(tx, { ...key, span: { from: reach, until: closed.until } })
  const versions = rolesOf(outcomes.filter((each) => each.bucket >= closed.from))
  const probation = await deps.readProbation(tx, key)
  const events: NewEvent[] = []
  for (const [version, role] of versions) {
    const reference = await deps.readReference(tx, { ...key, version })
    const window: VersionWindow = { tx, key, closed, settings, outcomes, version, role, reference, probation, deps }
    const findings = closed.kind === 'data' ? await findData(window, span) : await findLabels(window)
    events.push(recorded(window, findings))
  }
  if (closed.kind === 'labels' && events.some(isImmature))
    await postponeWindow(tx, key, closed, { maturityMs: settings.labelMaturityMs, maxAttempts: MAX_ATTEMPTS })
  return versions.size > 0 ? events : findNothing(tx, key, closed, settings)
}

interface VersionWindow {
  readonly tx: Transaction
  readonly key: ModelKey
  readonly closed: Closed
  readonly settings: MonitorSettings
  readonly outcomes: readonly ServedOutcomeRow[]
  readonly version: number
  readonly role: Role
  readonly reference: VersionReference | null
  readonly probation: Probation | null
  readonly deps: ExamineDeps
}

async function findData(window: VersionWindow, cycle: { from: Instant; until: Instant }): Promise<FindingSummary[]> {
  const { tx, key, closed, settings, version, reference, deps } = window
  const alpha = alphaOf(settings, reference?.inputs.length ?? 0)
  const profiles = await deps.readCycle(tx, { ...key, version, cycle, window: closed })
  const findings =
    reference === null
      ? [unknown('prediction', 'no-reference', 0)]
      : examineData({ reference, profiles, span: closed, settings })
  if (window.role !== 'champion') return findings
  const history = await readVolumes(tx, key, sameTimeOfDay(closed.from, settings.windowMs))
  findings.push(judgeVolume(closed.rows, history, alpha))
  const beside = besideOf(window)
  const inWindow = window.outcomes.filter((each) => each.bucket >= closed.from)
  if (beside !== null) findings.push(judgeVersionScore(inWindow, await readPairs(window, beside), beside, settings))
  return findings
}

async function findLabels(window: VersionWindow): Promise<FindingSummary[]> {
  const { closed, settings, version, reference } = window
  const own = window.outcomes.filter((each) => each.version === version)
  const alpha = alphaOf(settings, reference?.inputs.length ?? 0)
  const findings =
    reference === null
      ? ['performance', 'calibration', 'prior'].map((monitor) => unknown(monitor, 'no-reference', 0))
      : judgeOutcomes({ reference, outcomes: own, span: closed, settings, alpha })
  const beside = besideOf(window)
  if (beside !== null) findings.push(judgeVersionLoss(await readPairs(window, beside), beside, settings))
  return findings
}

function readPairs({ tx, key, closed, deps }: VersionWindow, { champion, previous, since }: Probation) {
  const span = { from: since, until: closed.until }
  return deps.records.readPairedLosses(tx, { ...key, span, champion: previous, challenger: champion })
}

function besideOf({ probation, version, closed }: VersionWindow): Probation | null {
  return probation !== null && probation.champion === version && probation.since < closed.until ? probation : null
}

/** No version saw the window: nothing can be said of it, but that nothing came. */
async function findNothing(
  tx: Transaction,
  key: ModelKey,
  closed: Closed,
  settings: MonitorSettings,
): Promise<NewEvent[]> {
  const [last] = await readFindings(tx, { ...key, role: 'champion', before: closed.from, limit: 1 })
  if (last === undefined) return []
  const { version, role } = last
  const monitors = await lastMonitors(tx, key, closed)
  const findings = monitors.map((monitor) => unknown(monitor, 'too-few-rows', 0))
  if (closed.kind === 'data') {
    const history = await readVolumes(tx, key, sameTimeOfDay(closed.from, settings.windowMs))
    findings.push(judgeVolume(0, history, alphaOf(settings, monitors.length)))
  }
  return [recorded({ key, closed, version, role }, findings)]
}

async function lastMonitors(tx: Transaction, key: ModelKey, closed: Closed): Promise<string[]> {
  const [last] = await readFindings(tx, {
    ...key,
    role: 'champion',
    kind: closed.kind,
    before: closed.from,
    limit: 1,
  })
  return (last?.findings ?? []).map(({ monitor }) => monitor).filter((monitor) => monitor !== 'volume')
}

/**
 * Who saw the window, and as what: the version that answered most as champion is the one that alerts follow. When the
 * champion moved within the window, the other one counts as challenger.
 */
function rolesOf(outcomes: readonly ServedOutcomeRow[]): Map<number, Role> {
  const versions = new Set(outcomes.filter((each) => each.rows > 0).map((each) => each.version))
  const rowsAs = (version: number, role: Role) =>
    outcomes.reduce((sum, each) => sum + (each.version === version && each.role === role ? each.rows : 0), 0)
  const ranked = [...versions]
    .map((version) => ({
      version,
      champion: rowsAs(version, 'champion'),
      challenger: rowsAs(version, 'challenger'),
    }))
    .toSorted((a, b) => b.champion - a.champion || b.challenger - a.challenger)
  return new Map(
    ranked.map(({ version, champion, challenger }, place) => [
      version,
      champion + challenger === 0 ? 'shadow' : place === 0 ? 'champion' : 'challenger',
    ]),
  )
}

function recorded(
  { key, closed, version, role }: Pick<VersionWindow, 'key' | 'closed' | 'version' | 'role'>,
  findings: readonly FindingSummary[],
): NewEvent {
  const { window, kind, from, until } = closed
  const data = { model: key.model, version, role, window, kind, from, until, findings }
  return { type: 'findings.recorded', project: key.project, subject: key.model, data }
}

function isImmature(event: NewEvent): boolean {
  return (
    event.type === 'findings.recorded' && event.data.findings.some((finding) => finding.reason === 'immature-labels')
  )
}
