import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import {
  type CbpeOptions,
  calculateQuality,
  calculateReconstruction,
  calculateUnivariate,
  estimateCbpe,
  type Frame,
  fitCbpe,
  fitQuality,
  fitReconstruction,
  fitUnivariate,
  type Judged,
  type ResultRow,
  rankByAlerts,
} from './index.ts'
import { close } from './testing.ts'

/** Numbers that NannyML publishes in its documentation and tests, on the data that it publishes them for. */
const folder = process.env['EVENKEEL_SAMPLE_DATA']
const skip = folder === undefined && 'EVENKEEL_SAMPLE_DATA does not name a folder of data files'
/** Every number of those runs, and the fixture of the peer’s own reconstruction test: a folder of `nannyml_….json`. */
const oracles = process.env['EVENKEEL_ORACLES']
const skipOracles = oracles === undefined && 'EVENKEEL_ORACLES does not name a folder of reference numbers'
const byMonth = { by: 'period', period: 'M' } as const
const by5000 = { by: 'size', rows: 5000 } as const

test('California: Kolmogorov-Smirnov by month has the published means, and alerts in longitude and latitude', {
  skip,
}, async () => {
  const { reference, analysis } = await california()
  const means = {
    id: 0.87428,
    Longitude: 0.712709,
    Latitude: 0.672904,
    HouseAge: 0.201638,
    MedInc: 0.154952,
    AveOccup: 0.14389,
    AveRooms: 0.129277,
    AveBedrms: 0.08914,
    Population: 0.073562,
  }
  const columns = Object.keys(means)
  const state = fitUnivariate(reference, { columns, continuousMethods: ['kolmogorov_smirnov'], chunking: byMonth })
  const result = [...state.reference, ...calculateUnivariate(state, analysis)]
  assert.equal(result.length, 20)
  for (const [name, expected] of Object.entries(means))
    close(mean(valuesOf(result, name)), expected, `mean of ${name}`, 1e-6)
  const alerts = rankByAlerts(result, { onlyDrifting: true }).filter(({ name }) => name !== 'id')
  assert.deepEqual(
    alerts.map(({ name, numberOfAlerts }) => [name, numberOfAlerts]),
    [
      ['Longitude', 3],
      ['Latitude', 1],
    ],
  )
})

test('California: the estimated AUC of the two printed months and both thresholds are the published ones', {
  skip,
}, async () => {
  const { reference, analysis } = await california()
  const state = fitCbpe(reference, { ...AUC, yTrue: 'clf_target', yPredProba: 'y_pred_proba', chunking: byMonth })
  const months = new Map(estimateCbpe(state, analysis).map(({ chunk, figures }) => [chunk.key, figures[0]!]))
  const [march, april] = [months.get('2022-03')!, months.get('2022-04')!]
  close(march.value, 0.829077, 'March', 1e-6)
  close(april.value, 0.910661, 'April', 1e-6)
  close(march.lowerThreshold, 0.708336, 'lower threshold', 1e-6)
  assert.equal(march.upperThreshold, 1)
  close(march.samplingError, 0.007781, 'sampling error of March', 5e-8)
  close(april.samplingError, 0.0079096, 'sampling error of April', 5e-8)
})

test('California: every distance, calibration error, estimate and realised AUC is the recorded one', {
  skip: skip || skipOracles,
}, async () => {
  const { reference, analysis } = await california()
  type Oracle = {
    readonly ks: Readonly<
      Record<string, { readonly reference: number[]; readonly analysis: number[]; readonly upper_threshold: number }>
    >
    readonly cbpe_roc_auc: Readonly<Record<string, { readonly estimated: number; readonly realized: number }>>
    readonly calibration: { readonly ece_before: number; readonly ece_after: number }
  }
  const oracle: Oracle = readOracle('california')
  const columns = Object.keys(oracle.ks)
  const drift = fitUnivariate(reference, { columns, continuousMethods: ['kolmogorov_smirnov'], chunking: byMonth })
  for (const name of columns) {
    const expected = oracle.ks[name]!
    same(valuesOf(drift.reference, name), expected.reference, name)
    same(valuesOf(calculateUnivariate(drift, analysis), name), expected.analysis, name)
    close(figuresOf(drift.reference, name)[0]!.upperThreshold, expected.upper_threshold, `threshold of ${name}`)
  }
  const state = fitCbpe(reference, { ...AUC, yTrue: 'clf_target', yPredProba: 'y_pred_proba', chunking: byMonth })
  close(state.calibrations[0]!.errorBefore, oracle.calibration.ece_before, 'calibration error before', 1e-4)
  close(state.calibrations[0]!.errorAfter, oracle.calibration.ece_after, 'calibration error after', 1e-3)
  for (const { chunk, figures } of estimateCbpe(state, analysis)) {
    close(figures[0]!.value, oracle.cbpe_roc_auc[chunk.key]!.estimated, `estimate of ${chunk.key}`)
    close(figures[0]!.realized, oracle.cbpe_roc_auc[chunk.key]!.realized, `realised in ${chunk.key}`)
  }
})

