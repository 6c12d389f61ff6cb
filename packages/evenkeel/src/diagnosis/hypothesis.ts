import type { CauseType, Evidence } from '../storage/index.ts'
import {
  logDirichletMultinomial,
  logFreeMultinomial,
  logMeanExp,
  logSumExp,
  mix,
  rowsOf,
  smooth,
} from './likelihood.ts'

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
  /** Bins before `missing` stand in the order of the values. */
  readonly ordered: boolean
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

/** A share of rows a fault may hit, and how likely it is to be that share: half of all faults hit every row. */
interface Affected {
  readonly share: number
  readonly prior: number
}

const SMALL_SHARES = [0.02, 0.04, 0.08]

const AFFECTED: readonly Affected[] = [
  ...[0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.9].map((share) => ({ share, prior: 0.5 / 11 })),
  ...[0.97, 1].map((share) => ({ share, prior: 0.25 })),
]

/** A transformed yardstick is at most this certain: bins are coarse, and a transform cuts them in the middle. */
const TRANSFORM_CONCENTRATION = 1_500

/** Nothing has changed: `before`, with its own day-to-day variation. */
export function nothing(column: ColumnCase): Hypothesis {
  const expected = smooth(column.before)
  const nats = logMeanExp([1, 0.5].map((part) => score(column, expected, column.concentration * part)))
  return { type: 'nothing', nats, expected, words: 'nothing has changed', evidence: {}, parameters: {} }
}

/**
 * The honest alternative: shares moved as populations do, and no known fault explains how. It must be able to be as exact
 * as a fault is, or every smooth shift would be taken for the fault nearest to it: so besides "anyhow" it knows small
 * tilts towards high or low values, and one value grown commoner.
 */
export function naturalShift(column: ColumnCase): Hypothesis {
  const before = smooth(column.before)
  const looser = [column.concentration / 4, column.concentration / 16, 12].map((rows) => Math.max(4, rows))
  const anyhow = [...looser.map((rows) => score(column, before, rows)), logFreeMultinomial(column.after)]
  const distance = totalVariation(before, smooth(column.after))
  return {
    type: 'population-shift',
    nats: logMeanExp([logMeanExp(anyhow), ...(column.ordered ? [tilted(column)] : []), grownCommoner(column)]),
    expected: smooth(column.after),
    words: `${column.feature} is distributed differently: ${percent(distance)} of the rows would have to move back`,
    evidence: { moved: round(distance) },
    parameters: {},
  }
}

/** How much likelier the highest value becomes against the lowest, in nats. */
const TILTS = [-3, -2, -1.4, -1, -0.7, -0.4, 0.4, 0.7, 1, 1.4, 2, 3]

/** Values reweighted smoothly by their rank, or by its distance from the middle. */
function tilted(column: ColumnCase): number {
  const before = smooth(column.before)
  const rank = before.map((_, i) => before.subarray(0, i).reduce((sum, share) => sum + share, before[i]! / 2) - 0.5)
  const concentration = Math.min(TRANSFORM_CONCENTRATION, column.concentration)
  const scores = TILTS.flatMap((tilt) =>
    [rank, rank.map((value) => 2 * Math.abs(value) - 0.5), rank.map((value) => Math.sign(value) / 2)].map((shape) => {
      const weights = before.map((share, i) => (i >= column.missing ? share : share * Math.exp(tilt * shape[i]!)))
      const total = rowsOf(weights)
      return score(
        column,
        weights.map((weight) => weight / total),
        concentration,
      )
    }),
  )
  return logMeanExp(scores)
}

/** One value, any of them, has a few more of the rows: a route added, a city grown. */
function grownCommoner(column: ColumnCase): number {
  const before = smooth(column.before)
  const places = [...before.keys()].filter((place) => place < column.missing && column.before[place]! > 0)
  if (places.length === 0) return -Infinity
  const scores = places.flatMap((place) =>
    SMALL_SHARES.map((share) =>
      score(
        column,
        mix(before, pointMass(before.length, place), share),
        Math.min(TRANSFORM_CONCENTRATION, column.concentration),
      ),
    ),
  )
  return logMeanExp(scores)
}

export interface Story {
  readonly type: CauseType
  /** Shares per bin of the rows that are hit. */
  readonly hit: Float64Array
  /** Nats known from elsewhere than the bins: names, exact values. */
  readonly bonus?: number
  /** Shares below this are not told from a natural shift. */
  readonly minAffected?: number
  readonly words: (affected: string) => string
  readonly evidence?: Evidence
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** Scores a story in which a share of the rows, unknown and so averaged over, is hit by a fault. */
export function tell(column: ColumnCase, story: Story): Hypothesis {
  const before = smooth(column.before)
  const hit = smooth(story.hit.map((share) => share * rowsOf(column.before)))
  const concentration = Math.min(TRANSFORM_CONCENTRATION, column.concentration)
  const told = AFFECTED.filter(({ share }) => share >= (story.minAffected ?? 0)).map(({ share, prior }) => ({
    share,
    log: Math.log(prior) + score(column, mix(before, hit, share), concentration),
  }))
  const affected = told.reduce((a, b) => (b.log > a.log ? b : a)).share
  return {
    type: story.type,
    nats: logSumExp(told.map(({ log }) => log)) + (story.bonus ?? 0),
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
