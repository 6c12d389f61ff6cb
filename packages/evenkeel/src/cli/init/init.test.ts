import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createRandom } from '@evenkeel/stats'
import { loadConfig } from '../../config/index.ts'
import { createDirectoryBlobs, createLake } from '../../storage/index.ts'
import { createTestShell } from '../testing.ts'

const shell = createTestShell()
after(() => shell.close())

const HOUR_MS = 3_600_000

/** 2,000 loans over a year: what decides is income; `charged_off` is only known afterwards. Seed 11. */
function loans() {
  const random = createRandom(11)
  return Array.from({ length: 2_000 }, (_, i) => {
    const income = 30_000 + 10_000 * random.normal()
    const isDefault = random.next() < (income < 28_000 ? 0.5 : 0.1)
    return {
      loan_id: 10_000 + i,
      customer_id: `c${random.integer(400)}`,
      approved_at: new Date(Date.UTC(2024, 0, 1) + i * 4 * HOUR_MS).toISOString(),
      income: Math.round(income),
      channel: random.next() < 0.03 ? '00/01/1900' : ['web', 'branch', 'phone'][random.integer(3)]!,
      currency: 'USD',
      score_pred: random.next(),
      charged_off: isDefault ? 1_000 + random.integer(5_000) : 0,
      default: isDefault ? 1 : 0,
    }
  })
}

function asCsv(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const names = Object.keys(rows[0]!)
  return `${[names, ...rows.map((row) => names.map((name) => row[name]))].map((cells) => cells.join(',')).join('\n')}\n`
}

const csv = asCsv(loans())

test('a CSV file becomes a project whose configuration loads, with the label, the time and the entity guessed', async () => {
  shell.write('Loans 2024.csv', csv)
  const { exit, out } = await shell.run('init', 'Loans 2024.csv')
  assert.equal(exit, 0)
  assert.match(out, /label {3}default, binary/)
  const { config } = await loadConfig({ cwd: path.join(shell.dir, 'loans-2024'), env: {} })
  const model = config.models['loans-2024']!
  assert.deepEqual([model.label, model.task, model.source], ['default', 'binary', 'loans-2024'])
  assert.deepEqual(model.features, {
    time: 'approved_at',
    entity: 'customer_id',
    numeric: ['income'],
    categorical: ['channel'],
    calendar: true,
  })
  assert.equal(model.monitors.windowMs, 91 * 24 * HOUR_MS)
  assert.equal(config.sources['loans-2024']?.path, '../Loans 2024.csv')
})

test('columns that number rows, that a model wrote, that never vary or that tell the label are left out, and why', async () => {
  const { out } = await shell.run('init', 'Loans 2024.csv', 'again', '--json')
  const { leftOut } = JSON.parse(out)
  assert.deepEqual(leftOut, [
    { column: 'loan_id', role: 'id', why: 'it numbers the rows' },
    { column: 'currency', role: 'ignored', why: 'it has a single value' },
    { column: 'score_pred', role: 'prediction', why: "it looks like another model's prediction" },
    { column: 'charged_off', role: 'ignored', why: 'it tells default almost alone (1.00): known only afterwards?' },
  ])
})

test('a date among categories is pointed out', async () => {
  const { out } = await shell.run('init', 'Loans 2024.csv', 'once-more')
  assert.match(out, /look at channel: 00\/01\/1900 in \d+ rows \(\d+%\) looks like a date among categories/)
})

test('what a person says stands above every guess', async () => {
  const { exit } = await shell.run(
    'init',
    'Loans 2024.csv',
    'income',
    '--label',
    'income',
    '--entity',
    'loan_id',
    '--model',
    'pay',
  )
  assert.equal(exit, 0)
  const { config } = await loadConfig({ cwd: path.join(shell.dir, 'income'), env: {} })
  const { label, task, features } = config.models['pay']!
  assert.deepEqual([label, task, features?.entity], ['income', 'regression', 'loan_id'])
})

