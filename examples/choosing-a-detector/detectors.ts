import {
  anomalyScores,
  compareProfiles,
  compareStreams,
  createLossChangeDetector,
  createMetricDetector,
  createMonitor,
  createPairedComparison,
  createProfile,
  createRectifier,
  decodeProfile,
  encodeProfile,
  estimatePerformance,
  type Feature,
  fitAnomalyDetector,
  fitPerformanceEstimator,
  fitReference,
  freezeProfile,
  freezeStreamTest,
  type HourBucket,
  holm,
  kolmogorovSmirnov,
  type LabelledBatch,
  type LabelledRows,
  mergeProfiles,
  methodByName,
  type ProfileBatch,
  planAudit,
  rectify,
  type ScoredRows,
  type Stream,
  step,
  update,
  updateLossChange,
  updateMetricDetector,
  updateProfile,
  verdict,
  wasserstein,
} from '@evenkeel/stats'

/** Two samples of one number. */
export function compareSamples(reference: Float64Array, current: Float64Array) {
  const test = kolmogorovSmirnov(reference, current) // { pValue, effect, … } or unknown with a reason
  const distance = wasserstein(reference, current) // { value, noiseFloor, pValue, interval, … }
  return { test, distance }
}

/** Many columns of two windows that are in memory. */
export function compareWindows(reference: ProfileBatch, current: ProfileBatch, alpha = 0.01) {
  const [before, now] = profilesOf(reference, current)
  const columns = compareProfiles(before, now, { alpha }) // by column: { shifted, psi, effect, moved, … }
  return columns
}

function profilesOf(reference: ProfileBatch, current: ProfileBatch) {
  const spec = freezeProfile(reference) // bins, once
  const [before, now] = [createProfile(spec), createProfile(spec)]
  updateProfile(before, reference)
  updateProfile(now, current)
  return [before, now] as const
}

/** Anything at all, dependence between columns included. */
export function compareJointly(reference: ProfileBatch, current: ProfileBatch) {
  const test = freezeStreamTest(reference) // bins, pairs, projections and their null, once; no row is kept
  const window = createProfile(test.spec)
  updateProfile(window, current)
  const decision = compareStreams(test, window) // { pValue, shifted, leading, … }
  return decision
}

/** Profiles that were kept as bytes, of replicas or of hours. */
export function compareStored(reference: Uint8Array, parts: readonly Uint8Array[]) {
  const before = decodeProfile(reference)
  const now = parts.map(decodeProfile).reduce(mergeProfiles)
  const columns = compareProfiles(before, now)
  return columns
}

export function storeProfile(spec: Parameters<typeof createProfile>[0], batch: ProfileBatch): Uint8Array {
  const profile = createProfile(spec)
  updateProfile(profile, batch)
  return encodeProfile(profile)
}

/** One p-value a column, one report. */
export function adjust(pValues: readonly number[]) {
  const adjusted = holm(pValues) // below 0.05: one false rejection at all in 20 reports
  return adjusted
}

/** Counts by the hour, looked at for ever. */
export function watchHours(streams: readonly Stream[], quietWeeks: readonly HourBucket[], live: readonly HourBucket[]) {
  const reference = fitReference(streams, quietWeeks) // seasons, clumps, how far it wanders
  const monitor = createMonitor(reference) // one false alarm a year over all streams
  const alarms = live.flatMap((hour) => step(monitor, hour).alarms) // { name, hour, onsetHour, … }
  return alarms
}

/** Losses against their own past. */
export function watchLosses(losses: Float64Array) {
  const detector = createLossChangeDetector() // one false alarm in 100,000 losses
  const changes = updateLossChange(detector, losses) // { row, onset, direction, before, after }
  return changes
}

/** A metric against a limit that was agreed. */
export function watchMetric(batches: readonly LabelledBatch[]) {
  const detector = createMetricDetector({ metric: 'f1', atLeast: 0.8 })
  const alarmed = batches.map((batch) => updateMetricDetector(detector, batch).alarmed)
  return alarmed
}

/** Accuracy before the labels come, and with a few of them. */
export function estimateAccuracy(reference: LabelledRows, window: ScoredRows, labelOf: (row: number) => number) {
  const fitted = fitPerformanceEstimator(reference, { seed: 1 }) // rows the model was not trained on
  if (fitted.kind === 'unknown') return fitted
  const estimate = estimatePerformance(fitted.estimator, window)
  if (estimate.kind === 'unknown') return estimate
  const wrong = estimate.probabilities.map((p, row) => (window.scores[row]! >= 0.5 ? 1 - p : p))
  const { rows, inclusion } = planAudit(wrong, { labels: 100, seed: 1 }) // which rows to have labelled
  const losses = rows.map((row) => (labelOf(row) === Number(window.scores[row]! >= 0.5) ? 0 : 1))
  const rectified = rectify(createRectifier(), { expected: wrong, labelled: rows, losses, inclusion })
  return { kind: 'known', accuracy: estimate.performance.accuracy, errorRate: rectified.figure } as const
}

/** Champion and challenger on the same rows. */
export function compareModels(champion: readonly number[], challenger: readonly number[]) {
  const comparison = createPairedComparison({ alpha: 0.01 })
  update(comparison, champion, challenger) // losses of the same rows, as often as they come
  const answer = verdict(comparison) // better, worse, not-worse or undecided, at any moment
  return answer
}

/** Single odd records. */
export function scoreRecords(features: readonly Feature[], columns: readonly Float64Array[]) {
  const detector = fitAnomalyDetector(features, { seed: 1 })
  if (detector.kind === 'unknown') return detector
  const { score } = anomalyScores(detector, columns) // one number a record
  return score
}

/** What the tool that is in use today would say, to the digit. */
export function asBefore(reference: Float64Array, current: Float64Array) {
  const before = methodByName('evidently:wasserstein').run(reference, current)
  return before // { score, threshold, shifted, … }
}
