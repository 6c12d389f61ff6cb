/**
 * Count, mean, sum of squared deviations, and range of the finite values; all zero when there are none. Squares of values
 * beyond 1e154 leave the doubles: `m2` stays at the greatest one then.
 */
export type Moments = { count: number; mean: number; m2: number; min: number; max: number }

export function createMoments(): Moments {
  return { count: 0, mean: 0, m2: 0, min: 0, max: 0 }
}

/**
 * Pooled moments (Chan, Golub, LeVeque 1979), written symmetrically so that both orders give the same bits.
 * @example mergeMoments({ count: 1, mean: 1, m2: 0, min: 1, max: 1 }, { count: 1, mean: 3, m2: 0, min: 3, max: 3 }).m2 // 2
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return { ...b }
  if (b.count === 0) return { ...a }
  const count = a.count + b.count
  const delta = a.mean - b.mean
  const sum = a.count * a.mean + b.count * b.mean
  return {
    count,
    mean: Number.isFinite(sum) ? sum / count : a.mean * (a.count / count) + b.mean * (b.count / count),
    m2: heldFinite(a.m2 + b.m2 + delta * delta * ((a.count * b.count) / count)),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  }
}

/** A sum that left the doubles is the greatest of them. */
export function heldFinite(sum: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, sum))
}

/** Sample variance (n - 1), 0 below two values. @example variance({ count: 3, mean: 2, m2: 2, min: 1, max: 3 }) // 1 */
export function variance(moments: Moments): number {
  return moments.count < 2 ? 0 : moments.m2 / (moments.count - 1)
}
