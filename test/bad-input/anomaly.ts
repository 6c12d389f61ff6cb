import assert from 'node:assert/strict'
import {
  type AnomalyDetector,
  anomalyFromJson,
  anomalyReasons,
  anomalyScores,
  anomalyToJson,
  countHbos,
  countLoda,
  encodeRecords,
  exportAnomalyOnnx,
  type Feature,
  fitAnomalyDetector,
  fitIsolationForest,
  fitLoda,
  freezeRecordBins,
  hbosReasons,
  hbosScores,
  isolationScores,
  lodaReasons,
  lodaScores,
  mergeHbos,
  mergeIsolationForests,
  mergeLoda,
  pathNormaliser,
  recordBinCounts,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { type Case, given, lists, mostly, number, whole } from './draw.ts'

const code = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 4, -1, 0.5, 1e308, Infinity) },
)
const known = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 7) },
)
const records = lists(0, 40, number, known)
const later = lists(0, 20, number, code)
type Records = [number[], number[]]

const named = { name: 'anomalies' }
const ofDetector = (use: (detector: AnomalyDetector, columns: Float64Array[]) => unknown): Case =>
  given([records, later, mostly(1, 10, 256)], (reference, asked, minRows) => {
    const detector = fitAnomalyDetector(features(reference), { seed: 1, minRows })
    return detector.kind === 'unknown' ? detector : use(detector, columnsOf(asked))
  })
const ofBins = (use: (bins: ReturnType<typeof freezeRecordBins>, one: Encoded, other: Encoded) => unknown): Case =>
  given([records, later, later], (reference, one, other) => {
    const bins = freezeRecordBins(features(reference))
    return use(bins, encodeRecords(bins, columnsOf(one)), encodeRecords(bins, columnsOf(other)))
  })
type Encoded = ReturnType<typeof encodeRecords>
const few = { seed: 1, trees: 5, lines: 5, sample: 8 }

export const anomaly = {
  fitAnomalyDetector: ofDetector((detector) => detector),
  anomalyScores: ofDetector(anomalyScores),
  anomalyReasons: ofDetector(anomalyReasons),
  anomalyToJson: ofDetector((detector) => anomalyToJson(detector)),
  anomalyFromJson: ofDetector((detector, asked) => {
    const back = anomalyFromJson(JSON.parse(JSON.stringify(anomalyToJson(detector))))
    assert.deepEqual(anomalyScores(back, asked), anomalyScores(detector, asked))
    return back
  }),
  exportAnomalyOnnx: ofDetector((detector) => exportAnomalyOnnx(detector.forest, named)),
  freezeRecordBins: given([records], (reference) => freezeRecordBins(features(reference))),
  recordBinCounts: ofBins((bins) => recordBinCounts(bins)),
  encodeRecords: ofBins((_, one) => one),
  countHbos: ofBins((bins, one) => countHbos(bins, one)),
  hbosScores: ofBins((bins, one, other) => hbosScores(countHbos(bins, one), other)),
  hbosReasons: ofBins((bins, one, other) => hbosReasons(countHbos(bins, one), other)),
  mergeHbos: ofBins((bins, one, other) => {
    const [a, b] = [countHbos(bins, one), countHbos(bins, other)]
    assert.deepEqual(mergeHbos(a, b), mergeHbos(b, a))
    return mergeHbos(a, b)
  }),
  fitLoda: ofBins((bins, one) => fitLoda(countHbos(bins, one), one, few)),
  countLoda: ofBins((bins, one, other) => countLoda(fitLoda(countHbos(bins, one), one, few), other)),
  lodaScores: ofBins((bins, one, other) => lodaScores(fitLoda(countHbos(bins, one), one, few), other)),
  lodaReasons: ofBins((bins, one, other) => lodaReasons(fitLoda(countHbos(bins, one), one, few), other)),
  mergeLoda: ofBins((bins, one, other) => {
    const a = fitLoda(countHbos(bins, one), one, few)
    const b = countLoda(a, other)
    assert.deepEqual(mergeLoda(a, b), mergeLoda(b, a))
    return mergeLoda(a, b)
  }),
  fitIsolationForest: ofBins((bins, one) => fitIsolationForest(bins, one, few)),
  isolationScores: given([records, later], (reference, asked) => {
    const bins = freezeRecordBins(features(reference))
    const forest = fitIsolationForest(bins, encodeRecords(bins, columnsOf(reference)), few)
    return isolationScores(forest, columnsOf(asked))
  }),
  mergeIsolationForests: ofBins((bins, one, other) =>
    mergeIsolationForests(fitIsolationForest(bins, one, few), fitIsolationForest(bins, other, few)),
  ),
  pathNormaliser: given([fc.oneof(whole, number)], pathNormaliser),
}

function columnsOf([numbers, codes]: Records): Float64Array[] {
  return [Float64Array.from(numbers), Float64Array.from(codes)]
}

function features(records: Records): Feature[] {
  const [x, codes] = columnsOf(records)
  return [
    { name: 'x', kind: 'numeric', values: x! },
    { name: 'code', kind: 'categorical', values: codes!, categories: 4 },
  ]
}
