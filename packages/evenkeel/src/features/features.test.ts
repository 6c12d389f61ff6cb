import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { isEvenkeelError } from '../error.ts'
import type { Batch, Column, SchemaColumn } from '../ingest/index.ts'
import {
  category,
  column,
  computeFeatures,
  computeFeaturesInTurns,
  createEncoder,
  dayOfWeek,
  defaultView,
  defineFeatureView,
  difference,
  encodeColumn,
  fingerprintOf,
  hourOfDay,
  learnEncoding,
  log,
  monthOfYear,
  ratio,
  rowTransform,
  textLength,
  timeSince,
  viewFromJson,
  viewOf,
  viewToJson,
} from './index.ts'
import type { FeatureView, RawRow } from './view.ts'

const numeric = (values: readonly number[]): Column => ({
  kind: 'numeric',
  values: Float64Array.from(values),
  invalid: [],
})
const strings = (values: readonly (string | null)[]): Column => ({ kind: 'string', values, invalid: [] })

const builtIn = defineFeatureView({
  name: 'flights',
  entity: 'tail',
  time: 'at',
  features: {
    distance: column('distance'),
    origin: category('origin'),
    gate: category('gate'),
    hour: hourOfDay('at'),
    hourInDenver: hourOfDay('at', { timezone: 'America/Denver' }),
    weekday: dayOfWeek('at'),
    month: monthOfYear('at'),
    lead: timeSince('bookedAt', 'at'),
    pace: ratio('distance', 'minutes'),
    slack: difference('minutes', 'distance'),
    logDistance: log('distance'),
    noteLength: textLength('note'),
  },
})

const written = defineFeatureView({
  ...builtIn,
  features: {
    ...Object.fromEntries(builtIn.features.map(({ name, ...spec }) => [name, spec])),
    route: rowTransform(['origin', 'gate'], 'categorical', (row) => `${row['origin']}-${row['gate']}`, { version: 1 }),
    halves: rowTransform(['distance'], 'numeric', (row) => Number(row['distance']) / 2, { version: 1 }),
  },
})

/** Missing values everywhere, zeros to divide by, numbers beyond float32, instants before 1970. */
function drawFlights(rows: number, seed: number): Batch {
  const random = createRandom(seed)
  const some = <T>(value: T, missing: T) => (random.next() < 0.1 ? missing : value)
  const draw = <T>(make: () => T, missing: T) => Array.from({ length: rows }, () => some(make(), missing))
  const airports = ['DEN', 'SFO', 'JFK', 'ORD', 'Älmhult']
  return {
    rows,
    columns: {
      distance: numeric(draw(() => (random.next() < 0.02 ? 1e39 : random.normal() * 1_000), Number.NaN)),
      minutes: numeric(draw(() => random.integer(5), Number.NaN)),
      origin: strings(draw(() => airports[random.integer(airports.length)]!, null)),
      gate: numeric(draw(() => random.integer(4), Number.NaN)),
      at: numeric(draw(() => Math.round(random.normal() * 1e12), Number.NaN)),
      bookedAt: numeric(draw(() => Math.round(random.normal() * 1e12), Number.NaN)),
      note: strings(draw(() => 'x'.repeat(random.integer(9)), null)),
      tail: strings(draw(() => `N${random.integer(50)}`, null)),
    },
  }
}

function rowOf(batch: Batch, index: number): RawRow {
  const cells = Object.entries(batch.columns).map(([name, { values }]) => {
    const value = values[index]!
    return [name, Number.isNaN(value) ? null : value] as const
  })
  return Object.fromEntries(cells)
}

test('a batch and its single rows give the model the same numbers, to the last bit', () => {
  const batch = drawFlights(700, 7)
  const table = computeFeatures(written, batch)
  const encoding = learnEncoding(written, table, { minRows: 12 })
  const byColumn = table.columns.map((found, i) => encodeColumn(found, encoding.features[i]!))
  const encoder = createEncoder(written, encoding)
  const single = new Float32Array(encoder.width)
  const whole = new Float32Array(encoder.width)
  for (let row = 0; row < batch.rows; row++) {
    encoder.encodeRow(rowOf(batch, row), single, 0)
    for (const [i, values] of byColumn.entries()) whole[i] = values[row]!
    assert.deepEqual([...single], [...whole], `row ${row}`)
    for (const [i, values] of byColumn.entries()) assert.ok(Object.is(Math.fround(values[row]!), values[row]), `${i}`)
  }
})

test('features computed in turns are those computed at once', async () => {
  const batch = drawFlights(300, 3)
  assert.deepEqual(await computeFeaturesInTurns(builtIn, batch), computeFeatures(builtIn, batch))
})

test('hours, weekdays and months agree with the calendar, before 1970 and across leap years', () => {
  const random = createRandom('calendar')
  const at = (name: string) => builtIn.features.find((feature) => feature.name === name)!
  for (let i = 0; i < 5_000; i++) {
    const instant = Math.round((random.next() - 0.4) * 1.6e14)
    const date = new Date(instant)
    assert.equal(at('hour').compute({ at: instant }), date.getUTCHours(), date.toISOString())
    assert.equal(at('weekday').compute({ at: instant }), (date.getUTCDay() + 6) % 7, date.toISOString())
    assert.equal(at('month').compute({ at: instant }), date.getUTCMonth() + 1, date.toISOString())
  }
})

