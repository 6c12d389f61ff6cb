import { formatShare, formatTick } from './charts/index.ts'
import type { ColumnReport, ColumnSummary } from './report.ts'

/** One line of the comparison of a column's two summaries. */
export interface Fact {
  readonly name: string
  readonly reference: string
  readonly current: string
}

/** The figures of both sides, as text in the terms of the column's type. */
export function factsOf(column: ColumnReport): readonly Fact[] {
  const fact = (name: string, show: (summary: ColumnSummary) => string): Fact => ({
    name,
    reference: show(column.reference),
    current: column.current ? show(column.current) : '–',
  })
  const value = valueFormat(column)
  const number = (key: 'mean' | 'min' | 'p05' | 'p25' | 'median' | 'p75' | 'p95' | 'max') =>
    fact(key, ({ numbers }) => (numbers ? value(numbers[key]) : '–'))
  const numbers = (['min', 'p05', 'p25', 'median', 'p75', 'p95', 'max'] as const).map(number)
  const hasNumbers = column.reference.numbers !== null || column.current?.numbers != null
  return [
    fact('rows', ({ rows }) => rows.toLocaleString('en-US')),
    fact('missing', ({ missing, rows }) => share(missing, rows)),
    fact('distinct', ({ distinct }) => distinct.toLocaleString('en-US')),
    ...(column.reference.invalid || column.current?.invalid
      ? [fact(`not ${column.type}`, ({ invalid, rows }) => share(invalid, rows))]
      : []),
    ...(hasNumbers ? [...(column.type === 'time' ? [] : [number('mean')]), ...numbers] : []),
  ]
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : formatShare(part / whole)
}

/** Instants as dates, numbers to four digits. */
export function valueFormat({ type }: Pick<ColumnReport, 'type'>): (value: number) => string {
  return type === 'time' ? (value) => new Date(value).toISOString().slice(0, 16).replace('T', ' ') : formatTick
}

export function topValuesOf(column: ColumnReport): readonly { readonly reference: string; readonly current: string }[] {
  const format = valueFormat(column)
  const show = (summary: ColumnSummary | null, i: number) => {
    const top = summary?.topValues[i]
    if (!top || !summary) return ''
    const value = typeof top.value === 'number' ? format(top.value) : JSON.stringify(top.value)
    return `${value} (${share(top.rows, summary.rows)})`
  }
  const length = Math.max(column.reference.topValues.length, column.current?.topValues.length ?? 0)
  return Array.from({ length }, (_, i) => ({ reference: show(column.reference, i), current: show(column.current, i) }))
}
