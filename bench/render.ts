import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { BenchOutcome, BenchTable } from './result.ts'

/** What one benchmark found, when, and on which machine. */
export type Recorded = BenchOutcome & {
  readonly name: string
  readonly at: string
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGiB: number
    readonly node: string
  }
}

const HEAD = `# What was measured

Made by \`npm run bench -- --record\` from \`bench/recorded/\`; not written by hand. Each part was measured in one run on the
machine it names, so figures of one part can be compared with each other. Where a peer stands beside us, it ran on the same data
in the same run, at the version in \`bench/peers/\`. A target that was not reached says so.
`

/** All that is kept in `bench/recorded/`, by name. */
export function readRecorded(): Recorded[] {
  const folder = path.join(import.meta.dirname, 'recorded')
  return globSync('*.json', { cwd: folder })
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Recorded)
}

/** The page of all recorded figures. */
export function renderResults(recorded: readonly Recorded[]): string {
  return `${[HEAD, ...recorded.map(renderPart)].join('\n')}`
}

/** A number for people: three digits where it is small, thousands grouped where it is large. */
export function figure(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
}

/** The recorded table whose title begins so. */
export function tableOf(tables: readonly BenchTable[], title: string): BenchTable {
  const found = tables.find((table) => table.title.startsWith(title))
  if (found === undefined) throw new Error(`no recorded table begins with "${title}"; record the benchmark anew`)
  return found
}

function renderPart({ name, at, machine, results, tables }: Recorded): string {
  const where = `${at.slice(0, 10)}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}`
  const figures = results.map(({ name, value, unit, target, peer, limit }) => [
    name,
    `${figure(value)} ${unit}`,
    target === undefined ? '' : figure(target),
    peer === undefined ? '' : `${figure(peer.value)} (${peer.name})`,
    limit,
  ])
  const blocks = tables.map(
    ({ title, note, columns, rows }) => `### ${title}\n\n${note}\n\n${markdownTable(columns, rows)}`,
  )
  if (figures.length > 0) blocks.unshift(markdownTable(['what', 'measured', 'wanted', 'peer', 'limited by'], figures))
  return `## ${name}\n\n${where}\n\n${blocks.join('\n')}`
}

/** A table of Markdown. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  const text = (cell: string | number) => (typeof cell === 'number' ? figure(cell) : cell)
  return line(columns) + line(columns.map(() => '---')) + rows.map((row) => line(row.map(text))).join('')
}
