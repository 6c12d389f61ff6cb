import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createRandom } from '@evenkeel/stats'
import { Bool, Float64, makeVector, Table, TimestampMillisecond, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { type EvenkeelError, isEvenkeelError } from '../error.ts'
import { createDirectoryBlobs, createLake } from '../storage/index.ts'
import type { Batch } from './batch.ts'
import { decodeBatch, openReader } from './decode.ts'
import { type Format, formatOf } from './format.ts'
import { inferSchema } from './infer.ts'
import { tableOfBatch } from './lake-batch.ts'
import type { Schema } from './schema.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const csv = (text: string) => decodeBatch(bytesOf(text), 'csv')

async function refusal(bytes: Uint8Array | string, format: Format, limits = {}): Promise<EvenkeelError> {
  try {
    await decodeBatch(typeof bytes === 'string' ? bytesOf(bytes) : bytes, format, { limits })
  } catch (error) {
    assert.ok(isEvenkeelError(error), String(error))
    return error
  }
  assert.fail('nothing was refused')
}

test('the format is told by media type first, then by file name, compression aside', () => {
  assert.equal(formatOf({ mediaType: 'text/csv; charset=utf-8', fileName: 'x.json' }), 'csv')
  assert.equal(formatOf({ fileName: 'bike_hour.CSV.gz' }), 'csv')
  assert.equal(formatOf({ fileName: 'employment.pq' }), 'parquet')
  assert.equal(formatOf({ mediaType: 'image/png', fileName: 'cat.png' }), null)
})

test('the delimiter is found by looking, quoted delimiters aside', async () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const batch = await csv(`\uFEFFid${delimiter}note\n1${delimiter}"a${delimiter}b,c;d"\n2${delimiter}x\n`)
    assert.deepEqual(batch.columns['note']?.values, [`a${delimiter}b,c;d`, 'x'])
  }
})

test('missing words are missing where they stand unquoted, and data where they are quoted', async () => {
  const batch = await csv('country,x\n"NA",NA\nNA,\nDE,"null"\n')
  assert.deepEqual(batch.columns['country']?.values, ['NA', null, 'DE'])
  assert.deepEqual(batch.columns['x']?.values, [null, null, 'null'])
})

test('quoted newlines and doubled quotes belong to the cell', async () => {
  const batch = await csv('id,note\r\n1,"two\nlines, ""quoted"""\r\n2,plain\r\n')
  assert.deepEqual(batch.columns['note']?.values, ['two\nlines, "quoted"', 'plain'])
})

test('gzip is undone, and UTF-16 from a spreadsheet is read', async () => {
  assert.equal((await decodeBatch(gzipSync('a,b\n1,2\n'), 'csv')).rows, 1)
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('name\tn\ncafé\t1\n', 'utf16le')])
  assert.deepEqual((await decodeBatch(utf16, 'csv')).columns['name']?.values, ['café'])
})

test('JSON rows may come bare or under "rows", and a key that a row lacks is missing', async () => {
  for (const text of ['[{"a":1,"b":"x"},{"a":null}]', '{"rows":[{"a":1,"b":"x"},{}]}']) {
    const batch = await decodeBatch(bytesOf(text), 'json')
    assert.deepEqual(batch.columns['a']?.values, Float64Array.of(1, Number.NaN))
    assert.deepEqual(batch.columns['b']?.values, ['x', null])
  }
})

test('wrong input is refused with its place, what was found, and what to do', async () => {
  const cases: [string, Format, RegExp][] = [
    ['a,b\n1,2\n3\n', 'csv', /row 2, line 3 of the CSV: .*; mend that line/],
    ['a,a\n1,2\n', 'csv', /column name "a" comes twice, at column 2/],
    ['a,\n1,2\n', 'csv', /column 2 is named "", expected a name/],
    ['', 'csv', /no line, expected a header line/],
    ['[{"a":1},[2]]', 'json', /row 2: found an array, expected an object/],
    ['[{"a":{"b":1}}]', 'json', /row 1, column "a": found an object with b, expected a number/],
    ['{"a":1}', 'json', /found an object with a, expected an array of objects/],
    ['[1', 'json', /the body is not JSON/],
    ['{"a":1}\n{"a":\n', 'ndjson', /line 2 is not JSON/],
    ['PAR1nonsense', 'parquet', /the body is not a Parquet file/],
    ['nonsense', 'arrow', /the body is not an Arrow IPC stream or file/],
  ]
  for (const [text, format, message] of cases) assert.match((await refusal(text, format)).message, message)
})

