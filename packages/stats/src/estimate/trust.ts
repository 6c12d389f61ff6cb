import { StatsError } from '../error.ts'
import { createLossDetector, type LossDetector, updateLossDetector } from '../sequential/index.ts'

/**
 * Whether expected losses may still be believed: two e-detectors on loss - expected loss of labelled rows, one for
 * "worse than expected", one for "better". While the conditional mean of that difference stays within ± tolerance, the
 * number of false withdrawals among T labels is T / averageRunLength at most, however often one looks. Once withdrawn,
 * trust comes back only with a new estimator, that is, a new test.
 */
export type TrustTest = {
  readonly tolerance: number
  readonly lossRange: number
  readonly worse: LossDetector
  readonly better: LossDetector
  /** Labels seen. */
  labels: number
  /** Since which label (from 0) the estimate was wrong, as far as can be told; undefined while it is trusted. */
  withdrawnSince: number | undefined
}

export type TrustOptions = {
  /** Mean difference that is of no concern, in the unit of the loss. Default 0.02 of lossRange. */
  readonly tolerance?: number
  /** Losses and expected losses lie in 0 … lossRange. Default 1. */
  readonly lossRange?: number
  /** Labels between two false withdrawals, at least. Default 100,000. */
  readonly averageRunLength?: number
}

/**
 * @throws StatsError STATS_BAD_OPTION
 * @example createTrustTest().withdrawnSince // undefined
 */
export function createTrustTest(options: TrustOptions = {}): TrustTest {
  const { lossRange = 1, averageRunLength = 100_000 } = options
  const { tolerance = 0.02 * lossRange } = options
  if (!(lossRange > 0 && lossRange < Infinity && tolerance >= 0 && tolerance < lossRange))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `a trust test needs 0 <= tolerance < lossRange, found ${tolerance} and ${lossRange}`,
    )
  const detector = () =>
    createLossDetector({
      referenceMean: 0.5,
      tolerance: tolerance / lossRange / 2,
      averageRunLength: 2 * averageRunLength,
    })
  return { tolerance, lossRange, worse: detector(), better: detector(), labels: 0, withdrawnSince: undefined }
}

/**
 * Adds labelled rows in place, in the order in which their labels came.
 * @returns whether the estimate may still be shown
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE for a loss or expected loss outside 0 … lossRange
 * @example
 * const test = createTrustTest()
 * updateTrustTest(test, new Array(200).fill(1), new Array(200).fill(0.3)) // false
 */
export function updateTrustTest(test: TrustTest, losses: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  if (losses.length !== expected.length)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `updateTrustTest got ${losses.length} losses and ${expected.length} expected losses, expected one of each a label`,
    )
  const raised = Float64Array.from({ length: losses.length }, (_, i) => raisedDifference(test, losses, expected, i))
  const before = test.labels
  test.labels += raised.length
  if (test.withdrawnSince !== undefined) return false
  for (const [detector, stream] of [
    [test.worse, raised],
    [test.better, raised.map((value) => 1 - value)],
  ] as const) {
    const since = before - detector.rows
    const alarm = updateLossDetector(detector, stream)
    if (alarm.alarmed) test.withdrawnSince ??= since + alarm.onset
  }
  return test.withdrawnSince === undefined
}

/** (loss - expected) / lossRange, from -1 … 1 to 0 … 1. */
function raisedDifference(
  { lossRange }: TrustTest,
  losses: ArrayLike<number>,
  expected: ArrayLike<number>,
  i: number,
): number {
  const [loss, guess] = [losses[i]!, expected[i]!]
  if (loss >= 0 && loss <= lossRange && guess >= 0 && guess <= lossRange)
    return Math.min(1, Math.max(0, 0.5 + (loss - guess) / lossRange / 2))
  throw new StatsError(
    'STATS_OUT_OF_RANGE',
    `label ${i} of updateTrustTest has loss ${loss} and expected loss ${guess}, expected 0 to ${lossRange}`,
    { row: i },
  )
}
