import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createRandom, type Random } from '@evenkeel/stats'
import { type Batch, type Column, inferSchema } from '../ingest/index.ts'
import { compareTables, type DriftReport, renderHtml, renderMarkdown } from './index.ts'

const numeric = (values: readonly number[]): Column => ({
  kind: 'numeric',
  values: Float64Array.from(values),
  invalid: [],
})
const strings = (values: readonly (string | null)[]): Column => ({ kind: 'string', values, invalid: [] })
const draws = <T>(rows: number, draw: (i: number) => T) => Array.from({ length: rows }, (_, i) => draw(i))

/** Flights with a distance in miles, a carrier, a delay that is sometimes missing, and nothing else to say. */
function flights(
  random: Random,
  rows: number,
  changes: { readonly kilometres?: boolean; readonly lowerCase?: boolean } = {},
): Batch {
  const carrier = () => ['AA', 'DL', 'UA', 'WN'][random.integer(4)]!
  return {
    rows,
    columns: {
      distance: numeric(draws(rows, () => Math.exp(6 + 0.6 * random.normal()) * (changes.kilometres ? 1.609344 : 1))),
      carrier: strings(draws(rows, () => (changes.lowerCase ? carrier().toLowerCase() : carrier()))),
      delay: numeric(draws(rows, () => (random.next() < 0.1 ? Number.NaN : Math.round(8 * random.normal())))),
      scheduled_at: { ...numeric(draws(rows, (i) => 978_307_200_000 + i * 60_000)), declared: 'time' },
    },
  }
}

function compare(reference: Batch, current: Batch, settings = {}): DriftReport {
  const tables = {
    reference: { name: 'january.csv', batch: reference },
    current: { name: 'march.csv', batch: current },
    schema: inferSchema(reference),
  }
  return compareTables(tables, { now: Date.UTC(2001, 3, 1), settings })
}

const of = (report: DriftReport, column: string) => report.columns.find((c) => c.column === column)!

test('a change of unit is the first column of the report, with both medians in its words', () => {
  const random = createRandom(1)
  const report = compare(flights(random, 3_000), flights(random, 2_000, { kilometres: true }))
  assert.equal(report.verdict, 'shifted')
  assert.equal(report.words, '1 of 3 columns shifted')
  assert.equal(report.columns[0]?.column, 'distance')
  assert.match(report.columns[0]!.reason, /median 40\d\.?\d? → 6\d\d\.?\d?; PSI 0\.\d+, noise up to 0\.0/)
  assert.deepEqual(
    ['carrier', 'delay'].map((name) => of(report, name).verdict),
    ['steady', 'steady'],
  )
})

test('values the reference never had are named', () => {
  const random = createRandom(2)
  const report = compare(flights(random, 3_000), flights(random, 2_000, { lowerCase: true }))
  assert.match(
    of(report, 'carrier').reason,
    /^values the reference never had \(such as "\w\w", "\w\w", "\w\w"\): 0% → 100%; PSI/,
  )
})

test('times are not judged, because they move on by themselves', () => {
  const random = createRandom(3)
  const column = of(compare(flights(random, 500), flights(random, 500)), 'scheduled_at')
  assert.deepEqual([column.verdict, column.reason, column.effect], ['left-out', 'times move on by themselves', null])
})

test('too few rows are unknown and never steady', () => {
  const random = createRandom(4)
  const report = compare(flights(random, 3_000), flights(random, 41))
  assert.equal(report.verdict, 'unknown')
  assert.equal(of(report, 'distance').reason, 'the current table has 41 rows, 50 are needed')
})

test('a column that is gone counts as shifted, one that is new is named', () => {
  const random = createRandom(5)
  const current = flights(random, 500)
  const { delay, ...rest } = current.columns
  const report = compare(flights(random, 500), { rows: 500, columns: { ...rest, gate: delay! } })
  assert.deepEqual([of(report, 'delay').verdict, of(report, 'delay').current], ['shifted', null])
  assert.deepEqual(report.added, ['gate'])
})

test('with nothing changed, hardly any report calls anything shifted', () => {
  const random = createRandom(6)
  const verdicts = draws(150, () => compare(flights(random, 400), flights(random, 300), { floor: 0 }).verdict)
  const alarms = verdicts.filter((verdict) => verdict === 'shifted').length
  assert(alarms <= 5, `${alarms} of 150 reports at a declared rate of 1%`)
})

test('a code for missing values among numbers is pointed out', () => {
  const random = createRandom(7)
  const age = () => numeric(draws(500, () => (random.next() < 0.05 ? -999 : 40 + 10 * random.normal())))
  const report = compare({ rows: 500, columns: { age: age() } }, { rows: 500, columns: { age: age() } })
  assert.match(report.columns[0]!.notices.join(), /^-999 in \d+ rows \(\d%\) looks like a code for a missing value$/)
})

test('cells that are not of their type are counted apart from missing ones', () => {
  const random = createRandom(8)
  const reference = flights(random, 500)
  const broken = flights(random, 500)
  const delay = { ...broken.columns['delay']!, invalid: [] as { row: number; found: string }[] }
  for (let row = 0; row < 100; row++) {
    ;(delay.values as Float64Array)[row] = Number.NaN
    delay.invalid.push({ row, found: 'n.a.' })
  }
  const column = of(compare(reference, { rows: 500, columns: { ...broken.columns, delay } }), 'delay')
  assert.equal(column.current?.invalid, 100)
  assert.match(column.reason, /not of its type: 0% → 20%/)
})

/** The golden file was written by renderMarkdown on 2001-04-01 of the virtual clock and read by a person. */
test('the Markdown is the one that was read and approved', () => {
  const random = createRandom(9)
  const report = compare(flights(random, 1_000), flights(random, 800, { kilometres: true }))
  assert.equal(renderMarkdown(report), readFileSync(new URL('golden/report.md', import.meta.url), 'utf8'))
})

test('a value from the data cannot become markup', () => {
  const evil = '<script>alert(1)</script>|`'
  const table = (value: string): Batch => ({
    rows: 60,
    columns: { [value]: strings(draws(60, (i) => (i % 3 ? value : 'x'))) },
  })
  const report = compare(table(evil), table(evil))
  assert.doesNotMatch(renderHtml(report), /<script/)
  assert.doesNotMatch(renderMarkdown(report), /<script/)
})

test('the page of a hundred features needs no network and stays under two megabytes', () => {
  const random = createRandom(10)
  const wide = (): Batch => ({
    rows: 400,
    columns: Object.fromEntries(
      draws(100, (i) => [
        `feature_${i}`,
        i % 3 ? numeric(draws(400, () => random.normal())) : strings(draws(400, () => `value ${random.integer(30)}`)),
      ]),
    ),
  })
  const page = renderHtml(compare(wide(), wide()))
  assert(page.length < 2_000_000, `${page.length} bytes`)
  const addresses = page.replaceAll('http://www.w3.org/2000/svg', '').match(/https?:|src=|@import|url\(/g)
  assert.equal(addresses, null)
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/)
  assert.doesNotMatch(page, /NaN|undefined|\[object/)
})
