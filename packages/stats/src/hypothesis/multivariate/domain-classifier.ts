import { StatsError } from '../../error.ts'
import { type Feature, importances, predict, trainBoostedTrees } from '../../learn/index.ts'
import { createRandom, type Random } from '../../random.ts'
import { mannWhitney } from '../mann-whitney.ts'
import type { LevelOptions, SampleRows, TestResult, UnknownComparison, UsedRows } from '../result.ts'
import { checkLevel, unknownOf } from '../samples.ts'

export type DomainClassifierOptions = LevelOptions & {
  /** Decides which rows are drawn, which half is held out, and the trees. Default 'domain classifier'. */
  readonly seed?: number | string
  /** Boosting rounds, 1 to 1000. Default 50. */
  readonly rounds?: number
  /** Leaves of a tree, 2 to 255. Default 15. */
  readonly maxLeaves?: number
  /** Rows of either sample that are used at most; of more, so many are drawn. Default 20,000. */
  readonly maxRows?: number
}

export type SeparatingFeature = { readonly name: string; readonly share: number }

export type DomainClassifierResult = TestResult & {
  /** Area under the ROC curve on the held-out half: 0.5 when the samples cannot be told apart. It is the effect. */
  readonly auc: number
  /** Features by their share of the loss that the trees removed, largest first: where the samples differ. */
  readonly separating: readonly SeparatingFeature[]
}

/** Either half needs a few leaves' worth of rows. */
const LEAST_ROWS = 40
const LARGEST_FLOAT32 = 3.4e38

/**
 * Trains boosted trees to tell current rows from reference rows on one half, and asks on the other whether they can: a
 * Mann-Whitney test of the held-out scores, one-sided (an area below one half is no evidence). One held-out half, since
 * scores pooled over cross-validation folds reject 8 to 10 % of unchanged windows at 5 %. It sees any difference that
 * trees can learn, interactions and missingness included (missing is a value here), at the cost of training.
 * Invalid (infinite) values are taken for missing, and counted.
 * @param reference features with names and kinds as in `learn`; current has the same
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_WRONG_KIND, STATS_BAD_OPTION
 * @example
 * const random = createRandom(5)
 * const draw = (shift) => [{ name: 'x', kind: 'numeric', values: Float64Array.from({ length: 300 }, () => random.normal() + shift) }]
 * domainClassifier(draw(0), draw(1)).auc > 0.7 // true
 */
export function domainClassifier(
  reference: readonly Feature[],
  current: readonly Feature[],
  options: DomainClassifierOptions = {},
): DomainClassifierResult | UnknownComparison {
  const { seed = 'domain classifier', rounds = 50, maxLeaves = 15, maxRows = 20_000 } = options
  const level = checkLevel('domainClassifier', options.level)
  if (!(Number.isInteger(maxRows) && maxRows >= LEAST_ROWS))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `maxRows of domainClassifier is ${maxRows}, expected ${LEAST_ROWS} or more`,
    )
  const sizes = [rowsOf(reference), rowsOf(current)] as const
  checkSame(reference, current)
  const rows = { reference: usedRows(reference, sizes[0]), current: usedRows(current, sizes[1]) }
  if (sizes[0] < LEAST_ROWS) return unknownOf({ rows }, 'too-few-reference-rows', sizes[0], LEAST_ROWS)
  if (sizes[1] < LEAST_ROWS) return unknownOf({ rows }, 'too-few-rows', sizes[1], LEAST_ROWS)
  const random = createRandom(seed)
  const [before, after] = sizes.map((size) => splitRows(size, maxRows, random)) as [Split, Split]
  const features = pooledFeatures(reference, current, before.train, after.train)
  const target = Float64Array.from({ length: before.train.length + after.train.length }, (_, i) =>
    Number(i >= before.train.length),
  )
  const model = trainBoostedTrees(
    { features, target },
    { task: 'binary', seed, rounds, maxLeaves, learningRate: 0.1, maxBins: 63 },
  )
  const score = (side: readonly Feature[], at: Uint32Array) => {
    const { values } = predict(
      model,
      side.map(({ values }) => Float64Array.from(at, (row) => finite(values[row]!))),
    )
    return Float64Array.from({ length: at.length }, (_, i) => values[2 * i + 1]!)
  }
  return judged(score(reference, before.test), score(current, after.test), level, rows, importances(model))
}

function judged(
  before: Float64Array,
  after: Float64Array,
  level: number,
  rows: SampleRows,
  separating: readonly SeparatingFeature[],
): DomainClassifierResult | UnknownComparison {
  const found = mannWhitney(before, after, { level, method: 'asymptotic' })
  if (found.kind === 'unknown') return found
  const { superiority: auc, pValue, effect, statistic, method, kind } = found
  return {
    kind,
    statistic,
    pValue: auc > 0.5 ? pValue / 2 : 1 - pValue / 2,
    method,
    effect: { ...effect, name: 'area under the ROC curve' },
    auc,
    separating: separating.map(({ name, share }) => ({ name, share })),
    rows,
  }
}

type Split = { readonly train: Uint32Array; readonly test: Uint32Array }

function splitRows(size: number, most: number, random: Random): Split {
  const order = random.sample(
    Array.from({ length: size }, (_, i) => i),
    most,
  )
  const half = order.length >> 1
  return { train: Uint32Array.from(order.slice(0, half)), test: Uint32Array.from(order.slice(half)) }
}

function pooledFeatures(reference: readonly Feature[], current: readonly Feature[], a: Uint32Array, b: Uint32Array) {
  return reference.map(({ name, kind, values, categories }, j): Feature => {
    const pooled = new Float64Array(a.length + b.length)
    for (const [i, row] of a.entries()) pooled[i] = finite(values[row]!)
    for (const [i, row] of b.entries()) pooled[a.length + i] = finite(current[j]!.values[row]!)
    const known = Math.max(categories ?? 0, current[j]!.categories ?? 0)
    return known > 0 ? { name, kind, values: pooled, categories: known } : { name, kind, values: pooled }
  })
}

function finite(value: number): number {
  return Math.abs(value) < LARGEST_FLOAT32 ? value : Number.NaN
}

function rowsOf(features: readonly Feature[]): number {
  const rows = features[0]?.values.length ?? 0
  for (const { name, values } of features)
    if (values.length !== rows)
      throw new StatsError(
        'STATS_LENGTHS_DIFFER',
        `feature ${name} of domainClassifier has ${values.length} rows, expected ${rows}`,
      )
  return rows
}

function checkSame(reference: readonly Feature[], current: readonly Feature[]): void {
  if (reference.length === 0 || reference.length !== current.length)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `domainClassifier got ${reference.length} reference features and ${current.length} current features, expected as many of both`,
    )
  for (const [j, { name, kind }] of reference.entries())
    if (current[j]!.name !== name || current[j]!.kind !== kind)
      throw new StatsError(
        'STATS_WRONG_KIND',
        `feature ${j} of domainClassifier is ${current[j]!.kind} ${current[j]!.name} in the current sample, expected ${kind} ${name}`,
      )
}

/** Rows with an infinite value are counted as invalid, of the others those with a missing one as missing; all are used. */
function usedRows(features: readonly Feature[], size: number): UsedRows {
  let [missing, invalid] = [0, 0]
  for (let i = 0; i < size; i++) {
    let [none, wild] = [false, false]
    for (const { values } of features) {
      const value = values[i]!
      if (Number.isNaN(value)) none = true
      else if (!(Math.abs(value) < LARGEST_FLOAT32)) wild = true
    }
    if (wild) invalid++
    else if (none) missing++
  }
  return { used: size, missing, invalid }
}
