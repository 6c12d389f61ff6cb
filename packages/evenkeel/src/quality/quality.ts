import { decodeProfile, encodeProfile, type Profile } from '@evenkeel/stats'
import type { Clock } from '../clock.ts'
import { EvenkeelError } from '../error.ts'
import { type Batch, type BatchRecord, findBatch, findSource, type Ingest, type Schema } from '../ingest/index.ts'
import {
  type AnyEvent,
  type BlobId,
  type BlobStore,
  type Database,
  isEvent,
  type Journal,
  type NewEvent,
  type Queryable,
  type Step,
  type Transaction,
} from '../storage/index.ts'
import { MIN_REFERENCE_ROWS, referenceProfile } from './change.ts'
import type { Check } from './check.ts'
import { defaultChecks } from './defaults.ts'
import { heldRows } from './held-rows.ts'
import { judge } from './judge.ts'
import * as tables from './tables.ts'
import type { Verdict } from './verdict.ts'

export interface QualityDependencies {
  readonly db: Database
  readonly journal: Journal
  readonly blobs: BlobStore
  readonly ingest: Ingest
  readonly clock: Clock
  /** Checks a source's batches must pass beside those that follow from its schema. */
  readonly checksOf?: ((project: string, source: string) => readonly Check[]) | undefined
}

/** A step as `loop/step.ts` describes it. */
interface BatchDescription {
  readonly batch: BatchRecord
  /** Null while the batch waits to be judged. */
  readonly verdict: Verdict | null
  /** The failing rows of a held batch, a bounded number of them. */
  readonly rows: readonly tables.QuarantinedRow[]
}

/** A decision somebody takes over a batch, and why. */
interface BatchDecision {
  readonly project?: string | undefined
  readonly batch: string
  readonly by: string
  readonly reason: string
}

export interface Quality {
  readonly steps: readonly Step[]
  describe(batch: string, project?: string): Promise<BatchDescription>
  /** A person lets a held batch through. @throws EvenkeelError QUALITY_NOT_QUARANTINED */
  release(decision: BatchDecision): Promise<void>
  /** Holds a batch that had been let in: its rows are not read for training any more. Nothing when it is held already. */
  quarantine(tx: Transaction, decision: BatchDecision): Promise<readonly NewEvent[]>
  /** The checks a source's batches must pass: those that were set, or those that follow from its schema. */
  readChecks(source: string, project?: string): Promise<readonly Check[]>
  /** Sets them; null goes back to those of the schema. */
  setChecks(source: string, checks: readonly Check[] | null, project?: string): Promise<void>
  /** Later batches are compared with this one from now on. */
  setReference(source: string, batch: string, project?: string): Promise<void>
  /** What the gate would say of a batch, without a decision. */
  judgeBatch(batch: Batch, source: string, project?: string): Promise<Verdict>
}

const DEFAULT_PROJECT = 'default'

export function createQuality(deps: QualityDependencies): Quality {
  const { db, ingest } = deps
  return {
    steps: [{ name: 'quality.judge', on: ['batch.arrived'], run: (tx, event) => judgeArrived(deps, tx, event) }],
    async describe(id, project = DEFAULT_PROJECT) {
      const batch = await ingest.readBatch(id, project)
      const verdict = await tables.findVerdict(db, project, id)
      return { batch, verdict, rows: await tables.findQuarantinedRows(db, project, id) }
    },
    release: (decision) => release(deps, decision),
    quarantine: (tx, decision) => quarantine(deps, tx, decision),
    async readChecks(source, project = DEFAULT_PROJECT) {
      const { checks } = await tables.findGate(db, project, source)
      return checks ?? usualChecks(deps, project, source, await schemaOf(db, project, source))
    },
    setChecks: (source, checks, project = DEFAULT_PROJECT) =>
      db.transaction((tx) => tables.saveChecks(tx, project, source, checks)),
    async setReference(source, id, project = DEFAULT_PROJECT) {
      const batch = await ingest.readRows(await ingest.readBatch(id, project))
      const reference = await storeReference(deps, batch, await schemaOf(db, project, source))
      await db.transaction((tx) => tables.saveReference(tx, project, source, reference))
    },
    judgeBatch: async (batch, source, project = DEFAULT_PROJECT) =>
      (await verdictOn(deps, db, batch, project, source)).verdict,
  }
}

async function judgeArrived(deps: QualityDependencies, tx: Transaction, event: AnyEvent): Promise<readonly NewEvent[]> {
  if (!isEvent(event, 'batch.arrived')) return []
  const { project } = event
  const record = await findBatch(tx, project, event.data.batch)
  if (record === null || record.state !== 'arrived') return []
  const batch = await deps.ingest.readRows(record)
  const { verdict, schema, reference } = await verdictOn(deps, tx, batch, project, record.source)
  await tables.saveVerdict(tx, project, record.id, verdict, event.at)
  if (verdict.kind !== 'accept') return hold(deps, tx, record, batch, verdict)
  await deps.ingest.setBatchState(tx, record, 'accepted')
  if (reference === null && batch.rows >= MIN_REFERENCE_ROWS)
    await tables.saveReference(tx, project, record.source, await storeReference(deps, batch, schema))
  return [accepted(record, verdict)]
}

