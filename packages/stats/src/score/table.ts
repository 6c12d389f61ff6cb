import type { ScoreTable } from '../sketch/index.ts'
import {
  businessValue,
  type Confusion,
  type ConfusionPerformance,
  type CostMatrix,
  scoreConfusion,
} from './confusion.ts'
import { exactShare } from './exact.ts'
import type { Figure, FigureOptions } from './figure.ts'
import { around, type Settings, SHARE, settingsOf, unknown, wilsonLike } from './weighted.ts'

/** One bin of a reliability curve: what was promised and what happened. */
export type ReliabilityBin = {
  readonly from: number
  readonly until: number
  readonly rows: number
  /** Mean score; the middle of the bin where no labelled row is. */
  readonly score: number
  /** Share of labels that are 1, with its exact interval. */
  readonly share: Figure
}

export type TablePerformance = {
  /** Scores within a bin count as ties; `aucBounds` is where the AUC of the scores themselves must lie. */
  readonly rocAuc: Figure
  readonly aucBounds: { readonly low: number; readonly high: number } | undefined
  /** Of the table's losses, exact; the interval takes every score for the mean of its bin. */
  readonly brier: Figure
  /** Σ rows |score - share| / rows over the bins; scores that err to both sides within a bin cancel out. */
  readonly calibrationError: Figure
  /** Murphy's parts: brier = reliability - resolution + uncertainty + withinBins. */
  readonly brierParts: {
    readonly reliability: number
    readonly resolution: number
    readonly uncertainty: number
    readonly withinBins: number
  }
  readonly calibrationInTheLarge: Figure
  readonly baseRate: Figure
  readonly reliability: readonly ReliabilityBin[]
}

/**
 * Performance of binary scores from counts per score bin and label, without a row: from a table whose losses are the
 * squared differences (the default of updateScoreTable). Threshold figures are exact at the edges: `thresholdSweep`.
 * @returns unknown figures with too few labelled rows, or one class where two are needed
 * @see DeLong et al. 1988 for the error of the AUC; Murphy 1973 and Stephenson et al. 2008 for the parts
 * @example
 * const table = createScoreTable([0, 0.5, 1])
 * updateScoreTable(table, Float64Array.of(0.1, 0.2, 0.3, 0.9, 0.7), Float64Array.of(0, 0, 1, 1, 1))
 * scoreTablePerformance(table, { minRows: 5 }).rocAuc.value // 0.833
 */
export function scoreTablePerformance(table: ScoreTable, options: FigureOptions = {}): TablePerformance {
  const settings = settingsOf(options)
  const bins = binsOf(table)
  const rows = sumOf(bins, ({ rows }) => rows)
  const ones = sumOf(bins, ({ ones }) => ones)
  const isEnough = rows >= Math.max(2, settings.minRows)
  const few = unknown('too-few-rows', rows)
  const share = ones / Math.max(1, rows)
  const reliability = sumOf(bins, (bin) => bin.rows * (bin.score - bin.share) ** 2) / Math.max(1, rows)
  const resolution = sumOf(bins, (bin) => bin.rows * (bin.share - share) ** 2) / Math.max(1, rows)
  const uncertainty = share * (1 - share)
  const brier = sumOf(bins, ({ loss }) => loss) / Math.max(1, rows)
  return {
    ...(isEnough ? aucOf(bins, settings) : { rocAuc: few, aucBounds: undefined }),
    brier: isEnough ? brierFigure(bins, brier, rows, settings) : few,
    calibrationError: isEnough ? tableCalibrationError(bins, rows, settings) : few,
    brierParts: {
      reliability,
      resolution,
      uncertainty,
      withinBins: rows > 0 ? brier - (reliability - resolution + uncertainty) : 0,
    },
    calibrationInTheLarge: isEnough ? inTheLarge(bins, rows, settings) : few,
    baseRate: isEnough ? exactShare(ones, rows, { level: settings.level }) : few,
    reliability: bins.map(({ from, until, score, rows, ones }) => ({
      from,
      until,
      rows,
      score,
      share: exactShare(ones, rows, { level: settings.level }),
    })),
  }
}

/** Performance and value when rows from this score on are predicted 1. */
export type ThresholdPoint = {
  readonly threshold: number
  readonly confusion: Confusion
  readonly performance: ConfusionPerformance
  /** Mean value of a row, where a cost matrix was given. */
  readonly value: Figure | undefined
}

/**
 * Every edge of a score table as a threshold, ascending: exact counts, since no bin is cut.
 * @throws StatsError STATS_BAD_COUNT for a table whose labels are not 0 and 1
 * @example
 * const table = createScoreTable([0, 0.5, 1])
 * updateScoreTable(table, Float64Array.of(0.2, 0.3, 0.9, 0.7), Float64Array.of(0, 1, 1, 1))
 * thresholdSweep(table)[1].confusion.truePositives // 2
 */
export function thresholdSweep(table: ScoreTable, worth?: CostMatrix, options: FigureOptions = {}): ThresholdPoint[] {
  const bins = binsOf(table)
  const [rows, ones] = [sumOf(bins, ({ rows }) => rows), sumOf(bins, ({ ones }) => ones)]
  return bins.map(({ from }, cut) => {
    const above = bins.slice(cut)
    const truePositives = sumOf(above, ({ ones }) => ones)
    const falsePositives = sumOf(above, ({ rows }) => rows) - truePositives
    const falseNegatives = ones - truePositives
    const trueNegatives = rows - ones - falsePositives
    const confusion = { truePositives, falsePositives, falseNegatives, trueNegatives }
    const value = worth && businessValue(confusion, worth, options)
    return { threshold: from, confusion, performance: scoreConfusion(confusion, options), value }
  })
}

