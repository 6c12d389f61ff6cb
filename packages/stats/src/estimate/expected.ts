import { StatsError } from '../error.ts'
import type { Figure } from '../score/index.ts'
import { normalQuantile } from '../special/index.ts'
import { checkProbabilities, checkSame } from './rows.ts'

/** What a window's labels would probably give, before they are known. */
export type ExpectedPerformance = {
  readonly accuracy: Figure
  readonly precision: Figure
  readonly recall: Figure
  readonly specificity: Figure
  readonly f1: Figure
  readonly rocAuc: Figure
  readonly brier: Figure
  readonly logLoss: Figure
  readonly baseRate: Figure
}

export type ExpectedRows = {
  /** Probability of 1 that may be believed, for each row: calibrated, not the model's own. */
  readonly probabilities: ArrayLike<number>
  /** What the model said: its probability of 1. */
  readonly scores: ArrayLike<number>
  /** Other equally plausible probabilities (bootstrap replicates of the calibration): they widen the intervals. */
  readonly replicates?: readonly ArrayLike<number>[]
}

export type ExpectedOptions = {
  /** A row is predicted 1 when its score is this or more. Default 0.5. */
  readonly threshold?: number
  /** Confidence of the intervals. Default 0.95. */
  readonly level?: number
  /** With fewer rows every figure is unknown. Default 30. */
  readonly minRows?: number
}

type Name = keyof ExpectedPerformance
/** A figure's expected value, and its derivative to each row's label. */
type Expansion = { readonly value: number; readonly slope: (i: number) => number }

const LEAST_PROBABILITY = 1e-15
/** Fewer expected rows (or pairs) than this divide, but say nothing. */
const LEAST_ROWS = 1e-6
const NAMES: readonly Name[] = [
  'accuracy',
  'precision',
  'recall',
  'specificity',
  'f1',
  'rocAuc',
  'brier',
  'logLoss',
  'baseRate',
]

/**
 * Confidence-based performance estimation: every label is replaced by its probability. The interval is for the figure
 * that the window's labels will give: the variance of those labels given their probabilities (delta method) plus the
 * variance of the figure between replicates of the calibration. It knows nothing of a concept that has changed.
 * @see Guillory et al. 2021; NannyML 0.13.1 has the point estimates
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row, STATS_BAD_OPTION
 * @example expectedPerformance({ probabilities: [0.9, 0.2], scores: [0.8, 0.4] }, { minRows: 2 }).accuracy.value // 0.85
 */
export function expectedPerformance(rows: ExpectedRows, options: ExpectedOptions = {}): ExpectedPerformance {
  const { probabilities, scores, replicates = [] } = rows
  const { threshold = 0.5, level = 0.95, minRows = 30 } = options
  if (!(level > 0 && level < 1))
    throw new StatsError('STATS_BAD_OPTION', `level is ${level}, expected between 0 and 1`, { level })
  for (const [what, values] of [
    ['score', scores],
    ...[probabilities, ...replicates].map((p) => ['probability', p]),
  ] as [string, ArrayLike<number>][]) {
    checkSame('expectedPerformance', `${what} values`, values.length, probabilities.length)
    checkProbabilities('expectedPerformance', what, values)
  }
  const count = probabilities.length
  if (count < Math.max(2, minRows)) return figures(() => ({ kind: 'unknown', reason: 'too-few-rows', rows: count }))
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  const scored = { scores, order, threshold }
  const here = expansionsOf(probabilities, scored)
  const others = replicates.map((replicate) => expansionsOf(replicate, scored))
  const z = normalQuantile(0.5 + level / 2)
  return figures((name) => {
    const { value, slope } = here[name]
    if (!Number.isFinite(value)) return { kind: 'unknown', reason: reasonOf(name), rows: count }
    const top = name === 'logLoss' ? Infinity : 1
    let variance = spreadOf(others.map((other) => other[name].value).filter(Number.isFinite))
    for (let i = 0; i < count; i++) variance += probabilities[i]! * (1 - probabilities[i]!) * slope(i) ** 2
    const half = z * Math.sqrt(variance)
    return {
      kind: 'known',
      value: Math.min(top, value),
      low: Math.max(0, value - half),
      high: Math.min(top, value + half),
      rows: count,
      level,
    }
  })
}

