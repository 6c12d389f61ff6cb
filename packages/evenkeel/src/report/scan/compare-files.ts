import path from 'node:path'
import { type ColumnComparison, type ColumnProfile, compareColumns } from '@evenkeel/stats'
import type { Instant } from '../../clock.ts'
import {
  type Batch,
  conformBatch,
  inferSchema,
  isNumeric,
  readLakeBatch,
  type Schema,
  type SchemaColumn,
  type SchemaHints,
} from '../../ingest/index.ts'
import { createLake, type Lake, type LakeType } from '../../storage/index.ts'
import { composeReport, DEFAULT_SETTINGS, type DescribedColumn, reasonToLeaveOut, rulesOf } from '../compose.ts'
import { distributionOf } from '../distribution.ts'
import { emptyTable } from '../read.ts'
import type { ColumnSummary, DriftReport, ReportSettings } from '../report.ts'
import { type Crew, createCrew } from './crew.ts'
import type { Counted, Job, Side } from './job.ts'
import { type NumericPlan, planNumeric, withEnds } from './plan.ts'
import {
  barShares,
  type CountedValues,
  categoryProfile,
  coarseProfile,
  relaid,
  summariseNumeric,
  summariseValues,
} from './read-off.ts'

export interface FilesToCompare {
  /** Paths of Parquet files. */
  readonly reference: string
  readonly current: string
}

export interface ScanOptions {
  readonly now: Instant
  readonly settings?: Partial<ReportSettings>
  readonly hints?: SchemaHints
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  /** From so many cells in the larger file on, tables are scanned and not held. */
  readonly fromCells?: number
}

interface FileFacts {
  readonly file: string
  readonly rows: number
  readonly columns: ReadonlyMap<string, LakeType>
}

const FROM_CELLS = 4_000_000
/** Cells of a sample, 160 MB at most; and its rows, since what is read off a sample costs more a row than counting does. */
const SAMPLE_CELLS = 20_000_000
const SAMPLE_ROWS = 20_000
/** Rows of the current table that say how far the bars of a chart reach; the outer bars hold what lies beyond. */
const FIRST_ROWS = 5_000
const MAX_VALUES = 10_000
/** Columns read together: several for one look at the file's directory, few enough that all threads end together. */
const COLUMNS_PER_JOB = 16
const JOBS = 12

/**
 * Compares two Parquet files of any size in bounded memory: bins come from a sample of the reference, then every row of
 * both is counted once, columns shared out among threads. Counts, means, extremes and verdicts are exact; quantiles,
 * numbers of distinct values and which values of a numeric column are frequent are estimates.
 * @returns null when the files are small: read them whole
 * @throws EvenkeelError LAKE_CANNOT_READ, REPORT_EMPTY, INGEST_COLUMN_NAME
 */
export async function compareFiles(files: FilesToCompare, options: ScanOptions): Promise<DriftReport | null> {
  const lake = await createLake({ memoryLimitMb: 1_536 })
  let crew: Crew | null = null
  try {
    const [reference, current] = await Promise.all([factsOf(lake, files.reference), factsOf(lake, files.current)])
    const cells = Math.max(...[reference, current].map(({ rows, columns }) => rows * columns.size))
    for (const { file, rows } of [reference, current]) if (rows === 0) throw emptyTable(file)
    if (cells < (options.fromCells ?? FROM_CELLS)) return null
    crew = createCrew()
    const sample = await sampleOf(lake, reference)
    const schema = await checkedSchema(lake, reference, numbered(inferSchema(sample, options.hints), reference.rows))
    const shared = schema.columns.filter(({ name }) => current.columns.has(name)).map(({ name }) => name)
    const first = await readLakeBatch(lake, { path: current.file }, { columns: shared, limit: FIRST_ROWS })
    const plans = planAll(schema, conformBatch(sample, schema), conformBatch(first, schema))
    const found = await countBoth(crew, { schema, plans, reference, current }, options)
    return describe(found, { schema, reference, current }, options)
  } finally {
    await crew?.close()
    await lake.close()
  }
}

async function factsOf(lake: Lake, file: string): Promise<FileFacts> {
  const { rows, columns } = await lake.describe({ path: file })
  return { file, rows, columns: new Map(columns.map(({ name, type }) => [name, type])) }
}

async function sampleOf(lake: Lake, { file, rows, columns }: FileFacts): Promise<Batch> {
  const wanted = Math.min(SAMPLE_ROWS, Math.max(1_000, SAMPLE_CELLS / columns.size))
  const oneIn = Math.max(1, Math.ceil(rows / wanted))
  return readLakeBatch(lake, { path: file }, { columns: [...columns.keys()], oneIn })
}

