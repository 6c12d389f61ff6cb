import { factsOf } from './facts.ts'
import type { ColumnReport, DriftReport } from './report.ts'
import { ESTIMATED } from './words.ts'

/** The report as Markdown, short enough for a pull request: a table of all columns, and the figures of the shifted ones. */
export function renderMarkdown(report: DriftReport): string {
  const { reference, current, verdict, words, added, settings } = report
  const shifted = report.columns.filter((column) => column.verdict === 'shifted' && column.current !== null)
  const noticed = report.columns.filter((column) => column.notices.length > 0)
  return `${[
    `# ${escapeCell(current.name)} against ${escapeCell(reference.name)}: ${verdict}`,
    `${words}. Reference ${reference.rows.toLocaleString('en-US')} rows, current ${current.rows.toLocaleString('en-US')} rows.`,
    ...(added.length > 0 ? [`Columns the reference does not have: ${added.map(code).join(', ')}.`] : []),
    table(['column', 'type', 'verdict', 'PSI', 'noise up to', 'why'], report.columns.map(columnLine)),
    ...shifted.flatMap((column) => [`## ${escapeCell(column.column)}`, factTable(column)]),
    ...(noticed.length > 0 ? ['## Odd in the data itself', noticed.map(noticeLines).join('\n')] : []),
    `A column is shifted when its PSI is beyond noise by at least ${settings.floor} nats; with nothing changed, some column is called shifted in at most ${settings.falseAlarms * 100}% of reports.`,
    ...(report.estimated ? [ESTIMATED] : []),
  ].join('\n\n')}\n`
}

function columnLine({ column, type, verdict, measures: { psi }, reason }: ColumnReport): readonly string[] {
  const words = verdict === 'left-out' ? 'not judged' : verdict === 'shifted' ? '**shifted**' : verdict
  return [code(column), type, words, figure(psi?.value), figure(psi?.noiseFloor), escapeCell(reason)]
}

function factTable(column: ColumnReport): string {
  return table(
    ['', 'reference', 'current'],
    factsOf(column).map(({ name, reference, current }) => [name, escapeCell(reference), escapeCell(current)]),
  )
}

function noticeLines({ column, notices }: ColumnReport): string {
  return notices.map((notice) => `- ${code(column)}: ${escapeCell(notice)}`).join('\n')
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

function figure(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(3)
}

function code(text: string): string {
  return `\`${escapeCell(text).replaceAll('`', "'")}\``
}

/** Values come from data: they must not end a cell, a line, or begin a tag. */
function escapeCell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
