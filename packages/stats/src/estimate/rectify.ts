import { StatsError } from '../error.ts'
import type { Figure } from '../score/index.ts'
import {
  afterWindow,
  type Belief,
  firstBelief,
  learnFrom,
  type Mixture,
  mixtureMean,
  mixtureQuantile,
} from './belief.ts'
import { checkSame, outOfRange } from './rows.ts'
import { createTrustTest, type TrustOptions, type TrustTest, updateTrustTest } from './trust.ts'

/**
 * Mean loss of a window from expected losses of all its rows and the true losses of a few (prediction-powered
 * inference, Angelopoulos et al. 2023), pooled over past windows as far as they are alike, with a test of whether the
 * expected losses may be believed at all. Plain numbers: can be stored as JSON, its size does not grow.
 */
export type Rectifier = {
  readonly level: number
  /** Losses lie in 0 … lossRange. */
  readonly lossRange: number
  /** Whether a loss is either 0 or lossRange: wrong or right. */
  readonly isShare: boolean
  readonly trust: TrustTest
  belief: Belief
  windows: number
  /** Variance of a residual and the labels it was learnt from, fading: steadies that of a window of few labels. */
  spread: { variance: number; labels: number }
}

export type RectifierOptions = Pick<TrustOptions, 'tolerance' | 'averageRunLength'> & {
  /** Losses and expected losses lie in 0 … lossRange. Default 1. */
  readonly lossRange?: number
  /** A loss is either 0 or lossRange (accuracy, cost of an error), not a number between. Default: lossRange is 1. */
  readonly isShare?: boolean
  /** Confidence of the intervals. Default 0.95. */
  readonly level?: number
}

export type RectifiedWindow = {
  /** Expected loss of each row, 0 … lossRange, from whatever estimator; made without this window's labels. */
  readonly expected: ArrayLike<number>
  /** Rows whose true loss is known, and those losses. */
  readonly labelled: ArrayLike<number>
  readonly losses: ArrayLike<number>
  /** Probability with which each labelled row was chosen, as planAudit gives it. Default: all alike. */
  readonly inclusion?: ArrayLike<number>
  /** Effective share of the reference, as importanceWeights gives it: far from the reference labels count for more. */
  readonly effectiveShare?: number
}

export type RectifiedEstimate = {
  /** Mean loss of the window, of labelled and other rows together; the interval is for that, not for a longer run. */
  readonly figure: Figure
  /** Mean expected loss: what would be said without any label. Unknown once the labels have contradicted it. */
  readonly labelFree: Figure
  /** How much higher the losses are than expected, all labels so far considered. */
  readonly correction: Figure
  /** withdrawn: the expected losses are contradicted by the labels; `figure` then rests on labels. */
  readonly trust: 'trusted' | 'withdrawn'
}

/** Further sd of a window's own deviation, in shares of the loss, for each unit by which 1 / effectiveShare exceeds 1.5. */
const OWN_WHEN_FAR = 0.015
/** Spread of a 0/1 loss for which the prior was chosen; other losses are scaled to it. */
const PRIOR_SPREAD = 0.35
const FADING = 0.8

/** @throws StatsError STATS_BAD_OPTION @example createRectifier().windows // 0 */
export function createRectifier(options: RectifierOptions = {}): Rectifier {
  const { lossRange = 1, isShare = lossRange === 1, level = 0.95 } = options
  if (!(level > 0 && level < 1))
    throw new StatsError('STATS_BAD_OPTION', `level is ${level}, expected between 0 and 1`, { level })
  return {
    level,
    lossRange,
    isShare,
    trust: createTrustTest({ ...options, lossRange }),
    belief: firstBelief(),
    windows: 0,
    spread: { variance: 0, labels: 0 },
  }
}

/**
 * Adds the next window in place and says what it is worth.
 * @returns figures in the unit of the loss; unknown for a window without rows
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example
 * const rectifier = createRectifier()
 * const expected = new Array(2000).fill(0.2)
 * const labelled = expected.map((_, row) => row).filter((row) => row % 20 === 0)
 * const losses = labelled.map((_, i) => (i % 5 === 0 ? 1 : 0))
 * rectify(rectifier, { expected, labelled, losses }).figure.value // 0.200
 */
