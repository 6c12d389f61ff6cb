import type { Bet } from './watch.ts'

/**
 * Four bets: two hours of memory on hours, four on quarters of a day, half a day and four days on days. A guess made of
 * the last few buckets lags little and is rarely bolder than what is there: with PSI 0.04 in wandering traffic these
 * find in two days what half-lives of 3 h, 12 h, 2 d and 7 d on hours and days found in six. Guesses stretched beyond
 * what was seen, to make up for their lag, were tried: they overshoot small drifts and miss them.
 */
export const DEFAULT_BETS: readonly Bet[] = [
  { scaleHours: 1, halfLifeHours: 2, weight: 0.05 },
  { scaleHours: 6, halfLifeHours: 4, weight: 0.65 },
  { scaleHours: 24, halfLifeHours: 12, weight: 0.2 },
  { scaleHours: 24, halfLifeHours: 96, weight: 0.1 },
]

/** A year of 365.25 days. */
export const HOURS_PER_YEAR = 8766
