/** Array literals of Postgres, built as text: `{1,2,NULL}`, `{"a","b"}`. */

export function numbersLiteral(values: readonly (number | null)[]): string {
  let text = ''
  for (const value of values) text += text === '' ? `{${value ?? 'NULL'}` : `,${value ?? 'NULL'}`
  return text === '' ? '{}' : `${text}}`
}

export function textsLiteral(values: readonly (string | null)[]): string {
  let text = ''
  for (const value of values) {
    const item = value === null ? 'NULL' : quote(value)
    text += text === '' ? `{${item}` : `,${item}`
  }
  return text === '' ? '{}' : `${text}}`
}

const SPECIAL = /["\\]/

function quote(value: string): string {
  return SPECIAL.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`
}