test('a time part in a zone follows its summer time', () => {
  const hour = hourOfDay('at', { timezone: 'Europe/Berlin' })
  const weekday = dayOfWeek('at', { timezone: 'Europe/Berlin' })
  assert.equal(hour.compute({ at: Date.UTC(2024, 0, 15, 12) }), 13)
  assert.equal(hour.compute({ at: Date.UTC(2024, 6, 15, 12) }), 14)
  assert.equal(hour.compute({ at: Date.UTC(2024, 2, 31, 0, 59, 59) }), 1)
  assert.equal(hour.compute({ at: Date.UTC(2024, 2, 31, 1) }), 3)
  assert.equal(weekday.compute({ at: Date.UTC(2024, 0, 7, 23, 30) }), 0, 'Monday has begun in Berlin')
  assert.throws(
    () => hourOfDay('at', { timezone: 'Berlin' }),
    (error) => isEvenkeelError(error, 'FEATURES_TIMEZONE_UNKNOWN'),
  )
})

test('what has no answer is missing: a division by zero, the logarithm of a debt, NaN out of a function', () => {
  assert.equal(ratio('a', 'b').compute({ a: 1, b: 0 }), null)
  assert.equal(ratio('a', 'b').compute({ a: null, b: 2 }), null)
  assert.equal(log('a').compute({ a: -5 }), null)
  assert.equal(column('a').compute({ a: '3' }), null)
  const broken = rowTransform(['a'], 'numeric', () => Number.NaN, { version: 1 })
  assert.equal(broken.compute({ a: 1 }), null)
})

test('categories learnt do not depend on the order of rows, and rare ones are taken for unseen', () => {
  const view = defineFeatureView({ name: 'v', features: { origin: category('origin') } })
  const learn = (values: readonly (string | null)[]) =>
    learnEncoding(view, computeFeatures(view, { rows: values.length, columns: { origin: strings(values) } }), {
      minRows: 2,
    })
  const encoding = learn(['b', 'a', 'a', null, 'rare', 'b'])
  assert.deepEqual(encoding, learn(['rare', 'a', 'b', 'b', null, 'a']))
  assert.deepEqual(encoding.features, [{ name: 'origin', kind: 'categorical', categories: ['a', 'b'] }])
  const out = new Float32Array(1)
  const encoder = createEncoder(view, encoding)
  const place = (origin: string | null) => {
    encoder.encodeRow({ origin }, out, 0)
    return out[0]
  }
  assert.deepEqual([place('a'), place('b')], [0, 1])
  for (const unknown of ['rare', 'new', null]) assert.ok(Number.isNaN(place(unknown)))
})

test('a view of built-in transforms is the same view after JSON, without the code that declared it', () => {
  const restored = viewFromJson(JSON.parse(JSON.stringify(viewToJson(builtIn))))
  assert.equal(fingerprintOf(restored), fingerprintOf(builtIn))
  const batch = drawFlights(50, 5)
  assert.deepEqual(computeFeatures(restored, batch), computeFeatures(builtIn, batch))
})

test('a version trained with a function needs the same function declared, and says which', () => {
  const encoding = learnEncoding(written, computeFeatures(written, drawFlights(50, 1)))
  assert.equal(viewOf(encoding, [builtIn, written]), written)
  const other = rowTransform(['origin'], 'categorical', (row) => row['origin'], { version: 2 })
  const changed = defineFeatureView({ name: written.name, features: { route: other } })
  for (const declared of [[], [changed]]) {
    assert.throws(
      () => viewOf(encoding, declared),
      (error) => isEvenkeelError(error, 'FEATURES_VIEW_UNKNOWN') && /route/.test(error.message),
    )
  }
})

test('an encoder refuses a view that changed since the version was trained, and says where', () => {
  const encoding = learnEncoding(builtIn, computeFeatures(builtIn, drawFlights(50, 1)))
  const renamed: FeatureView = { ...builtIn, features: builtIn.features.slice(1) }
  assert.throws(
    () => createEncoder(renamed, encoding),
    (error) =>
      isEvenkeelError(error, 'FEATURES_VIEW_CHANGED') && /feature 1 is origin, expected distance/.test(error.message),
  )
})

test('the default view takes every feature column and the hour and weekday of the event', () => {
  const of = (name: string, type: SchemaColumn['type'], role: SchemaColumn['role']): SchemaColumn => ({
    ...{ name, type, role, unit: null, range: null, categories: null, missingShare: 0, unique: false },
  })
  const view = defaultView({
    columns: [
      of('at', 'time', 'time'),
      of('amount', 'number', 'feature'),
      of('shop', 'category', 'feature'),
      of('comment', 'text', 'feature'),
      of('opened', 'time', 'feature'),
      of('customer', 'category', 'entity'),
      of('row', 'integer', 'id'),
      of('fraud', 'boolean', 'label'),
    ],
  })
  assert.deepEqual(
    view.features.map((feature) => `${feature.name}: ${feature.definition}`),
    [
      'amount: column(amount)',
      'shop: category(shop)',
      'comment: textLength(comment)',
      'opened: timeSince(opened, at)',
      'at.hour: hourOfDay(at, UTC)',
      'at.weekday: dayOfWeek(at, UTC)',
    ],
  )
  assert.deepEqual([view.entity, view.time], ['customer', 'at'])
})

test('a batch without a column the view reads is refused by name', () => {
  const { tail: _, distance: __, ...columns } = drawFlights(5, 1).columns
  assert.throws(
    () => computeFeatures(builtIn, { rows: 5, columns }),
    (error) => isEvenkeelError(error, 'FEATURES_COLUMN_MISSING') && /column distance/.test(error.message),
  )
})
