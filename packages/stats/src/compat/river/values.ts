import { StatsError } from '../../error.ts'

/** Beyond it squares and sums over a long stream would overflow. */
const LARGEST = 1e100

/**
 * What river takes without a word: not a number, infinite, so large that its square overflows.
 * @throws StatsError STATS_OUT_OF_RANGE
 */
export function checkValue(method: string, value: number, at = 0, least = -LARGEST, most = LARGEST): void {
  if (!(value >= least && value <= most))
    throw new StatsError(
      'STATS_OUT_OF_RANGE',
      `value ${at} of ${method} is ${value}, expected a number from ${least} to ${most}; leave out what is missing`,
      { method, row: at, found: value },
    )
}

type Range = { readonly least: number; readonly most?: number; readonly whole?: true; readonly open?: true }

/** @throws StatsError STATS_BAD_OPTION where a number is outside its range; `open`: the ends do not belong to it */
export function checkOption(method: string, name: string, found: number, range: Range): void {
  const { least, most = Number.MAX_VALUE, whole, open } = range
  const inside = open ? found > least && found < most : found >= least && found <= most
  if (inside && (!whole || Number.isSafeInteger(found))) return
  throw new StatsError(
    'STATS_BAD_OPTION',
    `${name} of ${method} is ${found}, expected a ${whole ? 'whole ' : ''}number ${open ? 'between' : 'from'} ${least} ${open ? 'and' : 'to'} ${most}`,
    { method, option: name, found },
  )
}