test('Massachusetts: Jensen-Shannon in chunks of 5,000 alerts as often as published', { skip }, async () => {
  const { reference, analysis } = await massachusetts()
  const state = fitUnivariate(reference, { columns: SURVEY, chunking: by5000 })
  const result = calculateUnivariate(state, analysis)
  const ranked = rankByAlerts(result).map(({ name, numberOfAlerts }) => [name, numberOfAlerts])
  assert.deepEqual(Object.fromEntries(ranked.slice(0, 5)), { ANC: 37, AGEP: 29, RELP: 28, MAR: 28, DREM: 28 })
  if (oracles === undefined) return
  type Oracle = {
    readonly univariate_js: Readonly<
      Record<string, { reference: number[]; analysis: number[]; upper_threshold: number }>
    >
  }
  const { univariate_js: oracle }: Oracle = readOracle('ma_employment')
  for (const name of SURVEY) {
    same(valuesOf(state.reference, name), oracle[name]!.reference, name)
    same(valuesOf(result, name), oracle[name]!.analysis, name)
    close(figuresOf(result, name)[0]!.upperThreshold, oracle[name]!.upper_threshold, `threshold of ${name}`)
  }
})

test('Massachusetts: the estimated AUC alarms on chunks 27 and 28, where the model is worst', { skip }, async () => {
  const { reference, analysis } = await massachusetts()
  const state = fitCbpe(reference, { ...AUC, yTrue: 'employed', yPredProba: 'predicted_probability', chunking: by5000 })
  const result = estimateCbpe(state, analysis)
  const figures = result.map((row) => row.figures[0]!)
  assert.deepEqual(
    chunksWhere(figures, ({ alert }) => alert),
    [27, 28],
  )
  const { lowerThreshold, upperThreshold } = figures[0]!
  close(lowerThreshold, 0.893363, 'lower threshold', 1e-6)
  close(upperThreshold, 0.91339, 'upper threshold', 1e-6)
  const beyond = ({ realized }: (typeof figures)[number]) => realized! < lowerThreshold! || realized! > upperThreshold!
  assert.deepEqual(chunksWhere(figures, beyond), [19, 27, 28])
  const gaps = figures.map(({ value, realized }) => Math.abs(value! - realized!))
  close(mean(gaps), 0.00404, 'mean absolute error', 1e-5)
  close(figures[27]!.value, 0.8368, 'estimate of chunk 27', 1e-4)
  close(figures[27]!.realized, 0.8035, 'truth of chunk 27', 1e-4)
  if (oracles === undefined) return
  type Oracle = { readonly cbpe_roc_auc: Readonly<Record<'estimated' | 'realized', number[]>> }
  const { cbpe_roc_auc: oracle }: Oracle = readOracle('ma_employment')
  same(
    figures.map(({ value }) => value!),
    oracle.estimated,
    'estimate',
  )
  same(
    figures.map(({ realized }) => realized!),
    oracle.realized,
    'realised',
  )
})

test('Titanic: missing cabins by chunk, their sampling errors and thresholds are the published ones', {
  skip,
}, async () => {
  const { reference, analysis } = await titanic()
  const state = fitQuality(reference, { check: 'missing_values', columns: ['Cabin'] })
  const [first, second] = state.reference.map(({ figures }) => figures[0]!)
  close(first!.value, 0.808989, 'first chunk', 1e-6)
  close(second!.value, 0.797753, 'second chunk', 1e-6)
  close(first!.samplingError!, 0.044537, 'sampling error of 89 rows', 1e-6)
  close(first!.lowerThreshold, 0.55096, 'lower threshold', 1e-6)
  assert.equal(first!.upperThreshold, 1)
  close(calculateQuality(state, analysis)[0]!.figures[0]!.samplingError!, 0.0656181, 'sampling error of 41 rows', 1e-6)
})

test('Titanic: unseen tickets and cabins of the first two chunks are the published ones', { skip }, async () => {
  const { reference, analysis } = await titanic()
  const state = fitQuality(reference, { check: 'unseen_values', columns: ['Ticket', 'Cabin'] })
  const found = calculateQuality(state, analysis).map(({ figures }) => figures.map(({ value }) => value!))
  for (const [i, expected] of [
    [0.609756, 0.0731707],
    [0.634146, 0.219512],
  ].entries())
    same(found[i]!, expected, `chunk ${i}`, 1e-6)
})

