import { StatsError } from '../error.ts'
import { normalCdf, normalQuantile } from '../special/index.ts'
import { allUsed, type EffectInterval, type LevelOptions, type TestResult } from './result.ts'
import { checkLevel } from './samples.ts'

/** A share with its interval. */
export type ShareInterval = { readonly value: number; readonly low: number; readonly high: number }

/**
 * Wilson's score interval of a proportion: holds its level down to a handful of rows and stays within 0 and 1.
 * @param rows above 0; may be fractional (rows divided by a design effect) @param level default 0.95
 * @see Wilson 1927
 * @example wilsonInterval(3, 20).low // 0.0523687
 */
export function wilsonInterval(successes: number, rows: number, level = 0.95): ShareInterval {
  checkShare('wilsonInterval', successes, rows)
  const z = normalQuantile(0.5 + checkLevel('wilsonInterval', level) / 2)
  const p = successes / rows
  const centre = (p + (z * z) / (2 * rows)) / (1 + (z * z) / rows)
  const half = (z / (1 + (z * z) / rows)) * Math.sqrt((p * (1 - p)) / rows + (z * z) / (4 * rows * rows))
  return { value: p, low: p === 0 ? 0 : Math.max(0, centre - half), high: p === 1 ? 1 : Math.min(1, centre + half) }
}

export type Share = { readonly successes: number; readonly rows: number }

/**
 * Two-sided z-test that two proportions are equal, with the pooled variance; good from some five successes and failures
 * in either sample (below, use `fisherExact`). Equal degenerate shares give p = 1. The effect is current less reference,
 * with Newcombe's hybrid of the two Wilson intervals.
 * @see Newcombe 1998, method 10
 * @example twoProportionZ({ successes: 30, rows: 100 }, { successes: 45, rows: 100 }).pValue // 0.02846
 */
export function twoProportionZ(reference: Share, current: Share, options: LevelOptions = {}): TestResult {
  checkShare('twoProportionZ', reference.successes, reference.rows)
  checkShare('twoProportionZ', current.successes, current.rows)
  const level = checkLevel('twoProportionZ', options.level)
  const pooled = (reference.successes + current.successes) / (reference.rows + current.rows)
  const variance = pooled * (1 - pooled) * (1 / reference.rows + 1 / current.rows)
  const difference = current.successes / current.rows - reference.successes / reference.rows
  const statistic = variance > 0 ? difference / Math.sqrt(variance) : 0
  return {
    kind: 'tested',
    statistic,
    pValue: Math.min(1, 2 * normalCdf(-Math.abs(statistic))),
    method: 'asymptotic',
    effect: {
      name: 'difference of shares',
      value: difference,
      interval: differenceInterval(reference, current, level),
    },
    rows: { reference: allUsed(reference.rows), current: allUsed(current.rows) },
  }
}

/** Newcombe: the distances of the shares to the ends of their own intervals, added as squares. */
function differenceInterval(reference: Share, current: Share, level: number): EffectInterval {
  const a = wilsonInterval(reference.successes, reference.rows, level)
  const b = wilsonInterval(current.successes, current.rows, level)
  const difference = b.value - a.value
  return {
    low: Math.max(-1, difference - Math.hypot(b.value - b.low, a.high - a.value)),
    high: Math.min(1, difference + Math.hypot(b.high - b.value, a.value - a.low)),
    level,
  }
}

function checkShare(where: string, successes: number, rows: number): void {
  if (!(rows > 0 && rows < Infinity && successes >= 0 && successes <= rows))
    throw new StatsError(
      'STATS_BAD_COUNT',
      `${where} got ${successes} of ${rows} rows, expected 0 to rows of more than 0, finite`,
      { successes, rows },
    )
}
