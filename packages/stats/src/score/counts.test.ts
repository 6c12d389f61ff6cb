import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, type Random } from '../random.ts'
import { createScoreTable, mergeScoreTables, updateScoreTable } from '../sketch/index.ts'
import {
  bestThreshold,
  bootstrapFigure,
  businessValue,
  type Confusion,
  confusionMatrix,
  createErrorSums,
  createSliceSums,
  exactShare,
  type Figure,
  type KnownFigure,
  mergeErrorSums,
  scoreAveraged,
  scoreConfusion,
  scoreErrorSums,
  scoreRanking,
  scoreRegression,
  scoreSlices,
  scoreTablePerformance,
  thresholdSweep,
  updateErrorSums,
  updateSliceSums,
} from './index.ts'

type Golden = {
  readonly exact: readonly (readonly [number, number, number, number])[]
  readonly multiclass: {
    readonly labels: number[]
    readonly predicted: number[]
    readonly classes: number
    readonly averaged: Record<'micro' | 'macro' | 'weighted', Record<'precision' | 'recall' | 'f1', number>>
  }
  readonly binary: {
    readonly labels: number[]
    readonly scores: number[]
    readonly confusion: Confusion
    readonly expected: Readonly<Record<string, number>>
    readonly rocAuc: number
    readonly binnedAuc: number
    readonly brier: number
    readonly curve: { readonly share: number[]; readonly score: number[] }
  }
  readonly queries: {
    readonly k: number
    readonly rows: { relevance: number[]; scores: number[] }[]
    readonly ndcg: number
    readonly meanAveragePrecision: number
  }
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/score-counts.json', import.meta.url), 'utf8'))

test('exact intervals equal those of SciPy', () => {
  for (const [successes, rows, low, high] of golden.exact) {
    const found = known(exactShare(successes, rows))
    assert.ok(Math.abs(found.low - low) < 1e-9 && Math.abs(found.high - high) < 1e-9, `${successes} of ${rows}`)
  }
})

test('figures of four counts equal scikit-learn', () => {
  const found = scoreConfusion(golden.binary.confusion)
  for (const [name, value] of Object.entries(golden.binary.expected))
    near(known(found[name as keyof typeof found]).value, value, name)
})

test('micro, macro and weighted averages equal scikit-learn where a class is hardly ever predicted', () => {
  const found = scoreAveraged(confusionMatrix(golden.multiclass))
  for (const [averaging, measures] of Object.entries(golden.multiclass.averaged))
    for (const [measure, value] of Object.entries(measures))
      near(known(found[measure as 'f1'][averaging as 'macro']).value, value, `${averaging} ${measure}`)
})

test('a score table gives the binned AUC and curve of scikit-learn, the exact Brier score, and bounds that hold', () => {
  const { labels, scores, rocAuc, binnedAuc, brier, curve } = golden.binary
  const found = scoreTablePerformance(tableOf(labels, scores))
  near(known(found.rocAuc).value, binnedAuc, 'AUC')
  assert.ok(found.aucBounds!.low <= rocAuc && rocAuc <= found.aucBounds!.high)
  near(known(found.brier).value, brier, 'Brier')
  const { reliability, resolution, uncertainty, withinBins } = found.brierParts
  near(reliability - resolution + uncertainty + withinBins, brier, 'parts')
  assert.ok(Math.abs(withinBins) < 0.005)
  const bins = found.reliability.filter(({ rows }) => rows > 0)
  bins.forEach(({ score, share }, i) => {
    near(score, curve.score[i]!, 'score')
    near(known(share).value, curve.share[i]!, 'share')
  })
})

test('thresholds at the edges of a table count what rows count, however the table was added up', () => {
  const { labels, scores, confusion } = golden.binary
  const parts = [0, 200].map((from) =>
    tableOf(labels.slice(from, from + 200 || 200), scores.slice(from, from + 200 || 200)),
  )
  const rest = tableOf(labels.slice(400), scores.slice(400))
  const merged = mergeScoreTables(mergeScoreTables(parts[0]!, parts[1]!), rest)
  assert.deepEqual(thresholdSweep(merged).find(({ threshold }) => threshold === 0.5)!.confusion, confusion)
})

test('the best threshold is the worthiest, and its interval is wider than that of a threshold fixed beforehand', () => {
  const table = tableOf(golden.binary.labels, golden.binary.scores)
  const worth = { truePositives: 10, falsePositives: -4, falseNegatives: 0, trueNegatives: 0 }
  const best = bestThreshold(table, worth)!
  const values = thresholdSweep(table, worth).map(({ value }) => known(value!))
  assert.equal(known(best.value!).value, Math.max(...values.map(({ value }) => value)))
  const fixed = known(businessValue(best.confusion, worth))
  assert.ok(known(best.value!).low < fixed.low && known(best.value!).high > fixed.high)
})

test('ranking by query equals scikit-learn, ties included', () => {
  const { rows, k, ndcg, meanAveragePrecision } = golden.queries
  const found = scoreRanking(rows, { k })
  near(known(found.ndcg).value, ndcg, 'NDCG')
  near(known(found.meanAveragePrecision).value, meanAveragePrecision, 'MAP')
  const simple = scoreRanking(
    [
      { relevance: [0, 2, 1, 0], scores: [4, 3, 2, 1] },
      { relevance: [1, 0, 0, 0], scores: [4, 3, 2, 1] },
      { relevance: [0, 0], scores: [1, 2] },
    ],
    { k: 2, minQueries: 2 },
  )
  const values = [simple.reciprocalRank, simple.precisionAtK, simple.recallAtK].map((figure) => known(figure).value)
  assert.deepEqual(values, [0.75, 0.5, 0.75])
  assert.equal(known(simple.ndcg).rows, 2)
})

test('regression from sums gives the figures and intervals of the rows, however they were added up', () => {
  const random = createRandom('sums')
  const labels = Array.from({ length: 300 }, () => 1e4 + 10 * random.normal())
  const predictions = labels.map((label) => label + 1 + 3 * random.normal())
  const sumsOf = (from: number, until: number) => {
    const sums = createErrorSums(1e4)
    updateErrorSums(sums, labels.slice(from, until), predictions.slice(from, until))
    return sums
  }
  const found = scoreErrorSums(mergeErrorSums(sumsOf(0, 100), sumsOf(100, 300)))
  const rows = scoreRegression({ labels, predictions })
  for (const name of ['mae', 'rmse', 'r2', 'bias'] as const)
    for (const end of ['value', 'low', 'high'] as const)
      assert.ok(Math.abs(known(found[name])[end] - known(rows[name])[end]) < 1e-7, `${name} ${end}`)
})

test('95 % intervals from counts, tables and sums cover the truth in 92 to 99 of 100 worlds of 300 rows', () => {
  const worth = { truePositives: 5, falsePositives: -3, falseNegatives: -1, trueNegatives: 0 }
  const truth = figuresOf(createRandom('truth'), 200_000, worth)
  const covered: Record<string, number> = {}
  const worlds = 400
  for (let world = 0; world < worlds; world++)
    for (const [name, figure] of Object.entries(figuresOf(createRandom(`world ${world}`), 300, worth))) {
      const { low, high } = known(figure)
      const { value } = known(truth[name]!)
      covered[name] = (covered[name] ?? 0) + Number(low <= value && value <= high)
    }
  for (const [name, count] of Object.entries(covered))
    assert.ok(count / worlds > 0.92 && count / worlds < 0.99, `${name} is covered in ${count} of ${worlds} worlds`)
})

test('a bootstrap interval agrees with the formula, and is wider where rows come in clusters', () => {
  const random = createRandom('clusters')
  const centre = Array.from({ length: 40 }, () => random.normal())
  const values = Array.from({ length: 200 }, (_, i) => centre[Math.floor(i / 5)]! + 0.3 * random.normal())
  const mean = (rows: Int32Array) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length
  const width = (figure: Figure) => known(figure).high - known(figure).low
  const alone = width(bootstrapFigure(200, mean, { seed: 1, replicates: 500 }))
  const spread = Math.sqrt(
    values.reduce((sum, value) => sum + value ** 2, 0) / 200 - (values.reduce((a, b) => a + b) / 200) ** 2,
  )
  assert.ok(Math.abs(alone / ((2 * 1.96 * spread) / Math.sqrt(200)) - 1) < 0.15)
  const clusters = values.map((_, i) => Math.floor(i / 5))
  assert.ok(width(bootstrapFigure(200, mean, { seed: 1, replicates: 500, clusters })) > 1.5 * alone)
  assert.equal(bootstrapFigure(10, mean, { seed: 1 }).kind, 'unknown')
})

test('the slice that fails stands first, with a p-value that allows for having looked at all', () => {
  const random = createRandom('slices')
  const sums = createSliceSums(10)
  const slices = Array.from({ length: 5000 }, () => random.integer(10))
  updateSliceSums(
    sums,
    slices,
    slices.map((slice) => Number(random.next() < (slice === 3 ? 0.3 : 0.1))),
  )
  const [worst, second] = scoreSlices(sums)
  assert.equal(worst!.slice, 3)
  assert.ok(worst!.pValue < 1e-6 && second!.pValue > 0.05)
  assert.ok(known(worst!.excess).low < 0.2 && known(worst!.excess).high > 0.2)
})

test('whatever the counts, every figure is unknown or finite and within its interval', () => {
  const count = fc.oneof(fc.constant(0), fc.nat(40))
  fc.assert(
    fc.property(
      fc.tuple(count, count, count, count),
      fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 30 }),
      (cells, rows) => {
        const [truePositives, falsePositives, falseNegatives, trueNegatives] = cells
        const confusion = { truePositives, falsePositives, falseNegatives, trueNegatives }
        const matrix = confusionMatrix({ labels: rows.map(([y]) => y), predicted: rows.map(([, p]) => p), classes: 3 })
        const averaged = scoreAveraged(matrix, { minRows: 1 })
        const table = tableOf(
          rows.map(([y]) => Math.min(1, y)),
          rows.map(([, p]) => p / 2),
        )
        const { aucBounds: _, brierParts, reliability: __, ...figures } = scoreTablePerformance(table, { minRows: 1 })
        const all = [
          ...Object.values(scoreConfusion(confusion, { minRows: 1 })),
          businessValue(
            confusion,
            { truePositives: 1, falsePositives: -1, falseNegatives: -2, trueNegatives: 0 },
            { minRows: 1 },
          ),
          ...Object.values(averaged).flatMap(({ byClass, ...rest }) => [...byClass, ...Object.values(rest)]),
          ...Object.values(figures),
        ]
        all.forEach(sound)
        assert.ok(Object.values(brierParts).every(Number.isFinite))
      },
    ),
    { seed: 13, numRuns: 300 },
  )
})

