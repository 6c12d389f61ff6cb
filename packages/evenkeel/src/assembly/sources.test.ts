import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Schema, SchemaColumn } from '../ingest/index.ts'
import { applyHints } from './sources.ts'

const column = (name: string, rest: Partial<SchemaColumn> = {}): SchemaColumn => ({
  name,
  type: 'number',
  role: 'feature',
  unit: null,
  range: { min: 0, max: 9 },
  categories: null,
  missingShare: 0,
  unique: false,
  ...rest,
})
const schema: Schema = {
  columns: [column('price', { unit: 'usd' }), column('created', { type: 'time', role: 'time' }), column('sold')],
}

test('a schema that nobody speaks of stays as it is', () => {
  assert.deepEqual(applyHints(schema, {}), schema)
  const hints = { time: 'created', types: { price: 'number' as const } }
  assert.deepEqual(applyHints(schema, hints), schema)
})

test('what a person says of a column after its schema was pinned holds, and what was guessed gives way', () => {
  const said = applyHints(schema, { time: 'sold', types: { sold: 'time' }, units: { price: 'eur' } })
  assert.deepEqual(
    said.columns.map(({ name, type, role, unit }) => [name, type, role, unit]),
    [
      ['price', 'number', 'feature', 'eur'],
      ['created', 'time', 'feature', null],
      ['sold', 'time', 'time', null],
    ],
  )
  assert.equal(said.columns[2]?.range, null)
  assert.deepEqual(applyHints(said, { time: 'sold' }), said)
})
