import path from 'node:path'
import { type ColumnComparison, type ColumnProfile, compareColumns } from '@evenkeel/stats'
import type { Instant } from '../../clock.ts'
import { type Batch, inferSchema, isNumeric, readLakeBatch, type Schema, type SchemaHints } from '../../ingest/index.ts'
import { createLake, type Lake, type LakeType, type ValueCount } from '../../storage/index.ts'
import { composeReport, DEFAULT_SETTINGS, type DescribedColumn, reasonToLeaveOut } from '../compose.ts'
import { distributionOf } from '../distribution.ts'
import type { ColumnSummary, DriftReport, ReportSettings } from '../report.ts'
import { type Crew, createCrew } from './crew.ts'
import type { Counted, Job, Side } from './job.ts'
import { type NumericPlan, planNumeric, withEnds } from './plan.ts'
import { barShares, categoryProfile, coarseProfile, relaid, summariseNumeric, summariseValues } from './read-off.ts'

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
 * both is counted once, columns shared out among threads. Counts, means, extremes and verdicts are exact; quantiles and
 * numbers of distinct values are estimates.
 * @returns null when the files are small, or hold a column in another type than the reference suggests: read them whole
 * @throws EvenkeelError LAKE_CANNOT_READ
 */
export async function compareFiles(files: FilesToCompare, options: ScanOptions): Promise<DriftReport | null> {
  const lake = await createLake({ memoryLimitMb: 256 })
  let crew: Crew | null = null
  try {
    const [reference, current] = await Promise.all([factsOf(lake, files.reference), factsOf(lake, files.current)])
    const cells = Math.max(...[reference, current].map(({ rows, columns }) => rows * columns.size))
    if (cells < (options.fromCells ?? FROM_CELLS)) return null
    crew = createCrew()
    const before = await sampleOf(lake, reference)
    const schema = numbered(inferSchema(before, options.hints), reference.rows)
    if (!fits(schema, reference) || !fits(schema, current)) return null
    const shared = schema.columns.filter(({ name }) => current.columns.has(name)).map(({ name }) => name)
    const after = await readLakeBatch(lake, { path: current.file }, { columns: shared, limit: FIRST_ROWS })
    const plans = planAll(schema, before, after)
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
  const isRowNumber = ({ type, role, unique, range }: Schema['columns'][number]) =>
    type === 'integer' && role === 'feature' && unique && range !== null && range.max - range.min > 0.9 * rows
  return { columns: schema.columns.map((column) => (isRowNumber(column) ? { ...column, role: 'ignored' } : column)) }
}

const FITTING: Readonly<Record<Schema['columns'][number]['type'], readonly LakeType[]>> = {
  number: ['double', 'bigint'],
  integer: ['bigint'],
  time: ['timestamp'],
  boolean: ['boolean'],
  category: ['varchar'],
  text: ['varchar'],
}

function fits(schema: Schema, { columns }: FileFacts): boolean {
  return schema.columns.every(({ name, type }) => {
    const found = columns.get(name)
    return found === undefined || FITTING[type].includes(found)
  })
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
  const names = (facts: FileFacts) => schema.columns.filter(({ name }) => facts.columns.has(name))
  const total = names(reference).length + names(current).length
  let done = 0
  const onCounted = (columns: number) => {
    done += columns
    onProgress?.({ done, total })
  }
  const run = async (side: Side, facts: FileFacts, plans: Plans) => {
    const counted = await crew.run(jobsOf(side, facts.file, { columns: names(facts) }, plans), onCounted)
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

function jobsOf(side: Side, file: string, { columns }: Schema, plans: Plans): readonly Job[] {
  const numeric = columns.filter(({ name }) => plans.has(name))
  const perJob = Math.min(COLUMNS_PER_JOB, Math.ceil(numeric.length / JOBS))
  const jobs: Job[] = []
  for (let from = 0; from < numeric.length; from += perJob)
    jobs.push({
      side,
      file,
      kind: 'numeric',
      columns: numeric.slice(from, from + perJob).map(({ name }) => ({ name, bins: plans.get(name)!.fine })),
    })
  for (const { name, type } of columns) {
    if (plans.has(name)) continue
    if (type === 'text') jobs.push({ side, file, kind: 'distinct', column: name })
    else jobs.push({ side, file, kind: 'values', column: name, limit: MAX_VALUES })
  }
  return jobs
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
  const added = [...current.columns.keys()].filter((name) => columns[name] === undefined)
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
  { falseAlarms, minRows, floor }: ReportSettings,
): ColumnComparison {
  return compareColumns(name, reference, current, { alpha: falseAlarms / judged, minRows, material: floor })
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
    counted?.kind === 'distinct' ? summariseValues({ ...counted, counts: [] }, facts.rows) : null
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
  readonly counted: ValueCount
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
