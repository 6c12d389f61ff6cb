import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as special from './index.ts'

type Golden = Record<string, readonly (readonly number[])[]>
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/special.json', import.meta.url), 'utf8'))
const functions: Record<string, (...args: number[]) => number> = { ...special }

for (const [name, cases] of Object.entries(golden)) {
  if (name === 'versions') continue
  test(`${name} agrees with SciPy to 1e-10`, () => {
    for (const row of cases) {
      const expected = row.at(-1)!
      const found = functions[name]!(...row.slice(0, -1))
      const error = Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-290)
      assert.ok(error < 1e-10, `${name}(${row.slice(0, -1).join(', ')}) is ${found}, SciPy has ${expected}`)
    }
  })
}
