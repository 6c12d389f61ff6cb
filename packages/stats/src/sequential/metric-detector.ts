import { StatsError } from '../error.ts'
import { createRandom } from '../random.ts'
import { type Accounts, betOn, freshAccounts, logMeanEvidence, onsetRow } from './accounts.ts'

/**
 * Watches a metric of labelled predictions for ever. A ratio is below its limit exactly when a mean is (F1 < f if and
 * only if the mean of 2 y ŷ - f (y + ŷ) is below 0), and a mean can be bet on. While the metric, given the past, stays
 * within its limit, false alarms among T rows number T / averageRunLength at most, in the mean.
 *
 * | metric | alarms when | x, divided by its least value |
 * |---|---|---|
 * | f1 | F1 < f | f (y + ŷ) - 2 y ŷ |
 * | precision | precision < a | ŷ (a - y) |
 * | recall | recall < a | y (a - ŷ) |
 * | auc | AUC < a | a - 1{s₊ > s₋} - ½ 1{s₊ = s₋}, every positive against another negative of its batch |
 * | calibration | the rate of a score bin is further than `within` from its scores | ± (y - p) - within, per bin |
 * | absolute-error | mean of min(error, clip) > limit | error - limit |
 */
export type MetricSpec =
  | { readonly metric: 'f1' | 'precision' | 'recall' | 'auc'; readonly atLeast: number }
  | { readonly metric: 'calibration'; readonly within: number; readonly bins?: number }
  | { readonly metric: 'absolute-error'; readonly atMost: number; readonly clip: number }

/** The state is plain numbers and can be stored as JSON. */
export type MetricDetector = {
  readonly spec: MetricSpec
  /** Rows between false alarms, at least, while the metric is within its limit. */
  readonly averageRunLength: number
  readonly accounts: Accounts
  /** Errors above the clip so far: they count as the clip, and a growing share of them is news of its own. */
  clipped: number
  /** Batches so far: the pairing of positives and negatives is seeded by it. */
  batches: number
}

/** Labels 0 or 1 and predictions 0 or 1 (f1, precision, recall), scores (auc), probabilities (calibration); or values. */
export type LabelledBatch = { readonly labels: ArrayLike<number>; readonly predictions: ArrayLike<number> }

export type MetricAlarm = {
  readonly alarmed: boolean
  /** ln of the evidence (-1e9 before the first row), and what it must reach. */
  readonly logEvidence: number
  readonly logThreshold: number
  /** Rows (for auc, pairs) since the start or the last alarm. */
  readonly rows: number
  /** Estimated row (from 0, since start or last alarm) with which it began; meaningful when alarmed. */
  readonly onset: number
}

const SCORE_BINS = 10

/**
 * @param averageRunLength default 100,000 rows
 * @throws StatsError STATS_BAD_OPTION
 * @example createMetricDetector({ metric: 'f1', atLeast: 0.8 }).averageRunLength // 100000
 */
export function createMetricDetector(spec: MetricSpec, averageRunLength = 100_000): MetricDetector {
  if (!(isRight(spec) && averageRunLength > 1 && averageRunLength < Infinity))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `a detector of ${spec.metric} needs limits between 0 and 1 (an error's between 0 and its clip), found ${JSON.stringify(spec)} and an average run length of ${averageRunLength}`,
    )
  return { spec, averageRunLength, accounts: freshAccounts(groupsOf(spec)), clipped: 0, batches: 0 }
}

/**
 * Adds a batch of labelled predictions in place, in the order in which labels came in. All of it is added; after an
 * alarm the evidence starts anew with the next row.
 * @returns the first alarm of the batch, else the state after it
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row; nothing is added then
 * @example
 * const detector = createMetricDetector({ metric: 'recall', atLeast: 0.8 })
 * const missed = { labels: new Uint8Array(200).fill(1), predictions: new Uint8Array(200) }
 * updateMetricDetector(detector, missed).rows // 10
 */
export function updateMetricDetector(detector: MetricDetector, batch: LabelledBatch): MetricAlarm {
  checkBatch(detector.spec, batch)
  detector.batches++
  return addRows(detector, detector.spec.metric === 'auc' ? pairsOf(batch, detector.batches) : batch)
}

/**
 * The evidence so far; never an alarm by itself, since an alarm starts the detector anew.
 * @example metricAlarm(createMetricDetector({ metric: 'auc', atLeast: 0.7 })).logEvidence // -1e9
 */
export function metricAlarm({ accounts, averageRunLength }: MetricDetector): MetricAlarm {
  return {
    alarmed: false,
    logEvidence: logMeanEvidence(accounts),
    logThreshold: Math.log(averageRunLength),
    rows: accounts.rows,
    onset: onsetRow(accounts),
  }
}

function addRows(detector: MetricDetector, { labels, predictions }: LabelledBatch): MetricAlarm {
  let first: MetricAlarm | undefined
  for (let i = 0; i < labels.length; i++) {
    bet(detector, labels[i]!, predictions[i]!)
    first = endRow(detector) ?? first
  }
  return first ?? metricAlarm(detector)
}