test('text that is not UTF-8 is refused, not replaced', async () => {
  assert.match((await refusal(Uint8Array.of(0x61, 0x0a, 0xe9, 0x0a), 'csv')).message, /not UTF-8/)
})

test('every limit is held: bytes before and after decompression, rows, columns, length of a cell', async () => {
  assert.match((await refusal('a\n1\n', 'csv', { maxBytes: 3 })).message, /has 4 bytes, at most 3/)
  assert.match((await refusal(gzipSync('a\n'.repeat(1000)), 'csv', { maxBytes: 100 })).message, /at most 100/)
  assert.match((await refusal('a\n1\n2\n', 'csv', { maxRows: 1 })).message, /more rows, at most 1/)
  assert.match((await refusal('[{"a":1},{"a":2}]', 'json', { maxRows: 1 })).message, /2 rows, at most 1/)
  assert.match((await refusal('a,b\n1,2\n', 'csv', { maxColumns: 1 })).message, /2 columns, at most 1/)
  const tooLong = await refusal('a\nx\nlonger\n', 'csv', { maxCellLength: 5 })
  assert.match(tooLong.message, /row 2, column "a": found 6 characters, at most 5/)
})

const AT = Date.UTC(2001, 0, 1)

/** Ten typed columns with missing cells and awkward words. */
function randomRows(seed: number, rows: number) {
  const random = createRandom(seed)
  const words = ['SFO', 'a "quote"', 'semi;colon, comma', 'line\nbreak', 'café', 'NA ', '007', '-']
  const maybe = <T>(value: T): T | null => (random.next() < 0.1 ? null : value)
  return Array.from({ length: rows }, (_, row) => ({
    at: AT + row * 60_000,
    delay: maybe(Math.round(random.next() * 1e6) / 1e3 - 500),
    seats: maybe(Math.floor(random.next() * 300)),
    origin: maybe(words[Math.floor(random.next() * words.length)]!),
    late: maybe(random.next() < 0.3),
  }))
}

const column = (name: string, type: Schema['columns'][number]['type']) => ({
  name,
  type,
  role: 'feature' as const,
  unit: null,
  range: null,
  categories: null,
  missingShare: 0,
  unique: false,
})
const schema: Schema = {
  columns: [
    column('at', 'time'),
    column('delay', 'number'),
    column('seats', 'integer'),
    column('origin', 'category'),
    column('late', 'boolean'),
  ],
}

type Rows = ReturnType<typeof randomRows>
const isoRows = (rows: Rows) => rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }))
const quoted = (value: unknown) =>
  value === null
    ? ''
    : /^[A-Za-z0-9.:-]*$/.test(String(value))
      ? String(value)
      : `"${String(value).replaceAll('"', '""')}"`

const encoders: Record<Format, (rows: Rows) => Uint8Array | Promise<Uint8Array>> = {
  json: (rows) => bytesOf(JSON.stringify(isoRows(rows))),
  ndjson: (rows) =>
    bytesOf(
      isoRows(rows)
        .map((row) => JSON.stringify(row))
        .join('\n'),
    ),
  csv: (rows) =>
    bytesOf(
      ['at,delay,seats,origin,late', ...isoRows(rows).map((row) => Object.values(row).map(quoted).join(','))].join(
        '\n',
      ),
    ),
  arrow: (rows) =>
    tableToIPC(
      new Table({
        at: vectorFromArray(
          rows.map((row) => row.at),
          new TimestampMillisecond(),
        ),
        delay: vectorFromArray(
          rows.map((row) => row.delay),
          new Float64(),
        ),
        seats: vectorFromArray(
          rows.map((row) => row.seats),
          new Float64(),
        ),
        origin: vectorFromArray(
          rows.map((row) => row.origin),
          new Utf8(),
        ),
        late: vectorFromArray(
          rows.map((row) => row.late),
          new Bool(),
        ),
      }),
      'stream',
    ),
  parquet: async (rows) => {
    const root = mkdtempSync(path.join(tmpdir(), 'evenkeel-decode-test-'))
    const blobs = createDirectoryBlobs(root)
    const lake = await createLake({ blobs })
    const batch = await decodeBatch(bytesOf(JSON.stringify(isoRows(rows))), 'json', { schema })
    const { blob } = await lake.writeParquet(tableOfBatch(batch))
    const bytes = readFileSync(blobs.pathOf(blob))
    await lake.close()
    rmSync(root, { recursive: true })
    return bytes
  },
}