test('whatever the numbers, sums, slices and queries give figures that are unknown or finite', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  const query = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, number), { maxLength: 20 }),
      fc.array(query, { maxLength: 8 }),
      (rows, queries) => {
        const sums = createErrorSums()
        updateErrorSums(
          sums,
          rows.map(([y]) => y),
          rows.map(([, p]) => p),
        )
        const slices = createSliceSums(3)
        updateSliceSums(
          slices,
          rows.map((_, i) => i % 3),
          rows.map(([y]) => y),
        )
        const ranked = queries.map((candidates) => ({
          relevance: candidates.map(([gain]) => gain),
          scores: candidates.map(([, score]) => score),
        }))
        Object.values(scoreErrorSums(sums, { minRows: 1 })).forEach(sound)
        Object.values(scoreRanking(ranked, { k: 3, minQueries: 1 })).forEach(sound)
        for (const { loss, excess, pValue } of scoreSlices(slices, { minRows: 1 })) {
          sound(loss)
          sound(excess)
          assert.ok(pValue >= 0 && pValue <= 1)
        }
      },
    ),
    { seed: 17, numRuns: 200 },
  )
})

test('what cannot be is refused by row', () => {
  assert.throws(() => exactShare(3, 2), /exactShare got 3 of 2 rows/)
  assert.throws(() => confusionMatrix({ labels: [0, 5], predicted: [0, 0], classes: 2 }), /row 1 of confusionMatrix/)
  assert.throws(() => updateErrorSums(createErrorSums(), [1, Number.NaN], [1, 1]), /row 1 of updateErrorSums/)
  assert.throws(() => updateSliceSums(createSliceSums(2), [0, 2], [1, 1]), /row 1 of updateSliceSums/)
  assert.throws(() => scoreRanking([{ relevance: [1], scores: [Number.NaN] }]), /candidate 0 of query 0/)
})

