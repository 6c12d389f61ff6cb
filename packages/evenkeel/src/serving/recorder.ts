import type { Database, Journal, NewEvent, Transaction } from '../storage/index.ts'
import type { Arm } from './arm.ts'
import { groupByModel, labelColumns, type ModelRecords, predictionColumns, type ScoredRecord } from './groups.ts'
import { numbersLiteral, textsLiteral } from './literals.ts'
import { type ArmRow, createLiveProfiles, type LiveProfiles } from './profiles.ts'
import { type PredictionRecord, parseFrame, type SpoolRecord } from './record.ts'
import { scoreShadows } from './shadow.ts'
import type { Spool, SpoolPosition, SpoolRead } from './spool.ts'
import {
  countServed,
  existingIds,
  hasWaitingLabels,
  insertLabels,
  insertPredictions,
  insertVersion,
  lockPosition,
  movePosition,
  wakeLabels,
} from './tables.ts'
import { tally } from './tally.ts'
import type { Versions } from './versions.ts'

/** What one recording did; counted after its commit. */
export interface Recorded {
  readonly predictions: number
  readonly duplicates: number
  readonly labels: number
  readonly shadowScored: number
  readonly shadowSkipped: number
  readonly tornBytes: number
}

/** Moves what is in the spool into the database. */
export interface Recorder {
  /** Records about one transaction's worth; null when there was nothing. One call at a time. */
  record(): Promise<Recorded | null>
  position(): SpoolPosition
}

export interface RecorderOptions {
  readonly db: Database
  readonly journal: Journal
  readonly versions: Versions
  readonly spool: Spool
  readonly start: SpoolPosition
  readonly rowsPerRecording: number
  /** False when the backlog is too long to spend time on the arm that did not answer. */
  readonly mayShadow: () => boolean
}

/** A spooled row is some 250 bytes; more are read than wanted, never much more. */
export const BYTES_PER_ROW = 250

export function createRecorder(options: RecorderOptions): Recorder {
  const { db, spool } = options
  const profiles = createLiveProfiles(spool.id)
  let position = options.start
  return {
    position: () => position,
    async record() {
      const { read, tornBytes } = advance()
      if (read.payloads.length === 0) return tornBytes === 0 ? null : { ...NOTHING, tornBytes }
      const scored = await scoreAll(options, groupByModel(await parseFrames(read.payloads)))
      try {
        const counts = await db.transaction((tx) => write(tx, options, profiles, scored, position, read.next))
        position = read.next
        spool.forget(position)
        return { ...counts, tornBytes }
      } catch (error) {
        profiles.forget()
        throw error
      }
    },
  }

  /** Steps over segments that have nothing more to read. */
  function advance(): { read: SpoolRead; tornBytes: number } {
    let tornBytes = 0
    for (;;) {
      const read = spool.read(position, options.rowsPerRecording * BYTES_PER_ROW)
      tornBytes += read.tornBytes
      if (read.payloads.length > 0 || read.next.segment === position.segment) return { read, tornBytes }
      position = read.next
    }
  }
}

const NOTHING: Recorded = { predictions: 0, duplicates: 0, labels: 0, shadowScored: 0, shadowSkipped: 0, tornBytes: 0 }
const ROWS_PER_SLICE = 500

/** Parsing yields to the requests every few hundred rows, so that recording never shows in their latency. */
async function parseFrames(payloads: readonly string[]): Promise<SpoolRecord[]> {
  const records: SpoolRecord[] = []
  let slice = 0
  for (const payload of payloads) {
    for (const record of parseFrame(payload)) records.push(record)
    if (records.length - slice < ROWS_PER_SLICE) continue
    slice = records.length
    await new Promise(setImmediate)
  }
  return records
}

interface ScoredGroup {
  readonly group: ModelRecords
  readonly rows: readonly ScoredRecord[]
  readonly arms: ReadonlyMap<number, Arm>
  readonly shadowSkipped: number
}

async function scoreAll(options: RecorderOptions, groups: readonly ModelRecords[]): Promise<ScoredGroup[]> {
  const scored: ScoredGroup[] = []
  for (const group of groups) {
    const arms = await loadArms(options.versions, group)
    scored.push({ group, arms, ...(await scoreShadows(group.predictions, arms, options.mayShadow())) })
  }
  return scored
}

async function loadArms(versions: Versions, { project, model, predictions }: ModelRecords): Promise<Map<number, Arm>> {
  const arms = new Map<number, Arm>()
  for (const record of predictions)
    for (const version of [record[3], record[5]])
      if (version !== 0 && !arms.has(version)) arms.set(version, await versions.load(project, model, version))
  return arms
}

