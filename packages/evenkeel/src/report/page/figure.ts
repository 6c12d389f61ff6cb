import { INK } from '../charts/index.ts'
import { html, type Markup, trusted } from './html.ts'

export interface TableData {
  readonly columns: readonly string[]
  /** Numbers stand on the right. */
  readonly rows: readonly (readonly (string | number | null)[])[]
  /** Columns of figures that come as text: they stand on the right too. */
  readonly right?: readonly number[]
}

export interface LegendEntry {
  readonly label: string
  readonly tone: keyof typeof INK
  readonly mark: 'line' | 'dashed' | 'box'
}

export interface FigureData {
  readonly title?: string
  /** The chart as SVG, drawn for a page; and again for a phone, where the wide one would be too small to read. */
  readonly wide: string
  readonly narrow?: string
  readonly legend?: readonly LegendEntry[]
  /** The numbers of the chart, for those who cannot see it or want to copy them. */
  readonly table: TableData
}

/** A chart with its legend and its numbers. */
export function renderFigure({ title, wide, narrow, legend, table }: FigureData): Markup {
  const chart = narrow
    ? html`<div class="wide">${trusted(wide)}</div><div class="narrow">${trusted(narrow)}</div>`
    : trusted(wide)
  return html`<figure>${title && html`<figcaption>${title}</figcaption>`}${legend && renderLegend(legend)}${chart}
<details><summary>Numbers of this chart</summary>${renderTable(table)}</details></figure>`
}

export function renderLegend(entries: readonly LegendEntry[]): Markup {
  return html`<ul class="legend">${entries.map(
    ({ label, tone, mark }) =>
      html`<li><i class="${mark}" style="color: ${INK[tone]}; border-color: ${INK[tone]}"></i>${label}</li>`,
  )}</ul>`
}

export function renderTable({ columns, rows, right = [] }: TableData): Markup {
  const isNumber = columns.map(
    (_, i) =>
      right.includes(i) || (rows.length > 0 && rows.every((row) => typeof row[i] === 'number' || row[i] === null)),
  )
  const kind = (i: number) => trusted(isNumber[i] ? ' class="number"' : '')
  return html`<div class="scroll"><table><thead><tr>${columns.map(
    (column, i) => html`<th scope="col"${kind(i)}>${column}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, i) => html`<td${kind(i)}>${formatCell(cell)}</td>`)}</tr>`,
  )}</tbody></table></div>`
}

function formatCell(cell: string | number | null): string {
  if (cell === null) return '–'
  if (typeof cell === 'string') return cell
  return Number.isInteger(cell)
    ? cell.toLocaleString('en-US')
    : Number(cell.toPrecision(5)).toLocaleString('en-US', { maximumSignificantDigits: 5 })
}
