/** A null distribution by draws: how often a value as large comes when nothing changed. */
export type Tail = {
  /** Draws in descending order. */
  readonly draws: readonly number[]
}

/** Share of the draws whose excesses the extrapolation is fitted to. */
const TAIL_SHARE = 0.2

export function tailOf(draws: Iterable<number>): Tail {
  return { draws: [...draws].sort((a, b) => b - a) }
}

/**
 * Probability of a value as large: by rank, and in the upper fifth by an exponential through the excesses there, so that
 * two values beyond all draws still differ. Deviates have lighter tails than that: it errs towards larger values.
 */
export function tailProbability({ draws }: Tail, value: number): number {
  const top = Math.max(2, Math.floor(draws.length * TAIL_SHARE))
  const from = draws[top - 1]!
  if (value <= from) return Math.min(1, (rankOf(draws, value) + 1) / (draws.length + 1))
  let excess = 0
  for (let i = 0; i < top; i++) excess += draws[i]! - from
  return (top / (draws.length + 1)) * Math.exp(-(value - from) / Math.max(1e-3, excess / top))
}

/** Draws at least as large. */
function rankOf(draws: readonly number[], value: number): number {
  let low = 0
  let high = draws.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (draws[middle]! >= value) low = middle + 1
    else high = middle
  }
  return low
}
