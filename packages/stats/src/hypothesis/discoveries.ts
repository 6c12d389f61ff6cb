import { StatsError } from '../error.ts'

/** Which hypotheses are rejected, in the order given. */
export type Discoveries = { readonly rejected: readonly boolean[]; readonly count: number }

/**
 * e-BH: rejects the k largest of m e-values, k the largest number for which the k-th is at least m / (q k). The false
 * discovery rate is at most q under any dependence between the tests, which BH on p-values does not promise.
 * @param eValues from 0; an e-value is a bet's return, of mean at most 1 when nothing is there @param q above 0, up to 1
 * @see Wang and Ramdas 2022
 * @example eBenjaminiHochberg([90, 0.5, 30, 2], 0.1).rejected // [true, false, true, false]
 */
export function eBenjaminiHochberg(eValues: ArrayLike<number>, q: number): Discoveries {
  checkLevelOf('eBenjaminiHochberg', q)
  const order = Array.from(eValues, (e, i) => ({ e: checkE('eBenjaminiHochberg', e, i), i })).sort((a, b) => b.e - a.e)
  let count = 0
  for (const [k, { e }] of order.entries()) if (e * q * (k + 1) >= order.length) count = k + 1
  const rejected = new Array<boolean>(order.length).fill(false)
  for (const { i } of order.slice(0, count)) rejected[i] = true
  return { rejected, count }
}

/** What e-LOND has to remember: plain numbers, so that it can be stored between tests. */
export type ELondState = { readonly alpha: number; readonly tests: number; readonly discoveries: number }

/**
 * Starts e-LOND: tests that come one after the other, for ever, with a false discovery rate of at most alpha at any
 * moment, under any dependence. @param alpha above 0, up to 1
 * @see Xu and Ramdas 2024
 * @example startELond(0.05) // { alpha: 0.05, tests: 0, discoveries: 0 }
 */
export function startELond(alpha: number): ELondState {
  checkLevelOf('startELond', alpha)
  return { alpha, tests: 0, discoveries: 0 }
}

/**
 * The next test: rejected when its e-value is at least 1 / level, where the level is alpha γ_t (discoveries + 1) and
 * γ_t = c / ((t + 1) ln² (t + 1)) sums to 1. Spending so slowly, it never runs out; every discovery earns more.
 * @returns the level of this test, whether it is a discovery, and the state for the next
 * @example stepELond(startELond(0.05), 100).rejected // true
 */
export function stepELond(
  state: ELondState,
  eValue: number,
): { readonly state: ELondState; readonly rejected: boolean; readonly level: number } {
  checkE('stepELond', eValue, state.tests)
  const rank = state.tests + 2
  const level = (state.alpha * (state.discoveries + 1)) / (SPENDING_SUM * rank * Math.log(rank) ** 2)
  const rejected = eValue * level >= 1
  return {
    level,
    rejected,
    state: { alpha: state.alpha, tests: state.tests + 1, discoveries: state.discoveries + (rejected ? 1 : 0) },
  }
}

/** Σ 1 / (k ln² k) over k >= 2, rounded up. */
const SPENDING_SUM = 2.10974281

/**
 * A p-value as an e-value, 1 / (2 √p): the calibrator κ p^(κ-1) with κ = 1/2. A p-value of 0 is taken for 1e-300.
 * @see Vovk and Wang 2021
 * @example eValueOf(0.0001) // 50
 */
export function eValueOf(pValue: number): number {
  if (!(pValue >= 0 && pValue <= 1))
    throw new StatsError('STATS_OUT_OF_RANGE', `the p-value of eValueOf is ${pValue}, expected 0 to 1`, { pValue })
  return 0.5 / Math.sqrt(Math.max(pValue, 1e-300))
}

function checkE(where: string, e: number, i: number): number {
  if (e >= 0) return e
  throw new StatsError('STATS_OUT_OF_RANGE', `e-value ${i} of ${where} is ${e}, expected 0 or more`, { row: i })
}

function checkLevelOf(where: string, level: number): void {
  if (!(level > 0 && level <= 1))
    throw new StatsError('STATS_BAD_OPTION', `the level of ${where} is ${level}, expected more than 0 and at most 1`, {
      level,
    })
}