/** A sample hides that a column numbers the rows; that a whole number is unique in it gives it away. */
function numbered(schema: Schema, rows: number): Schema {
  const isRowNumber = ({ type, role, unique, range }: SchemaColumn) =>
    type === 'integer' &&
    role === 'feature' &&
    unique &&
    range !== null &&
    range.max - range.min > 0.9 * rows &&
    range.max - range.min < rows
  return { columns: schema.columns.map((column) => (isRowNumber(column) ? { ...column, role: 'ignored' } : column)) }
}

const FITTING: Readonly<Record<SchemaColumn['type'], readonly LakeType[]>> = {
  number: ['double', 'bigint'],
  integer: ['bigint'],
  time: ['timestamp'],
  boolean: ['boolean'],
  category: ['varchar'],
  text: ['varchar'],
}

/** Whether the file holds the column in a type that can be counted as it is; else its cells are read one by one. */
function fits({ name, type }: SchemaColumn, { columns }: FileFacts): boolean {
  return FITTING[type].includes(columns.get(name)!) || isToBeWhole({ type }, columns.get(name))
}

/** Numbers with a fraction are no integers, and are told from them as they are counted. */
function isToBeWhole({ type }: Pick<SchemaColumn, 'type'>, found: LakeType | undefined): boolean {
  return type === 'integer' && found === 'double'
}

/** A sample may have whole numbers only where the column has others too. */
async function checkedSchema(lake: Lake, { file, columns }: FileFacts, schema: Schema): Promise<Schema> {
  const seemWhole = schema.columns.filter((column) => isToBeWhole(column, columns.get(column.name)))
  const whole = await lake.findWhole(
    { path: file },
    seemWhole.map(({ name }) => name),
  )
  const fractional = new Set(seemWhole.filter(({ name }) => !whole.has(name)))
  return { columns: schema.columns.map((column) => (fractional.has(column) ? { ...column, type: 'number' } : column)) }
}

type Plans = ReadonlyMap<string, NumericPlan>

function planAll(schema: Schema, before: Batch, after: Batch): Plans {
  const valuesOf = ({ columns }: Batch, name: string) => {
    const column = columns[name]
    return column?.kind === 'numeric' ? column.values : new Float64Array()
  }
  const numeric = schema.columns.filter(({ type }) => isNumeric(type))
  return new Map(numeric.map(({ name }) => [name, planNumeric(valuesOf(before, name), valuesOf(after, name))]))
}

interface Found {
  readonly plans: Plans
  readonly reference: ReadonlyMap<string, Counted>
  readonly current: ReadonlyMap<string, Counted>
}

interface Work {
  readonly schema: Schema
  readonly plans: Plans
  readonly reference: FileFacts
  readonly current: FileFacts
}

/** The reference first: its true ends are edges of the bins that the current table is counted over. */
async function countBoth(crew: Crew, work: Work, { onProgress }: ScanOptions): Promise<Found> {
  const { schema, reference, current } = work
  const held = (facts: FileFacts) => schema.columns.filter(({ name }) => facts.columns.has(name))
  const total = held(reference).length + held(current).length
  let done = 0
  // Time runs from here: a rate needs a beginning.
  onProgress?.({ done, total })
  const onCounted = (columns: number) => {
    done += columns
    onProgress?.({ done, total })
  }
  const run = async (side: Side, facts: FileFacts, plans: Plans) => {
    const counted = await crew.run(jobsOf(side, facts, held(facts), plans), onCounted)
    return new Map(counted.map((each) => [each.column, each]))
  }
  const before = await run('reference', reference, work.plans)
  const plans = new Map([...work.plans].map(([name, plan]) => [name, endedBy(plan, before.get(name))]))
  return { plans, reference: before, current: await run('current', current, plans) }
}

function endedBy(plan: NumericPlan, counted: Counted | undefined): NumericPlan {
  return counted?.kind === 'numeric' && counted.profile.moments.count > 0
    ? withEnds(plan, counted.profile.moments)
    : plan
}

function jobsOf(side: Side, facts: FileFacts, columns: readonly SchemaColumn[], plans: Plans): readonly Job[] {
  const { file } = facts
  const numeric = columns.filter((column) => plans.has(column.name) && fits(column, facts))
  const perJob = Math.min(COLUMNS_PER_JOB, Math.ceil(numeric.length / JOBS))
  const toCount = (column: SchemaColumn) => ({
    name: column.name,
    bins: plans.get(column.name)!.fine,
    whole: isToBeWhole(column, facts.columns.get(column.name)),
  })
  const jobs: Job[] = []
  for (let from = 0; from < numeric.length; from += perJob)
    jobs.push({ side, file, kind: 'numeric', columns: numeric.slice(from, from + perJob).map(toCount) })
  for (const column of columns) if (!numeric.includes(column)) jobs.push(jobOf(column, facts, side, plans))
  return jobs
}

