import { StatsError } from '../../error.ts'
import { betaI } from '../../special/index.ts'
import { mean } from './arithmetic.ts'
import type { Judged, ResultRow } from './result.ts'

export type AlertRank = { readonly rank: number; readonly name: string; readonly numberOfAlerts: number }

export type CorrelationRank = {
  readonly rank: number
  readonly name: string
  /** null: a constant side, or fewer than two chunks. */
  readonly pearsonCorrelation: number | null
  readonly pearsonPValue: number | null
  readonly hasDrifted: boolean
}

export type RankOptions = {
  /** Leave out columns without an alert. Default false. */
  readonly onlyDrifting?: boolean
}

/**
 * NannyML 0.13 `AlertCountRanker`: columns by their number of alerts, ties by name from last to first. What is wrong
 * with it: an alert count says how often a threshold was too narrow as much as how much drifted. Look at where the loss
 * grew: what the diagnosis of the operator ranks by.
 * @param result of `calculateUnivariate`, `calculateQuality` or `calculateSummary`
 * @example nannyml.rankByAlerts([]) // []
 */
export function rankByAlerts(result: readonly ResultRow[], options: RankOptions = {}): readonly AlertRank[] {
  const alerts = new Map<string, number>()
  for (const { figures } of result)
    for (const { name, alert } of figures) alerts.set(name, (alerts.get(name) ?? 0) + Number(alert))
  const sorted = [...alerts].sort(([a, m], [b, n]) => n - m || (a < b ? 1 : -1))
  const ranked = sorted.map(([name, numberOfAlerts], i) => ({ rank: i + 1, name, numberOfAlerts }))
  return options.onlyDrifting ? ranked.filter(({ numberOfAlerts }) => numberOfAlerts > 0) : ranked
}

/**
 * NannyML 0.13 `CorrelationRanker`: Pearson's correlation, over chunks, of a column's drift with the absolute change of
 * one metric from its mean over the reference. What is wrong with it: ten or so chunks and many columns give large
 * correlations by chance, and nothing corrects for their number. (The peer also stops at the first column without
 * values and then fails on lists of different length; here there is no such column.)
 * @param drift one figure per column and chunk
 * @param performance one metric, on the same chunks
 * @param referencePerformance the same metric on the reference chunks
 * @throws StatsError STATS_LENGTHS_DIFFER when the chunks differ, STATS_BAD_OPTION for several methods or metrics
 * @example
 * const at = (startIndex) => ({ key: '', chunkIndex: 0, startIndex, endIndex: 0, startDate: null, endDate: null, period: 'analysis' })
 * const row = (i, name, value) => ({ chunk: at(i), figures: [{ name, method: 'm', value, upperThreshold: null, lowerThreshold: null, alert: false }] })
 * const drift = [1, 2, 3].map((value, i) => row(i, 'x', value))
 * const performance = [0.9, 0.8, 0.7].map((value, i) => row(i, 'roc_auc', value))
 * nannyml.rankByCorrelation(drift, performance, [row(0, 'roc_auc', 0.9)])[0].pearsonCorrelation // 1
 */
export function rankByCorrelation(
  drift: readonly ResultRow[],
  performance: readonly ResultRow[],
  referencePerformance: readonly ResultRow[],
  options: RankOptions = {},
): readonly CorrelationRank[] {
  const starts = (rows: readonly ResultRow[]) => rows.map(({ chunk }) => chunk.startIndex).join()
  if (starts(drift) !== starts(performance))
    throw new StatsError('STATS_LENGTHS_DIFFER', 'drift and performance are of different chunks, expected the same')
  const reference = onlyMetric(referencePerformance).filter((value) => value !== null)
  const level = mean(reference)
  const changes = onlyMetric(performance).map((value) => (value === null ? null : Math.abs(value - level)))
  const columns = [...figuresByColumn(drift)].map(([name, figures]) => ({
    name,
    ...correlation(
      figures.map(({ value }) => value),
      reference.length === 0 ? changes.map(() => null) : changes,
    ),
    hasDrifted: figures.some(({ alert }) => alert),
  }))
  const order = (r: number | null) => r ?? -Infinity
  const ranked = columns
    .sort((a, b) => order(b.pearsonCorrelation) - order(a.pearsonCorrelation) || 0)
    .map((column, i): CorrelationRank => ({ rank: i + 1, ...column }))
  return options.onlyDrifting ? ranked.filter(({ hasDrifted }) => hasDrifted) : ranked
}

function figuresByColumn(rows: readonly ResultRow[]): Map<string, Judged[]> {
  const columns = new Map<string, Judged[]>()
  for (const { figures } of rows)
    for (const figure of figures) columns.set(figure.name, [...(columns.get(figure.name) ?? []), figure])
  for (const [name, { length }] of columns)
    if (length !== rows.length)
      throw new StatsError(
        'STATS_BAD_OPTION',
        `${name} has ${length} figures in ${rows.length} chunks, expected one each`,
      )
  return columns
}

function onlyMetric(rows: readonly ResultRow[]): readonly (number | null)[] {
  return rows.map(({ figures }) => {
    if (figures.length === 1) return figures[0]!.value
    throw new StatsError('STATS_BAD_OPTION', `a chunk has ${figures.length} performance metrics, expected one`)
  })
}

/** Pearson's r over the pairs where neither is missing, and its two-sided p-value from Student's law. */
function correlation(xs: readonly (number | null)[], ys: readonly (number | null)[]) {
  const pairs = xs.flatMap((x, i) => (x !== null && ys[i] !== null && ys[i] !== undefined ? [[x, ys[i]] as const] : []))
  const [mx, my] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))]
  let [xx, yy, xy] = [0, 0, 0]
  for (const [x, y] of pairs) {
    xx += (x - mx) ** 2
    yy += (y - my) ** 2
    xy += (x - mx) * (y - my)
  }
  if (pairs.length < 2 || !(xx > 0 && yy > 0)) return { pearsonCorrelation: null, pearsonPValue: null }
  const r = Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))))
  const pValue = pairs.length === 2 ? 1 : betaI(pairs.length / 2 - 1, 0.5, 1 - r * r)
  return { pearsonCorrelation: r, pearsonPValue: pValue }
}
