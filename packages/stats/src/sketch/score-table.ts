import { StatsError } from '../error.ts'
import { heldFinite } from './moments.ts'

/**
 * Mergeable table of scores against labels: per score bin the rows, and over the rows whose label is known the sums of
 * score, label and loss. Enough for calibration, base rate and mean loss without keeping rows. The first and last bin
 * take what lies outside the edges; a score that is not finite counts in `invalid`.
 */
export type ScoreTable = {
  /** Bins + 1 ascending edges; bin i holds `edges[i] <= score < edges[i + 1]`, the last one its upper edge too. */
  readonly edges: readonly number[]
  readonly rows: Float64Array
  readonly labelled: Float64Array
  readonly scoreSums: Float64Array
  readonly labelSums: Float64Array
  readonly lossSums: Float64Array
  invalid: number
}

const DECILES = Array.from({ length: 11 }, (_, i) => i / 10)

/** @param edges default: tenths of a probability @example createScoreTable().rows.length // 10 */
export function createScoreTable(edges: readonly number[] = DECILES): ScoreTable {
  if (edges.length < 2 || edges.some((edge, i) => !Number.isFinite(edge) || (i > 0 && edge <= edges[i - 1]!)))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `edges of a score table must be two or more ascending numbers, found ${edges.join(', ')}`,
    )
  const zeros = () => new Float64Array(edges.length - 1)
  return {
    edges,
    rows: zeros(),
    labelled: zeros(),
    scoreSums: zeros(),
    labelSums: zeros(),
    lossSums: zeros(),
    invalid: 0,
  }
}

/**
 * Adds rows in place.
 * @param labels 0 or 1 (or any number, for regression); NaN = not known yet
 * @param losses loss of each row; default the squared difference of score and label
 * @example
 * const table = createScoreTable([0, 0.5, 1])
 * updateScoreTable(table, Float64Array.of(0.2, 0.9, 0.7), Float64Array.of(0, 1, Number.NaN))
 * table.labelled // [1, 1]
 */
export function updateScoreTable(
  table: ScoreTable,
  scores: Float64Array,
  labels: Float64Array,
  losses?: Float64Array,
): void {
  if (labels.length !== scores.length || (losses && losses.length !== scores.length))
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `${scores.length} scores but ${labels.length} labels and ${losses?.length ?? 'no'} losses`,
    )
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!
    const label = labels[i]!
    if (!Number.isFinite(score)) table.invalid++
    else addRow(table, score, label, losses ? losses[i]! : (score - label) ** 2)
  }
}

/**
 * The table of both sets of rows. @throws StatsError STATS_BINS_DIFFER
 * @example
 * const table = createScoreTable([0, 0.5, 1])
 * updateScoreTable(table, Float64Array.of(0.2), Float64Array.of(1))
 * mergeScoreTables(table, table).labelSums // [2, 0]
 */
export function mergeScoreTables(a: ScoreTable, b: ScoreTable): ScoreTable {
  if (a.edges.length !== b.edges.length || a.edges.some((edge, i) => edge !== b.edges[i]))
    throw new StatsError('STATS_BINS_DIFFER', 'two score tables have different edges')
  const add = (x: Float64Array, y: Float64Array) => x.map((value, i) => heldFinite(value + y[i]!))
  return {
    edges: a.edges,
    rows: add(a.rows, b.rows),
    labelled: add(a.labelled, b.labelled),
    scoreSums: add(a.scoreSums, b.scoreSums),
    labelSums: add(a.labelSums, b.labelSums),
    lossSums: add(a.lossSums, b.lossSums),
    invalid: a.invalid + b.invalid,
  }
}

function addRow(table: ScoreTable, score: number, label: number, loss: number): void {
  const bin = scoreBin(table.edges, score)
  table.rows[bin]!++
  if (!(Number.isFinite(label) && Number.isFinite(loss))) return
  table.labelled[bin]!++
  table.scoreSums[bin] = heldFinite(table.scoreSums[bin]! + score)
  table.labelSums[bin] = heldFinite(table.labelSums[bin]! + label)
  table.lossSums[bin] = heldFinite(table.lossSums[bin]! + loss)
}

function scoreBin(edges: readonly number[], score: number): number {
  const last = edges.length - 2
  let bin = 0
  while (bin < last && score >= edges[bin + 1]!) bin++
  return bin
}
