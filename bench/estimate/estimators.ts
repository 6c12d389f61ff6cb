import {
  applyCalibrator,
  createRandom,
  createRectifier,
  type ExpectedLossModel,
  estimateLoss,
  estimatePerformance,
  expectedPerformance,
  type Figure,
  fitExpectedLoss,
  fitPerformanceEstimator,
  planAudit,
  rectify,
} from '../../packages/stats/src/index.ts'
import { type Rows, type Stream, tilted } from './streams.ts'

export const BASELINES = ['constant', 'ATC', 'DoC', 'IW', 'DLE', 'CBPE', 'PAPE', 'labels only'] as const
type Baseline = (typeof BASELINES)[number]

/** Errors of one stream, in shares; averaged over its windows and draws of labels. */
export type StreamErrors = {
  readonly windows: number
  readonly absolute: Record<Baseline | 'rectified', number>
  /** In standard errors of the accuracy that the window turned out to have. */
  readonly inErrors: Record<Baseline | 'rectified', number>
  readonly covered: { readonly 'label-free': number; readonly rectified: number }
  /** Half the width of the rectified interval, in shares. */
  readonly halfWidth: number
  readonly withdrawn: number
  readonly refused: number
}

const LABEL_SHARE = 0.05
const DRAWS = 3

/** Accuracy of every window by every estimator, against what its labels say. */
export function measureStream(stream: Stream): StreamErrors {
  const { reference, windows, regime } = stream
  const name = `${stream.set} ${stream.model} ${regime} ${stream.seed}`
  const foretold = windows.map((window) => labelFree(reference, window, baselinesOf(reference)))
  const absolute = Object.fromEntries([...BASELINES, 'rectified'].map((key) => [key, 0])) as StreamErrors['absolute']
  const inErrors = { ...absolute }
  const covered = { 'label-free': 0, rectified: 0 }
  let [halfWidth, withdrawn] = [0, 0]
  const all = DRAWS * windows.length
  for (let draw = 0; draw < DRAWS; draw++) {
    const rectifier = createRectifier()
    windows.forEach((window, w) => {
      const { estimates, interval, wrong, effectiveShare } = foretold[w]!
      const errors = errorsOf(window)
      const truth = 1 - mean(errors)
      const labels = Math.round(LABEL_SHARE * errors.length)
      const seed = `${name} ${draw} ${w}`
      const plan = planAudit(wrong, { labels, seed })
      const losses = Array.from(plan.rows, (row) => errors[row]!)
      const { figure, trust } = rectify(rectifier, {
        expected: wrong,
        labelled: plan.rows,
        losses,
        inclusion: plan.inclusion,
        effectiveShare,
      })
      if (figure.kind === 'unknown') throw new Error(figure.reason)
      const drawn = createRandom(seed).sample(errors.keys(), labels)
      const found = {
        ...estimates,
        'labels only': 1 - mean(drawn.map((row) => errors[row]!)),
        rectified: 1 - figure.value,
      }
      const error = Math.sqrt(Math.max(truth * (1 - truth), 1e-9) / errors.length)
      for (const [key, value] of Object.entries(found) as [Baseline, number][]) {
        absolute[key] += Math.abs(value - truth) / all
        inErrors[key] += Math.abs(value - truth) / error / all
      }
      covered['label-free'] += Number(contains(interval, truth)) / all
      covered.rectified += Number(contains(figure, 1 - truth)) / all
      halfWidth += (figure.high - figure.low) / 2 / all
      withdrawn += Number(trust === 'withdrawn') / all
    })
  }
  const refused = mean(foretold.map(({ isRefused }) => Number(isRefused)))
  return { windows: windows.length, absolute, inErrors, covered, halfWidth, withdrawn, refused }
}

type Fitted = ReturnType<typeof fitAll>
const fitted = new WeakMap<Rows, Fitted>()

function baselinesOf(reference: Rows): Fitted {
  const known = fitted.get(reference) ?? fitAll(reference)
  fitted.set(reference, known)
  return known
}

function fitAll(reference: Rows) {
  const found = fitPerformanceEstimator(reference, { seed: 1, replicates: 4, mostOutside: 1 })
  const errors = errorsOf(reference)
  const loss = fitExpectedLoss({ features: reference.features, predictions: reference.scores }, errors, { seed: 1 })
  if (found.kind === 'unknown' || loss.kind === 'unknown') throw new Error('a reference of the study is too small')
  const confidences = confidencesOf(reference)
  const sorted = confidences.toSorted()
  return {
    estimator: found.estimator,
    loss: loss as ExpectedLossModel,
    accuracy: 1 - mean(errors),
    confidence: mean(confidences),
    confidenceSlope: slopeOfConfidence(reference),
    confidenceCut: sorted[Math.min(sorted.length - 1, Math.floor(mean(errors) * sorted.length))]!,
  }
}

/** DoC: how far accuracy moves with mean confidence, over twenty tilts of the reference. */
function slopeOfConfidence(reference: Rows): number {
  const random = createRandom('tilts of the reference')
  const base = { accuracy: 1 - mean(errorsOf(reference)), confidence: mean(confidencesOf(reference)) }
  let [products, squares] = [0, 0]
  for (let i = 0; i < 20; i++) {
    const part = tilted(reference, random)
    const moved = mean(confidencesOf(part)) - base.confidence
    products += moved * (1 - mean(errorsOf(part)) - base.accuracy)
    squares += moved * moved
  }
  return squares > 0 ? products / squares : 0
}

function labelFree(reference: Rows, window: Rows, fit: Fitted) {
  const estimate = estimatePerformance(fit.estimator, window)
  if (estimate.kind === 'unknown') throw new Error(estimate.reason)
  const plain = expectedPerformance({ probabilities: plainProbabilities(fit, window), scores: window.scores }).accuracy
  const { accuracy } = estimate.performance
  if (accuracy.kind === 'unknown' || plain.kind === 'unknown') throw new Error('no accuracy')
  const confidences = confidencesOf(window)
  const rightOfReference = errorsOf(reference).map((error) => 1 - error)
  const dle = estimateLoss(fit.loss, { features: window.features, predictions: window.scores }).losses
  const estimates: Record<Exclude<Baseline, 'labels only'>, number> = {
    constant: fit.accuracy,
    ATC: mean(confidences.map((confidence) => Number(confidence >= fit.confidenceCut))),
    DoC: fit.accuracy + fit.confidenceSlope * (mean(confidences) - fit.confidence),
    IW: mean(rightOfReference.map((right, i) => right * estimate.importance.weights[i]!)),
    DLE: 1 - mean(dle),
    CBPE: plain.value,
    PAPE: accuracy.value,
  }
  return {
    estimates,
    interval: accuracy,
    wrong: estimate.probabilities.map((probability, i) => (window.scores[i]! >= 0.5 ? 1 - probability : probability)),
    effectiveShare: estimate.importance.effectiveShare,
    isRefused: estimate.importance.outsideShare > 0.3,
  }
}

function plainProbabilities(fit: Fitted, window: Rows): Float64Array {
  const { calibrator } = fit.estimator.plain
  return window.scores.map((score) => applyCalibrator(calibrator, score))
}

export function errorsOf({ scores, labels }: Rows): Float64Array {
  return labels.map((label, i) => Number((scores[i]! >= 0.5 ? 1 : 0) !== label))
}

function confidencesOf({ scores }: Rows): Float64Array {
  return scores.map((score) => Math.max(score, 1 - score))
}

function contains(figure: Figure, value: number): boolean {
  return figure.kind === 'known' && figure.low <= value + 1e-12 && value - 1e-12 <= figure.high
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}
