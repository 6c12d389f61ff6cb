import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { parseConfig } from '../config/index.ts'
import { createTroubleLog } from './log.ts'
import { openServices } from './operate.ts'
import type { Services } from './operations.ts'

const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-operate-'))
const random = createRandom('files')

/** Parcels: heavy ones are late more often. */
function parcels(prefix: string, rows: number): readonly (readonly string[])[] {
  return Array.from({ length: rows }, (_, index) => {
    const weight = Math.round(1_000 * random.next()) / 100
    const late = random.next() < weight / 12 ? 'yes' : 'no'
    return [`${prefix}${index}`, String(weight), random.next() < 0.5 ? 'road' : 'rail', late]
  })
}

function write(name: string, rows: readonly (readonly string[])[]): string {
  const file = path.join(dir, name)
  writeFileSync(file, rows.map((row) => `${row.join(',')}\n`).join(''))
  return file
}

const config = parseConfig(
  {
    dataDir: path.join(dir, 'data'),
    sources: { parcels: { columns: { parcel: { role: 'id', type: 'text' }, late: { role: 'label' } } } },
    models: {
      delay: {
        source: 'parcels',
        label: 'late',
        task: 'binary',
        features: { numeric: ['weight'], categorical: ['way'] },
        training: { learner: 'linear' },
      },
    },
  },
  'this test',
)

describe('the verbs of a person, on files', () => {
  let services: Services
  const HEAD = ['parcel', 'weight', 'way', 'late']
  const known = write('known.csv', [HEAD, ...parcels('k', 600)])
  const next = parcels('n', 50)
  before(async () => {
    services = await openServices(config)
  })
  after(async () => {
    await services.close()
    rmSync(dir, { recursive: true, force: true })
  })

  test('a file is judged and kept, and given again it is the same delivery', async () => {
    const first = await services.ingest({ source: 'parcels', file: known })
    assert.deepEqual([first.verdict, first.rows], ['accepted', 600])
    const again = await services.ingest({ source: 'parcels', file: known })
    assert.equal(again.batch, first.batch)
    assert.equal(await services.countRows('parcels'), 600)
  })

  test('a model is trained on it, and its chain begins where it was asked for', async () => {
    const outcome = await services.train({ model: 'delay' })
    assert.deepEqual([outcome.version, outcome.champion], [1, 1])
    const types = (await services.explain('delay@1'))?.events.map(({ type }) => type)
    assert.deepEqual(types, ['run.requested', 'run.finished', 'version.registered', 'alias.moved'])
    assert.equal(await services.explain('nobody'), null)
  })

  test('rows of a file are predicted under their own ids, so that a file of labels finds them', async () => {
    const file = write('next.csv', [HEAD.slice(0, 3), ...next.map((row) => row.slice(0, 3))])
    const { predictions } = await services.predict({ model: 'delay', file })
    assert.deepEqual(
      predictions.map(({ id }) => id),
      next.map(([id]) => id),
    )
    const truth = write('truth.csv', [['parcel', 'late'], ...next.map(([id = '', , , late = '']) => [id, late])])
    assert.deepEqual(await services.label({ model: 'delay', file: truth }), { model: 'delay', rows: 50, joined: 50 })
    const [model] = (await services.status()).models
    assert.deepEqual([model?.predictions, model?.labels], [50, 50])
  })

  test('a cell that cannot be read is refused with its row, column and what was found', async () => {
    const file = write('broken.csv', [
      ['weight', 'way'],
      ['1.5', 'road'],
      ['heavy', 'rail'],
    ])
    await assert.rejects(services.predict({ model: 'delay', file }), {
      code: 'INGEST_CELL_INVALID',
      message: /broken\.csv, row 2, column weight: found "heavy", expected number/,
    })
  })

  test('while one process has the data, another is told to ask it or to stop it', async () => {
    await assert.rejects(openServices(config), {
      code: 'STORAGE_LOCKED',
      message: /evenkeel up.*over HTTP.*or stop it/,
    })
  })

  test('a replay leaves what people did on files as it was', async () => {
    assert.deepEqual((await services.replay()).differed, [])
  })
})

test('the log tells a terminal in lines and a collector in JSON, and tells neither a password', () => {
  const error = new Error('cannot reach postgres://someone:hunter2@db.example/x')
  for (const isTTY of [true, false]) {
    const written: string[] = []
    createTroubleLog({ isTTY, write: (text) => written.push(text) })({ message: 'the database is away', error })
    assert.match(written.join(''), /the database is away/)
    assert.doesNotMatch(written.join(''), /hunter2/)
    assert.equal(written[0]?.startsWith('{'), !isTTY)
  }
})
