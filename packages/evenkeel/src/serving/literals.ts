/** Array literals of Postgres, built as text: `{1,2,NULL}`, `{"a","b"}`; a list of nothing but nulls is `{}`. */

export function numbersLiteral(values: readonly (number | null)[]): string {
  if (values.every(isNull)) return '{}'
  let text = ''
  for (const value of values) text += `,${value ?? 'NULL'}`
  return `{${text.slice(1)}}`
}

export function textsLiteral(values: readonly (string | null)[]): string {
  if (values.every(isNull)) return '{}'
  let text = ''
  for (const value of values) text += value === null ? ',NULL' : `,${quote(value)}`
  return `{${text.slice(1)}}`
}

const isNull = (value: unknown) => value === null
const SPECIAL = /["\\]/

function quote(value: string): string {
  return SPECIAL.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`
}