/**
 * The threshold of the highest mean value. The best of many looks better than it is: the interval is at a level shared
 * out among all of them (Bonferroni), so that it holds for whichever was chosen.
 * @returns undefined where no threshold's value is known
 * @example
 * const table = createScoreTable([0, 0.5, 1])
 * updateScoreTable(table, Float64Array.of(0.2, 0.3, 0.9, 0.7), Float64Array.of(0, 0, 1, 1))
 * const worth = { truePositives: 5, falsePositives: -5, falseNegatives: 0, trueNegatives: 0 }
 * bestThreshold(table, worth, { minRows: 4 }).threshold // 0.5
 */
export function bestThreshold(
  table: ScoreTable,
  worth: CostMatrix,
  options: FigureOptions = {},
): ThresholdPoint | undefined {
  const { level } = settingsOf(options)
  const shared = 1 - (1 - level) / table.rows.length
  const known = thresholdSweep(table, worth, { ...options, level: shared }).filter(
    ({ value }) => value?.kind === 'known',
  )
  const worthOf = ({ value }: ThresholdPoint) => (value?.kind === 'known' ? value.value : -Infinity)
  return known.reduce<ThresholdPoint | undefined>(
    (best, point) => (best === undefined || worthOf(point) > worthOf(best) ? point : best),
    undefined,
  )
}

type Bin = {
  readonly from: number
  readonly until: number
  readonly rows: number
  readonly ones: number
  readonly loss: number
  readonly score: number
  readonly share: number
}

function binsOf({ edges, labelled, labelSums, scoreSums, lossSums }: ScoreTable): Bin[] {
  return Array.from(labelled, (rows, b) => {
    const [from, until] = [edges[b]!, edges[b + 1]!]
    const score = rows > 0 ? scoreSums[b]! / rows : (from + until) / 2
    return {
      from,
      until,
      rows,
      ones: labelSums[b]!,
      loss: lossSums[b]!,
      score,
      share: rows > 0 ? labelSums[b]! / rows : 0,
    }
  })
}

function aucOf(bins: readonly Bin[], settings: Settings) {
  const ones = sumOf(bins, (bin) => bin.ones)
  const zeros = sumOf(bins, (bin) => bin.rows - bin.ones)
  const rows = ones + zeros
  if (ones < 2 || zeros < 2) return { rocAuc: unknown('one-class-only', rows), aucBounds: undefined }
  let [zerosBelow, onesBelow, value, tied] = [0, 0, 0, 0]
  const placements = bins.map((bin) => {
    const none = bin.rows - bin.ones
    const placement = { ones: (zerosBelow + none / 2) / zeros, zeros: (ones - onesBelow - bin.ones / 2) / ones }
    value += (bin.ones * placement.ones) / ones
    tied += (bin.ones * none) / (ones * zeros)
    zerosBelow += none
    onesBelow += bin.ones
    return placement
  })
  let variance = 0
  bins.forEach((bin, b) => {
    variance += (bin.ones * (placements[b]!.ones - value) ** 2) / (ones - 1) / ones
    variance += ((bin.rows - bin.ones) * (placements[b]!.zeros - value) ** 2) / (zeros - 1) / zeros
  })
  return {
    rocAuc: wilsonLike(value, { variance, rows, decisive: Math.min(ones, zeros) }, settings),
    aucBounds: { low: Math.max(0, value - tied / 2), high: Math.min(1, value + tied / 2) },
  }
}

function brierFigure(bins: readonly Bin[], mean: number, rows: number, settings: Settings): Figure {
  const squares = sumOf(bins, (bin) => bin.ones * (1 - bin.score) ** 4 + (bin.rows - bin.ones) * bin.score ** 4)
  return around(mean, Math.sqrt(Math.max(0, squares / rows - mean ** 2) / (rows - 1)), rows, settings, SHARE)
}

/** As for rows: a sum of absolute values is positive by noise alone, and that much is taken off the lower end. */
function tableCalibrationError(bins: readonly Bin[], rows: number, settings: Settings): Figure {
  const value = sumOf(bins, (bin) => bin.rows * Math.abs(bin.score - bin.share)) / rows
  const spreads = bins.map((bin) => bin.rows * Math.max(0, bin.score * (1 - bin.score)))
  const variance = spreads.reduce((sum, spread) => sum + spread, 0) / rows ** 2
  const noise = spreads.reduce((sum, spread) => sum + Math.sqrt((2 * spread) / Math.PI), 0) / rows
  const figure = around(value, Math.sqrt(variance), rows, settings, SHARE)
  return figure.kind === 'known' ? { ...figure, low: Math.max(0, figure.low - noise) } : figure
}

function inTheLarge(bins: readonly Bin[], rows: number, settings: Settings): Figure {
  const value = sumOf(bins, (bin) => bin.rows * (bin.share - bin.score)) / rows
  const variance = sumOf(bins, (bin) => bin.rows * (bin.share * (1 - bin.share) + (bin.share - bin.score - value) ** 2))
  return around(value, Math.sqrt(variance / rows / (rows - 1)), rows, settings, { low: -1, high: 1 })
}

function sumOf(bins: readonly Bin[], of: (bin: Bin) => number): number {
  return bins.reduce((sum, bin) => sum + of(bin), 0)
}
