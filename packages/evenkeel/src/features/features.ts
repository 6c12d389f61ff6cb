import type { Clock } from '../clock.ts'
import type { Batch } from '../ingest/index.ts'
import type {
  AnyEvent,
  Database,
  Job,
  JobHandler,
  Jobs,
  Journal,
  Lake,
  LakeColumn,
  LakeTable,
  Queryable,
  Step,
  Transaction,
} from '../storage/index.ts'
import { computeFeaturesInTurns } from './compute.ts'
import { fingerprintOf } from './declare.ts'
import { type FeatureSet, insertFeatureSet, selectFeatureSets } from './tables.ts'
import type { FeatureColumn, FeatureTable, FeatureView } from './view.ts'

export interface FeaturesOptions {
  readonly db: Database
  readonly journal: Journal
  readonly clock: Clock
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly lake: Pick<Lake, 'writeParquet'>
  /** Views that are computed over every batch of a source. */
  readonly viewsOf: (project: string, source: string) => readonly FeatureView[]
  /** Rows of an accepted batch. */
  readonly readRows: (project: string, batch: string) => Promise<Batch>
}

/** Keeps every view's features of every accepted batch in the lake, for whoever wants to look or train elsewhere. */
export interface Features {
  readonly steps: readonly Step[]
  readonly jobs: Readonly<Record<'materialise', JobHandler>>
  /** Newest first. */
  listFeatureSets(
    q: Queryable,
    query: { readonly project: string; readonly view: string; readonly limit: number },
  ): Promise<readonly FeatureSet[]>
}

interface MaterialiseData {
  readonly project: string
  readonly source: string
  readonly batch: string
  readonly view: string
  readonly cause: number
}

export function createFeatures(options: FeaturesOptions): Features {
  const step: Step = {
    name: 'features.materialise',
    on: ['batch.accepted', 'batch.released'],
    run: async (tx, event) => {
      if (event.type === 'batch.accepted' || event.type === 'batch.released') await enqueueViews(options, tx, event)
      return []
    },
  }
  return {
    steps: [step],
    jobs: { materialise: (job) => materialise(options, job) },
    listFeatureSets: selectFeatureSets,
  }
}

/** Reading and writing Parquet takes too long for a step's transaction, on which every other one waits. */
async function enqueueViews(
  { jobs, viewsOf }: FeaturesOptions,
  tx: Transaction,
  event: Extract<AnyEvent, { type: 'batch.accepted' | 'batch.released' }>,
): Promise<void> {
  const { project, id, data } = event
  for (const view of viewsOf(project, data.source)) {
    const work: MaterialiseData = { project, source: data.source, batch: data.batch, view: view.name, cause: id }
    await jobs.enqueue(tx, { queue: 'materialise', key: `${project}\n${view.name}\n${data.batch}`, data: { ...work } })
  }
}

async function materialise({ db, journal, clock, lake, viewsOf, readRows }: FeaturesOptions, job: Job): Promise<void> {
  const { project, source, batch, view: name, cause } = job.data as unknown as MaterialiseData
  const view = viewsOf(project, source).find((declared) => declared.name === name)
  if (view === undefined) return // no longer declared: nobody wants it
  const features = await computeFeaturesInTurns(view, await readRows(project, batch))
  const { blob, rows } = await lake.writeParquet(lakeTableOf(features))
  const set = { project, view: name, fingerprint: fingerprintOf(view), batch, blob, rows, createdAt: clock.now() }
  await db.transaction(async (tx) => {
    if (!(await insertFeatureSet(tx, set))) return
    await journal.append(tx, cause, [
      { type: 'features.updated', project, subject: name, data: { view: name, batch, rows } },
    ])
  })
}

function lakeTableOf(features: FeatureTable): LakeTable {
  return { rows: features.rows, columns: features.columns.map(lakeColumnOf) }
}

function lakeColumnOf(column: FeatureColumn): LakeColumn {
  if (column.kind === 'numeric') return { name: column.name, type: 'double', values: column.values }
  const { codes, dictionary } = column
  return { name: column.name, type: 'varchar', values: Array.from(codes, (code) => dictionary[code] ?? null) }
}
