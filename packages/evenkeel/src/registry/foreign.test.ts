import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createVirtualClock } from '../clock.ts'
import type { RawRow } from '../features/index.ts'
import type { Batch, Schema, SchemaColumn } from '../ingest/index.ts'
import { createDirectoryBlobs, createJournal } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { SCORE_COLUMN } from '../training/index.ts'
import { type ForeignModel, type LoadedVersion, predictBatch, type Registry } from './index.ts'
import { createRegistry } from './registry.ts'

interface Golden {
  readonly binary: { columns: string; rows: RawRow[]; probabilities: number[] }
  readonly regression: { matrix: string; oneRow: string; rows: RawRow[]; predictions: number[] }
  readonly multiclass: {
    classes: string[]
    matrix: string
    zipmap: string
    rawScores: string
    rows: RawRow[]
    probabilities: number[][]
  }
}

/** Made by scikit-learn and skl2onnx, see foreign.py there. */
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/foreign.json', import.meta.url), 'utf8'))

let database: TestDatabase
let registry: Registry
before(async () => {
  database = await openTestDatabase()
  const clock = createVirtualClock(Date.UTC(2024, 0, 1))
  const blobs = createDirectoryBlobs(path.join(database.dataDir, 'blobs'))
  const draft = createRegistry({ db: database.db, blobs, clock, journal: createJournal({ clock, projections: [] }) })
  const journal = createJournal({ clock, projections: draft.projections })
  registry = createRegistry({ db: database.db, blobs, clock, journal })
})
after(() => database.close())

function inputOf(name: string, type: SchemaColumn['type'], role: SchemaColumn['role'] = 'feature'): SchemaColumn {
  const categories = type === 'category' ? ['Lund', 'Malmö'] : null
  return { name, type, role, unit: null, range: null, categories, missingShare: 0, unique: false }
}

const shopInputs: Schema = {
  columns: [
    inputOf('shop', 'category'),
    inputOf('account', 'integer'),
    inputOf('amount', 'number'),
    inputOf('items', 'integer'),
    inputOf('customer', 'category', 'entity'),
  ],
}
const matrixInputs: Schema = { columns: [inputOf('amount', 'number'), inputOf('items', 'integer')] }

function foreign(graph: string, rest: Partial<ForeignModel>): ForeignModel {
  const bytes = Uint8Array.from(Buffer.from(graph, 'base64'))
  return {
    project: 'default',
    model: 'fraud',
    bytes,
    task: 'binary',
    classes: ['0', '1'],
    inputs: shopInputs,
    by: 'a person',
    ...rest,
  }
}

async function loaded(model: ForeignModel): Promise<LoadedVersion> {
  const { project, version } = await registry.registerForeign(model)
  return registry.load({ project, model: model.model, version })
}

async function predictRows({ width, encodeRow, predict }: LoadedVersion, rows: readonly RawRow[]): Promise<number[]> {
  const inputs = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    encodeRow(row, inputs, i * width)
  })
  return [...(await predict(inputs, rows.length))]
}

function assertClose(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length)
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= 1e-5 * Math.max(1, Math.abs(expected[i]!)), `${value} ${expected[i]}`)
  })
}

test('a scikit-learn pipeline with an input per column answers as it did in Python, unknown shop and long numbers included', async () => {
  const version = await loaded(foreign(golden.binary.columns, {}))
  const answer = await predictRows(version, golden.binary.rows)
  assertClose(
    answer.filter((_, i) => i % 2 === 1),
    golden.binary.probabilities,
  )
  await version.release()
})

test('a row without a whole number the graph must have gets no answer, and the rows beside it get theirs', async () => {
  const version = await loaded(foreign(golden.binary.columns, {}))
  const [first, second, third] = golden.binary.rows
  const answer = await predictRows(version, [first!, { ...second!, items: null }, { ...third!, shop: null }])
  assert.ok(Number.isNaN(answer[2]) && Number.isNaN(answer[3]))
  assertClose([answer[1]!], [golden.binary.probabilities[0]!])
  assert.ok(Number.isFinite(answer[5]))
  await version.release()
})

test('one matrix takes the feature columns in the order of the schema', async () => {
  const model = foreign(golden.regression.matrix, {
    model: 'price',
    task: 'regression',
    classes: null,
    inputs: matrixInputs,
  })
  const version = await loaded(model)
  assertClose(await predictRows(version, golden.regression.rows), golden.regression.predictions)
  await version.release()
})

