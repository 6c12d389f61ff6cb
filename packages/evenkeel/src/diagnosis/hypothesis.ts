import type { CauseType, Evidence } from '../storage/index.ts'
import { logDirichletMultinomial, logFreeMultinomial, logMeanExp, mix, rowsOf, smooth } from './likelihood.ts'

/** What one column shows, before and after: everything hypotheses about it are scored on. */
export interface ColumnCase {
  readonly feature: string
  readonly source: string | null
  /** Rows per bin; the same layout in all of them. */
  readonly before: Float64Array
  readonly after: Float64Array
  /** Rows' worth of certainty `before` gives about `after` when nothing has changed. */
  readonly concentration: number
  readonly missing: number
  readonly invalid: number
}

/** One story of how `after` came from `before`. */
export interface Hypothesis {
  readonly type: CauseType | 'nothing'
  /** ln P(after | story), in nats, free parameters averaged out. */
  readonly nats: number
  /** Shares per bin the story expects, at its best parameters. */
  readonly expected: Float64Array
  readonly words: string
  readonly evidence: Evidence
  readonly parameters: Readonly<Record<string, unknown>>
}

/** Shares of rows a fault may hit. Below 3 % no fault is told from noise. */
export const AFFECTED_SHARES: readonly number[] = [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.9, 0.97, 1]

/** A transformed yardstick is at most this certain: bins are coarse, and a transform cuts them in the middle. */
const TRANSFORM_CONCENTRATION = 400

/** Nothing has changed: `before`, with its own day-to-day variation. */
export function nothing(column: ColumnCase): Hypothesis {
  const expected = smooth(column.before)
  const nats = logMeanExp([1, 0.5].map((part) => score(column, expected, column.concentration * part)))
  return { type: 'nothing', nats, expected, words: 'nothing has changed', evidence: {}, parameters: {} }
}

/** The honest alternative: shares moved, a little or anyhow, and no known fault explains how. */
export function naturalShift(column: ColumnCase): Hypothesis {
  const before = smooth(column.before)
  const looser = [column.concentration / 4, column.concentration / 16, 12].map((rows) => Math.max(4, rows))
  const nats = logMeanExp([...looser.map((rows) => score(column, before, rows)), logFreeMultinomial(column.after)])
  const distance = totalVariation(before, smooth(column.after))
  return {
    type: 'population-shift',
    nats,
    expected: smooth(column.after),
    words: `${column.feature} is distributed differently: ${percent(distance)} of the rows would have to move back`,
    evidence: { moved: round(distance) },
    parameters: {},
  }
}

export interface Story {
  readonly type: CauseType
  /** Shares per bin of the rows that are hit. */
  readonly hit: Float64Array
  /** Nats known from elsewhere than the bins: names, exact values. */
  readonly bonus?: number
  readonly words: (affected: string) => string
  readonly evidence?: Evidence
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** Scores a story in which a share of the rows, unknown and so averaged over, is hit by a fault. */
export function tell(column: ColumnCase, story: Story): Hypothesis {
  const before = smooth(column.before)
  const hit = smooth(story.hit.map((share) => share * rowsOf(column.before)))
  const concentration = Math.min(TRANSFORM_CONCENTRATION, column.concentration)
  const scores = AFFECTED_SHARES.map((share) => score(column, mix(before, hit, share), concentration))
  const best = scores.indexOf(Math.max(...scores))
  const affected = AFFECTED_SHARES[best]!
  return {
    type: story.type,
    nats: logMeanExp(scores) + (story.bonus ?? 0),
    expected: mix(before, hit, affected),
    words: story.words(percent(affected)),
    evidence: { affected, ...story.evidence },
    parameters: story.parameters ?? {},
  }
}

/** All rows in one bin. */
export function pointMass(bins: number, at: number): Float64Array {
  const shares = new Float64Array(bins)
  shares[at] = 1
  return shares
}

export function missingBurst(column: ColumnCase): Hypothesis {
  return tell(column, {
    type: 'missing-burst',
    hit: pointMass(column.before.length, column.missing),
    words: (affected) => `${column.feature} is missing in about ${affected} of the rows that used to have it`,
    evidence: shareEvidence(column, column.missing, 'missing'),
  })
}

/** Values that cannot be read are as good as missing ones, and the same thing helps. */
export function invalidBurst(column: ColumnCase): Hypothesis {
  return tell(column, {
    type: 'missing-burst',
    hit: pointMass(column.before.length, column.invalid),
    words: (affected) => `${column.feature} cannot be read in about ${affected} of the rows`,
    evidence: shareEvidence(column, column.invalid, 'invalid'),
  })
}

function shareEvidence(column: ColumnCase, place: number, name: string): Evidence {
  return {
    [`${name}Before`]: round(column.before[place]! / Math.max(1, rowsOf(column.before))),
    [`${name}After`]: round(column.after[place]! / Math.max(1, rowsOf(column.after))),
  }
}

function score(column: ColumnCase, expected: Float64Array, concentration: number): number {
  return logDirichletMultinomial(column.after, expected, concentration)
}

function totalVariation(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, share, i) => sum + Math.abs(share - b[i]!), 0) / 2
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

export function round(value: number): number {
  return Number(value.toPrecision(4))
}
