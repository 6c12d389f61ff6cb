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
  /** Weighted mean of the scores. */
  centre: number
}

export interface IsotonicOptions {
  /**
   * 'ends' (default): knots at both ends of each pool, as in scikit-learn; between two pools the line may be nearly
   * vertical, and then magnifies the float32 rounding of a served score. 'centres': one knot at the mean score of each
   * pool, so that the slope is that of the data and an exported model agrees with this one.
   */
  readonly knots?: 'ends' | 'centres'
}

/**
 * Isotonic regression by pooling adjacent violators; equal scores are averaged first. Between the knots of the pools
 * the line is straight.
 * @see Barlow et al. 1972; Zadrozny and Elkan 2002
 * @throws LearnError LEARN_DATA_INVALID naming the row
 * @example fitIsotonic({ probabilities: Float64Array.of(.1, .4, .6), outcomes: Float64Array.of(0, 1, 0) }).to // [0, 0.5, 0.5]
 */
export function fitIsotonic(data: CalibrationData, options: IsotonicOptions = {}): IsotonicCalibrator {
  checkCalibrationData(data)
  const points = averagedTies(data)
  const pools: Pool[] = []
  points.forEach(({ at, weight, mean }, i) => {
    let pool: Pool = { from: i, until: i, weight, mean, centre: at }
    for (let last = pools.at(-1); last !== undefined && last.mean >= pool.mean; last = pools.at(-1)) {
      pool = pooled(last, pool)
      pools.pop()
    }
    pools.push(pool)
  })
  const knots = pools.flatMap(({ from, until, centre }) =>
    options.knots === 'centres'
      ? [centre]
      : from === until
        ? [points[from]!.at]
        : [points[from]!.at, points[until]!.at],
  )
  const values = pools.flatMap(({ from, until, mean }) =>
    options.knots === 'centres' || from === until ? [mean] : [mean, mean],
  )
  return { kind: 'isotonic', from: knots, to: values }
}

function pooled(left: Pool, right: Pool): Pool {
  const weight = left.weight + right.weight
  return {
    from: left.from,
    until: right.until,
    weight,
    mean: (left.weight * left.mean + right.weight * right.mean) / weight,
    centre: (left.weight * left.centre + right.weight * right.centre) / weight,
  }
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
