import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import { test } from 'node:test'
import * as evenkeel from '../packages/evenkeel/src/index.ts'
import * as stats from '../packages/stats/src/index.ts'

/**
 * Every `@example` of the sources is a program. In scope is what a reader would have there: all of @evenkeel/stats; in
 * the operator what projects import, what the folder offers and what the file exports. A line `expression // value` is
 * checked, numbers to the decimals written; a line whose comment is no value is prose, and an example of nothing but
 * prose is not run.
 */
type Example = { readonly file: string; readonly subject: string; readonly lines: readonly string[] }
type Scope = Readonly<Record<string, unknown>>

const root = path.resolve(import.meta.dirname, '../packages')
const sources = globSync('*/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
const examples = sources.flatMap((file) => examplesOf(file, read(file)))

for (const example of examples.filter(({ lines }) => lines.some(isChecked)))
  test(`the example of ${example.subject} in ${example.file} gives what it says`, async () =>
    run(example, await scopeOf(example.file)))

test('every example of the operator is checked: prose belongs into the sentence above it', () => {
  const prose = examples.filter(({ file, lines }) => file.startsWith('evenkeel/') && !lines.some(isChecked))
  assert.deepEqual(prose, [])
})

test('every public function of profiles, distances, tests, scores and sequential decisions has an example', () => {
  const shown = new Set(examples.filter(({ lines }) => lines.some(isChecked)).map(({ subject }) => subject))
  const own = sources.filter((file) => file.startsWith('stats/') && !file.startsWith('stats/src/learn/'))
  const declared = own.flatMap((file) => [...read(file).matchAll(/^export function (\w+)/gm)].map((match) => match[1]!))
  const bare = [...new Set(declared)].filter((name) => name in stats && !shown.has(name))
  assert.deepEqual(bare, [])
})

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}

async function scopeOf(file: string): Promise<Scope> {
  if (file.startsWith('stats/')) return stats
  const folder = path.join(root, file.split('/').slice(0, 3).join('/'), 'index.ts')
  return { ...evenkeel, ...(await import(folder)), ...(await import(path.join(root, file))) }
}

function examplesOf(file: string, source: string): Example[] {
  return [
    ...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export )?(?:async )?(?:function|const|type) (\w+)/g),
  ].flatMap(([, doc, subject]) =>
    [...doc!.matchAll(/@example\b((?:(?!\n\s*\*\s*@|@example)[\s\S])*)/g)].map((match) => ({
      file,
      subject: subject!,
      lines: match[1]!
        .split('\n')
        .map((line) => line.replace(/^\s*\*\s?/, '').trim())
        .filter((line) => line !== ''),
    })),
  )
}

function run({ lines }: Example, scope: Scope): void {
  const statements = lines.map((line) =>
    isChecked(line) ? `check(${split(line).expression}, ${literal(split(line).value)})` : line,
  )
  const code = stripTypeScriptTypes(statements.join('\n'))
  new Function('scope', 'check', `const {${Object.keys(scope).join(',')}} = scope\n${code}`)(scope, agree)
}

function isChecked(line: string): boolean {
  const { expression, value } = split(line)
  if (expression === '' || value === '') return false
  try {
    new Function(`return (${literal(value)})`)()
    return true
  } catch {
    return false
  }
}

function split(line: string): { readonly expression: string; readonly value: string } {
  const at = line.lastIndexOf(' // ')
  return at < 0 ? { expression: '', value: '' } : { expression: line.slice(0, at), value: line.slice(at + 4) }
}

/** `Float64Array [1, 2]`, as Node prints it, is compared as a list. */
function literal(value: string): string {
  return value.replace(/^\w+Array(\(\d+\))? \[/, '[')
}

function agree(found: unknown, expected: unknown): void {
  if (typeof expected === 'number' && typeof found === 'number') {
    assert.ok(Math.abs(found - expected) <= toleranceOf(expected), `found ${found}, the example says ${expected}`)
  } else if (Array.isArray(expected) && (Array.isArray(found) || ArrayBuffer.isView(found))) {
    const list = Array.from(found as ArrayLike<unknown>)
    assert.equal(list.length, expected.length)
    for (const [i, item] of list.entries()) agree(item, expected[i])
  } else assert.deepEqual(found, expected)
}

/** Half of the last decimal written, and rounding; a whole number is meant exactly. */
function toleranceOf(expected: number): number {
  const decimals = String(expected).match(/\.(\d+)(?:e(-?\d+))?$/)
  const written = decimals ? 0.5 * 10 ** (Number(decimals[2] ?? 0) - decimals[1]!.length) : 0
  return written + 1e-12 * Math.abs(expected)
}
