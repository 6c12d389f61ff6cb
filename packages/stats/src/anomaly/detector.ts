import type { Unknown } from '../error.ts'
import type { Feature } from '../learn/index.ts'
import { countHbos, type Hbos, hbosReasons, hbosScores } from './hbos.ts'
import { fitIsolationForest, type IsolationForest } from './isolation.ts'
import { isolationScoresOfBins } from './isolation-walk.ts'
import { fitLoda, type Loda, lodaReasons, lodaScores } from './loda.ts'
import { encodeRecords, freezeRecordBins } from './records.ts'
import { type SurpriseCurve, surpriseCurve, surpriseOf } from './surprise.ts'

/** Three views of what is ordinary, and how rare each of their scores is in the reference. */
export type AnomalyDetector = {
  readonly kind: 'anomaly-detector'
  readonly hbos: Hbos
  readonly loda: Loda
  readonly forest: IsolationForest
  readonly curves: { readonly hbos: SurpriseCurve; readonly loda: SurpriseCurve; readonly forest: SurpriseCurve }
}

export type AnomalyOptions = {
  readonly seed: number | string
  /** Reference rows below which no detector is fitted; 100. */
  readonly minRows?: number
}

/** One number a row each; `score` is the sum of the surprises of the three members. */
export type AnomalyScores = {
  readonly score: Float64Array
  readonly hbos: Float64Array
  readonly loda: Float64Array
  readonly forest: Float64Array
}

const MIN_ROWS = 100

/**
 * Learns what an ordinary record is: marginals (HBOS), random lines (LODA) and random splits (isolation forest), all on
 * the same bins. No one of the three is best on all data; their rare scores together are.
 * Unknown with fewer than `minRows` reference rows.
 * @throws StatsError STATS_BAD_INPUT naming feature and row
 * @example
 * const random = createRandom(1)
 * const features = ['a', 'b'].map((name) => ({ name, kind: 'numeric', values: Float64Array.from({ length: 500 }, random.normal) }))
 * const detector = fitAnomalyDetector(features, { seed: 1 })
 * const { score } = anomalyScores(detector, [Float64Array.of(0, 6), Float64Array.of(0, -6)])
 * score[1] > 10 && score[0] < 5 // true
 */
export function fitAnomalyDetector(features: readonly Feature[], options: AnomalyOptions): AnomalyDetector | Unknown {
  const bins = freezeRecordBins(features)
  const columns = features.map(({ values }) => values)
  const records = encodeRecords(bins, columns)
  const minRows = options.minRows ?? MIN_ROWS
  if (records.rows < minRows) return { kind: 'unknown', reason: 'too-few-rows', have: records.rows, need: minRows }
  const hbos = countHbos(bins, records)
  const loda = fitLoda(hbos, records, { seed: `${options.seed}/loda` })
  const forest = fitIsolationForest(bins, records, { seed: `${options.seed}/forest` })
  const curves = {
    hbos: surpriseCurve(hbosScores(hbos, records)),
    loda: surpriseCurve(lodaScores(loda, records)),
    forest: surpriseCurve(isolationScoresOfBins(forest, records)),
  }
  return { kind: 'anomaly-detector', hbos, loda, forest, curves }
}

/**
 * Σ over the members of -ln(share of reference rows that score at least as high): 3 for an ordinary row, 20 and more
 * for one that all three have hardly seen the like of.
 * @param columns in the order of the features, NaN = missing
 * @throws StatsError STATS_BAD_INPUT when number or lengths of the columns do not fit
 * @example
 * const values = Float64Array.from({ length: 200 }, (_, i) => i % 10)
 * const detector = fitAnomalyDetector([{ name: 'a', kind: 'numeric', values }], { seed: 1 })
 * anomalyScores(detector, [Float64Array.of(3, 70, NaN)]).hbos.map((score) => Number(score > 3)) // Float64Array [0, 1, 1]
 */
export function anomalyScores(detector: AnomalyDetector, columns: readonly Float64Array[]): AnomalyScores {
  const records = encodeRecords(detector.hbos.bins, columns)
  const hbos = hbosScores(detector.hbos, records)
  const loda = lodaScores(detector.loda, records)
  const forest = isolationScoresOfBins(detector.forest, records)
  const { curves } = detector
  const score = hbos.map(
    (value, row) =>
      surpriseOf(curves.hbos, value) + surpriseOf(curves.loda, loda[row]!) + surpriseOf(curves.forest, forest[row]!),
  )
  return { score, hbos, loda, forest }
}

/**
 * Which features make a record odd, rows × features by row: by its own value (`marginal`, sums to the HBOS score) and
 * by how it stands to the others (`joint`, LODA's t).
 * @example
 * const values = Float64Array.from({ length: 200 }, (_, i) => i % 10)
 * const detector = fitAnomalyDetector([{ name: 'a', kind: 'numeric', values }], { seed: 1 })
 * anomalyReasons(detector, [Float64Array.of(70)]).marginal.length // 1
 */
export function anomalyReasons(
  detector: AnomalyDetector,
  columns: readonly Float64Array[],
): { readonly marginal: Float64Array; readonly joint: Float64Array } {
  const records = encodeRecords(detector.hbos.bins, columns)
  return { marginal: hbosReasons(detector.hbos, records), joint: lodaReasons(detector.loda, records) }
}