test('several classes answer with a probability each, and a reference batch gives the version a profile', async () => {
  const { classes, matrix, rows, probabilities } = golden.multiclass
  const numeric = (name: string) => ({
    kind: 'numeric' as const,
    values: Float64Array.from(rows, (row) => Number(row[name])),
    invalid: [],
  })
  const reference: Batch = { rows: rows.length, columns: { amount: numeric('amount'), items: numeric('items') } }
  const rest = { model: 'shop', task: 'multiclass', classes, inputs: matrixInputs, reference } as const
  const version = await loaded(foreign(matrix, rest))
  assertClose([...(await predictBatch(version, reference))], probabilities.flat())
  assert.equal(version.reference.rows, rows.length)
  const scores = version.reference.columns[SCORE_COLUMN]!
  assert.equal(
    scores.counts.reduce((sum, count) => sum + count, 0),
    rows.length,
  )
  await version.release()
})

const refusals: readonly [string, ForeignModel, string, RegExp][] = [
  ['bytes that are no graph', foreign('aGVsbG8=', {}), 'ONNX_CANNOT_LOAD', /5 bytes/],
  [
    'probabilities in a sequence of maps, with the option that prevents it',
    foreign(golden.multiclass.zipmap, {
      task: 'multiclass',
      classes: golden.multiclass.classes,
      inputs: matrixInputs,
    }),
    'REGISTRY_OUTPUTS_DIFFER',
    /"zipmap": False/,
  ],
  [
    'a graph for one row at a time',
    foreign(golden.regression.oneRow, { task: 'regression', classes: null, inputs: matrixInputs }),
    'REGISTRY_INPUTS_DIFFER',
    /exactly 1 rows.*dynamic/,
  ],
  [
    'a schema with a column too many, by count and names',
    foreign(golden.regression.matrix, { task: 'regression', classes: null, inputs: shopInputs }),
    'REGISTRY_INPUTS_DIFFER',
    /takes 2 columns, the schema has 4.*shop, account/,
  ],
  [
    'a column that is no input, by name',
    foreign(golden.binary.columns, { inputs: { columns: [...shopInputs.columns, inputOf('weekday', 'integer')] } }),
    'REGISTRY_INPUTS_DIFFER',
    /column weekday is no input/,
  ],
  [
    'an input that is no column, by name',
    foreign(golden.binary.columns, { inputs: { columns: shopInputs.columns.slice(1) } }),
    'REGISTRY_INPUTS_DIFFER',
    /input shop .* no column/,
  ],
  [
    'strings for an input of numbers',
    foreign(golden.regression.matrix, {
      task: 'regression',
      classes: null,
      inputs: { columns: [inputOf('amount', 'number'), inputOf('shop', 'category')] },
    }),
    'REGISTRY_INPUTS_DIFFER',
    /column shop holds strings/,
  ],
  [
    'raw scores in place of probabilities',
    foreign(golden.multiclass.rawScores, {
      task: 'multiclass',
      classes: golden.multiclass.classes,
      inputs: matrixInputs,
    }),
    'REGISTRY_OUTPUTS_DIFFER',
    /expected probabilities/,
  ],
  [
    'more classes than the graph has',
    foreign(golden.multiclass.matrix, { task: 'multiclass', classes: ['a', 'b', 'c', 'd'], inputs: matrixInputs }),
    'REGISTRY_OUTPUTS_DIFFER',
    /gives 3 numbers a row, expected 4/,
  ],
]

for (const [what, model, code, message] of refusals) {
  test(`registering refuses ${what}`, async () => {
    await assert.rejects(registry.registerForeign({ ...model, model: 'refused' }), { code, message })
    assert.deepEqual(await registry.listVersions(database.db, { project: 'default', model: 'refused' }), [])
  })
}

test('a model keeps its task', async () => {
  const other = foreign(golden.regression.matrix, { task: 'regression', classes: null, inputs: matrixInputs })
  await registry.registerForeign(foreign(golden.binary.columns, { model: 'kept' }))
  await assert.rejects(registry.registerForeign({ ...other, model: 'kept' }), { code: 'REGISTRY_TASK_DIFFERS' })
})
