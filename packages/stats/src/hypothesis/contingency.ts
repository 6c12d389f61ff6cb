import { StatsError } from '../error.ts'
import { chiSquareSf, noncentralityInterval } from '../special/index.ts'
import { permutationShare } from './contingency-null.ts'
import { allUsed, type Effect, type LevelOptions, type PValueMethod, type TestResult } from './result.ts'
import { checkLevel } from './samples.ts'

export type ContingencyOptions = LevelOptions & {
  /** Yates' continuity correction of a 2 × 2 table. Default true, as SciPy has it. */
  readonly correction?: boolean
  /**
   * asymptotic: chi-square. permutation: rows dealt out anew, seeded by the counts; two rows of whole counts only.
   * Default auto: permutation where it can be done and Cochran's rule fails (an expected count below 1, or more than a
   * fifth of them below 5), else asymptotic.
   */
  readonly method?: 'auto' | 'asymptotic' | 'permutation'
}

export type ContingencyResult = TestResult & {
  readonly df: number
  readonly leastExpected: number
  /** Cramér's V without the correction of its bias; `effect` is the corrected one. */
  readonly cramersV: number
}

/**
 * Pearson's chi-square test that the rows of a table come from one distribution. Columns empty in every row are left
 * out. Both samples are samples: a test that takes the reference's shares for the truth, as Evidently's and whylogs' do,
 * alarms on 22 % to 100 % of unchanged windows. The effect is Cramér's V with Bergsma's correction of its bias (2013),
 * its interval that of the noncentrality; `rows.current` counts all rows of the table after the first.
 * @param table rows × columns of counts, e.g. [reference counts, current counts]
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_COUNT, STATS_EMPTY_SAMPLE
 * @example chiSquareContingency([[10, 20, 30], [20, 20, 20]]).pValue // 0.06948
 */
export function chiSquareContingency(
  table: readonly ArrayLike<number>[],
  options: ContingencyOptions = {},
): ContingencyResult {
  return testTable('chiSquareContingency', PEARSON, table, options)
}

/**
 * The G test: as `chiSquareContingency`, with twice the log likelihood ratio as its statistic. Evidently's takes the
 * reference for the truth and fails where the samples differ in size.
 * @see Sokal and Rohlf 1969
 * @example gTest([[10, 20, 30], [20, 20, 20]]).pValue // 0.066819
 */
export function gTest(table: readonly ArrayLike<number>[], options: ContingencyOptions = {}): ContingencyResult {
  return testTable('gTest', LIKELIHOOD, table, options)
}

type Term = (observed: number, expected: number) => number

const PEARSON: Term = (observed, expected) => (observed - expected) ** 2 / expected
const LIKELIHOOD: Term = (observed, expected) => (observed > 0 ? 2 * observed * Math.log(observed / expected) : 0)

function testTable(
  where: string,
  term: Term,
  table: readonly ArrayLike<number>[],
  options: ContingencyOptions,
): ContingencyResult {
  const level = checkLevel(where, options.level)
  const margins = marginsOf(where, table)
  const { rows, kept } = margins
  const df = (rows.length - 1) * (kept.length - 1)
  const statistic = statisticOf(term, table, margins, df === 1 && (options.correction ?? true))
  const { leastExpected, thin } = thinness(margins)
  const permute = df > 0 && canPermute(table) && wantsPermutation(options.method ?? 'auto', leastExpected, thin)
  const plain = options.correction === false || df !== 1 ? statistic : statisticOf(term, table, margins, false)
  const pearson = statisticOf(PEARSON, table, margins, false)
  const method: PValueMethod = permute ? 'permutation' : 'asymptotic'
  return {
    kind: 'tested',
    statistic,
    pValue: df === 0 ? 1 : permute ? permutationShare(term, table, margins, plain) : chiSquareSf(statistic, df),
    method,
    effect: cramersEffect(pearson, margins, level),
    df,
    leastExpected,
    cramersV: df === 0 ? 0 : Math.min(1, Math.sqrt(pearson / margins.total / (Math.min(rows.length, kept.length) - 1))),
    rows: { reference: allUsed(rows[0]!), current: allUsed(margins.total - rows[0]!) },
  }
}

