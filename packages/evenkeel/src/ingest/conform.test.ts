import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNumber, parseTime } from './cell.ts'
import { conformBatch } from './conform.ts'
import { decodeBatch } from './decode.ts'
import type { ColumnType, Schema, TimeFormat } from './schema.ts'

function pinned(columns: Record<string, ColumnType | TimeFormat>): Schema {
  return {
    columns: Object.entries(columns).map(([name, said]) => {
      const isFormat =
        said === 'iso' || said === 'day-first' || said === 'month-first' || said === 'epoch-s' || said === 'epoch-ms'
      return {
        name,
        type: isFormat ? 'time' : said,
        role: 'feature',
        unit: null,
        range: null,
        categories: null,
        missingShare: 0,
        unique: false,
        ...(isFormat ? { timeFormat: said } : {}),
      }
    }),
  }
}

const csv = (text: string, schema: Schema) => decodeBatch(new TextEncoder().encode(text), 'csv', { schema })
const json = (rows: unknown, schema: Schema) =>
  decodeBatch(new TextEncoder().encode(JSON.stringify(rows)), 'json', { schema })

test('a cell that is not of its type is invalid, not missing, and what stood there is kept', async () => {
  const batch = await csv('n,at\n1,2024-01-01\nx,yesterday\n,\n2.5,2024-02-30\n', pinned({ n: 'integer', at: 'iso' }))
  assert.deepEqual(batch.columns['n'], {
    kind: 'numeric',
    declared: 'integer',
    values: Float64Array.of(1, Number.NaN, Number.NaN, Number.NaN),
    invalid: [
      { row: 1, found: 'x' },
      { row: 3, found: '2.5' },
    ],
  })
  assert.deepEqual(batch.columns['at']?.invalid, [
    { row: 1, found: 'yesterday' },
    { row: 3, found: '2024-02-30' },
  ])
})

test('a JSON number where a time is due is invalid, unless the schema says it is an epoch', async () => {
  const rows = [{ at: 1_700_000_000 }]
  assert.deepEqual((await json(rows, pinned({ at: 'iso' }))).columns['at']?.invalid, [{ row: 0, found: '1700000000' }])
  assert.deepEqual(
    (await json(rows, pinned({ at: 'epoch-s' }))).columns['at']?.values,
    Float64Array.of(1_700_000_000_000),
  )
})

test('numbers become words where words are pinned, and truth is spelled one way', async () => {
  const batch = await json(
    [
      { code: 7, late: 'Yes' },
      { code: 8, late: 'maybe' },
    ],
    pinned({ code: 'category', late: 'boolean' }),
  )
  assert.deepEqual(batch.columns['code']?.values, ['7', '8'])
  assert.deepEqual(batch.columns['late']?.values, ['true', null])
  assert.deepEqual(batch.columns['late']?.invalid, [{ row: 1, found: 'maybe' }])
})

test('columns the schema does not know are carried along, and absent ones stay absent', async () => {
  const batch = await csv('a,extra\n1,x\n', pinned({ a: 'number', b: 'number' }))
  assert.deepEqual(Object.keys(batch.columns), ['a', 'extra'])
})

test('conforming twice changes nothing', async () => {
  const schema = pinned({ n: 'integer', at: 'day-first', w: 'category' })
  const once = await csv('n,at,w\n1,31/12/2023,a\nx,1/13/2024,b\n', schema)
  assert.deepEqual(conformBatch(once, schema), once)
})

test('numbers are decimal, with a point, and finite', () => {
  for (const text of ['0x10', '1,000', 'Infinity', '1e999', '', ' ', '0b1', '1_000', '--1'])
    assert.ok(Number.isNaN(parseNumber(text)), text)
  assert.deepEqual(['-1.5', '+2', ' 3 ', '.5', '1e-3'].map(parseNumber), [-1.5, 2, 3, 0.5, 0.001])
})

test('times without a zone are UTC, and days no calendar has are not times', () => {
  assert.equal(parseTime('2024-02-29T12:30:15.250+02:00', 'iso'), Date.UTC(2024, 1, 29, 10, 30, 15, 250))
  assert.equal(parseTime('2024/1/5 7:05', 'iso'), Date.UTC(2024, 0, 5, 7, 5))
  assert.equal(parseTime('31.12.2023', 'day-first'), Date.UTC(2023, 11, 31))
  for (const text of ['2023-02-29', '2024-13-01', '2024-01-01 24:00', '00/01/1900'])
    assert.ok(Number.isNaN(parseTime(text, 'iso')), text)
  assert.ok(Number.isNaN(parseTime('00/01/1900', 'day-first')))
})
