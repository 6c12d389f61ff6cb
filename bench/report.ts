import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Measured, measure } from './report/process.ts'
import { type TableSpec, writeTable } from './report/tables.ts'
import type { BenchOutcome, BenchResult } from './result.ts'

const PEERS = ['evidently', 'nannyml', 'whylogs'] as const
const LIMIT_SECONDS = 900
const root = path.join(import.meta.dirname, '..')
const main = path.join(root, 'packages/evenkeel/src/main.ts')

/**
 * `evenkeel report` on two Parquet files, from the start of the process to its end, beside the peers on the same files.
 * EVENKEEL_BENCH_WIDE=1 adds a table of 3,000,000 rows and 1,000 columns, which needs 20 GB of disk and half an hour.
 */
export async function run(): Promise<BenchOutcome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-report-'))
  try {
    const square = await compare(folder, { rows: 1_000_000, columns: 50 }, { rows: 1_000_000, columns: 50 }, PEERS)
    const lean = await compare(folder, { rows: 100_000, columns: 50 }, { rows: 1_000_000, columns: 50 }, [])
    const wide =
      process.env['EVENKEEL_BENCH_WIDE'] === '1'
        ? [await compare(folder, { rows: 100_000, columns: 1_000 }, { rows: 3_000_000, columns: 1_000 }, [])]
        : []
    const all = [square, lean, ...wide]
    return { results: all.flatMap(({ results }) => results), tables: [peerTable(square)] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Comparison {
  readonly ours: Measured
  readonly peers: readonly { readonly peer: string; readonly measured: Measured }[]
  readonly results: readonly BenchResult[]
}

type Size = Pick<TableSpec, 'rows' | 'columns'>

async function compare(folder: string, before: Size, after: Size, peers: readonly string[]): Promise<Comparison> {
  const [reference, current] = [path.join(folder, 'reference.parquet'), path.join(folder, 'current.parquet')]
  await writeTable(reference, { ...before, seed: 1 })
  await writeTable(current, { ...after, seed: 2, shift: 0.3 })
  const ours = await measure(process.execPath, [main, 'report', reference, current, '--quiet'], LIMIT_SECONDS)
  if (!/^shifted: 1 of /.test(ours.output))
    throw new Error(`expected one shifted column, found ${ours.output.slice(0, 200)}`)
  const measured: { peer: string; measured: Measured }[] = []
  for (const peer of peers) {
    console.error(`  ${peer}…`)
    const python = path.join(root, '.peers', peer, 'bin', 'python')
    const script = path.join(import.meta.dirname, 'report/peer.py')
    measured.push({ peer, measured: await measure(python, [script, peer, reference, current], LIMIT_SECONDS) })
  }
  return { ours, peers: measured, results: figuresOf(before, after, ours) }
}

function figuresOf(before: Size, after: Size, ours: Measured): readonly BenchResult[] {
  const size = ({ rows, columns }: Size) => `${rows.toLocaleString('en-US')} × ${columns.toLocaleString('en-US')}`
  const what = `report, ${size(after)} against ${size(before)}`
  const isWide = after.columns >= 1_000
  return [
    {
      name: what,
      unit: 's',
      value: ours.seconds,
      target: isWide ? 300 : 3,
      limit: 'decoding Parquet and counting, 40 ns a cell on each of two cores; 0.7 s is the start of the process',
    },
    {
      name: `${what}, most memory`,
      unit: 'GB',
      value: ours.peakGb,
      target: isWide ? 4 : 1,
      limit: 'two threads, each with its DuckDB; the sample of the reference',
    },
  ]
}

function peerTable({ ours, peers }: Comparison) {
  const told = ({ output }: Measured) =>
    JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as { version: string; seconds: number; drifted: number }
  const rows = peers.map(({ peer, measured }) => {
    if (measured.timedOut || measured.code !== 0)
      return [peer, measured.timedOut ? `more than ${LIMIT_SECONDS}` : 'failed', '', measured.peakGb, '']
    const { version, drifted } = told(measured)
    return [
      `${peer} ${version}`,
      measured.seconds,
      `${(measured.seconds / ours.seconds).toFixed(1)}×`,
      measured.peakGb,
      drifted,
    ]
  })
  return {
    title: 'A drift report of two Parquet files, 1,000,000 × 50 each',
    note: 'Seconds from the start of the process to its end, and the most memory it held. One column of fifty was moved by 0.3 standard deviations, the others are draws of the same distributions. Evidently: DataDriftPreset; NannyML: univariate Jensen-Shannon, one window; whylogs: log both and compare. The last column is how many columns each calls drifted.',
    columns: ['tool', 'seconds', 'times ours', 'GB', 'columns drifted'],
    rows: [['evenkeel report', ours.seconds, '1×', ours.peakGb, 1], ...rows],
  }
}