export function rectify(rectifier: Rectifier, window: RectifiedWindow): RectifiedEstimate {
  checkWindow(rectifier, window)
  const rows = window.expected.length
  const belief = rectifier.windows === 0 ? rectifier.belief : afterWindow(rectifier.belief)
  const sample = sampleOf(window)
  const isTrusted = updateTrustTest(rectifier.trust, window.losses, sample.expected)
  const { learnt, noise } = learnFromSample(rectifier, belief, window, sample)
  Object.assign(rectifier, {
    belief: learnt.belief,
    windows: rectifier.windows + 1,
    spread: spreadAfter(rectifier.spread, sample),
  })
  if (rows === 0) {
    const unknown: Figure = { kind: 'unknown', reason: 'too-few-rows', rows }
    return { figure: unknown, labelFree: unknown, correction: unknown, trust: isTrusted ? 'trusted' : 'withdrawn' }
  }
  return {
    figure: windowFigure(rectifier, window, { delta: learnt.delta, noise }),
    labelFree: isTrusted
      ? labelFreeFigure(rectifier, window, belief)
      : { kind: 'unknown', reason: 'concept-shift', rows },
    correction: deltaFigure(rectifier, learnt.delta, rows),
    trust: isTrusted ? 'trusted' : 'withdrawn',
  }
}

type Sample = {
  /** Expected loss of each labelled row. */
  readonly expected: Float64Array
  /** How many unlabelled rows each labelled one stands for. */
  readonly weights: Float64Array
  readonly weight: number
  /** Weighted mean and (unweighted sum of weighted squares) spread of loss - expected. */
  readonly mean: number
  readonly variance: number
}

/** A row drawn with probability π stands for 1/π rows, itself among them: 1/π - 1 others. */
function sampleOf({ expected, labelled, losses, inclusion }: RectifiedWindow): Sample {
  const count = labelled.length
  const guesses = Float64Array.from({ length: count }, (_, i) => expected[labelled[i]!]!)
  const plain = count / Math.max(1, expected.length)
  const weights = Float64Array.from({ length: count }, (_, i) => 1 / (inclusion?.[i] ?? plain) - 1)
  let [weight, sum, squares] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    weight += weights[i]!
    sum += weights[i]! * (losses[i]! - guesses[i]!)
  }
  const mean = weight > 0 ? sum / weight : 0
  for (let i = 0; i < count; i++) squares += weights[i]! * (losses[i]! - guesses[i]! - mean) ** 2
  return { expected: guesses, weights, weight, mean, variance: weight > 0 ? squares / weight : 0 }
}

/**
 * Twice, because the variance of a 0/1 loss depends on its mean: that of the sample falls with the errors it happens to
 * have missed, and would make a lucky sample a sure one. The other losses take the spread of the windows before.
 */
function learnFromSample(rectifier: Rectifier, belief: Belief, window: RectifiedWindow, sample: Sample) {
  const unit = unitOf(rectifier, sample)
  const share = window.effectiveShare ?? 1
  const further = OWN_WHEN_FAR ** 2 * Math.max(0, 1 / Math.max(share, 1e-3) - 1.5)
  const look = (shift: number) => {
    const { ofMean, ofRest } = variancesAt(rectifier, window, sample, shift)
    const seen = { mean: sample.mean / unit, variance: Math.max(ofMean / unit ** 2, 1e-9) }
    const { belief: after, delta } = learnFrom(belief, sample.weight > 0 ? seen : undefined, further)
    const scaled = delta.map((part) => ({
      weight: part.weight,
      mean: part.mean * unit,
      variance: part.variance * unit ** 2,
    }))
    return { learnt: { belief: after, delta: scaled }, noise: ofRest }
  }
  const first = look(sample.mean)
  return look(mixtureMean(first.learnt.delta))
}

/** Variance of the mean residual of the labelled rows, and of the mean loss of the others around its expectation. */
function variancesAt(rectifier: Rectifier, window: RectifiedWindow, sample: Sample, shift: number) {
  const { expected, labelled } = window
  const { lossRange, isShare, spread } = rectifier
  const rest = expected.length - labelled.length
  const steady = FADING * 20
  const pooled =
    (sample.variance * labelled.length + spread.variance * Math.min(steady, spread.labels)) /
    Math.max(1, labelled.length + Math.min(steady, spread.labels))
  const varianceAt = (guess: number) => {
    if (!isShare) return pooled
    const share = Math.min(1, Math.max(0, (guess + shift) / lossRange))
    return lossRange ** 2 * share * (1 - share)
  }
  let ofMean = 0
  for (let i = 0; i < labelled.length; i++) ofMean += sample.weights[i]! ** 2 * varianceAt(sample.expected[i]!)
  const isKnown = new Set<number>(Array.from(labelled))
  let ofRest = 0
  for (let i = 0; i < expected.length; i++) if (!isKnown.has(i)) ofRest += varianceAt(expected[i]!)
  return {
    ofMean: sample.weight > 0 ? ofMean / sample.weight ** 2 : 0,
    ofRest: rest > 0 ? ofRest / rest ** 2 : 0,
  }
}

