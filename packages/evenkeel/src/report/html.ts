import {
  type Bar,
  drawBars,
  drawCategoricalDistribution,
  drawNumericDistribution,
  formatShare,
  formatTick,
} from './charts/index.ts'
import { factsOf, topValuesOf, valueFormat } from './facts.ts'
import {
  html,
  type LegendEntry,
  type Markup,
  renderFigure,
  renderLegend,
  renderPage,
  renderTable,
  type TableData,
} from './page/index.ts'
import type { ColumnReport, ColumnVerdict, DriftReport } from './report.ts'
import { ESTIMATED } from './words.ts'

/** Columns in the overview: beyond these the cards below tell the rest. */
const OVERVIEW_COLUMNS = 30

const VERDICT_WORDS: Readonly<Record<ColumnVerdict, string>> = {
  steady: 'steady',
  shifted: 'shifted',
  unknown: 'unknown',
  'left-out': 'not judged',
}

const LEGEND: readonly LegendEntry[] = [
  { label: 'reference', tone: 'reference', mark: 'box' },
  { label: 'current', tone: 'current', mark: 'box' },
]

/** The report as one page that needs no network: readable on a phone, in light and dark. */
export function renderHtml(report: DriftReport): string {
  const { reference, current } = report
  return renderPage(
    `${current.name} against ${reference.name}: ${report.verdict}`,
    html`<header><h1>${current.name} against ${reference.name}</h1>
<p class="lead">${badge(report.verdict)} ${report.words}</p>
<p class="muted">Reference: ${tableWords(reference)}. Current: ${tableWords(current)}. Made ${new Date(report.createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC.</p>
${report.estimated && html`<p class="muted">${ESTIMATED}</p>`}
${report.added.length > 0 && html`<p class="notice">Columns the reference does not have: ${report.added.join(', ')}</p>`}</header>
${overview(report)}
<h2>Columns</h2>
${renderLegend(LEGEND)}
<div class="cards">${report.columns.map(columnCard)}</div>
${howToRead(report)}`,
  )
}

function badge(verdict: ColumnVerdict): Markup {
  return html`<span class="badge ${verdict}">${VERDICT_WORDS[verdict]}</span>`
}

function tableWords({ rows, columns }: DriftReport['reference']): string {
  return `${rows.toLocaleString('en-US')} rows, ${columns} columns`
}

function overview(report: DriftReport): Markup | null {
  const judged = report.columns.filter((column) => column.effect !== null).slice(0, OVERVIEW_COLUMNS)
  if (judged.length === 0) return null
  const bars = judged.map(
    ({ column, effect, verdict }): Bar => ({
      label: column,
      value: effect!,
      floor: report.settings.floor,
      tone: verdict === 'shifted' ? 'bad' : 'muted',
    }),
  )
  const title = 'Size of the change per column (PSI beyond noise, in nats); the dashed mark is what matters'
  return html`<section class="card">${renderFigure({
    title,
    wide: drawBars(title, bars, { width: 1020, format: formatEffect }),
    narrow: drawBars(title, bars, { width: 330, format: formatEffect }),
    table: {
      columns: ['column', 'verdict', 'PSI', 'noise up to', 'beyond noise', 'JS', 'KS'],
      rows: judged.map(({ column, verdict, effect, measures: { psi, jensenShannon, ks } }) => [
        column,
        VERDICT_WORDS[verdict],
        psi?.value ?? null,
        psi?.noiseFloor ?? null,
        effect,
        jensenShannon?.value ?? null,
        ks?.value ?? null,
      ]),
    },
  })}</section>`
}

function formatEffect(value: number): string {
  return value < 0.0005 ? '0' : String(Number(value.toPrecision(2)))
}

function columnCard(column: ColumnReport): Markup {
  return html`<section class="card"><div class="head"><h3>${column.column}</h3>${badge(column.verdict)}<span class="muted">${describeType(column)}</span></div>
<p>${column.reason}</p>
${column.notices.map((notice) => html`<p class="notice">${notice}</p>`)}
${chart(column)}
${renderTable({ columns: ['', 'reference', 'current'], rows: factsOf(column).map((fact) => [fact.name, fact.reference, fact.current]), right: [1, 2] })}
${measures(column)}
<details><summary>Most frequent values</summary>${renderTable({ columns: ['reference', 'current'], rows: topValuesOf(column).map((top) => [top.reference, top.current]) })}</details>
</section>`
}

function describeType({ type, role, unit }: ColumnReport): string {
  return [type, unit, role === 'feature' ? null : role].filter(Boolean).join(', ')
}

function chart(column: ColumnReport): Markup | null {
  const { distribution } = column
  if (distribution === null) return null
  const title = `Distribution of ${column.column} in the reference and the current table`
  const format = valueFormat(column)
  if (distribution.kind === 'categorical')
    return renderFigure({
      wide: drawCategoricalDistribution(title, distribution),
      table: shareTable('value', distribution.values, distribution),
    })
  const formatX = column.type === 'time' ? (x: number) => new Date(x).toISOString().slice(0, 10) : formatTick
  const intervals = distribution.edges
    .slice(0, -1)
    .map((edge, i) => `${format(edge)} to ${format(distribution.edges[i + 1]!)}`)
  return renderFigure({
    wide: drawNumericDistribution(title, distribution, { formatX }),
    table: shareTable('interval', intervals, distribution),
  })
}

function shareTable(
  title: string,
  labels: readonly string[],
  { reference, current }: { readonly reference: readonly number[]; readonly current: readonly number[] },
): TableData {
  return {
    columns: [title, 'reference', 'current'],
    right: [1, 2],
    rows: labels.map((label, i) => [label, formatShare(reference[i]!), formatShare(current[i]!)]),
  }
}

function measures({ measures: { psi, jensenShannon, ks } }: ColumnReport): Markup | null {
  if (psi === null) return null
  const rows = [
    { name: 'PSI (nats)', distance: psi },
    { name: 'Jensen–Shannon', distance: jensenShannon },
    { name: 'Kolmogorov–Smirnov', distance: ks },
  ].flatMap(({ name, distance }) => (distance ? [[name, distance.value, distance.noiseFloor]] : []))
  return html`<details><summary>Distances and their noise</summary>${renderTable({ columns: ['measure', 'value', 'noise up to'], rows })}</details>`
}

function howToRead({ settings }: DriftReport): Markup {
  return html`<h2>How to read this</h2>
<p>Each column of the reference is cut into bins, and the rows of both tables are counted in them. The population stability
index (PSI) says how differently the rows fall. Two samples of the same thing also differ a little: “noise up to” is what
chance alone exceeds so rarely that, with nothing changed, no column of the whole report is called shifted in ${formatShare(1 - settings.falseAlarms)} of all
cases. A column is <b>shifted</b> when it is beyond noise and the change beyond noise is at least ${settings.floor} nats; it is
<b>unknown</b> when a side has fewer than ${settings.minRows} rows.</p>
<p class="muted">Whether a shift harms a model is another question: its performance answers it.</p>`
}
