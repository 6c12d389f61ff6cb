/** Text that is HTML already; everything else is escaped where it is put in. */
export interface Markup {
  readonly markup: string
}

export type Insert = Markup | string | number | readonly Insert[] | null | undefined | false

/** @example html`<p>${'a < b'}</p>`.markup // '<p>a &lt; b</p>' */
export function html(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return { markup: strings.map((text, i) => text + (i < inserts.length ? toMarkup(inserts[i]) : '')).join('') }
}

/** Marks text from our own hand, such as a chart, as HTML. Never for anything that was read from data. */
export function trusted(markup: string): Markup {
  return { markup }
}

function toMarkup(insert: Insert): string {
  if (insert === null || insert === undefined || insert === false) return ''
  if (typeof insert === 'string') return escapeHtml(insert)
  if (typeof insert === 'number') return String(insert)
  return 'markup' in insert ? insert.markup : insert.map(toMarkup).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
