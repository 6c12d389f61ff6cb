import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { type Batch, inferSchema } from '../ingest/index.ts'
import { referenceProfile } from './change.ts'
import type { Check } from './check.ts'
import { defaultChecks } from './defaults.ts'
import { judge } from './judge.ts'

const numeric = (...values: number[]) => ({ kind: 'numeric' as const, values: Float64Array.from(values), invalid: [] })
const words = (...values: (string | null)[]) => ({ kind: 'string' as const, values, invalid: [] })
const batchOf = (columns: Batch['columns']): Batch => ({ rows: Object.values(columns)[0]!.values.length, columns })
const context = { now: 1_000_000, reference: null }
const one = (batch: Batch, check: Check) => judge(batch, [check], context)

const batch = batchOf({
  x: numeric(1, 2, 3, 100),
  gap: numeric(1, Number.NaN, Number.NaN, 4),
  city: words('a', 'b', 'a', 'z'),
  late: { kind: 'string', values: ['true', null, 'false', 'true'], invalid: [{ row: 1, found: 'maybe' }] },
  at: numeric(0, 10, 20, 400_000),
})

const CASES: readonly [string, Check, number][] = [
  ['type', { name: 'type', severity: 'fail', column: 'late' }, 0.25],
  ['missing_share', { name: 'missing_share', severity: 'fail', column: 'gap' }, 0.5],
  ['range', { name: 'range', severity: 'fail', column: 'x', min: 0, max: 10 }, 0.25],
  ['allowed_values', { name: 'allowed_values', severity: 'fail', column: 'city', values: ['a', 'b'] }, 0.25],
  ['unique', { name: 'unique', severity: 'fail', column: 'city' }, 0.25],
]

for (const [name, check, share] of CASES)
  test(`${name}: fails beyond its tolerance, passes at it, and only warns when told so`, () => {
    const failed = one(batch, check)
    assert.equal(failed.kind, 'quarantine')
    assert.equal(failed.results[0]?.failingShare, share)
    assert.ok(failed.reason.includes('expected'), failed.reason)
    assert.equal(one(batch, { ...check, mostly: 1 - share } as Check).kind, 'accept')
    const warned = one(batch, { ...check, severity: 'warn' } as Check)
    assert.deepEqual([warned.kind, warned.results[0]?.outcome], ['accept', 'failed'])
  })

test('failing rows are named by their index', () => {
  assert.deepEqual(one(batch, CASES[2]![1]).results[0]?.failingRows, [3])
  assert.deepEqual(one(batch, CASES[4]![1]).results[0]?.failingRows, [2])
})

test('columns_present: an absent column fails, and an extra one only where exactness is asked for', () => {
  assert.equal(one(batch, { name: 'columns_present', severity: 'fail', columns: ['x', 'nope'] }).kind, 'quarantine')
  assert.equal(one(batch, { name: 'columns_present', severity: 'fail', columns: ['x'] }).kind, 'accept')
  const exact = one(batch, {
    name: 'columns_present',
    severity: 'fail',
    columns: ['x', 'gap', 'city', 'late'],
    exact: true,
  })
  assert.match(exact.reason, /at not expected/)
})

test('row_count, duplicate_rows and freshness judge the whole batch', () => {
  assert.equal(one(batch, { name: 'row_count', severity: 'fail', min: 5 }).kind, 'quarantine')
  assert.equal(one(batch, { name: 'row_count', severity: 'fail', min: 1, max: 4 }).kind, 'accept')
  const twice = batchOf({ a: numeric(1, 2, 1, Number.NaN, Number.NaN), b: words('x', 'y', 'x', null, null) })
  assert.deepEqual(one(twice, { name: 'duplicate_rows', severity: 'fail' }).results[0]?.failingRows, [2, 4])
  assert.equal(one(batch, { name: 'freshness', severity: 'fail', column: 'at', maxAgeMs: 600_000 }).kind, 'accept')
  assert.equal(one(batch, { name: 'freshness', severity: 'fail', column: 'at', maxAgeMs: 1_000 }).kind, 'quarantine')
})

test('what cannot be evaluated is unknown, and unknown is not accept (law 5)', () => {
  const checks: Check[] = [
    { name: 'range', severity: 'fail', column: 'nope' },
    { name: 'range', severity: 'fail', column: 'city' },
    { name: 'freshness', severity: 'fail', column: 'city', maxAgeMs: 1 },
    { name: 'change', severity: 'fail', column: 'x' },
  ]
  for (const check of checks) assert.equal(one(batch, check).kind, 'unknown', check.name)
  assert.equal(one(batch, { ...checks[0]!, severity: 'warn' } as Check).kind, 'accept')
})