function jobOf(column: SchemaColumn, facts: FileFacts, side: Side, plans: Plans): Job {
  const { file } = facts
  const plan = plans.get(column.name)
  if (plan !== undefined) return { side, file, kind: 'retyped-numeric', as: column, bins: plan.fine }
  if (column.type === 'text') return { side, file, kind: 'distinct', column: column.name }
  if (!fits(column, facts)) return { side, file, kind: 'retyped-values', as: column, limit: MAX_VALUES }
  return { side, file, kind: 'values', column: column.name, limit: MAX_VALUES }
}

function describe(
  found: Found,
  { schema, reference, current }: Omit<Work, 'plans'>,
  { now, settings: given }: ScanOptions,
): DriftReport {
  const settings = { ...DEFAULT_SETTINGS, ...given }
  const judged = schema.columns.filter(
    (column) => reasonToLeaveOut(column) === null && current.columns.has(column.name),
  ).length
  const columns: Record<string, DescribedColumn> = {}
  for (const column of schema.columns) {
    const { name } = column
    const { profiles, ...described } = describeColumn(name, found, { reference, current })
    const isJudged = reasonToLeaveOut(column) === null && profiles !== null
    const comparison = isJudged ? compare(name, profiles, judged, settings) : undefined
    columns[name] = { ...described, comparison, ...(column.role === 'id' ? { distribution: null } : {}) }
  }
  const sizeOf = (facts: FileFacts) => ({
    name: path.basename(facts.file),
    rows: facts.rows,
    columns: facts.columns.size,
  })
  const added = [...current.columns.keys()].filter((name) => !Object.hasOwn(columns, name))
  const tables = { reference: sizeOf(reference), current: sizeOf(current) }
  return composeReport({ ...tables, schema, columns, added, estimated: true }, { now, settings })
}

interface Profiles {
  readonly reference: ColumnProfile
  readonly current: ColumnProfile
}

function compare(
  name: string,
  { reference, current }: Profiles,
  judged: number,
  settings: ReportSettings,
): ColumnComparison {
  return compareColumns(name, reference, current, rulesOf(settings, judged))
}

type WithProfiles = DescribedColumn & { readonly profiles: Profiles | null }

function describeColumn(
  name: string,
  { plans, reference: before, current: after }: Found,
  rows: { readonly reference: FileFacts; readonly current: FileFacts },
): WithProfiles {
  const [reference, current] = [before.get(name), after.get(name)]
  if (reference?.kind === 'numeric')
    return describeNumbers(plans.get(name)!, reference.profile, current?.kind === 'numeric' ? current.profile : null)
  if (reference?.kind === 'values')
    return describeValues(
      { counted: reference, rows: rows.reference.rows },
      current?.kind === 'values' ? { counted: current, rows: rows.current.rows } : null,
    )
  const told = (counted: Counted | undefined, facts: FileFacts): ColumnSummary | null =>
    counted?.kind === 'distinct' ? summariseValues({ ...counted, counts: [], invalid: 0 }, facts.rows) : null
  return {
    reference: told(reference, rows.reference)!,
    current: told(current, rows.current),
    distribution: null,
    profiles: null,
  }
}

function describeNumbers(plan: NumericPlan, counted: ColumnProfile, after: ColumnProfile | null): WithProfiles {
  const before = relaid(counted, plan.fine)
  const bars = plan.bars.length < 2 ? null : plan.bars
  const nothing = plan.bars.slice(1).map(() => 0)
  return {
    reference: summariseNumeric(before, plan.frequent),
    current: after && summariseNumeric(after, plan.frequent),
    distribution: bars && {
      kind: 'numeric',
      edges: bars,
      reference: barShares(before, bars),
      current: after ? barShares(after, bars) : nothing,
    },
    profiles: after && { reference: coarseProfile(before, plan), current: coarseProfile(after, plan) },
  }
}

interface ValuesOf {
  readonly counted: CountedValues
  readonly rows: number
}

function describeValues(before: ValuesOf, after: ValuesOf | null): WithProfiles {
  const sorted = new Float64Array()
  const countsOf = (side: ValuesOf | null) => ({ counts: new Map<string, number>(side?.counted.counts ?? []), sorted })
  const reference = categoryProfile(before.counted, before.rows)
  return {
    reference: summariseValues(before.counted, before.rows),
    current: after && summariseValues(after.counted, after.rows),
    distribution: distributionOf(countsOf(before), countsOf(after), false),
    profiles: after && { reference, current: categoryProfile(after.counted, after.rows, reference) },
  }
}
