import { StatsError } from '../error.ts'
import { checkLevel } from '../hypothesis/index.ts'
import { noncentralityInterval } from '../special/index.ts'
import { type Counts, type Table, tableOf } from './counts.ts'
import type { Distance, DistanceOptions } from './distance.ts'
import { permutedValues } from './permutation.ts'

/** A statistic and its law for large counts when nothing changed. */
export type Statistic = {
  readonly name: string
  readonly evaluate: (reference: Float64Array, current: Float64Array) => number
  /** @param spread designEffect × (1/n + 1/m): the variance scale of a difference of two shares */
  readonly asymptotic: (
    table: Table,
    spread: number,
    alpha: number,
  ) => { readonly floor: number; readonly mean: number }
  /**
   * Between these multiples of the asymptotic floor the exact floor, which is dear, is worked out. Below the first there
   * is no exceedance to judge (where the exact floor is lower still, that costs power, not size). Above the second, in
   * 3.4 million unchanged sparse tables of 2 to 60 bins, fell at most 5 in 100,000.
   */
  readonly doubt: readonly [number, number]
  /** How many rows every bin must expect in both samples before the asymptotic law is believed; Infinity: never. */
  readonly denseRows: number
  /**
   * The statistic (its square, where `rooted`) is about this multiple of `spread` times chi-square with bins - 1 degrees
   * of freedom, noncentral when something changed. Absent where no such law holds.
   */
  readonly chiSquare?: { readonly scale: number; readonly rooted: boolean }
}

const DEFAULT_ALPHA = 0.001
/** One false alarm of a table of ten thousand columns in ten thousand looks. */
const LEAST_ALPHA = 1e-8

/** The statistic's value with its noise floor: asymptotic where the counts allow it, else by permutation. */
export function withNoise(
  statistic: Statistic,
  reference: Counts,
  current: Counts,
  options: DistanceOptions,
): Distance {
  const alpha = options.alpha ?? DEFAULT_ALPHA
  const designEffect = options.designEffect ?? 1
  checkOptions(statistic.name, alpha, designEffect)
  const table = tableOf(statistic.name, reference, current)
  const value = statistic.evaluate(table.reference, table.current)
  const spread = designEffect * (1 / table.referenceRows + 1 / table.currentRows)
  const { floor, mean } = statistic.asymptotic(table, spread, alpha)
  const believed = leastExpected(table) / designEffect >= statistic.denseRows
  const [near, far] = statistic.doubt
  const interval = intervalOf(statistic, table, spread, value, options.level)
  if (believed || value < near * floor || value > far * floor)
    return { value, noiseFloor: floor, noiseMean: mean, alpha, ...interval }
  return { value, ...permutationFloor(statistic, table, alpha, designEffect), alpha, ...interval }
}

function intervalOf(
  { name, chiSquare }: Statistic,
  table: Table,
  spread: number,
  value: number,
  asked: number | undefined,
): Pick<Distance, 'interval'> {
  if (asked === undefined) return {}
  const level = checkLevel(name, asked)
  const df = table.reference.length - 1
  if (!chiSquare || df === 0) return {}
  const unit = chiSquare.scale * spread
  const { low, high } = noncentralityInterval((chiSquare.rooted ? value * value : value) / unit, df, level)
  const back = (noncentrality: number) => (chiSquare.rooted ? Math.sqrt(unit * noncentrality) : unit * noncentrality)
  return { interval: { low: back(low), high: back(high), level } }
}

/** Levels below it would take more permutations than a floor is worth. */
const LEAST_PERMUTED = 1e-4

/**
 * With B draws the k-th largest, k = alpha (B + 1), is exceeded with probability alpha exactly (ties aside: less).
 * A rarer floor is carried on from there, as far as the asymptotic law's is further out.
 */
function permutationFloor(statistic: Statistic, table: Table, alpha: number, designEffect: number) {
  const permuted = Math.max(alpha, LEAST_PERMUTED)
  const draws = drawsFor(permuted)
  const values = permutedValues(table, statistic.evaluate, { draws, designEffect })
  const noiseMean = values.reduce((sum, value) => sum + value, 0) / draws
  const noiseFloor = values[draws - Math.floor(permuted * (draws + 1))]!
  if (permuted === alpha) return { noiseFloor, noiseMean }
  const asymptotic = (level: number) => statistic.asymptotic(table, 1, level).floor
  const reach = asymptotic(permuted)
  return { noiseFloor: reach > 0 ? noiseFloor * (asymptotic(alpha) / reach) : noiseFloor, noiseMean }
}

function leastExpected(table: Table): number {
  const total = table.referenceRows + table.currentRows
  const fewer = Math.min(table.referenceRows, table.currentRows)
  let least = Infinity
  for (let j = 0; j < table.reference.length; j++) least = Math.min(least, table.reference[j]! + table.current[j]!)
  return (least * fewer) / total
}

function checkOptions(where: string, alpha: number, designEffect: number): void {
  if (!(alpha >= LEAST_ALPHA && alpha < 1))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `alpha of ${where} is ${alpha}, expected ${LEAST_ALPHA} or more and less than 1`,
      {
        alpha,
      },
    )
  if (!(designEffect >= 1 && designEffect < Infinity))
    throw new StatsError('STATS_BAD_OPTION', `designEffect of ${where} is ${designEffect}, expected 1 or more`, {
      designEffect,
    })
}

export function checkAlpha(where: string, alpha = DEFAULT_ALPHA): number {
  if (alpha >= 1e-4 && alpha < 1) return alpha
  throw new StatsError('STATS_BAD_OPTION', `alpha of ${where} is ${alpha}, expected 0.0001 or more and less than 1`, {
    alpha,
  })
}

/** Permutations that put alpha (B + 1) of them at or above the floor: two at least. */
function drawsFor(alpha: number): number {
  return Math.max(999, Math.ceil(2 / alpha) - 1)
}
