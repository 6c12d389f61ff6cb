import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { StatsError } from '../../error.ts'
import { LearnError } from '../../learn/index.ts'
import {
  type Column,
  calculateDomainClassifier,
  calculatePerformance,
  calculateQuality,
  calculateReconstruction,
  calculateSummary,
  calculateUnivariate,
  constantThreshold,
  estimateCbpe,
  estimateDle,
  fitCbpe,
  fitDle,
  fitDomainClassifier,
  fitPerformance,
  fitQuality,
  fitReconstruction,
  fitSummary,
  fitUnivariate,
  METHODS,
  measure,
  splitChunks,
} from './index.ts'

const number = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e6, max: 1e6 }),
  fc.constantFrom(0, 1, 2, Number.NaN, -0, 1e300, Number.MIN_VALUE),
)
const numbers = fc.array(number, { minLength: 1, maxLength: 60 }).map((values) => Float64Array.from(values))
const category = fc.constantFrom('a', 'b', 'c', '', '__proto__', 'constructor', null)
const categories = fc.array(category, { minLength: 1, maxLength: 60 })
const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5, Number.NaN))

test('whatever the columns, a result holds no NaN and no infinity, or an error says what is wrong', () => {
  const size = fc.integer({ min: 1, max: 30 })
  fc.assert(
    fc.property(numbers, numbers, categories, categories, size, (x, y, s, t, rows) => {
      const reference = same({ x, s })
      const current = same({ x: y, s: t })
      const chunking = { by: 'size', rows } as const
      const univariate = {
        columns: ['x', 's'],
        continuousMethods: ['jensen_shannon', 'hellinger', 'kolmogorov_smirnov', 'wasserstein'],
        categoricalMethods: ['jensen_shannon', 'hellinger', 'l_infinity', 'chi2'],
        chunking,
      } as const
      finite(() => calculateUnivariate(fitUnivariate(reference, univariate), current))
      finite(() => calculateReconstruction(fitReconstruction(reference, { columns: ['x', 's'], chunking }), current))
      for (const check of ['missing_values', 'unseen_values', 'numerical_range'] as const) {
        const columns = check === 'numerical_range' ? ['x'] : ['s']
        finite(() => calculateQuality(fitQuality(reference, { check, columns, chunking }), current))
      }
      for (const statistic of ['avg', 'median', 'std', 'sum', 'count'] as const)
        finite(() => calculateSummary(fitSummary(reference, { statistic, columns: ['x'], chunking }), current))
    }),
    { seed: 20261121, numRuns: 60 },
  )
})

test('whatever the labels and scores, realised and estimated metrics hold no NaN and no infinity', () => {
  const label = fc.constantFrom(0, 1)
  const labelOrNone = fc.constantFrom(0, 1, Number.NaN)
  const rows = fc.oneof(
    fc.array(fc.tuple(label, labelOrNone, fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 20,
      maxLength: 80,
    }),
    fc.array(fc.tuple(labelOrNone, labelOrNone, share), { minLength: 1, maxLength: 80 }),
  )
  fc.assert(
    fc.property(rows, rows, fc.constantFrom(null, 'all', 'true', 'pred'), (before, later, normalizeConfusionMatrix) => {
      const frame = (of: typeof before) => ({
        columns: {
          y: Float64Array.from(of, ([y]) => y),
          g: Float64Array.from(of, ([, g]) => g),
          p: Float64Array.from(of, ([, , p]) => p),
        },
      })
      const options = {
        problemType: 'classification_binary',
        metrics: [
          'roc_auc',
          'f1',
          'precision',
          'recall',
          'specificity',
          'accuracy',
          'confusion_matrix',
          'business_value',
          'average_precision',
        ],
        yTrue: 'y',
        yPred: 'g',
        yPredProba: 'p',
        businessValueMatrix: [
          [1, 0],
          [-1, 2],
        ],
        normalizeConfusionMatrix,
        chunking: { by: 'size', rows: 20 },
      } as const
      finite(() => calculatePerformance(fitPerformance(frame(before), options), frame(later)))
      finite(() => estimateCbpe(fitCbpe(frame(before), options), frame(later)))
      const regression = {
        problemType: 'regression',
        metrics: ['mae', 'mape', 'mse', 'msle', 'rmse', 'rmsle'],
        yTrue: 'y',
        yPred: 'p',
      } as const
      finite(() => calculatePerformance(fitPerformance(frame(before), regression), frame(later)))
    }),
    { seed: 20261121, numRuns: 60 },
  )
})

