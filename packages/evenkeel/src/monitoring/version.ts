import { psi } from '@evenkeel/stats'
import type { FindingSummary } from '../storage/index.ts'
import { judged, steady, unknown } from './finding.ts'
import { compareDaily } from './paired.ts'
import type { PairedDay, ServedOutcomeRow } from './reference.ts'
import type { MonitorSettings } from './settings.ts'

/**
 * A champion set by hand against the one before it, which goes on scoring the same rows in the shadow. A bad version
 * is right by its own reference, since that was measured on itself; only another opinion on the same rows shows it:
 * at once in the scores, and in the losses when labels mature.
 */

/** A probation is short and its comparison anytime-valid, so it has a level of its own: for all its looks together. */
const VERSION_ALPHA = 0.01
/** PSI of the two versions' scores on the same rows, in tenths of a probability, that two sound models do not show. */
const VERSION_SCORE_FLOOR = 0.25

/**
 * Scores of both versions in one window; a regression has no tenths and is left to its losses. Once the losses have
 * shown the new version not to be worse, other scores are what it was set for.
 */
export function judgeVersionScore(
  outcomes: readonly ServedOutcomeRow[],
  pairs: readonly PairedDay[],
  versions: { readonly champion: number; readonly previous: number },
  settings: MonitorSettings,
): FindingSummary {
  const before = decileRows(outcomes.filter((each) => each.version === versions.previous && each.role === 'shadow'))
  const after = decileRows(outcomes.filter((each) => each.version === versions.champion && each.role === 'champion'))
  const rows = Math.min(total(before), total(after))
  if (before.length < 2 || after.length !== before.length) return unknown('version:score', 'no-score-bins', rows)
  if (rows < settings.minRows) return unknown('version:score', 'too-few-rows', rows)
  const distance = psi(before, after)
  const words = `scores of version ${versions.champion} against version ${versions.previous} on the same rows`
  const what = {
    statistic: 'psi of both versions on the same rows',
    value: distance.value > distance.noiseFloor ? distance.value - distance.noiseMean : 0,
    threshold: VERSION_SCORE_FLOOR,
    rows,
    reason: words,
  }
  return isVindicated(pairs, settings)
    ? steady('version:score', { ...what, reason: `${words} differ, its losses are not worse` })
    : judged('version:score', what)
}

function isVindicated(pairs: readonly PairedDay[], settings: MonitorSettings): boolean {
  const plain = compareDaily(pairs, { alpha: VERSION_ALPHA, margin: 0 })
  if (plain === null || plain.rows < settings.minRows) return false
  return plain.difference.high < settings.performanceFloor * plain.championLoss
}

/** Losses of both versions on the same rows, over the days since the change. */
export function judgeVersionLoss(
  pairs: readonly PairedDay[],
  versions: { readonly champion: number; readonly previous: number },
  settings: MonitorSettings,
): FindingSummary {
  const rows = pairs.reduce((sum, day) => sum + day.champion.length, 0)
  if (rows < settings.minRows) return unknown('version:loss', 'too-few-labels', rows)
  const compared = compareDaily(pairs, { alpha: VERSION_ALPHA, margin: 0 })
  if (compared === null) return unknown('version:loss', 'too-few-days', rows)
  return judged('version:loss', {
    statistic: 'rise of the loss on the same rows, lower bound',
    value: compared.difference.low,
    threshold: 0,
    rows,
    reason: `loss ${compared.challengerLoss.toFixed(3)}, of version ${versions.previous} on the same rows ${compared.championLoss.toFixed(3)}`,
  })
}

function decileRows(outcomes: readonly ServedOutcomeRow[]): number[] {
  const sums: number[] = []
  for (const each of outcomes) for (const [i, decile] of each.deciles.entries()) sums[i] = (sums[i] ?? 0) + decile.rows
  return sums
}

function total(rows: readonly number[]): number {
  return rows.reduce((sum, each) => sum + each, 0)
}
