/** Text that came from outside, made harmless inside HTML. */
export function escapeHtml(text: unknown): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return String(text).replace(/[&<>"']/g, (character) => entities[character]!)
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --quiet: #5c6778; --paper: #fbfbf9; --line: #dcdfe4; --card: #fff;
  --good: #1b7f4d; --bad: #b3261e; --unsure: #8a6100; --link: #1f5fae }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --quiet: #9aa5b5; --paper: #14181f; --line: #2c3440; --card: #1b212b;
  --good: #58c48d; --bad: #f2867d; --unsure: #e0b04c; --link: #86b5f2 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 62rem; padding: 2.5rem 1.25rem 4rem; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2.2rem 0 .6rem } h3 { font-size: 1rem; margin: 0 }
p { margin: .3rem 0 } a { color: var(--link) } .quiet { color: var(--quiet) }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: 6px }
th, td { text-align: left; padding: .45rem .75rem; border-top: 1px solid var(--line); vertical-align: top; font-variant-numeric: tabular-nums }
thead th { border-top: 0; color: var(--quiet); font-weight: 600; font-size: .85rem }
td.number, th.number { text-align: right } code, pre { font: .86em/1.5 ui-monospace, monospace }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; margin: .5rem 0 }
.good { color: var(--good) } .bad { color: var(--bad) } .unsure { color: var(--unsure) }
details { border: 1px solid var(--line); border-radius: 6px; background: var(--card); padding: .5rem .75rem; margin: .4rem 0 }
summary { cursor: pointer } .nowrap { white-space: nowrap } .banner { display: inline-block; margin: .6rem 0; padding: .35rem .8rem; border: 1px solid currentColor; border-radius: 6px; font-weight: 600 }
.ask { border: 1px solid var(--line); border-left: 4px solid var(--unsure); border-radius: 6px; background: var(--card); padding: .6rem .9rem; margin: .5rem 0 }
.ask pre { white-space: pre-wrap; overflow-wrap: anywhere }
@media (max-width: 40rem) { body { padding: 1.25rem .75rem 3rem } th, td { padding: .35rem .5rem } summary { overflow-wrap: anywhere } }
.method { display: inline-block; min-width: 3.2rem; font-weight: 600 } .scroll { overflow-x: auto }`

/** A whole page, readable without a script, a font or a network. */
export function renderPage(title: string, main: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${main}</body></html>`
}

export interface TableColumn {
  readonly title: string
  readonly number?: boolean
}

/** Cells are HTML already. */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const mark = (column: TableColumn | undefined) => (column?.number ? ' class="number"' : '')
  const head = columns.map((column) => `<th${mark(column)}>${escapeHtml(column.title)}</th>`).join('')
  const body = rows
    .map((cells) => `<tr>${cells.map((cell, i) => `<td${mark(columns[i])}>${cell}</td>`).join('')}</tr>`)
    .join('')
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}