test('whatever the columns, the methods that train trees give no NaN and no infinity', () => {
  let trained = 0
  const small = fc.oneof(fc.double({ min: -100, max: 100, noNaN: true }), fc.constantFrom(0, 1, Number.NaN))
  const some = fc.array(small, { minLength: 30, maxLength: 60 }).map((values) => Float64Array.from(values))
  const kinds = fc.array(category, { minLength: 30, maxLength: 60 })
  fc.assert(
    fc.property(fc.oneof(some, numbers), some, kinds, (x, y, s) => {
      const before = computed
      const frame = same({ x, y, s })
      const halves = { by: 'number', chunks: 2 } as const
      const columns = ['x', 's']
      finite(() => calculateDomainClassifier(fitDomainClassifier(frame, { columns, chunking: halves }), frame))
      finite(() => estimateDle(fitDle(frame, { columns: ['s'], yTrue: 'x', yPred: 'y', chunking: halves }), frame))
      trained += computed - before
    }),
    { seed: 20261121, numRuns: 12 },
  )
  assert.ok(trained > 8, `only ${trained} trained`)
})

test('an infinite value, columns of different length, an absent one and no rows at all are refused by name', () => {
  const columns = { x: Float64Array.of(1, 2, Infinity) }
  assert.throws(() => splitChunks({ columns }), /row 2 of column x is Infinity/)
  assert.throws(
    () => splitChunks({ columns: { x: Float64Array.of(1), y: ['a', 'b'] } }),
    /column y has 2 rows, expected 1/,
  )
  assert.throws(() => splitChunks({ columns: {} }), { code: 'STATS_EMPTY_SAMPLE' })
  assert.throws(() => splitChunks({ columns: { x: Float64Array.of(1, 2) } }), /2 rows cannot make 10 chunks/)
  assert.throws(
    () => fitUnivariate({ columns: { x: new Float64Array(20) } }, { columns: ['z'] }),
    /column z is absent, found x/,
  )
  assert.throws(() => splitChunks({ columns: { x: new Float64Array(9) } }, { by: 'period', period: 'D' }), {
    code: 'STATS_TIMESTAMPS_ABSENT',
  })
})

test('a column of nothing but missing values is unknown between two samples, and refused as a reference', () => {
  const none = new Float64Array(20).fill(Number.NaN)
  const unknown = { kind: 'unknown', reason: 'no-values', have: 0, need: 1 }
  assert.deepEqual(measure('wasserstein', none, Float64Array.of(1)), unknown)
  assert.deepEqual(METHODS.chi2.measure(['a'], [null]), unknown)
  assert.throws(() => fitUnivariate({ columns: { none } }, { columns: ['none'] }), /all 20 reference values of none/)
  assert.throws(() => measure('chi2', Float64Array.of(1), Float64Array.of(1)), /chi2 is not for numbers/)
  assert.throws(() => measure('psi' as never, ['a'], ['a']), { code: 'STATS_UNKNOWN_METHOD' })
})

test('a reference without labels, labels that are neither 0 nor 1 and crossed limits are refused', () => {
  const p = Float64Array.from({ length: 40 }, (_, i) => (i % 10) / 10)
  const options = { problemType: 'classification_binary', metrics: ['roc_auc'], yTrue: 'y', yPredProba: 'p' } as const
  assert.throws(() => fitCbpe({ columns: { p, y: p.map(() => Number.NaN) } }, options), {
    code: 'STATS_MISSING_VALUES',
  })
  assert.throws(() => fitCbpe({ columns: { p, y: p } }, options), /row 1 of column y is 0.1, expected 0 or 1/)
  assert.throws(() => constantThreshold({ lower: 1, upper: 1 }), { code: 'STATS_BAD_OPTION' })
})

after(() => assert.ok(computed > 300, `only ${computed} results`))

/** Columns cut to the shortest. */
function same(columns: Record<string, Column>) {
  const rows = Math.min(...Object.values(columns).map(({ length }) => length))
  return { columns: Object.fromEntries(Object.entries(columns).map(([name, c]) => [name, c.slice(0, rows) as Column])) }
}

/** How often there was a result rather than an error. */
let computed = 0

function finite(compute: () => unknown): void {
  let result: unknown
  try {
    result = compute()
  } catch (error) {
    if (error instanceof StatsError || error instanceof LearnError) return
    throw error
  }
  computed++
  JSON.stringify(result, (key, value) => {
    assert.ok(typeof value !== 'number' || Number.isFinite(value), `${key} is ${value}`)
    return value
  })
}