/** Quarantined and unknown alike: the batch is held, whole, until a person looks. */
async function hold(
  deps: QualityDependencies,
  tx: Transaction,
  record: BatchRecord,
  batch: Batch,
  verdict: Verdict,
): Promise<readonly NewEvent[]> {
  await deps.ingest.setBatchState(tx, record, 'quarantined')
  await tables.saveQuarantinedRows(tx, record.project, record.id, heldRows(batch, verdict))
  const failed = verdict.results.filter((result) => result.severity === 'fail' && result.outcome !== 'passed')
  return [quarantined(record, failed.map(nameOf), verdict.reason)]
}

async function verdictOn(deps: QualityDependencies, db: Queryable, batch: Batch, project: string, source: string) {
  const schema = await schemaOf(db, project, source)
  const gate = await tables.findGate(db, project, source)
  const reference: Profile | null = gate.reference === null ? null : decodeProfile(await deps.blobs.get(gate.reference))
  const checks = gate.checks ?? usualChecks(deps, project, source, schema)
  return { schema, reference, verdict: judge(batch, checks, { now: deps.clock.now(), reference }) }
}

function usualChecks({ checksOf }: QualityDependencies, project: string, source: string, schema: Schema) {
  return [...defaultChecks(schema), ...(checksOf?.(project, source) ?? [])]
}

async function release({ db, journal, ingest }: QualityDependencies, decision: BatchDecision): Promise<void> {
  const { project = DEFAULT_PROJECT, batch: id, by, reason } = decision
  await db.transaction(async (tx) => {
    const record = await heldBatch(tx, project, id)
    await ingest.setBatchState(tx, record, 'released')
    const data = { batch: id, source: record.source, rows: record.rows, ...halfOpen(record), by, reason }
    await journal.append(tx, null, [{ type: 'batch.released', project, subject: record.source, data }])
  })
}

async function heldBatch(tx: Transaction, project: string, id: string): Promise<BatchRecord> {
  const record = await findBatch(tx, project, id)
  if (record?.state === 'quarantined') return record
  const found = record === null ? 'there is no such batch' : `it is ${record.state}`
  throw new EvenkeelError(
    'QUALITY_NOT_QUARANTINED',
    `batch ${id} cannot be released: ${found}; only quarantined batches can, list them to find its id`,
    { batch: id, found },
  )
}

async function quarantine(
  { ingest }: QualityDependencies,
  tx: Transaction,
  decision: BatchDecision,
): Promise<readonly NewEvent[]> {
  const record = await findBatch(tx, decision.project ?? DEFAULT_PROJECT, decision.batch)
  if (record === null || record.state === 'quarantined') return []
  await ingest.setBatchState(tx, record, 'quarantined')
  return [quarantined(record, [], `${decision.reason} (${decision.by})`)]
}

function accepted(record: BatchRecord, verdict: Verdict): NewEvent {
  const warnings = verdict.results.filter((result) => result.severity === 'warn' && result.outcome === 'failed')
  const data = { batch: record.id, source: record.source, rows: record.rows, ...halfOpen(record) }
  return {
    type: 'batch.accepted',
    project: record.project,
    subject: record.source,
    data: { ...data, warnings: warnings.slice(0, MAX_WARNINGS).map((result) => result.reason) },
  }
}

/** An event stays small; all results are kept with the verdict. */
const MAX_WARNINGS = 20

function quarantined(record: BatchRecord, failed: readonly string[], reason: string): NewEvent {
  const data = { batch: record.id, source: record.source, rows: record.rows, failed, reason }
  return { type: 'batch.quarantined', project: record.project, subject: record.source, data }
}

/** Events speak in half-open spans; a batch's record has its last instant. */
function halfOpen({ from, until }: BatchRecord): { from: number | null; until: number | null } {
  return { from, until: until === null ? null : until + 1 }
}

function nameOf(result: { readonly name: string; readonly column: string | null }): string {
  return result.column === null ? result.name : `${result.name}:${result.column}`
}

async function schemaOf(db: Queryable, project: string, source: string): Promise<Schema> {
  const found = await findSource(db, project, source)
  if (found?.schema != null) return found.schema
  throw new EvenkeelError(
    'QUALITY_NO_SCHEMA',
    `source ${source} has no pinned schema, so its batches cannot be judged; send it a first batch or declare a schema`,
    { source },
  )
}

async function storeReference({ blobs }: QualityDependencies, batch: Batch, schema: Schema): Promise<BlobId> {
  return blobs.put(encodeProfile(referenceProfile(batch, schema)))
}
