export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Narrowed first when the terminal is too narrow, down to this many characters; else the column keeps its width. */
  readonly shrinkTo?: number
  /** Left out whole when the table does not fit, before any column is narrowed. */
  readonly spare?: boolean
}

const GAP = 2

/** Lines of a table, the titles first, none longer than `width` where the columns allow it. */
export function fitTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const cells = [columns.map((column) => column.title), ...rows]
  const natural = columns.map((_, i) => Math.max(...cells.map((row) => textWidth(row[i] ?? ''))))
  if (columns.some(({ spare }) => spare) && natural.reduce((a, b) => a + b + GAP, -GAP) > width) {
    const isKept = (_: unknown, i: number) => columns[i]?.spare !== true
    return fitTable(
      columns.filter(isKept),
      rows.map((row) => row.filter(isKept)),
      width,
    )
  }
  const widths = shrink(columns, natural, width - GAP * (columns.length - 1))
  return cells.map((row) =>
    columns
      .map((column, i) => pad(cut(row[i] ?? '', widths[i]!), widths[i]!, column.align ?? 'left'))
      .join(' '.repeat(GAP))
      .trimEnd(),
  )
}

/** Takes from the widest column that may give, one character at a time, until the table fits. */
function shrink(columns: readonly TableColumn[], natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural]
  for (let excess = widths.reduce((a, b) => a + b, 0) - width; excess > 0; excess--) {
    const giving = columns
      .map((column, i) => ({ i, room: widths[i]! - (column.shrinkTo ?? Number.POSITIVE_INFINITY) }))
      .filter(({ room }) => room > 0)
      .sort((a, b) => widths[b.i]! - widths[a.i]!)[0]
    if (giving === undefined) break
    widths[giving.i]!--
  }
  return widths
}

function cut(text: string, width: number): string {
  return textWidth(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blank = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'left' ? text + blank : blank + text
}

/** Code points; colours are put on whole lines, never in cells, so there is nothing else to count. */
function textWidth(text: string): number {
  return [...text].length
}