test('a gzipped CSV and a Parquet file give the same project as the plain one', async () => {
  shell.write('zipped.csv.gz', gzipSync(csv))
  assert.equal((await shell.run('init', 'zipped.csv.gz', 'zipped')).exit, 0)
  const blobs = createDirectoryBlobs(path.join(shell.dir, 'blobs'))
  const lake = await createLake({ blobs, tempDir: path.join(shell.dir, 'tmp') })
  const rows = loans()
  const numbers = (name: 'income' | 'default') => Float64Array.from(rows, (row) => row[name])
  const { blob } = await lake.writeParquet({
    rows: rows.length,
    columns: [
      { name: 'customer_id', type: 'varchar', values: rows.map((row) => row.customer_id) },
      { name: 'approved_at', type: 'timestamp', values: Float64Array.from(rows, (row) => Date.parse(row.approved_at)) },
      { name: 'income', type: 'bigint', values: numbers('income') },
      { name: 'channel', type: 'varchar', values: rows.map((row) => row.channel) },
      { name: 'default', type: 'bigint', values: numbers('default') },
    ],
  })
  copyFileSync(blobs.pathOf(blob), path.join(shell.dir, 'loans.pq'))
  await lake.close()
  assert.equal((await shell.run('init', 'loans.pq', 'parquet')).exit, 0)
  const features = async (dir: string, model: string) =>
    (await loadConfig({ cwd: path.join(shell.dir, dir), env: {} })).config.models[model]?.features
  assert.deepEqual(await features('zipped', 'zipped'), await features('parquet', 'loans'))
})

test('nothing is overwritten', async () => {
  const { exit, err } = await shell.run('init', 'Loans 2024.csv')
  assert.equal(exit, 2)
  assert.match(err, /error INIT_EXISTS: .*loans-2024 has .*evenkeel\.config\.ts.* already, and nothing is overwritten/)
})

async function refusal(name: string, content: string | Uint8Array, ...options: string[]) {
  shell.write(name, content)
  const { exit, err } = await shell.run('init', name, ...options)
  assert.equal(exit, 2)
  return err
}

test('what is no table is refused with what was found and what to do', async () => {
  const noise = Uint8Array.from({ length: 2_000 }, (_, i) => (i * 7_919) % 256)
  assert.match(await refusal('noise.dat', noise), /holds binary data of no known kind/)
  assert.match(await refusal('noise.csv', noise), /noise\.csv: the text is not UTF-8/)
  assert.match(await refusal('noise.parquet', noise), /noise\.parquet: the body is not a Parquet file/)
  assert.match(await refusal('empty.csv', ''), /empty\.csv has no rows/)
  assert.match(await refusal('header.csv', 'a,b\n'), /header\.csv has no rows/)
  assert.match(await refusal('folder/inside.csv', 'a\n', '--model', 'x'), /no rows/)
  assert.match((await shell.run('init', 'folder')).err, /is a folder, expected a file/)
  assert.match((await shell.run('init', 'nowhere.csv')).err, /there is no file .*nowhere\.csv/)
})

test('a table that cannot teach is refused', async () => {
  const rows = (line: (i: number) => string) => Array.from({ length: 30 }, (_, i) => line(i)).join('\n')
  assert.match(await refusal('one.csv', `a\n${rows(String)}`), /has one column \(a\)/)
  assert.match(await refusal('few.csv', 'a,label\n1,0\n2,1\n'), /has 2 rows, expected at least 20/)
  assert.match(await refusal('same.csv', `a,label\n${rows((i) => `${i % 7},1`)}`), /label has 1 distinct values/)
  const truth = await refusal('truth.csv', `id,target\n${rows((i) => `${i},${i % 2}`)}`)
  assert.match(truth, /nothing beside target to predict from \(id: it numbers the rows\)\n {2}→ join it/)
  const unnamed = await refusal('unnamed.csv', `a,b\n${rows((i) => `${i % 7},${i % 5}`)}`)
  assert.match(
    unnamed,
    /which column is to be predicted cannot be told from the names\n {2}→ say it with --label, one of a, b/,
  )
})
