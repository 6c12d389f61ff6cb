import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../../clock.ts'
import { EvenkeelError } from '../../error.ts'
import {
  compareFiles,
  compareTables,
  type DriftReport,
  fileFormat,
  type ReportVerdict,
  readTable,
  renderHtml,
  renderMarkdown,
} from '../../report/index.ts'
import type { VerbContext } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatCount } from '../format.ts'
import { createProgressBar } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

export interface ReportRequest {
  readonly reference: string
  readonly current: string
  readonly html?: string
  readonly markdown?: string
  readonly ignore?: readonly string[]
  readonly minRows?: number
  readonly floor?: number
}

const EXIT_OF: Readonly<Record<ReportVerdict, number>> = {
  steady: EXIT.well,
  shifted: EXIT.notWell,
  unknown: EXIT.couldNot,
}

export async function runReport({ host, terminal }: VerbContext, request: ReportRequest): Promise<number> {
  const place = (file: string) => path.resolve(host.cwd, file)
  for (const file of [request.html, request.markdown])
    if (file !== undefined && file !== '-') checkWritable(place(file))
  const report = await compare(terminal, place(request.reference), place(request.current), request)
  if (request.html !== undefined) writeFileSync(place(request.html), renderHtml(report))
  if (request.markdown !== undefined && request.markdown !== '-')
    writeFileSync(place(request.markdown), renderMarkdown(report))
  terminal.data(report)
  if (request.markdown === '-') terminal.say(renderMarkdown(report).trimEnd())
  else printReport(terminal, report)
  for (const file of [request.html, request.markdown])
    if (file !== undefined && file !== '-') terminal.note(`written to ${file}`)
  return EXIT_OF[report.verdict]
}

/** Said before the work, not after it. */
function checkWritable(file: string): void {
  const folder = path.dirname(file)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new EvenkeelError('REPORT_CANNOT_WRITE', `there is no folder ${folder} to write ${file} to; make it first`, {
      file,
    })
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new EvenkeelError('REPORT_CANNOT_WRITE', `${file} is a folder, expected a file to write; name one in it`, {
      file,
    })
}

/** Large Parquet files are scanned in bounded memory, everything else is read whole. */
async function compare(
  terminal: Terminal,
  reference: string,
  current: string,
  { ignore, minRows, floor }: ReportRequest,
): Promise<DriftReport> {
  const settings = { ...(minRows === undefined ? {} : { minRows }), ...(floor === undefined ? {} : { floor }) }
  const hints = ignore === undefined ? {} : { ignored: ignore }
  const now = systemClock.now()
  if (fileFormat(reference) === 'parquet' && fileFormat(current) === 'parquet') {
    const bar = createProgressBar(terminal.progressScreen)
    const onProgress = (progress: { readonly done: number; readonly total: number }) =>
      bar.onProgress({ stage: 'columns', ...progress })
    const scanned = await compareFiles({ reference, current }, { now, settings, hints, onProgress }).finally(bar.finish)
    if (scanned !== null) return scanned
  }
  const before = await readTable(reference, { hints })
  const after = await readTable(current, { schema: before.schema })
  return compareTables({ reference: before, current: after, schema: before.schema }, { now, settings })
}

function printReport(terminal: Terminal, report: DriftReport): void {
  const colour = { steady: 'green', shifted: 'red', unknown: 'yellow' } as const
  const { reference, current, verdict, words, columns, added } = report
  terminal.say(`${terminal.paint(colour[verdict], verdict)}: ${words}`)
  terminal.say(
    `${current.name} (${formatCount(current.rows)} rows) against ${reference.name} (${formatCount(reference.rows)} rows)`,
  )
  if (added.length > 0) terminal.say(`columns the reference does not have: ${inLine(added.join(', '))}`)
  terminal.say()
  terminal.table(
    [
      { title: 'column', shrinkTo: 12 },
      { title: 'type', spare: true },
      { title: 'verdict' },
      { title: 'PSI', align: 'right' },
      { title: 'noise', align: 'right', spare: true },
      { title: 'why', shrinkTo: 16 },
    ],
    columns.map(({ column, type, verdict, measures: { psi }, reason }) => [
      inLine(column),
      type,
      verdict === 'left-out' ? 'not judged' : verdict,
      psi?.value.toFixed(3) ?? '',
      psi?.noiseFloor.toFixed(3) ?? '',
      inLine(reason),
    ]),
  )
  const noticed = columns.flatMap(({ column, notices }) => notices.map((notice) => inLine(`  ${column}: ${notice}`)))
  if (noticed.length > 0) terminal.say(['', 'Odd in the data itself', ...noticed].join('\n'))
}

/** Names and values come from files: what would break the line or command the terminal is shown as what it is. */
function inLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (odd) => JSON.stringify(odd).slice(1, -1).replace(odd, codeOf))
}

function codeOf(odd: string): string {
  return `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`
}