test('the reconstruction error of the peer’s own test, by 5,000 rows and in ten chunks', { skip: skipOracles }, () => {
  type Oracle = {
    readonly f1: number[]
    readonly f2: number[]
    readonly f3: number[]
    readonly f4: string[]
    readonly reference_rows: number
    readonly expected_chunk5000: number[]
    readonly expected_default10: number[]
  }
  const { f1, f2, f3, f4, ...oracle }: Oracle = readOracle('pca')
  const part = (from: number, until?: number): Frame => ({
    columns: {
      f1: Float64Array.from(f1.slice(from, until)),
      f2: Float64Array.from(f2.slice(from, until)),
      f3: Float64Array.from(f3.slice(from, until)),
      f4: f4.slice(from, until),
    },
  })
  const reference = part(0, oracle.reference_rows)
  const columns = ['f1', 'f2', 'f3', 'f4']
  const errors = (state: ReturnType<typeof fitReconstruction>) =>
    calculateReconstruction(state, part(0)).map(({ figures }) => figures[0]!.value!)
  const bySize = errors(fitReconstruction(reference, { columns, chunking: by5000 }))
  same(bySize.slice(0, 5), oracle.expected_chunk5000, 'chunk of 5,000', 5e-6)
  same(errors(fitReconstruction(reference, { columns })), oracle.expected_default10, 'chunk of ten', 1e-12)
})

const AUC: Pick<CbpeOptions, 'problemType' | 'metrics'> = { problemType: 'classification_binary', metrics: ['roc_auc'] }
const SURVEY = 'AGEP SCHL MAR RELP DIS ESP CIT MIG MIL ANC NATIVITY DEAR DEYE DREM SEX RAC1P'.split(' ')

async function california() {
  const at = (part: string) => `california_housing/california_housing_${part}.csv`
  const text = 'timestamp'
  const reference = await read(`SELECT * FROM ${csv(at('reference'))}`, text)
  const joined = `SELECT a.*, g.clf_target FROM ${csv(at('analysis'))} a JOIN ${csv(at('analysis_gt'))} g USING (id) ORDER BY CAST(id AS BIGINT)`
  return { reference, analysis: await read(joined, text) }
}

async function massachusetts() {
  const at = (part: string) => `read_parquet('${path.join(folder!, `ma_employment/employment_MA_${part}.pq`)}')`
  const categorical = SURVEY.slice(1)
  const texts = categorical.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`).join(', ')
  const columns = `CAST(AGEP AS DOUBLE) AS AGEP, ${texts}, CAST(predicted_probability AS DOUBLE) AS predicted_probability, CAST(employed AS DOUBLE) AS employed`
  const reference = await read(`SELECT ${columns} FROM ${at('reference')} ORDER BY id`)
  return {
    reference,
    analysis: await read(
      `SELECT ${columns} FROM ${at('analysis')} a JOIN ${at('analysis_target')} t USING (id) ORDER BY id`,
    ),
  }
}

async function titanic() {
  const part = (name: string) => read(`SELECT Ticket, Cabin FROM ${csv(`titanic/titanic_${name}.csv`)}`)
  return { reference: await part('reference'), analysis: await part('analysis') }
}

function csv(file: string): string {
  return `read_csv('${path.join(folder!, file)}', all_varchar = true, header = true)`
}

/** Columns of texts that are all numbers become numbers, unless there is a name of a category in them. */
async function read(query: string, time?: string): Promise<Frame> {
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(query)
  const found = reader.getColumnsObject() as Record<string, (string | number | null)[]>
  connection.closeSync()
  const columns = Object.entries(found).filter(([name]) => name !== time)
  const frame = { columns: Object.fromEntries(columns.map(([name, values]) => [name, columnOf(name, values)])) }
  if (time === undefined) return frame
  return { ...frame, timestamps: found[time]!.map((text) => Date.parse(`${String(text).replace(' ', 'T')}Z`)) }
}

function columnOf(name: string, values: readonly (string | number | null)[]) {
  const texts = SURVEY.slice(1).includes(name) || name === 'Ticket' || name === 'Cabin'
  if (texts) return values.map((value) => (value === null ? null : String(value)))
  return Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)))
}

function readOracle<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(oracles!, `nannyml_${name}.json`), 'utf8')) as T
}

function figuresOf(result: readonly ResultRow[], name: string): readonly Judged[] {
  return result.map(({ figures }) => figures.find((figure) => figure.name === name)!)
}

function valuesOf(result: readonly ResultRow[], name: string): readonly number[] {
  return figuresOf(result, name).map(({ value }) => value!)
}

function chunksWhere<F>(figures: readonly F[], holds: (figure: F) => boolean): readonly number[] {
  return [...figures.keys()].filter((i) => holds(figures[i]!))
}

function same(found: readonly number[], expected: readonly number[], what: string, tolerance = 1e-9): void {
  assert.equal(found.length, expected.length)
  for (const [i, value] of expected.entries()) close(found[i]!, value, `${what} ${i}`, tolerance)
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