export type Margins = {
  readonly rows: readonly number[]
  readonly columns: Float64Array
  /** Columns that are not empty. */
  readonly kept: readonly number[]
  readonly total: number
}

function statisticOf(term: Term, table: readonly ArrayLike<number>[], margins: Margins, yates: boolean): number {
  let sum = 0
  for (const [i, counts] of table.entries())
    for (const j of margins.kept) {
      const expected = (margins.rows[i]! * margins.columns[j]!) / margins.total
      const deviation = expected - counts[j]!
      const corrected = yates ? counts[j]! + Math.sign(deviation) * Math.min(0.5, Math.abs(deviation)) : counts[j]!
      sum += term(corrected, expected)
    }
  return Math.max(0, sum)
}

function thinness({ rows, columns, kept, total }: Margins) {
  let leastExpected = Infinity
  let thin = 0
  for (const row of rows)
    for (const j of kept) {
      const expected = (row * columns[j]!) / total
      leastExpected = Math.min(leastExpected, expected)
      if (expected < 5) thin++
    }
  return { leastExpected, thin: thin / (rows.length * kept.length) }
}

function wantsPermutation(method: NonNullable<ContingencyOptions['method']>, least: number, thin: number): boolean {
  return method === 'permutation' || (method === 'auto' && (least < 1 || thin > 0.2))
}

function canPermute(table: readonly ArrayLike<number>[]): boolean {
  return table.length === 2 && table.every((counts) => Array.from(counts).every(Number.isInteger))
}

/** Bergsma 2013: φ² less what chance makes of it, over the sides less what chance adds to them. */
function cramersEffect(pearson: number, { rows, kept, total }: Margins, level: number): Effect {
  const name = "Cramér's V"
  const [r, c] = [rows.length, kept.length]
  const df = (r - 1) * (c - 1)
  const side = (length: number) => length - (length - 1) ** 2 / (total - 1)
  const least = total > 1 ? Math.min(side(r), side(c)) - 1 : 0
  if (df === 0 || !(least > 0)) return { name, value: 0, interval: null }
  const of = (phi2: number) => Math.min(1, Math.sqrt(Math.max(0, phi2) / least))
  const { low, high } = noncentralityInterval(pearson, df, level)
  return {
    name,
    value: of(pearson / total - df / (total - 1)),
    interval: { low: of(low / total), high: of(high / total), level },
  }
}

export function marginsOf(where: string, table: readonly ArrayLike<number>[]): Margins {
  const width = table[0]?.length ?? 0
  const columns = new Float64Array(width)
  const rows = table.map((counts, i) => {
    if (counts.length !== width)
      throw new StatsError(
        'STATS_LENGTHS_DIFFER',
        `row ${i} of the table of ${where} has ${counts.length} columns, expected ${width}`,
      )
    let sum = 0
    for (let j = 0; j < width; j++) {
      if (!(counts[j]! >= 0 && counts[j]! <= Number.MAX_SAFE_INTEGER))
        throw new StatsError(
          'STATS_BAD_COUNT',
          `the table of ${where} has ${counts[j]} in row ${i}, column ${j}, expected a number from 0 to 2^53`,
        )
      columns[j]! += counts[j]!
      sum += counts[j]!
    }
    return sum
  })
  if (rows.length < 2 || rows.some((sum) => sum === 0))
    throw new StatsError(
      'STATS_EMPTY_SAMPLE',
      `the table of ${where} has rows of ${rows.join(', ')} counts, expected two or more rows with some`,
    )
  const kept = [...columns.keys()].filter((j) => columns[j]! > 0)
  return { rows, columns, kept, total: rows.reduce((sum, row) => sum + row, 0) }
}
