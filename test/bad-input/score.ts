import assert from 'node:assert/strict'
import {
  addConfusions,
  bestThreshold,
  blockDifference,
  bootstrapFigure,
  businessValue,
  clusteredMeanInterval,
  confusionMatrix,
  createErrorSums,
  createScoreTable,
  createSliceSums,
  exactShare,
  mergeErrorSums,
  scoreAveraged,
  scoreBinary,
  scoreConfusion,
  scoreErrorSums,
  scoreMulticlass,
  scoreRanking,
  scoreRegression,
  scoreSlices,
  scoreTablePerformance,
  thresholdSweep,
  updateErrorSums,
  updateScoreTable,
  updateSliceSums,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { bit, given, level, lists, mostly, number, probability, seed, whole } from './draw.ts'

const minRows = mostly(1, 3, 30)
const options = fc.record({ level, minRows })
const classes = fc.constantFrom(0, 1, 2)
const calm = fc.oneof(
  { weight: 400, arbitrary: fc.double({ min: -99, max: 99, noNaN: true }) },
  { weight: 1, arbitrary: number },
)
const weight = fc.oneof({ weight: 400, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: number })
const someRows = fc.oneof({ weight: 9, arbitrary: fc.nat(50) }, { weight: 1, arbitrary: whole })
const confusion = fc.record({
  truePositives: someRows,
  falsePositives: someRows,
  falseNegatives: someRows,
  trueNegatives: someRows,
})
const worth = fc.record({ truePositives: calm, falsePositives: calm, falseNegatives: calm, trueNegatives: calm })
const scored = lists(0, 50, bit, probability, weight)
const real = lists(0, 50, calm, calm, weight)
const slices = lists(0, 50, fc.integer({ min: 0, max: 2 }), calm)
const blocks = lists(0, 12, calm, weight)

export const score = {
  scoreBinary: given([scored, options, mostly(0.5, 0, 1)], ([labels, scores, weights], use, threshold) =>
    scoreBinary({ labels, scores, weights }, { ...use, threshold }),
  ),
  scoreMulticlass: given(
    [lists(0, 40, classes, probability, weight), options, mostly(3, 2)],
    ([labels, shares, weights], use, count) => {
      const scores = shares.flatMap((share) => [share, (1 - share) / 2, (1 - share) / 2])
      return scoreMulticlass({ labels, scores, weights, classes: count }, use)
    },
  ),
  scoreRegression: given([real, options], ([labels, predictions, weights], use) =>
    scoreRegression({ labels, predictions, weights }, use),
  ),
  clusteredMeanInterval: given([blocks, level], ([means, weights], at) => clusteredMeanInterval(means, weights, at)),
  blockDifference: given([blocks, blocks, level], ([a, b], [c, d], at) =>
    blockDifference({ means: a, weights: b }, { means: c, weights: d }, at),
  ),
  confusionMatrix: given([lists(0, 40, classes, classes), mostly(3, 4)], ([labels, predicted], count) =>
    confusionMatrix({ labels, predicted, classes: count }),
  ),
  scoreAveraged: given([lists(0, 40, classes, classes), options], ([labels, predicted], use) =>
    scoreAveraged(confusionMatrix({ labels, predicted, classes: 3 }), use),
  ),
  scoreConfusion: given([confusion, options], scoreConfusion),
  addConfusions: given([confusion, confusion], (a, b) => {
    assert.deepEqual(addConfusions(a, b), addConfusions(b, a))
    return addConfusions(a, b)
  }),
  businessValue: given([confusion, worth, options], businessValue),
  bootstrapFigure: given([fc.array(calm, { maxLength: 40 }), seed, options], (values, of, use) =>
    bootstrapFigure(values.length, (rows) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length, {
      ...use,
      seed: of,
      replicates: 100,
    }),
  ),
  exactShare: given([someRows, someRows, options], (successes, more, use) =>
    exactShare(successes, successes + more, use),
  ),
  scoreRanking: given(
    [fc.array(lists(0, 8, weight, calm), { maxLength: 14 }), level, mostly(1, 10)],
    (queries, at, k) =>
      scoreRanking(
        queries.map(([relevance, scores]) => ({ relevance, scores })),
        { level: at, k, minQueries: 2 },
      ),
  ),
  createErrorSums: given([number], createErrorSums),
  updateErrorSums: given([real, real], ([a, b], [c, d]) => errorSums([a, c], [b, d])),
  mergeErrorSums: given([real, real], ([a, b], [c, d]) => {
    const [one, other] = [errorSums([a], [b]), errorSums([c], [d])]
    assert.deepEqual(mergeErrorSums(one, other), mergeErrorSums(other, one))
    return mergeErrorSums(one, other)
  }),
  scoreErrorSums: given([real, real, options], ([a, b], [c, d], use) => scoreErrorSums(errorSums([a, c], [b, d]), use)),
  createSliceSums: given([mostly(1, 3)], createSliceSums),
  updateSliceSums: given([slices], ([of, losses]) => sliceSums(of, losses)),
  scoreSlices: given([slices, options], ([of, losses], use) => scoreSlices(sliceSums(of, losses), use)),
  scoreTablePerformance: given([scored, options], ([labels, scores], use) =>
    scoreTablePerformance(tableOf(labels, scores), use),
  ),
  thresholdSweep: given([scored, worth, options], ([labels, scores], each, use) =>
    thresholdSweep(tableOf(labels, scores), each, use),
  ),
  bestThreshold: given([scored, worth, options], ([labels, scores], each, use) =>
    bestThreshold(tableOf(labels, scores), each, use),
  ),
}

function errorSums(labels: number[][], predictions: number[][]) {
  const sums = createErrorSums(1)
  labels.forEach((each, i) => {
    updateErrorSums(sums, each, predictions[i]!)
  })
  return sums
}

function sliceSums(of: number[], losses: number[]) {
  const sums = createSliceSums(3)
  updateSliceSums(sums, of, losses)
  return sums
}

function tableOf(labels: number[], scores: number[]) {
  const table = createScoreTable()
  updateScoreTable(table, Float64Array.from(scores), Float64Array.from(labels))
  return table
}
