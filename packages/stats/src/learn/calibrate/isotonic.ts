import { LearnError } from '../error.ts'
import type { IsotonicCalibrator } from '../model.ts'

/** Scores and what came of them: the rows a calibrator is fitted on must not be those the model was trained on. */
export interface CalibrationData {
  /** Predicted probabilities of class 1. */
  readonly probabilities: Float64Array
  /** 0 or 1. */
  readonly outcomes: Float64Array
  readonly weights?: Float64Array
}

/** A run of rows that share one fitted value. */
interface Pool {
  from: number
  until: number
  weight: number
  mean: number
}

/**
 * Isotonic regression by pooling adjacent violators; equal scores are averaged first, and of each pool only the two
 * ends are kept, so that between pools the line is straight (scikit-learn's convention).
 * @see Barlow et al. 1972; Zadrozny and Elkan 2002
 * @throws LearnError LEARN_DATA_INVALID naming the row
 * @example fitIsotonic({ probabilities: Float64Array.of(.1, .4, .6), outcomes: Float64Array.of(0, 1, 0) }).to // [0, 0.5, 0.5]
 */
export function fitIsotonic(data: CalibrationData): IsotonicCalibrator {
  checkCalibrationData(data)
  const points = averagedTies(data)
  const pools: Pool[] = []
  points.forEach(({ weight, mean }, i) => {
    let pool: Pool = { from: i, until: i, weight, mean }
    for (let last = pools.at(-1); last !== undefined && last.mean >= pool.mean; last = pools.at(-1)) {
      const sum = last.weight + pool.weight
      const pooled = (last.weight * last.mean + pool.weight * pool.mean) / sum
      pool = { from: last.from, until: pool.until, weight: sum, mean: pooled }
      pools.pop()
    }
    pools.push(pool)
  })
  const ends = pools.flatMap(({ from, until, mean }) =>
    (from === until ? [from] : [from, until]).map((i) => ({ at: points[i]!.at, mean })),
  )
  return { kind: 'isotonic', from: ends.map(({ at }) => at), to: ends.map(({ mean }) => mean) }
}

function averagedTies({ probabilities, outcomes, weights }: CalibrationData) {
  const order = Array.from(probabilities.keys()).filter((row) => (weights?.[row] ?? 1) > 0)
  order.sort((a, b) => probabilities[a]! - probabilities[b]!)
  const points: { at: number; weight: number; mean: number }[] = []
  for (const row of order) {
    const weight = weights?.[row] ?? 1
    const last = points.at(-1)
    if (last === undefined || last.at !== probabilities[row]) {
      points.push({ at: probabilities[row]!, weight, mean: outcomes[row]! })
    } else {
      last.weight += weight
      last.mean += (weight / last.weight) * (outcomes[row]! - last.mean)
    }
  }
  return points
}

export function checkCalibrationData({ probabilities, outcomes, weights }: CalibrationData): void {
  const rows = probabilities.length
  if (rows === 0) throw new LearnError('LEARN_DATA_INVALID', 'found no rows to calibrate on, expected at least one')
  if (outcomes.length !== rows || (weights !== undefined && weights.length !== rows)) {
    const found = `${rows} probabilities, ${outcomes.length} outcomes and ${weights?.length ?? 'no'} weights`
    throw new LearnError('LEARN_DATA_INVALID', `found ${found}, expected one of each for every row`)
  }
  for (let row = 0; row < rows; row++) {
    const probability = probabilities[row]!
    const weight = weights?.[row] ?? 1
    const good = probability >= 0 && probability <= 1 && (outcomes[row] === 0 || outcomes[row] === 1)
    if (good && weight >= 0 && Number.isFinite(weight)) continue
    const found = `probability ${probability}, outcome ${outcomes[row]}, weight ${weight}`
    const expected = 'a probability from 0 to 1, outcome 0 or 1, weight >= 0'
    throw new LearnError('LEARN_DATA_INVALID', `row ${row} has ${found}, expected ${expected}`, { row })
  }
  if (weights !== undefined && !weights.some((weight) => weight > 0)) {
    throw new LearnError('LEARN_DATA_INVALID', `all ${rows} weights are 0, expected one above 0`)
  }
}