function expected(rows: Rows): Batch {
  const numbers = (values: (number | null)[]) => Float64Array.from(values, (value) => value ?? Number.NaN)
  return {
    rows: rows.length,
    columns: {
      at: { kind: 'numeric', declared: 'time', values: numbers(rows.map((row) => row.at)), invalid: [] },
      delay: { kind: 'numeric', declared: 'number', values: numbers(rows.map((row) => row.delay)), invalid: [] },
      seats: { kind: 'numeric', declared: 'integer', values: numbers(rows.map((row) => row.seats)), invalid: [] },
      origin: { kind: 'string', declared: 'category', values: rows.map((row) => row.origin), invalid: [] },
      late: {
        kind: 'string',
        declared: 'boolean',
        values: rows.map((row) => (row.late === null ? null : String(row.late))),
        invalid: [],
      },
    },
  }
}

test('the same rows are the same batch in every format', async () => {
  for (const [seed, size] of [
    [11, 1],
    [12, 7],
    [13, 3_000],
  ] as const) {
    const rows = randomRows(seed, size)
    for (const [format, encode] of Object.entries(encoders)) {
      const batch = await decodeBatch(await encode(rows), format as Format, { schema })
      assert.deepEqual(batch, expected(rows), `${format}, seed ${seed}`)
    }
  }
})

test('Arrow files, dictionaries and integers past 2^53 are read', async () => {
  const table = new Table({
    carrier: vectorFromArray(['AA', 'UA', 'AA', null]),
    id: makeVector(BigInt64Array.of(1n, 2n, 9_007_199_254_740_993n, 4n)),
    seats: makeVector(Int32Array.of(1, 2, 3, 4)),
  })
  const batch = await decodeBatch(tableToIPC(table, 'file'), 'arrow')
  assert.deepEqual(batch.columns['carrier']?.values, ['AA', 'UA', 'AA', null])
  assert.deepEqual(batch.columns['id']?.values, ['1', '2', '9007199254740993', '4'])
  assert.deepEqual(
    inferSchema(batch).columns.map(({ type }) => type),
    ['category', 'category', 'integer'],
  )
})

test('whatever the bytes are, a batch comes out or an EvenkeelError', async () => {
  const random = createRandom(14)
  const lake = await openReader()
  const seeds: [Format, Uint8Array][] = [
    ['csv', bytesOf('id,"na""me",x\n1,"a,b",2.5\n2,"c\nd",NaN\n')],
    ['json', bytesOf('[{"a":1,"b":"x","c":true},{"a":null,"b":"é"}]')],
    ['ndjson', bytesOf('{"a":1}\n{"a":"x"}\n')],
    ['arrow', await encoders.arrow(randomRows(15, 20))],
    ['parquet', await encoders.parquet(randomRows(16, 20))],
  ]
  for (const [format, seed] of seeds)
    for (let round = 0; round < (format === 'parquet' || format === 'arrow' ? 10 : 300); round++) {
      const bytes = Uint8Array.from(seed)
      for (let hit = 0; hit < 1 + (round % 5); hit++)
        bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256)
      const cut = bytes.subarray(0, random.next() < 0.3 ? Math.floor(random.next() * bytes.length) : bytes.length)
      try {
        inferSchema(await decodeBatch(cut, format, { lake }))
      } catch (error) {
        assert.ok(isEvenkeelError(error), `${format} round ${round}: ${(error as Error).stack}`)
      }
    }
  await lake.close()
})
