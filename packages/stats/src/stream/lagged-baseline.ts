/**
 * The mean of all losses but the latest, in constant memory: the latest are held back in blocks, so that a change that is
 * under way is not taken for the baseline it is judged against. Losses as shares of their range.
 */
export type Baseline = {
  /** Over how many blocks the mean must not move, and whether that was so: only then is there a baseline. */
  readonly settleBlocks: number
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
/** The mean must not move over so many losses before they become a baseline, unless the change before them was quick. */
const SETTLED_ROWS = LAG_BLOCKS * BLOCK_ROWS
/** What took n losses to be seen is over, or goes on visibly, within so many times n. */
const SETTLED_PER_ROW = 5
const LEAST_SETTLE_BLOCKS = 6
/** Fewer make no baseline. */
export const LEAST_ROWS = 60
/** Of the difference of two halves: a stretch that does not move is held up in 5 % of the cases. */
const MOVED_ERRORS = 2
/** Losses all alike may still vary: as if there had been one half-way off. */
const PRIOR_SQUARE = 0.25
const LEAST_DISPERSION = 0.02

/** @param rows how many losses the change before it took, from onset to alarm */
export function emptyBaseline(rows = SETTLED_ROWS): Baseline {
  const pairs = Math.ceil((SETTLED_PER_ROW * rows) / (2 * BLOCK_ROWS))
  return {
    settleBlocks: Math.min(LAG_BLOCKS, Math.max(LEAST_SETTLE_BLOCKS, 2 * pairs)),
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
    if (blockSums.length < baseline.settleBlocks) return
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
function standsStill({ blockSums, blockSquares, settleBlocks }: Baseline, tolerance: number): boolean {
  if (blockSums.length < settleBlocks) return false
  const half = settleBlocks / 2
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