/** Score of a negative and of a positive, each used once: pairs that share no row are independent, as rows are. */
function pairsOf({ labels, predictions }: LabelledBatch, batch: number): LabelledBatch {
  const random = createRandom(`pairs ${batch}`)
  const scoresOf = (label: number) => random.shuffle(Array.from(predictions).filter((_, i) => labels[i] === label))
  const [negative, positive] = [scoresOf(0), scoresOf(1)]
  const pairs = Math.min(negative.length, positive.length)
  return { labels: negative.slice(0, pairs), predictions: positive.slice(0, pairs) }
}

function bet(detector: MetricDetector, label: number, prediction: number): void {
  const { spec, accounts } = detector
  if (spec.metric === 'calibration') betOnBin(accounts, spec, label, prediction)
  else betOn(accounts, 0, excessOf(spec, label, prediction))
  if (spec.metric === 'absolute-error' && Math.abs(label - prediction) > spec.clip) detector.clipped++
}

/** x of the table above, -1 or more. */
function excessOf(spec: Exclude<MetricSpec, { metric: 'calibration' }>, label: number, prediction: number): number {
  switch (spec.metric) {
    case 'f1':
      return (spec.atLeast * (label + prediction) - 2 * label * prediction) / (2 - 2 * spec.atLeast)
    case 'precision':
      return (prediction * (spec.atLeast - label)) / (1 - spec.atLeast)
    case 'recall':
      return (label * (spec.atLeast - prediction)) / (1 - spec.atLeast)
    case 'auc':
      return (spec.atLeast - (prediction > label ? 1 : prediction === label ? 0.5 : 0)) / (1 - spec.atLeast)
    case 'absolute-error':
      return Math.min(Math.abs(label - prediction), spec.clip) / spec.atMost - 1
  }
}

/** Two bets in the bin of the score: that its labels are more, and fewer, than its scores say. */
function betOnBin(
  accounts: Accounts,
  { within, bins = SCORE_BINS }: Extract<MetricSpec, { metric: 'calibration' }>,
  label: number,
  score: number,
): void {
  const bin = Math.min(bins - 1, Math.floor(score * bins))
  betOn(accounts, 2 * bin, Math.max(-1, (label - score - within) / (score + within)))
  betOn(accounts, 2 * bin + 1, Math.max(-1, (score - label - within) / (1 - score + within)))
}

function endRow(detector: MetricDetector): MetricAlarm | undefined {
  const { accounts, averageRunLength } = detector
  accounts.rows++
  const logThreshold = Math.log(averageRunLength)
  // The mean reaches the threshold only if its largest part does; quiet rows stop here.
  let largest = Math.log(accounts.rows)
  for (let i = 0; i < accounts.evidence.length; i++) largest = Math.max(largest, accounts.evidence[i]!)
  if (largest + Math.LN2 < logThreshold) return undefined
  const alarm = metricAlarm(detector)
  if (alarm.logEvidence < logThreshold) return undefined
  Object.assign(accounts, freshAccounts(groupsOf(detector.spec)))
  return { ...alarm, alarmed: true }
}

function groupsOf(spec: MetricSpec): number {
  return spec.metric === 'calibration' ? 2 * (spec.bins ?? SCORE_BINS) : 1
}

function isRight(spec: MetricSpec): boolean {
  switch (spec.metric) {
    case 'calibration': {
      const { within, bins = SCORE_BINS } = spec
      return within > 0 && within < 1 && Number.isInteger(bins) && bins >= 1 && bins <= 1000
    }
    case 'absolute-error':
      return spec.atMost > 0 && spec.atMost < spec.clip && spec.clip < Infinity
    default:
      return spec.atLeast > 0 && spec.atLeast < 1
  }
}

function checkBatch({ metric }: MetricSpec, { labels, predictions }: LabelledBatch): void {
  if (labels.length !== predictions.length)
    throw new StatsError('STATS_LENGTHS_DIFFER', `${labels.length} labels but ${predictions.length} predictions`)
  const isLabel = metric === 'absolute-error' ? Number.isFinite : isBinary
  const isPrediction = metric === 'calibration' ? isShare : metric === 'auc' ? Number.isFinite : isLabel
  for (let i = 0; i < labels.length; i++) {
    if (isLabel(labels[i]!) && isPrediction(predictions[i]!)) continue
    throw new StatsError(
      'STATS_OUT_OF_RANGE',
      `row ${i} has label ${labels[i]} and prediction ${predictions[i]}, which ${metric} cannot be made of`,
      { row: i, label: labels[i], prediction: predictions[i] },
    )
  }
}

function isBinary(x: number): boolean {
  return x === 0 || x === 1
}

function isShare(x: number): boolean {
  return x >= 0 && x <= 1
}
