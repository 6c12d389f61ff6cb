import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeBatch } from './decode.ts'
import { inferSchema } from './infer.ts'
import type { SchemaColumn, SchemaHints } from './schema.ts'
import { unitOfName } from './units.ts'

async function inferred(csv: string, hints: SchemaHints = {}): Promise<Record<string, SchemaColumn>> {
  const schema = inferSchema(await decodeBatch(new TextEncoder().encode(csv), 'csv'), hints)
  return Object.fromEntries(schema.columns.map((column) => [column.name, column]))
}

const lines = (header: string, rows: number, row: (i: number) => string) =>
  [header, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n')

test('a column is what all its values are', async () => {
  const columns = await inferred('at,n,x,flag,word\n2024-01-31 10:00,1,1.5,TRUE,a\n2024-02-01,-2,2e3,false,b\n,,,,\n')
  assert.deepEqual(
    Object.values(columns).map(({ type }) => type),
    ['time', 'integer', 'number', 'boolean', 'category'],
  )
  assert.deepEqual(columns['n']?.range, { min: -2, max: 1 })
  assert.deepEqual(columns['flag']?.categories, ['false', 'true'])
  assert.equal(columns['x']?.missingShare, 1 / 3)
})

test('a spreadsheet accident in a column of few values stays a category', async () => {
  const { channel } = await inferred(lines('channel', 300, (i) => (i % 30 === 0 ? '00/01/1900' : String(i % 2))))
  assert.equal(channel?.type, 'category')
  assert.deepEqual(channel?.categories, ['0', '00/01/1900', '1'])
})

test('a stray word in a measure is an invalid cell, and the column stays a number', async () => {
  const { price } = await inferred(lines('price', 2_000, (i) => (i === 7 ? 'on request' : `${i}.25`)))
  assert.equal(price?.type, 'number')
  assert.equal(price?.missingShare, 0)
})

test('integer codes stay integers, and codes with leading zeros stay words', async () => {
  const columns = await inferred(lines('season,zip', 100, (i) => `${1 + (i % 4)},0050${i % 10}`))
  assert.equal(columns['season']?.type, 'integer')
  assert.equal(columns['zip']?.type, 'category')
})

test('day and month are told by evidence, and not guessed without', async () => {
  const columns = await inferred('eu,us,open\n03/04/2024,03/04/2024,03/04/2024\n25/12/2024,12/25/2024,05/06/2024\n')
  assert.equal(columns['eu']?.timeFormat, 'day-first')
  assert.equal(columns['us']?.timeFormat, 'month-first')
  assert.equal(columns['open']?.type, 'category')
  const hinted = await inferred('open\n03/04/2024\n05/06/2024\n', { timeFormats: { open: 'day-first' } })
  assert.equal(hinted['open']?.range?.min, Date.UTC(2024, 3, 3))
})

test('times in seconds since 1970 are times only when a person says so', async () => {
  assert.equal((await inferred('ts\n1700000000\n1700003600\n'))['ts']?.type, 'integer')
  const hinted = await inferred('ts\n1700000000\n1700003600\n', { timeFormats: { ts: 'epoch-s' } })
  assert.deepEqual(hinted['ts']?.range, { min: 1_700_000_000_000, max: 1_700_003_600_000 })
})

test('roles are guessed from names and values, the label never', async () => {
  const columns = await inferred(
    lines('row,order_id,customer_id,created_at,amount,comment,churned', 60, (i) =>
      [
        i,
        9_000 + i * 3,
        i % 20,
        `2024-01-${String(1 + (i % 28)).padStart(2, '0')}`,
        i / 7,
        `text number ${i}`,
        i % 2,
      ].join(','),
    ),
  )
  const roles = Object.fromEntries(Object.values(columns).map(({ name, role }) => [name, role]))
  assert.deepEqual(roles, {
    row: 'id',
    order_id: 'feature',
    customer_id: 'entity',
    created_at: 'time',
    amount: 'feature',
    comment: 'ignored',
    churned: 'feature',
  })
})

test('what a person says goes before what is guessed', async () => {
  const text = lines('ID,when,late', 30, (i) => `${i},2024-01-01,${i % 2}`)
  const columns = await inferred(text, { label: 'late', entity: 'ID', types: { late: 'category' } })
  assert.equal(columns['late']?.role, 'label')
  assert.equal(columns['late']?.type, 'category')
  assert.equal(columns['ID']?.role, 'entity')
  await assert.rejects(inferred(text, { label: 'lat' }), /column "lat" is the label, found ID, when, late/)
})

test('a column without a value is ignored text', async () => {
  const { empty } = await inferred('a,empty\n1,\n2,NA\n')
  assert.deepEqual([empty?.type, empty?.role, empty?.missingShare], ['text', 'ignored', 1])
})

test('units are read from names that state them, and from no others', () => {
  const said = {
    distance_km: 'km',
    amount_usd: 'usd',
    'temp (C)': 'c',
    'delay [min]': 'min',
    durationMinutes: 'min',
    delay_min: 'min',
  }
  for (const [name, unit] of Object.entries(said)) assert.equal(unitOfName(name), unit, name)
  for (const name of ['temp_min', 'Administrative_Duration', 'age', 'min', 'city (north)'])
    assert.equal(unitOfName(name), null, name)
})
