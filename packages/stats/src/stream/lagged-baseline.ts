/**
 * The mean of all losses but the latest, in constant memory: the latest are held back in blocks, so that a change that is
 * under way is not taken for the baseline it is judged against. Losses as shares of their range.
 */
export type Baseline = {
  /** Whether the mean has stopped moving: only then is there a baseline. */
  settled: boolean
  /** Losses in the baseline, their sum and sum of squares. */
  rows: number
  sum: number
  squares: number
  /** Held back, a block of 20 losses each, oldest first: sums and sums of squares; then the block that is being filled. */
  readonly blockSums: number[]
  readonly blockSquares: number[]
  filled: number
  openSum: number
  openSquares: number
  /** Made of the above with every block: mean, what is no change, and the variance as a share of that of 0/1 losses. */
  mean: number
  low: number
  high: number
  dispersion: number
}

type Slack = { readonly tolerance: number; readonly standardErrors: number }

export const BLOCK_ROWS = 20
/** Held back at most, and never more than as many as are in the baseline. */
const LAG_BLOCKS = 20
/** The mean must not move over so many losses before they become a baseline. */
export const SETTLED_ROWS = LAG_BLOCKS * BLOCK_ROWS
/** Fewer make no baseline. */
export const LEAST_ROWS = 100
/** Of the difference of two halves: a stretch that does not move is held up in 5 % of the cases. */
const MOVED_ERRORS = 2
/** Losses all alike may still vary: as if there had been one half-way off. */
const PRIOR_SQUARE = 0.25
const LEAST_DISPERSION = 0.02

export function emptyBaseline(): Baseline {
  return {
    settled: false,
    rows: 0,
    sum: 0,
    squares: 0,
    blockSums: [],
    blockSquares: [],
    filled: 0,
    openSum: 0,
    openSquares: 0,
    mean: 0,
    low: 0,
    high: 1,
    dispersion: 1,
  }
}

export function addToBaseline(baseline: Baseline, loss: number, slack: Slack): void {
  baseline.openSum += loss
  baseline.openSquares += loss * loss
  if (++baseline.filled < BLOCK_ROWS) return
  const { blockSums, blockSquares } = baseline
  blockSums.push(baseline.openSum)
  blockSquares.push(baseline.openSquares)
  baseline.filled = baseline.openSum = baseline.openSquares = 0
  if (!baseline.settled) baseline.settled = standsStill(baseline, slack.tolerance)
  if (!baseline.settled) {
    if (blockSums.length < LAG_BLOCKS) return
    blockSums.shift()
    blockSquares.shift()
    return
  }
  while (blockSums.length > Math.min(LAG_BLOCKS, baseline.rows / BLOCK_ROWS)) {
    baseline.rows += BLOCK_ROWS
    baseline.sum += blockSums.shift()!
    baseline.squares += blockSquares.shift()!
  }
  if (baseline.rows > 0) judge(baseline, slack)
}

/** Whether the older and the newer half of the blocks have one mean, but for chance. */
function standsStill({ blockSums, blockSquares }: Baseline, tolerance: number): boolean {
  if (blockSums.length < LAG_BLOCKS) return false
  const half = LAG_BLOCKS / 2
  const rows = half * BLOCK_ROWS
  let [older, newer, squares] = [0, 0, 0]
  for (let i = 0; i < half; i++) {
    older += blockSums[i]!
    newer += blockSums[half + i]!
    squares += blockSquares[i]! + blockSquares[half + i]!
  }
  const mean = (older + newer) / (2 * rows)
  const variance = (Math.max(0, squares - 2 * rows * mean * mean) + PRIOR_SQUARE) / (2 * rows + 1)
  return Math.abs(newer - older) / rows < Math.max(tolerance, MOVED_ERRORS * Math.sqrt((2 * variance) / rows))
}

function judge(baseline: Baseline, { tolerance, standardErrors }: Slack): void {
  const { rows, sum, squares } = baseline
  const mean = sum / rows
  const variance = (Math.max(0, squares - sum * mean) + PRIOR_SQUARE) / (rows + 1)
  const slack = Math.max(tolerance, standardErrors * Math.sqrt(variance / rows))
  const binary = mean * (1 - mean) + PRIOR_SQUARE / (rows + 1)
  baseline.mean = mean
  baseline.low = Math.max(0, mean - slack)
  baseline.high = Math.min(1, mean + slack)
  baseline.dispersion = Math.min(1, Math.max(LEAST_DISPERSION, variance / binary))
}
