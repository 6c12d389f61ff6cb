import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type CbpeOptions,
  calculatePerformance,
  calculateUnivariate,
  estimateCbpe,
  fitCbpe,
  fitPerformance,
  fitUnivariate,
  type MetricOptions,
  rankByCorrelation,
} from './index.ts'
import { agrees, close, type Except, frameOf, golden, type PeerColumns, type PeerRun } from './testing.ts'

type Runs<K extends string> = Readonly<Record<K, PeerRun>>
type Binary = {
  readonly data: Readonly<Record<'reference' | 'analysis' | 'late' | 'one', PeerColumns>>
  readonly calibrationErrors: readonly [number, number]
  readonly realised: Runs<'plain' | 'late' | 'one' | 'all'>
  readonly cbpe: Runs<'plain' | 'late' | 'one' | 'all'>
}
type Others = {
  readonly data: Readonly<Record<'reference' | 'analysis' | 'houses' | 'housesNow', PeerColumns>>
  readonly realised: Runs<'plain' | 'true' | 'pred'>
  readonly cbpe: Runs<'plain' | 'true' | 'all'>
  readonly regression: PeerRun
  readonly correlation: readonly [string, number, number, boolean][]
}
const binary: Binary = golden('binary')
const others: Others = golden('others')

const every = [
  'roc_auc',
  'f1',
  'precision',
  'recall',
  'specificity',
  'accuracy',
  'confusion_matrix',
  'business_value',
  'average_precision',
] as const
const cells = ['confusion_matrix', 'business_value'] as const
const chunking = { by: 'size', rows: 100 } as const
/** The peer resamples without a seed. */
const unseeded: Except = (name, property) => name === 'average_precision' && /sampling|confidence/.test(property)

const two: CbpeOptions = {
  problemType: 'classification_binary',
  metrics: every,
  yTrue: 'y',
  yPred: 'guess',
  yPredProba: 'p',
  chunking,
  businessValueMatrix: [
    [1, -2],
    [-7, 5],
  ],
}
const three: CbpeOptions = {
  problemType: 'classification_multiclass',
  metrics: every,
  yTrue: 'y',
  yPred: 'guess',
  yPredProba: { top: 'pt', low: 'pl', mid: 'pm' },
  chunking,
  businessValueMatrix: [
    [2, -1, -3],
    [-1, 3, -1],
    [-4, -2, 6],
  ],
}
const late: Partial<MetricOptions> = { normalizeConfusionMatrix: 'true', normalizeBusinessValue: 'per_prediction' }
const binaryRuns = [
  ['plain', 'analysis', {}],
  ['late', 'late', { ...late, metrics: [...cells, 'roc_auc', 'accuracy'] }],
  ['one', 'one', { normalizeConfusionMatrix: 'pred', metrics: [...cells, 'specificity', 'f1'] }],
  ['all', 'analysis', { normalizeConfusionMatrix: 'all', metrics: cells }],
] as const

for (const [name, data, changes] of binaryRuns) {
  test(`realised binary metrics, run ${name}, are NannyML’s with sampling errors, thresholds and alerts`, () => {
    const state = fitPerformance(frameOf(binary.data.reference), { ...two, ...changes })
    agrees(state.reference, binary.realised[name].reference, unseeded)
    const found = calculatePerformance(state, frameOf(binary.data[data]))
    agrees(found, binary.realised[name].analysis, unseeded)
    const missing = binary.realised[name].analysis.chunks['targets_missing_rate']!
    for (const [i, { targetsMissingRate }] of found.entries())
      close(targetsMissingRate, missing[i] as number, 'targets missing')
  })

  test(`estimated binary metrics, run ${name}, are NannyML’s with bands, thresholds, alerts and the truth beside`, () => {
    const state = fitCbpe(frameOf(binary.data.reference), { ...two, ...changes } as CbpeOptions)
    agrees(state.reference, binary.cbpe[name].reference, unseeded)
    const { y, ...unlabelled } = binary.data[data]
    const now = frameOf(name === 'all' ? unlabelled : { ...unlabelled, y: y! })
    agrees(estimateCbpe(state, now), binary.cbpe[name].analysis, unseeded)
  })
}

test('whether to calibrate is decided on the same held-out rows, to the same calibration errors', () => {
  const { calibrations } = fitCbpe(frameOf(binary.data.reference), two)
  close(calibrations[0]!.errorBefore, binary.calibrationErrors[0], 'before')
  close(calibrations[0]!.errorAfter, binary.calibrationErrors[1], 'after')
  assert.equal(calibrations[0]!.needed, binary.calibrationErrors[0] > binary.calibrationErrors[1])
})

for (const [name, changes] of [
  ['plain', {}],
  ['true', { ...late, metrics: cells }],
  ['pred', { normalizeConfusionMatrix: 'pred', metrics: cells }],
] as const)
  test(`realised multiclass metrics, run ${name}, are NannyML’s`, () => {
    const state = fitPerformance(frameOf(others.data.reference), { ...three, ...changes })
    agrees(state.reference, others.realised[name].reference, unseeded)
    agrees(calculatePerformance(state, frameOf(others.data.analysis)), others.realised[name].analysis, unseeded)
  })

for (const [name, changes] of [
  ['plain', {}],
  ['true', { ...late, metrics: cells }],
  ['all', { normalizeConfusionMatrix: 'all', metrics: cells }],
] as const)
  test(`estimated multiclass metrics, run ${name}, are NannyML’s, each class calibrated apart`, () => {
    const state = fitCbpe(frameOf(others.data.reference), { ...three, ...changes } as CbpeOptions)
    agrees(state.reference, others.cbpe[name].reference, unseeded)
    agrees(estimateCbpe(state, frameOf(others.data.analysis)), others.cbpe[name].analysis, unseeded)
  })

test('realised regression metrics are NannyML’s', () => {
  const state = fitPerformance(frameOf(others.data.houses), {
    problemType: 'regression',
    metrics: ['mae', 'mape', 'mse', 'msle', 'rmse', 'rmsle'],
    yTrue: 'y',
    yPred: 'guess',
    chunking,
  })
  agrees(state.reference, others.regression.reference)
  agrees(calculatePerformance(state, frameOf(others.data.housesNow)), others.regression.analysis)
})

test('the correlation of drift with the change of performance is NannyML’s, with its p-value', () => {
  const [houses, now] = [frameOf(others.data.houses), frameOf(others.data.housesNow)]
  const by50 = { by: 'size', rows: 50 } as const
  const mae = fitPerformance(houses, {
    problemType: 'regression',
    metrics: ['mae'],
    yTrue: 'y',
    yPred: 'guess',
    chunking: by50,
  })
  const drift = fitUnivariate(houses, { columns: ['y', 'guess'], chunking: by50 })
  const ranked = rankByCorrelation(calculateUnivariate(drift, now), calculatePerformance(mae, now), mae.reference)
  assert.equal(ranked.length, others.correlation.length)
  ranked.forEach(({ name, pearsonCorrelation, pearsonPValue, hasDrifted }, i) => {
    const [column, r, p, drifted] = others.correlation[i]!
    assert.deepEqual([name, hasDrifted], [column, drifted])
    close(pearsonCorrelation, r, `r of ${name}`)
    close(pearsonPValue, p, `p of ${name}`)
  })
})
