/** whylogs' words for how sure it is. */
export type DriftCategory = 'DRIFT' | 'POSSIBLE_DRIFT' | 'NO_DRIFT'

/** From (inclusive) and to (exclusive, but for the largest) of each category. */
export type DriftThresholds = Readonly<Record<DriftCategory, readonly [from: number, to: number]>>

export const P_VALUE_THRESHOLDS: DriftThresholds = {
  DRIFT: [0, 0.05],
  POSSIBLE_DRIFT: [0.05, 0.15],
  NO_DRIFT: [0.15, 1],
}
export const HELLINGER_THRESHOLDS: DriftThresholds = {
  DRIFT: [0.4, 1],
  POSSIBLE_DRIFT: [0.15, 0.4],
  NO_DRIFT: [0, 0.15],
}

const ORDER = ['DRIFT', 'POSSIBLE_DRIFT', 'NO_DRIFT'] as const

/**
 * The category of a score, the most severe first. A fault of the peer is kept: the largest bound is looked for while the
 * categories are walked through, so that p of exactly 0.05 is DRIFT and of exactly 0.15 is POSSIBLE_DRIFT.
 * @returns undefined where no category holds the score, which raises in the peer
 * @example whylogs.driftCategory(0.05) // 'DRIFT'
 */
export function driftCategory(
  score: number,
  thresholds: DriftThresholds = P_VALUE_THRESHOLDS,
): DriftCategory | undefined {
  let greatest = -Infinity
  for (const category of ORDER) {
    const [from, to] = thresholds[category]
    greatest = Math.max(greatest, to)
    if ((from <= score && score < to) || score === greatest) return category
  }
  return undefined
}
