import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { createTestShell } from './testing.ts'

const shell = createTestShell()
after(() => shell.close())

/** A file of distances and carriers. */
function flights(seed: number, rows: number, factor = 1): string {
  const random = createRandom(seed)
  const lines = Array.from(
    { length: rows },
    () => `${(400 + 80 * random.normal()) * factor},${['AA', 'DL'][random.integer(2)]}`,
  )
  return `distance,carrier\n${lines.join('\n')}\n`
}

shell.write('january.csv', flights(1, 900))
shell.write('february.csv', flights(2, 700))
shell.write('march.csv', flights(3, 700, 1.609344))
shell.write('april.csv', flights(4, 12))

test('report ends with 0 when steady, 1 when shifted, 3 when it could not tell, 2 when used wrongly', async () => {
  const exit = async (...argv: string[]) => (await shell.run('report', ...argv)).exit
  assert.equal(await exit('january.csv', 'february.csv'), 0)
  assert.equal(await exit('january.csv', 'march.csv'), 1)
  assert.equal(await exit('january.csv', 'april.csv'), 3)
  assert.equal(await exit('january.csv'), 2)
  assert.equal(await exit('january.csv', 'nowhere.csv'), 2)
  assert.equal(await exit('january.csv', 'march.csv', '--floor', 'much'), 2)
  assert.equal(await exit('january.csv', 'march.csv', '--ignore', 'distance'), 0)
})

test('the JSON form names its format and version and has every column', async () => {
  const { out } = await shell.run('report', 'january.csv', 'march.csv', '--json')
  const report = JSON.parse(out)
  assert.deepEqual([report.format, report.version, report.verdict], ['evenkeel-report', 1, 'shifted'])
  assert.deepEqual(Object.keys(report), [
    'format',
    'version',
    'createdAt',
    'reference',
    'current',
    'verdict',
    'words',
    'settings',
    'columns',
    'added',
    'estimated',
  ])
  assert.deepEqual(Object.keys(report.columns[0]), [
    'column',
    'type',
    'role',
    'unit',
    'verdict',
    'reason',
    'effect',
    'measures',
    'reference',
    'current',
    'distribution',
    'notices',
  ])
  assert.deepEqual(Object.keys(report.columns[0].measures.psi), ['value', 'noiseFloor', 'noiseMean', 'alpha'])
})

test('the page and the Markdown are written where they are asked for', async () => {
  await shell.run('report', 'january.csv', 'march.csv', '--html', 'drift.html', '--markdown', 'drift.md')
  assert.match(shell.read('drift.html'), /^<!doctype html>/)
  assert.match(shell.read('drift.md'), /^# march\.csv against january\.csv: shifted\n/)
  const { out } = await shell.run('report', 'january.csv', 'march.csv', '--markdown', '-')
  assert.equal(out, shell.read('drift.md'))
})

test('on a narrow terminal type and noise are left out before the reason is cut', async () => {
  const narrow = createTestShell({ columns: 72 })
  narrow.write('a.csv', flights(1, 900))
  narrow.write('b.csv', flights(3, 700, 1.6))
  const { out } = await narrow.run('report', 'a.csv', 'b.csv')
  const table = out.split('\n').slice(3)
  assert(table.every((line) => line.length <= 72))
  assert.match(table[1]!, /^distance +shifted +\d.*…$/)
  narrow.close()
})

test('a name or a value of the file cannot break a line or command the terminal', async () => {
  const odd = (seed: number) => {
    const random = createRandom(seed)
    const rows = Array.from({ length: 300 }, () => `${random.normal()},same`)
    return `"two\nlines\u001b[31m",const\n${rows.join('\n')}\n`
  }
  shell.write('odd.csv', odd(5))
  shell.write('odder.csv', odd(6))
  const { out } = await shell.run('report', 'odd.csv', 'odder.csv')
  assert.match(out, /^two\\nlines\\u001b\[31m {2}number/m)
})

test('a table of more than a hundred columns is judged', async () => {
  const wide = (seed: number) => {
    const random = createRandom(seed)
    const names = Array.from({ length: 120 }, (_, i) => `x${i}`)
    const rows = Array.from({ length: 100 }, () => names.map(() => random.normal().toFixed(3)).join(','))
    return `${names.join(',')}\n${rows.join('\n')}\n`
  }
  shell.write('wide.csv', wide(7))
  shell.write('wider.csv', wide(8))
  const { exit, out } = await shell.run('report', 'wide.csv', 'wider.csv')
  assert.equal(exit, 0, out.slice(0, 500))
  const { out: json } = await shell.run('report', 'wide.csv', 'wider.csv', '--json')
  assert.equal(JSON.parse(json).settings.falseAlarms, 0.01)
})

test('a page that cannot be written is wrong use, said before the tables are read', async () => {
  const { exit, err } = await shell.run('report', 'nowhere.csv', 'march.csv', '--html', 'no-such-folder/drift.html')
  assert.equal(exit, 2)
  assert.match(err, /REPORT_CANNOT_WRITE/)
})
