import { StatsError } from '../error.ts'
import type { Figure, FigureOptions } from './figure.ts'
import { averagePrecision, rank } from './ranking.ts'
import { checkLength, meanAndError, settingsOf, tFor, unknown } from './weighted.ts'

/** Candidates of one question (a search, a user, a page) with what they were worth and how they were ranked. */
export type RankedQuery = {
  /** Gain of each candidate, from 0; above 0 is relevant. */
  readonly relevance: ArrayLike<number>
  /** Higher stands further up. */
  readonly scores: ArrayLike<number>
}

export type RankingPerformance = {
  /** Normalised discounted cumulative gain of the first k: gains as they are, discount log2(rank + 1). */
  readonly ndcg: Figure
  /** Mean of the queries' average precision. */
  readonly meanAveragePrecision: Figure
  /** Mean of 1 / rank of the first relevant candidate; among equal scores, the last of the tie. */
  readonly reciprocalRank: Figure
  readonly precisionAtK: Figure
  readonly recallAtK: Figure
}

export type RankingOptions = Omit<FigureOptions, 'minRows'> & {
  /** How far down one looks. Default 10. */
  readonly k?: number
  /** With fewer queries every figure is unknown. Default 10. */
  readonly minQueries?: number
}

/**
 * Ranking by query, each figure the mean over queries with its t-interval: candidates of a query depend on each other,
 * queries do not. Equal scores count as any order of them would on average. Queries without a relevant candidate are
 * left out (there is nothing to find), and `rows` of each figure says how many were not.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming query and candidate, STATS_BAD_OPTION
 * @see Järvelin and Kekäläinen 2002; NDCG and average precision equal scikit-learn 1.9
 * @example scoreRanking([{ relevance: [0, 1], scores: [0.9, 0.8] }, { relevance: [1, 0], scores: [0.9, 0.8] }], { minQueries: 2 }).reciprocalRank.value // 0.75
 */
export function scoreRanking(queries: readonly RankedQuery[], options: RankingOptions = {}): RankingPerformance {
  const { k = 10, minQueries = 10, ...rest } = options
  if (!(Number.isInteger(k) && k > 0))
    throw new StatsError('STATS_BAD_OPTION', `k is ${k}, expected a whole number from 1`, { k })
  const { level } = settingsOf(rest)
  queries.forEach(checkQuery)
  const asked = queries.filter(({ relevance }) => Array.from(relevance).some((gain) => gain > 0))
  const measured = asked.map((query) => measureQuery(query, k))
  const figure = (of: (query: Measured) => number): Figure => {
    if (measured.length < Math.max(2, minQueries)) return unknown('too-few-queries', measured.length)
    const { mean, error } = meanAndError(new Float64Array(measured.length).fill(1), (i) => of(measured[i]!))
    const half = tFor(level, measured.length - 1) * error
    const [low, high] = [Math.max(0, mean - half), Math.min(1, mean + half)]
    return { kind: 'known', value: Math.min(1, mean), low, high, rows: measured.length, level }
  }
  return {
    ndcg: figure(({ ndcg }) => ndcg),
    meanAveragePrecision: figure((query) => query.averagePrecision),
    reciprocalRank: figure(({ reciprocalRank }) => reciprocalRank),
    precisionAtK: figure(({ relevantAtK }) => relevantAtK / k),
    recallAtK: figure(({ relevantAtK, relevant }) => relevantAtK / relevant),
  }
}

type Measured = ReturnType<typeof measureQuery>

function measureQuery({ relevance, scores }: RankedQuery, k: number) {
  const isRelevant = Float64Array.from(relevance, (gain) => (gain > 0 ? 1 : 0))
  const ranked = rank(isRelevant, scores, new Float64Array(scores.length).fill(1))
  const precision = averagePrecision(ranked, { level: 0.95, minRows: 1, z: 2 })
  const ideal = Float64Array.from(relevance).sort().reverse()
  const best = ideal.reduce((sum, gain, place) => sum + gain * discountAt(place, k), 0)
  let [gained, relevantAtK, reciprocalRank] = [0, 0, 0]
  for (let from = 0; from < ranked.order.length; ) {
    let until = from
    let [gain, hits, discount] = [0, 0, 0]
    for (; until < ranked.order.length && scores[ranked.order[until]!] === scores[ranked.order[from]!]; until++) {
      gain += relevance[ranked.order[until]!]!
      hits += isRelevant[ranked.order[until]!]!
      discount += discountAt(until, k)
    }
    const tied = until - from
    gained += (gain / tied) * discount
    relevantAtK += (hits / tied) * Math.max(0, Math.min(until, k) - from)
    if (hits > 0 && reciprocalRank === 0) reciprocalRank = 1 / (until - hits + 1)
    from = until
  }
  return {
    ndcg: gained / best,
    averagePrecision: precision.kind === 'known' ? precision.value : 0,
    reciprocalRank,
    relevantAtK,
    relevant: isRelevant.reduce((sum, hit) => sum + hit, 0),
  }
}

function discountAt(place: number, k: number): number {
  return place < k ? 1 / Math.log2(place + 2) : 0
}

function checkQuery({ relevance, scores }: RankedQuery, query: number): void {
  checkLength(`query ${query} of scoreRanking`, 'scores', scores.length, relevance.length)
  for (let i = 0; i < scores.length; i++) {
    if (relevance[i]! >= 0 && relevance[i]! < Infinity && Number.isFinite(scores[i])) continue
    throw new StatsError(
      'STATS_OUT_OF_RANGE',
      `candidate ${i} of query ${query} has relevance ${relevance[i]} and score ${scores[i]}, expected a gain from 0 and a finite score`,
      { query, candidate: i },
    )
  }
}
