import { StatsError } from '../error.ts'
import { holm } from '../hypothesis/index.ts'
import { normalCdf } from '../special/index.ts'
import type { Figure, FigureOptions } from './figure.ts'
import { around, checkLength, settingsOf, unknown } from './weighted.ts'

/** Rows and losses by slice; they add up. */
export type SliceSums = { readonly rows: Float64Array; readonly losses: Float64Array; readonly squares: Float64Array }

export type SlicePerformance = {
  readonly slice: number
  readonly rows: number
  /** Share of all rows. */
  readonly share: number
  readonly loss: Figure
  /** Mean loss of the slice less that of all other rows. */
  readonly excess: Figure
  /** Two-sided, that the excess is 0; adjusted for all slices by Holm. 1 where it is not known. */
  readonly pValue: number
}

/** @throws StatsError STATS_BAD_OPTION @example createSliceSums(3).rows // [0, 0, 0] */
export function createSliceSums(slices: number): SliceSums {
  if (!(Number.isInteger(slices) && slices > 0))
    throw new StatsError('STATS_BAD_OPTION', `slices is ${slices}, expected a whole number from 1`, { slices })
  return { rows: new Float64Array(slices), losses: new Float64Array(slices), squares: new Float64Array(slices) }
}

/**
 * Adds rows in place; nothing is added when a row is refused.
 * @param slices slice of each row, 0 … @param losses of each row: error, squared error, log loss, cost
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example
 * const sums = createSliceSums(2)
 * updateSliceSums(sums, [0, 1, 1], [1, 0, 1])
 * sums.losses // [1, 1]
 */
export function updateSliceSums(sums: SliceSums, slices: ArrayLike<number>, losses: ArrayLike<number>): void {
  checkLength('updateSliceSums', 'losses', losses.length, slices.length)
  for (let i = 0; i < slices.length; i++) {
    const isSlice = Number.isInteger(slices[i]) && slices[i]! >= 0 && slices[i]! < sums.rows.length
    if (isSlice && Math.abs(losses[i]!) < 1e150) continue
    throw new StatsError(
      'STATS_OUT_OF_RANGE',
      `row ${i} of updateSliceSums has slice ${slices[i]} and loss ${losses[i]}, expected 0 to ${sums.rows.length - 1} and a finite loss`,
      { row: i },
    )
  }
  for (let i = 0; i < slices.length; i++) {
    sums.rows[slices[i]!]!++
    sums.losses[slices[i]!]! += losses[i]!
    sums.squares[slices[i]!]! += losses[i]! ** 2
  }
}

/**
 * Every slice against the rest, most surely worse first: by the lower end of share · excess, which is what the slice
 * costs the whole. Slices of few rows are shown and unknown.
 * @example
 * const sums = createSliceSums(2)
 * updateSliceSums(sums, [0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 0])
 * scoreSlices(sums, { minRows: 3 })[0].slice // 1
 */
export function scoreSlices(sums: SliceSums, options: FigureOptions = {}): SlicePerformance[] {
  const settings = settingsOf(options)
  const total = [sums.rows, sums.losses, sums.squares].map((part) =>
    part.reduce((sum, each) => sum + each, 0),
  ) as unknown as Moments
  const need = Math.max(2, settings.minRows)
  const tested = Array.from(sums.rows, (rows, slice) => {
    const own: Moments = [rows, sums.losses[slice]!, sums.squares[slice]!]
    const rest = total.map((part, i) => part - own[i]!) as unknown as Moments
    const share = total[0] > 0 ? rows / total[0] : 0
    if (rows < need)
      return {
        slice,
        rows,
        share,
        loss: unknown('too-few-rows', rows),
        excess: unknown('too-few-rows', rows),
        plain: 1,
      }
    const [mine, others] = [meanOf(own), meanOf(rest)]
    const loss = around(mine.mean, Math.sqrt(mine.variance), rows, settings)
    if (rest[0] < need) return { slice, rows, share, loss, excess: unknown('too-few-other-rows', rows), plain: 1 }
    const error = Math.sqrt(mine.variance + others.variance)
    const difference = mine.mean - others.mean
    const plain = error > 0 ? Math.min(1, 2 * normalCdf(-Math.abs(difference) / error)) : difference === 0 ? 1 : 0
    return { slice, rows, share, loss, excess: around(difference, error, rows, settings), plain }
  })
  const adjusted = holm(tested.map(({ plain }) => plain))
  const cost = ({ share, excess }: SlicePerformance) => (excess.kind === 'known' ? share * excess.low : -Infinity)
  return tested
    .map(({ plain: _, ...each }, i) => ({ ...each, pValue: adjusted[i]! }))
    .sort((a, b) => (cost(b) === cost(a) ? a.slice - b.slice : cost(b) - cost(a)))
}

type Moments = readonly [rows: number, losses: number, squares: number]

function meanOf([rows, losses, squares]: Moments) {
  const mean = losses / rows
  return { mean, variance: Math.max(0, squares / rows - mean * mean) / (rows - 1) }
}