function figuresOf(random: Random, rows: number, worth: Confusion): Record<string, Figure> {
  const scores = Float64Array.from({ length: rows }, () => 0.02 + 0.96 * random.next() ** 2)
  const labels = scores.map((score) => Number(random.next() < score))
  const predicted = scores.map((score) => Number(score >= 0.5) + Number(score >= 0.3))
  const classes = labels.map((label) => (label === 0 ? random.integer(2) : 2))
  const table = tableOf(Array.from(labels), Array.from(scores))
  const { confusion } = thresholdSweep(table)[5]!
  const { f1, balancedAccuracy, matthews, kappa, recall } = scoreConfusion(confusion)
  const averaged = scoreAveraged(confusionMatrix({ labels: classes, predicted, classes: 3 }))
  const { rocAuc, brier, calibrationInTheLarge } = scoreTablePerformance(table)
  const value = businessValue(confusion, worth)
  const { macro, weighted } = averaged.f1
  return { f1, balancedAccuracy, matthews, kappa, recall, macro, weighted, rocAuc, brier, calibrationInTheLarge, value }
}

function tableOf(labels: readonly number[], scores: readonly number[]) {
  const table = createScoreTable()
  updateScoreTable(table, Float64Array.from(scores), Float64Array.from(labels))
  return table
}

function sound(figure: Figure): void {
  if (figure.kind === 'unknown') return
  const { low, value, high } = figure
  assert.ok([low, value, high].every(Number.isFinite) && low <= value && value <= high, JSON.stringify(figure))
}

function near(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) < 1e-12, `${what} is ${found}, expected ${expected}`)
}

function known(figure: Figure): KnownFigure {
  assert.ok(figure.kind === 'known', JSON.stringify(figure))
  return figure
}