type Scored = { readonly scores: ArrayLike<number>; readonly order: Uint32Array; readonly threshold: number }

function expansionsOf(p: ArrayLike<number>, scored: Scored): Record<Name, Expansion> {
  const { scores, threshold } = scored
  const rows = p.length
  let [hits, predicted, positives] = [0, 0, 0]
  const isOne = Uint8Array.from({ length: rows }, (_, i) => (scores[i]! >= threshold ? 1 : 0))
  for (let i = 0; i < rows; i++) {
    hits += isOne[i]! * p[i]!
    predicted += isOne[i]!
    positives += p[i]!
  }
  const negatives = rows - positives
  const rejected = rows - predicted - (positives - hits)
  const half = (predicted + positives) / 2
  const share = (part: number, of: number) => (of > LEAST_ROWS ? part / of : Number.NaN)
  const clipped = (i: number) => Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, scores[i]!))
  return {
    accuracy: { value: (hits + rejected) / rows, slope: (i) => (2 * isOne[i]! - 1) / rows },
    precision: { value: share(hits, predicted), slope: (i) => isOne[i]! / predicted },
    recall: { value: share(hits, positives), slope: (i) => (isOne[i]! - hits / positives) / positives },
    specificity: {
      value: share(rejected, negatives),
      slope: (i) => (rejected / negatives - (1 - isOne[i]!)) / negatives,
    },
    f1: { value: share(hits, half), slope: (i) => (isOne[i]! - hits / half / 2) / half },
    rocAuc: aucExpansion(p, scored, positives, negatives),
    brier: meanExpansion(p, (i) => [scores[i]! ** 2, (1 - scores[i]!) ** 2]),
    logLoss: meanExpansion(p, (i) => [-Math.log1p(-clipped(i)), -Math.log(clipped(i))]),
    baseRate: { value: positives / rows, slope: () => 1 / rows },
  }
}

/** Mean of a loss that is `zero` where the label is 0 and `one` where it is 1. */
function meanExpansion(p: ArrayLike<number>, lossAt: (i: number) => readonly [zero: number, one: number]): Expansion {
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    const [zero, one] = lossAt(i)
    sum += p[i]! * one + (1 - p[i]!) * zero
  }
  const slope = (i: number) => {
    const [zero, one] = lossAt(i)
    return (one - zero) / p.length
  }
  return { value: sum / p.length, slope }
}

/**
 * Expected pairs in the right order over expected pairs, ties half, as a ratio of sums. A label more is a positive that
 * beats the negatives below it, and no longer a negative below the positives above it.
 */
function aucExpansion(
  p: ArrayLike<number>,
  { scores, order }: Scored,
  positives: number,
  negatives: number,
): Expansion {
  const slopes = new Float64Array(p.length)
  let [above, below, pairs, self] = [0, negatives, 0, 0]
  for (let from = 0; from < order.length; ) {
    let until = from
    let [tiedOnes, tiedZeros] = [0, 0]
    for (; until < order.length && scores[order[until]!]! === scores[order[from]!]!; until++) {
      tiedOnes += p[order[until]!]!
      tiedZeros += 1 - p[order[until]!]!
    }
    below -= tiedZeros
    for (let k = from; k < until; k++) {
      const i = order[k]!
      const own = p[i]! * (1 - p[i]!)
      pairs += p[i]! * (below + tiedZeros / 2) - own / 2
      self += own
      slopes[i] = below + (tiedZeros - (1 - p[i]!)) / 2 - (above + (tiedOnes - p[i]!) / 2)
    }
    above += tiedOnes
    from = until
  }
  // A row is no pair with itself: E[Σ y (1 - y)] = 0, though p (1 - p) is not.
  const all = positives * negatives - self
  const value = all > LEAST_ROWS ? pairs / all : Number.NaN
  return { value, slope: (i) => (slopes[i]! - value * (negatives - positives + 2 * p[i]! - 1)) / all }
}

function spreadOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

function reasonOf(name: Name): string {
  return name === 'rocAuc' ? 'one-class-only' : 'nothing-to-divide-by'
}

function figures(of: (name: Name) => Figure): ExpectedPerformance {
  return Object.fromEntries(NAMES.map((name) => [name, of(name)])) as Record<Name, Figure>
}
