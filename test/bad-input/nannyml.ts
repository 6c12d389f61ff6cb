import { nannyml } from '@evenkeel/stats'
import fc from 'fast-check'
import { type Case, given, labels, lists, mostly, number, probability, word } from './draw.ts'

const chunking = fc.oneof(
  fc.record({ by: fc.constant<'size'>('size'), rows: mostly(5, 10) }),
  fc.record({ by: fc.constant<'number'>('number'), chunks: mostly(1, 3) }),
  fc.record({ by: fc.constant<'period'>('period'), period: fc.constantFrom<nannyml.Period>('D', 'M', 'h', 'W') }),
  fc.constant<nannyml.Chunking>({ by: 'default' }),
)
const calm = fc.oneof(
  { weight: 300, arbitrary: fc.double({ min: -99, max: 99, noNaN: true }) },
  { weight: 9, arbitrary: fc.constantFrom(Number.NaN, 0, -0, 5e-324) },
  { weight: 1, arbitrary: number },
)
const label = fc.constantFrom(0, 1)
const name = fc.oneof({ weight: 9, arbitrary: word }, { weight: 1, arbitrary: fc.constant(null) })
const time = fc.oneof(
  { weight: 300, arbitrary: fc.integer({ min: 0, max: 40 }).map((day) => day * 86_400_000) },
  { weight: 1, arbitrary: number },
)
const frames: fc.Arbitrary<nannyml.Frame> = lists(0, 50, calm, calm, name, label, label, probability, time).map(
  ([x, y, s, truth, guess, share, timestamps]) => ({
    columns: {
      x: Float64Array.from(x),
      y: Float64Array.from(y),
      s,
      t: Float64Array.from(truth),
      g: Float64Array.from(guess),
      p: Float64Array.from(share),
    },
    timestamps: timestamps.sort((a, b) => a - b),
  }),
)
const columns = ['x', 's']
const classification = { problemType: 'classification_binary', yTrue: 't', yPred: 'g', yPredProba: 'p' } as const
const metrics = ['roc_auc', 'f1', 'accuracy', 'average_precision', 'specificity'] as const
const thresholds = fc.oneof(
  fc.tuple(mostly(3, null), mostly(2, null), fc.constantFrom<nannyml.ThresholdCentre>('mean', 'median', 'min', 'max')),
)
const figures = fc.array(fc.option(number), { maxLength: 12 })

/** Of a calculator: its fit alone, then its fit and what it finds. */
function pair<S>(
  fit: (frame: nannyml.Frame, by: nannyml.Chunking) => S,
  find: (state: S, frame: nannyml.Frame) => unknown,
) {
  const kept = { at: /\.(rows|options)\./, because: 'the rows it was given, which it keeps; NaN is missing there' }
  return [
    given([frames, chunking], fit, kept),
    given([frames, frames, chunking], (reference, current, by) => find(fit(reference, by), current)),
  ] as const
}

const univariate = pair(
  (frame, by) => nannyml.fitUnivariate(frame, { columns, chunking: by }),
  nannyml.calculateUnivariate,
)
const reconstruction = pair(
  (frame, by) => nannyml.fitReconstruction(frame, { columns: ['x', 'y', 's'], chunking: by }),
  nannyml.calculateReconstruction,
)
const quality = pair(
  (frame, by) => nannyml.fitQuality(frame, { check: 'missing_values', columns, chunking: by }),
  nannyml.calculateQuality,
)
const summary = pair(
  (frame, by) => nannyml.fitSummary(frame, { statistic: 'std', columns: ['x', 'y'], chunking: by }),
  nannyml.calculateSummary,
)
const performance = pair(
  (frame, by) => nannyml.fitPerformance(frame, { ...classification, metrics, chunking: by }),
  nannyml.calculatePerformance,
)
const cbpe = pair(
  (frame, by) => nannyml.fitCbpe(frame, { ...classification, metrics, chunking: by }),
  nannyml.estimateCbpe,
)
const dle = pair(
  (frame) =>
    nannyml.fitDle(frame, {
      columns: ['s'],
      yTrue: 'x',
      yPred: 'y',
      metrics: ['mae'],
      chunking: { by: 'number', chunks: 2 },
    }),
  nannyml.estimateDle,
)
const domain = pair(
  (frame) => nannyml.fitDomainClassifier(frame, { columns, folds: 2, chunking: { by: 'number', chunks: 1 } }),
  nannyml.calculateDomainClassifier,
)
const results = (reference: nannyml.Frame, current: nannyml.Frame, by: nannyml.Chunking) => {
  const drift = nannyml.fitUnivariate(reference, { columns, chunking: by })
  const realised = nannyml.fitPerformance(reference, { ...classification, metrics: ['accuracy'], chunking: by })
  return {
    drift: nannyml.calculateUnivariate(drift, current),
    performance: nannyml.calculatePerformance(realised, current),
    reference: realised.reference,
  }
}
const sides = fc.oneof(
  fc
    .tuple(fc.array(calm, { maxLength: 40 }), fc.array(calm, { maxLength: 40 }))
    .map((both) => both.map((side) => Float64Array.from(side))),
  fc.tuple(labels, labels),
)
const methods = fc.constantFrom<nannyml.UnivariateMethod>(
  'jensen_shannon',
  'hellinger',
  'kolmogorov_smirnov',
  'wasserstein',
  'l_infinity',
  'chi2',
)

const table: Readonly<Record<string, Case>> = {
  fitUnivariate: univariate[0],
  calculateUnivariate: univariate[1],
  fitReconstruction: reconstruction[0],
  calculateReconstruction: reconstruction[1],
  fitQuality: quality[0],
  calculateQuality: quality[1],
  fitSummary: summary[0],
  calculateSummary: summary[1],
  fitPerformance: performance[0],
  calculatePerformance: performance[1],
  fitCbpe: cbpe[0],
  estimateCbpe: cbpe[1],
  fitDle: dle[0],
  estimateDle: dle[1],
  fitDomainClassifier: domain[0],
  calculateDomainClassifier: domain[1],
  splitChunks: given([frames, chunking], (frame, by) => nannyml.splitChunks(frame, by)),
  measure: given([methods, sides], (method, [reference, current]) => nannyml.measure(method, reference!, current!)),
  rankByAlerts: given([frames, frames, chunking], (a, b, by) => nannyml.rankByAlerts(results(a, b, by).drift)),
  rankByCorrelation: given([frames, frames, chunking], (a, b, by) => {
    const found = results(a, b, by)
    return nannyml.rankByCorrelation(found.drift, found.performance, found.reference)
  }),
  constantThreshold: given([fc.oneof(number, fc.constant(null)), fc.oneof(number, fc.constant(null))], (lower, upper) =>
    nannyml.constantThreshold({ lower, upper }),
  ),
  standardDeviationThreshold: given([thresholds], ([stdLowerMultiplier, stdUpperMultiplier, offsetFrom]) =>
    nannyml.standardDeviationThreshold({ stdLowerMultiplier, stdUpperMultiplier, offsetFrom }),
  ),
  thresholdValues: given([thresholds, figures], ([stdLowerMultiplier, stdUpperMultiplier, offsetFrom], values) => {
    const threshold = nannyml.standardDeviationThreshold({ stdLowerMultiplier, stdUpperMultiplier, offsetFrom })
    return nannyml.thresholdValues(threshold, values)
  }),
}

export const nannymlTable = Object.fromEntries(Object.entries(table).map(([name, each]) => [`nannyml.${name}`, each]))
