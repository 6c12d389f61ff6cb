import { StatsError } from '../error.ts'

/** @throws StatsError STATS_BAD_OPTION where p is no probability */
export function checkShare(where: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new StatsError('STATS_BAD_OPTION', `p of ${where} is ${p}, expected 0 to 1`, { p })
}

/** @throws StatsError STATS_BAD_OPTION for NaN; a law has a value at either infinity */
export function checkNumber(where: string, x: number): void {
  if (Number.isNaN(x)) throw new StatsError('STATS_BAD_OPTION', `x of ${where} is NaN, expected a number`)
}

/** Of degrees of freedom and shapes: beyond it their sums and products leave the doubles. */
const LARGEST = 1e100

/** @throws StatsError STATS_BAD_OPTION where degrees of freedom or a shape is not above 0, or too large for a double's arithmetic */
export function checkPositive(where: string, name: string, value: number): void {
  if (!(value > 0 && value <= LARGEST))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `${name} of ${where} is ${value}, expected above 0 and at most ${LARGEST}`,
      {
        [name]: value,
      },
    )
}