/** One transaction: rows, profiles, labels, events and the place in the spool, or nothing of it. */
async function write(
  tx: Transaction,
  { journal, spool }: RecorderOptions,
  profiles: LiveProfiles,
  groups: readonly ScoredGroup[],
  from: SpoolPosition,
  until: SpoolPosition,
): Promise<Recorded> {
  const found = await lockPosition(tx, spool.id)
  const known = found.segment > from.segment || (found.segment === from.segment && found.offset > from.offset)
  // A commit whose answer was lost: the rows are there, so only the place is taken over.
  if (known) return NOTHING
  const total = { ...NOTHING } as { -readonly [Key in keyof Recorded]: number }
  const events: NewEvent[] = []
  const written: { group: ModelRecords; rows: readonly ScoredRecord[] }[] = []
  for (const scored of groups) {
    const rows = await writePredictions(tx, scored, profiles)
    const { group } = scored
    if (group.labels.length > 0) await insertLabels(tx, group.project, group.model, labelColumns(group.labels))
    events.push(...eventsOf(group, rows))
    written.push({ group, rows })
    total.predictions += rows.length
    total.duplicates += scored.rows.length - rows.length
    total.labels += group.labels.length
    total.shadowScored += rows.filter(({ shadow }) => shadow !== null).length
    total.shadowSkipped += scored.shadowSkipped
  }
  await movePosition(tx, spool.id, until)
  await journal.append(tx, null, events)
  // After the append has the journal's lock: labels another replica has just recorded are visible now, or will look for us.
  for (const { group, rows } of written) await wake(tx, group, rows)
  return total
}

async function writePredictions(
  tx: Transaction,
  scored: ScoredGroup,
  profiles: LiveProfiles,
): Promise<readonly ScoredRecord[]> {
  const { group, arms } = scored
  if (scored.rows.length === 0) return []
  const rows = await withoutDuplicates(tx, group, scored.rows)
  for (const arm of arms.values()) await insertVersion(tx, arm.version, arm.validator.columns)
  // Where another replica recorded one of the same ids meanwhile, this fails; the next try sees it.
  await insertPredictions(tx, group.project, group.model, predictionColumns(rows))
  const seen = armRows(rows, arms)
  await countServed(tx, group.project, group.model, tally(seen))
  await profiles.add(tx, group.project, group.model, seen)
  return rows
}

/** The first row of an id wins; only ids that callers chose can come twice. */
async function withoutDuplicates(
  tx: Transaction,
  group: ModelRecords,
  rows: readonly ScoredRecord[],
): Promise<readonly ScoredRecord[]> {
  const chosen = rows.filter(({ record }) => record[7] === 1).map(({ record }) => record[6])
  if (chosen.length === 0) return rows
  const seen = await existingIds(tx, group.project, group.model, chosen)
  return rows.filter(({ record }) => {
    if (seen.has(record[6])) return false
    seen.add(record[6])
    return true
  })
}

function armRows(rows: readonly ScoredRecord[], arms: ReadonlyMap<number, Arm>): ArmRow[] {
  const seen: ArmRow[] = []
  for (const { record, shadow } of rows) {
    const arm = arms.get(record[3])!
    const { columns } = arm.validator
    const answer = { score: record[13], className: record[14], scores: record[15] }
    seen.push({ arm, role: record[4] === 0 ? 'champion' : 'challenger', columns, record, answer })
    if (shadow !== null) seen.push({ arm: arms.get(record[5])!, role: 'shadow', columns, record, answer: shadow })
  }
  return seen
}

async function wake(tx: Transaction, { project, model }: ModelRecords, rows: readonly ScoredRecord[]): Promise<void> {
  if (rows.length === 0) return
  if (!(await hasWaitingLabels(tx, project, model))) return
  await wakeLabels(tx, project, model, {
    ids: textsLiteral(rows.map(({ record }) => record[6])),
    entities: textsLiteral(rows.map(({ record }) => record[10])),
    ats: numbersLiteral(rows.map(({ record }) => record[8])),
  })
}

function eventsOf({ project, model, labels }: ModelRecords, rows: readonly ScoredRecord[]): NewEvent[] {
  const events: NewEvent[] = []
  if (labels.length > 0)
    events.push({ type: 'labels.arrived', project, subject: model, data: { model, rows: labels.length } })
  if (rows.length > 0)
    events.push({
      type: 'predictions.logged',
      project,
      subject: model,
      data: logged(
        model,
        rows.map(({ record }) => record),
      ),
    })
  return events
}

function logged(model: string, records: readonly PredictionRecord[]) {
  let from = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  const versions: Record<string, number> = {}
  for (const record of records) {
    from = Math.min(from, record[8])
    last = Math.max(last, record[8])
    versions[record[3]] = (versions[record[3]] ?? 0) + 1
  }
  return { model, rows: records.length, from, until: last + 1, versions }
}