/** What the prior's shares are multiplied with: the loss range of a 0/1 loss, a like multiple of another's spread. */
function unitOf({ lossRange, isShare, spread }: Rectifier, sample: Sample): number {
  if (isShare) return lossRange
  const labels = spread.labels + sample.expected.length
  const variance = (spread.variance * spread.labels + sample.variance * sample.expected.length) / Math.max(1, labels)
  // Residuals that hardly differ would make any other a miracle.
  return variance > 0 ? Math.max(1e-3 * lossRange, Math.sqrt(variance) / PRIOR_SPREAD) : lossRange
}

function spreadAfter(before: Rectifier['spread'], sample: Sample): Rectifier['spread'] {
  const old = FADING * before.labels
  const labels = old + sample.expected.length
  return {
    labels,
    variance: labels > 0 ? (old * before.variance + sample.expected.length * sample.variance) / labels : 0,
  }
}

type Believed = { readonly delta: Mixture; readonly noise: number }

/** Labelled rows count as they are, the others as expected plus what is believed of Δ. */
function windowFigure(rectifier: Rectifier, window: RectifiedWindow, { delta, noise }: Believed): Figure {
  const { expected, labelled, losses } = window
  const rows = expected.length
  const isKnown = new Set<number>(Array.from(labelled))
  let sum = 0
  for (let i = 0; i < labelled.length; i++) sum += losses[i]!
  for (let i = 0; i < rows; i++) if (!isKnown.has(i)) sum += expected[i]!
  const rest = (rows - labelled.length) / rows
  const at = (shift: number) => Math.min(rectifier.lossRange, Math.max(0, sum / rows + rest * shift))
  const tail = (1 - rectifier.level) / 2
  const value = at(mixtureQuantile(delta, 0.5))
  const low = Math.min(value, at(mixtureQuantile(delta, tail, noise)))
  const high = Math.max(value, at(mixtureQuantile(delta, 1 - tail, noise)))
  return { kind: 'known', value, low, high, rows, level: rectifier.level }
}

function deltaFigure({ level }: Rectifier, delta: Mixture, rows: number): Figure {
  const [low, value, high] = [(1 - level) / 2, 0.5, (1 + level) / 2].map((q) => mixtureQuantile(delta, q)) as [
    number,
    number,
    number,
  ]
  return { kind: 'known', value, low, high, rows, level }
}

/** What was believed before this window's labels, and none of its losses known. */
function labelFreeFigure(rectifier: Rectifier, window: RectifiedWindow, belief: Belief): Figure {
  const without = { expected: window.expected, labelled: [], losses: [] }
  const { learnt, noise } = learnFromSample(rectifier, belief, without, sampleOf(without))
  const figure = windowFigure(rectifier, without, { delta: learnt.delta, noise })
  if (figure.kind === 'unknown') return figure
  let sum = 0
  for (let i = 0; i < window.expected.length; i++) sum += window.expected[i]!
  const value = sum / window.expected.length
  return { ...figure, value, low: Math.min(value, figure.low), high: Math.max(value, figure.high) }
}

function checkWindow(
  { lossRange, isShare }: Rectifier,
  { expected, labelled, losses, inclusion }: RectifiedWindow,
): void {
  checkSame('rectify', 'losses', losses.length, labelled.length)
  if (inclusion) checkSame('rectify', 'inclusion probabilities', inclusion.length, labelled.length)
  for (let i = 0; i < expected.length; i++)
    if (!(expected[i]! >= 0 && expected[i]! <= lossRange))
      throw outOfRange('rectify', `expected loss ${i}`, expected[i]!, `0 to ${lossRange}`)
  const seen = new Set<number>()
  for (let i = 0; i < labelled.length; i++) {
    const [row, loss, chance] = [labelled[i]!, losses[i]!, inclusion?.[i] ?? 1]
    if (!(Number.isInteger(row) && row >= 0 && row < expected.length) || seen.has(row))
      throw outOfRange('rectify', `labelled row ${i}`, row, `a row below ${expected.length}, named once`)
    seen.add(row)
    if (!(loss >= 0 && loss <= lossRange && (!isShare || loss === 0 || loss === lossRange)))
      throw outOfRange('rectify', `loss ${i}`, loss, isShare ? `0 or ${lossRange}` : `0 to ${lossRange}`)
    if (!(chance > 0 && chance <= 1)) throw outOfRange('rectify', `inclusion ${i}`, chance, 'above 0, to 1')
  }
}
