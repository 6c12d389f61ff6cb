import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { GUARDRAIL_ORDER } from './guardrails.ts'
import { PLAN_TRANSITIONS } from './plan.ts'
import { DEFAULT_REMEDY_POLICY } from './policy.ts'
import { REMEDY_TRANSITIONS } from './remedy.ts'

const SPEC = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/specs/remediation.md'), 'utf8')

/** Rows of the table whose first column has this head, without head and rule. */
function tableOf(head: string, second: string): { columns: string[]; rows: string[][] } {
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const lines = SPEC.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${head} | ${second} |`))
  assert.ok(start >= 0, `docs/specs/remediation.md has no table ${head} | ${second}`)
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'))
  return { columns: cells(lines[start]!).slice(1), rows: lines.slice(start + 2, end).map(cells) }
}

function assertTable(transitions: Readonly<Record<string, Readonly<Record<string, string>>>>, second: string): void {
  const { columns, rows } = tableOf('state', second)
  const written = Object.fromEntries(
    rows.map(([state, ...next]) => [state, Object.fromEntries(columns.map((event, i) => [event, next[i]]))]),
  )
  assert.deepEqual(written, transitions)
}

describe('docs/specs/remediation.md', () => {
  test('plans move as the page says', () => assertTable(PLAN_TRANSITIONS, 'plan.approved'))

  test('remedies move as the page says', () => assertTable(REMEDY_TRANSITIONS, 'recovered'))

  test('signs are read in the order of the page', () => {
    const signs = tableOf('sign', 'holds when').rows.map(([sign]) => sign)
    assert.deepEqual(signs, Object.keys(REMEDY_TRANSITIONS.started))
  })

  test('guardrails are asked in the order of the page', () => {
    assert.deepEqual(
      tableOf('guardrail', 'objects when').rows.map(([guardrail]) => guardrail),
      GUARDRAIL_ORDER,
    )
  })

  test('the default policy is that of the page', () => {
    const written = tableOf('cause', 'action').rows.map(([cause, action, approval]) => [cause, { action, approval }])
    assert.deepEqual(Object.fromEntries(written), DEFAULT_REMEDY_POLICY.responses)
  })
})
