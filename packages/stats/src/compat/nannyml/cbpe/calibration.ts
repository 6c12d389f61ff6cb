import { StatsError } from '../../../error.ts'
import { mean } from '../arithmetic.ts'
import { rowsTaken } from '../frame.ts'
import { ascendingOrder } from '../order.ts'
import { rocAuc } from '../performance/ranking.ts'
import { stratifiedShuffleSplits } from '../splits.ts'
import { fitIsotonicCurve, type IsotonicCurve, isotonicValue, rowsByScore } from './isotonic.ts'

/** Whether scores are calibrated, and why: the calibration errors beside each other. */
export type Calibration = {
  readonly needed: boolean
  /** null: not asked, one class only or a perfect ranking. */
  readonly errorBefore: number | null
  readonly errorAfter: number | null
  readonly curve: IsotonicCurve | null
}

const SPLITS = 10
const BINS = 10
/** scikit-learn's random_state of the splits in NannyML. */
const SEED = 42
const PERFECT = 0.999

/**
 * NannyML's decision: over ten stratified splits of 90 to 10, is the expected calibration error of the tenths smaller
 * after an isotonic fit on the nine tenths? Then the curve is fitted on all of the reference.
 * @throws StatsError STATS_TOO_FEW_ROWS
 */
export function decideCalibration(truth: Float64Array, scores: Float64Array): Calibration {
  const none = { needed: false, errorBefore: null, errorAfter: null, curve: null }
  if (truth.every((label) => label === truth[0]) || rocAuc(truth, scores) > PERFECT) return none
  const byScore = rowsByScore(scores)
  const labels: number[] = []
  const before: number[] = []
  const after: number[] = []
  for (const { train, test } of stratifiedShuffleSplits(truth, SPLITS, SEED)) {
    const inTrain = new Uint8Array(truth.length)
    for (const row of train) inTrain[row] = 1
    const curve = fitIsotonicCurve(
      scores,
      truth,
      byScore.filter((row) => inTrain[row] === 1),
    )
    for (const row of test) {
      labels.push(truth[row]!)
      before.push(scores[row]!)
      after.push(isotonicValue(curve, scores[row]!))
    }
  }
  const errorBefore = expectedCalibrationError(Float64Array.from(labels), Float64Array.from(before))
  const errorAfter = expectedCalibrationError(Float64Array.from(labels), Float64Array.from(after))
  const needed = errorBefore > errorAfter
  return { needed, errorBefore, errorAfter, curve: needed ? fitIsotonicCurve(scores, truth, byScore) : null }
}

/** Mean |score - share of ones| over bins of equal count, the last one taking the rest, weighted by rows. */
function expectedCalibrationError(labels: Float64Array, scores: Float64Array): number {
  const n = labels.length
  const bins = n <= 2 * BINS ? Math.floor(n / 2) : BINS
  if (bins < 2) throw new StatsError('STATS_TOO_FEW_ROWS', `${n} held-out rows make no two bins`, { have: n, need: 4 })
  const width = Math.floor(n / bins)
  const order = ascendingOrder(scores)
  const starts = Array.from({ length: Math.floor(n / width) }, (_, i) => i * width)
  return starts.reduce((error, from, i) => {
    const rows = order.subarray(from, i === starts.length - 1 ? n : from + width)
    const gap = mean(rowsTaken(scores, rows)) - mean(rowsTaken(labels, rows))
    return error + (rows.length / n) * Math.abs(gap)
  }, 0)
}
