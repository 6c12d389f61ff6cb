import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Period } from './calendar.ts'
import {
  calculateQuality,
  calculateReconstruction,
  calculateSummary,
  calculateUnivariate,
  constantThreshold,
  fitQuality,
  fitReconstruction,
  fitSummary,
  fitUnivariate,
  type QualityCheck,
  rankByAlerts,
  type SummaryOptions,
  splitChunks,
  standardDeviationThreshold,
  type UnivariateOptions,
} from './index.ts'
import { agrees, frameOf, golden, type PeerColumns, type PeerRun } from './testing.ts'

type Golden = {
  readonly data: { readonly reference: PeerColumns; readonly analysis: PeerColumns }
  readonly univariate: Readonly<Record<'size' | 'number' | 'period' | 'append' | 'drop', PeerRun>>
  readonly thresholds: PeerRun
  readonly periods: Readonly<Record<Period, readonly [string, number, number, number][]>>
  readonly reconstruction: PeerRun
  readonly quality: Readonly<Record<QualityCheck | 'missing_values_count', PeerRun>>
  readonly summary: Readonly<Record<SummaryOptions['statistic'], PeerRun>>
  readonly ranking: readonly [string, number][]
}
const peer: Golden = golden('columns')
const [reference, analysis] = [frameOf(peer.data.reference), frameOf(peer.data.analysis)]
const continuous = ['age', 'amount', 'score']
const categorical = ['city', 'flag']
const columns = [...continuous, ...categorical]
const by100 = { by: 'size', rows: 100 } as const

test('every univariate method is NannyML’s to 1e-9, with thresholds, alerts, and a column without values in one chunk', () => {
  const state = fitUnivariate(reference, {
    columns,
    continuousMethods: ['jensen_shannon', 'hellinger', 'kolmogorov_smirnov', 'wasserstein'],
    categoricalMethods: ['jensen_shannon', 'hellinger', 'l_infinity', 'chi2'],
    chunking: by100,
  })
  agrees(state.reference, peer.univariate.size.reference)
  agrees(calculateUnivariate(state, analysis), peer.univariate.size.analysis)
})

for (const [name, chunking, timed] of [
  ['number', { by: 'number', chunks: 3 }, true],
  ['period', { by: 'period', period: 'M' }, true],
  ['append', { by: 'size', rows: 60, incomplete: 'append' }, false],
  ['drop', { by: 'size', rows: 60, incomplete: 'drop' }, false],
] as const)
  test(`chunks by ${name} have NannyML’s keys, bounds, dates and distances`, () => {
    const options: UnivariateOptions = { columns: ['age', 'city'], chunking }
    const state = fitUnivariate(frameOf(peer.data.reference, timed), options)
    agrees(state.reference, peer.univariate[name].reference)
    agrees(calculateUnivariate(state, frameOf(peer.data.analysis, timed)), peer.univariate[name].analysis)
  })

test('calendar periods are named and bounded as in pandas', () => {
  for (const [period, expected] of Object.entries(peer.periods)) {
    const chunks = splitChunks(frameOf(peer.data.reference, true), { by: 'period', period: period as Period })
    const found = chunks.map(({ chunk, rows }) => [chunk.key, chunk.startDate, chunk.endDate, rows.length])
    assert.deepEqual(found.slice(0, expected.length), expected)
  }
})

test('constant thresholds, two multipliers and another centre are judged as NannyML does', () => {
  const state = fitUnivariate(reference, {
    columns: ['age', 'amount'],
    continuousMethods: ['kolmogorov_smirnov', 'wasserstein'],
    chunking: { by: 'size', rows: 50 },
    thresholds: {
      kolmogorov_smirnov: constantThreshold({ lower: 0.02, upper: 0.2 }),
      wasserstein: standardDeviationThreshold({ stdLowerMultiplier: 1, stdUpperMultiplier: 2, offsetFrom: 'median' }),
    },
  })
  agrees(state.reference, peer.thresholds.reference)
  agrees(calculateUnivariate(state, analysis), peer.thresholds.analysis)
})

test('the PCA reconstruction error, its sampling error, band and thresholds are NannyML’s', () => {
  const state = fitReconstruction(reference, { columns, chunking: by100 })
  agrees(state.reference, peer.reconstruction.reference)
  agrees(calculateReconstruction(state, analysis), peer.reconstruction.analysis)
})

for (const [name, check, checked, normalize] of [
  ['missing_values', 'missing_values', columns, true],
  ['missing_values_count', 'missing_values', columns, false],
  ['unseen_values', 'unseen_values', categorical, true],
  ['numerical_range', 'numerical_range', continuous, true],
] as const)
  test(`${name} are NannyML’s`, () => {
    const state = fitQuality(reference, { check, columns: checked, normalize, chunking: by100 })
    agrees(state.reference, peer.quality[name].reference)
    agrees(calculateQuality(state, analysis), peer.quality[name].analysis)
  })

for (const statistic of ['avg', 'median', 'std', 'sum', 'count'] as const)
  test(`the ${statistic} of a chunk, its sampling error and alerts are NannyML’s`, () => {
    const state = fitSummary(reference, { statistic, columns: continuous, chunking: by100 })
    agrees(state.reference, peer.summary[statistic].reference)
    agrees(calculateSummary(state, analysis), peer.summary[statistic].analysis)
  })

test('columns are ranked by alerts as NannyML ranks them, reference included', () => {
  const state = fitUnivariate(reference, { columns, chunking: { by: 'size', rows: 50 } })
  const ranked = rankByAlerts([...state.reference, ...calculateUnivariate(state, analysis)])
  assert.deepEqual(
    ranked.map(({ name, numberOfAlerts }) => [name, numberOfAlerts]),
    peer.ranking,
  )
})