test('a column without values is the business of its missing_share check', () => {
  const empty = batchOf({ x: numeric(Number.NaN, Number.NaN) })
  const range: Check = { name: 'range', severity: 'fail', column: 'x', min: 0 }
  assert.equal(judge(empty, [range], context).kind, 'unknown')
  const allowed: Check = { name: 'missing_share', severity: 'fail', column: 'x', mostly: 0 }
  assert.equal(judge(empty, [range, allowed], context).kind, 'accept')
  assert.equal(judge(empty, [range, { ...allowed, mostly: 0.5 }], context).kind, 'quarantine')
})

test('with a confidence, a small batch does not fail by chance and a large one does', () => {
  const check: Check = { name: 'range', severity: 'fail', column: 'x', max: 10, mostly: 0.95, confidence: 0.999 }
  const sample = (rows: number) =>
    batchOf({ x: numeric(...Array.from({ length: rows }, (_, i) => (i % 10 === 0 ? 99 : 1))) })
  assert.equal(one(sample(10), check).kind, 'accept')
  assert.equal(one(sample(2_000), check).kind, 'quarantine')
})

/** A thousand orders of one day and the schema they pin. */
function orders(seed: number, rows = 1_000): Batch {
  const random = createRandom(seed)
  const at = (values: (i: number) => number) => numeric(...Array.from({ length: rows }, (_, i) => values(i)))
  return batchOf({
    order_id: { ...at((i) => seed * 1e6 + i), declared: 'integer' },
    at: { ...at((i) => seed * 86_400_000 + i * 1_000), declared: 'time' },
    km: at(() => 5 + 200 * random.next()),
    weight: at(() => (random.next() < 0.02 ? Number.NaN : 1 + random.normal() * 0.1)),
    city: words(...Array.from({ length: rows }, () => ['Bern', 'Basel', 'Genf'][Math.floor(3 * random.next())]!)),
  })
}

const reference = orders(1)
const schema = inferSchema(reference)
const gate = (changed: Batch) =>
  judge(changed, defaultChecks(schema), { now: 0, reference: referenceProfile(reference, schema) })

test('a later batch of the same kind passes the default checks without a warning, whatever its size', () => {
  for (let seed = 2; seed < 30; seed++) {
    const verdict = gate(orders(seed, [3, 40, 500, 1_000][seed % 4]!))
    const noted = verdict.results.filter((result) => result.outcome === 'failed')
    assert.deepEqual([verdict.kind, noted], ['accept', []])
  }
})

test('the default checks hold what no season does, and name it', () => {
  const later = orders(40)
  const { km, city, weight } = later.columns
  const faults: [string, Batch['columns']][] = [
    [
      'range of km',
      { ...later.columns, km: numeric(...Array.from(km!.values as Float64Array, (value) => value * 1_000)) },
    ],
    [
      'allowed_values of city',
      { ...later.columns, city: words(...(city!.values as string[]).map((word) => word.toLowerCase())) },
    ],
    [
      'missing_share of weight',
      {
        ...later.columns,
        weight: numeric(...Array.from(weight!.values as Float64Array, (v, i) => (i % 5 ? Number.NaN : v))),
      },
    ],
    [
      'type of km',
      {
        ...later.columns,
        km: {
          ...numeric(...new Array(1_000).fill(Number.NaN)),
          invalid: Array.from({ length: 1_000 }, (_, row) => ({ row, found: '12,5' })),
        },
      },
    ],
    ['unique of order_id', { ...later.columns, order_id: numeric(...new Array(1_000).fill(7)) }],
  ]
  for (const [name, columns] of faults) {
    const verdict = gate({ rows: later.rows, columns })
    assert.equal(verdict.kind, 'quarantine', name)
    assert.ok(verdict.reason.includes(name), verdict.reason)
  }
})

test('a change of distribution warns and says where, and does not hold the batch', () => {
  const later = orders(41)
  const shifted = numeric(...Array.from(later.columns['km']!.values as Float64Array, (value) => 5 + (value - 5) * 0.6))
  const verdict = gate({ rows: later.rows, columns: { ...later.columns, km: shifted } })
  const change = verdict.results.find((result) => result.name === 'change' && result.column === 'km')
  assert.deepEqual([verdict.kind, change?.outcome, change?.severity], ['accept', 'failed', 'warn'])
  assert.match(change!.reason, /change of km: PSI .* most at/)
})
