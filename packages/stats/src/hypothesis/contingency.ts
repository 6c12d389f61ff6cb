import { StatsError } from '../error.ts'
import { chiSquareSf } from '../special/index.ts'
import type { TestResult } from './proportion.ts'

export type ContingencyOptions = {
  /** Yates' continuity correction of a 2 × 2 table. Default true, as SciPy has it. */
  readonly correction?: boolean
}

export type ContingencyResult = TestResult & {
  readonly df: number
  readonly leastExpected: number
  readonly cramersV: number
}

/**
 * Pearson's chi-square test that the rows of a table come from one distribution. Columns empty in every row are left
 * out. The chi-square law wants expected counts of some 5 and more: judge the p-value by `leastExpected`.
 * @param table rows × columns of counts, e.g. [reference counts, current counts]
 * @example chiSquareContingency([[10, 20, 30], [20, 20, 20]]).pValue // 0.06948
 */
export function chiSquareContingency(
  table: readonly ArrayLike<number>[],
  options: ContingencyOptions = {},
): ContingencyResult {
  const { rows, columns, total, kept } = totalsOf(table)
  const df = (rows.length - 1) * (kept.length - 1)
  const yates = df === 1 && (options.correction ?? true)
  let statistic = 0
  let leastExpected = Infinity
  for (const [i, counts] of table.entries())
    for (const j of kept) {
      const expected = (rows[i]! * columns[j]!) / total
      const deviation = Math.abs(counts[j]! - expected)
      leastExpected = Math.min(leastExpected, expected)
      statistic += (deviation - (yates ? Math.min(0.5, deviation) : 0)) ** 2 / expected
    }
  const least = Math.min(rows.length, kept.length) - 1
  const cramersV = least === 0 ? 0 : Math.min(1, Math.sqrt(statistic / (total * least)))
  return { statistic, pValue: df === 0 ? 1 : chiSquareSf(statistic, df), df, leastExpected, cramersV }
}

function totalsOf(table: readonly ArrayLike<number>[]) {
  const width = table[0]?.length ?? 0
  const columns = new Float64Array(width)
  const rows = table.map((counts, i) => {
    if (counts.length !== width)
      throw new StatsError(
        'STATS_LENGTHS_DIFFER',
        `row ${i} of the table has ${counts.length} columns, expected ${width}`,
      )
    let sum = 0
    for (let j = 0; j < width; j++) {
      if (!(counts[j]! >= 0 && counts[j]! < Infinity))
        throw new StatsError(
          'STATS_BAD_COUNT',
          `the table has ${counts[j]} in row ${i}, column ${j}, expected a finite number from 0`,
        )
      columns[j]! += counts[j]!
      sum += counts[j]!
    }
    return sum
  })
  if (rows.length < 2 || rows.some((sum) => sum === 0))
    throw new StatsError(
      'STATS_EMPTY_SAMPLE',
      `the table has rows of ${rows.join(', ')} counts, expected two or more rows with some`,
    )
  const kept = [...columns.keys()].filter((j) => columns[j]! > 0)
  return { rows, columns, kept, total: rows.reduce((sum, row) => sum + row, 0) }
}
