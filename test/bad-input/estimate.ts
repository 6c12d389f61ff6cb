import assert from 'node:assert/strict'
import {
  arrivedShare,
  createArrivalTable,
  createCellTable,
  createRectifier,
  createTrustTest,
  delayCurve,
  estimateFromCells,
  estimateLoss,
  estimatePerformance,
  expectedPerformance,
  type Feature,
  fitExpectedLoss,
  fitPartition,
  fitPerformanceEstimator,
  groupsOf,
  importanceWeights,
  isBetterThan,
  judgeMaturity,
  mergeArrivalTables,
  mergeCellTables,
  planAudit,
  rectify,
  updateArrivalTable,
  updateCellTable,
  updateTrustTest,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { bit, given, level, lists, mostly, number, probability, seed } from './draw.ts'

const NAN_IS_NOT_THERE = fc.constant(Number.NaN)
const age = fc.oneof({ weight: 400, arbitrary: fc.integer({ min: 0, max: 70 }) }, { weight: 1, arbitrary: number })
const delay = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 70 }) },
  { weight: 4, arbitrary: NAN_IS_NOT_THERE },
  { weight: 1, arbitrary: fc.constantFrom(-1, Infinity, 1e308, 5e-324) },
)
const outcome = fc.oneof({ weight: 400, arbitrary: fc.constantFrom(0, 1) }, { weight: 1, arbitrary: NAN_IS_NOT_THERE })
const arrivals = lists(0, 40, age, delay, fc.constantFrom(0, 1))
const group = fc.oneof({ weight: 400, arbitrary: fc.integer({ min: 0, max: 2 }) }, { weight: 1, arbitrary: number })
const cellRows = lists(0, 60, probability, group, outcome)
const unit = fc.oneof(
  { weight: 400, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: number },
)
const calm = fc.oneof(
  { weight: 400, arbitrary: fc.double({ min: -9, max: 9, noNaN: true }) },
  { weight: 2, arbitrary: number },
)
const code = fc.oneof(
  { weight: 400, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: NAN_IS_NOT_THERE },
)
const scoredRows = lists(0, 70, calm, code, unit, bit)
const window = lists(0, 40, unit, fc.boolean(), fc.constantFrom(0, 1))

export const estimate = {
  createArrivalTable: given(
    [fc.constantFrom([0, 1], [0, 7, 30], [], [0], [0, Number.NaN], [0, Infinity], [1, 2]), mostly(1, 2)],
    (edges, outcomes) => createArrivalTable({ edges, outcomes }),
  ),
  updateArrivalTable: given([arrivals], (rows) => arrivalTable(rows)),
  mergeArrivalTables: given([arrivals, arrivals], (one, other) => {
    const [a, b] = [arrivalTable(one), arrivalTable(other)]
    assert.deepEqual(mergeArrivalTables(a, b), mergeArrivalTables(b, a))
    return mergeArrivalTables(a, b)
  }),
  arrivedShare: given([arrivals, mostly(0, 1), age], (rows, of, at) => arrivedShare(arrivalTable(rows), of, at)),
  delayCurve: given([lists(0, 40, delay, fc.boolean())], ([durations, isThere]) => delayCurve(durations, isThere)),
  judgeMaturity: given([arrivals, lists(0, 40, age, outcome, unit), level], (rows, [ages, outcomes, losses], at) =>
    judgeMaturity(arrivalTable(rows), { ages, outcomes, losses }, { level: at, minLabels: 3 }),
  ),
  isBetterThan: given([arrivals, lists(0, 40, age, outcome, unit), number], (rows, [ages, outcomes, losses], limit) =>
    isBetterThan(judgeMaturity(arrivalTable(rows), { ages, outcomes, losses }), limit),
  ),
  planAudit: given([lists(0, 40, unit), mostly(0, 3, 99), mostly(0, 0.5, 1), seed], ([expected], labels, lean, of) =>
    planAudit(expected, { labels, lean, seed: of }),
  ),
  createCellTable: given([mostly(1, 3)], (groups) => createCellTable({ groups })),
  updateCellTable: given([cellRows], (rows) => cellTable(rows)),
  mergeCellTables: given([cellRows, cellRows], (one, other) => {
    const [a, b] = [cellTable(one), cellTable(other)]
    assert.deepEqual(mergeCellTables(a, b), mergeCellTables(b, a))
    return mergeCellTables(a, b)
  }),
  estimateFromCells: given([cellRows, cellRows, level, mostly(0.5, 0.99)], (one, other, at, threshold) =>
    estimateFromCells(cellTable(one), cellTable(other), { level: at, threshold, mostOutside: 1 }),
  ),
  importanceWeights: given([scoredRows, scoredRows, mostly(1, 20, 300)], ([a, b], [c, d], minRows) =>
    importanceWeights(features(a, b), features(c, d), { seed: 1, minRows }),
  ),
  fitPerformanceEstimator: given([scoredRows], (rows) => estimator(rows), {
    at: /\.reference\.features/,
    because: 'the rows it was given, which it keeps; NaN is missing there',
  }),
  estimatePerformance: given([scoredRows, scoredRows, level], (rows, [a, b, scores], at) => {
    const fitted = estimator(rows)
    if (fitted.kind === 'unknown') return fitted
    return estimatePerformance(fitted.estimator, { features: features(a, b), scores }, { level: at, minRows: 2 })
  }),
  expectedPerformance: given([lists(0, 50, unit, unit), level, mostly(1, 30)], ([probabilities, scores], at, minRows) =>
    expectedPerformance({ probabilities, scores }, { level: at, minRows }),
  ),
  fitExpectedLoss: given([scoredRows], (rows) => expectedLoss(rows)),
  estimateLoss: given([scoredRows, scoredRows, level], (rows, [a, b, predictions], at) => {
    const model = expectedLoss(rows)
    return model.kind === 'unknown' ? model : estimateLoss(model, { features: features(a, b), predictions }, at)
  }),
  fitPartition: given([scoredRows], ([a, b, scores, labels]) =>
    fitPartition({ features: features(a, b), scores, labels }),
  ),
  groupsOf: given([scoredRows, scoredRows], ([a, b, scores, labels], [c, d]) => {
    const partition = fitPartition({ features: features(a, b), scores, labels })
    return partition.kind === 'unknown' ? partition : groupsOf(partition, features(c, d))
  }),
  createRectifier: given([mostly(1, 100), level, fc.boolean()], (lossRange, at, isShare) =>
    createRectifier({ lossRange, level: at, isShare }),
  ),
  rectify: given([fc.array(window, { minLength: 1, maxLength: 6 }), unit], (windows, effectiveShare) => {
    const rectifier = createRectifier()
    return windows.map(([expected, isLabelled, losses]) => {
      const labelled = [...expected.keys()].filter((row) => isLabelled[row])
      const known = labelled.map((row) => losses[row]!)
      return rectify(rectifier, { expected, labelled, losses: known, effectiveShare })
    })
  }),
  createTrustTest: given(
    [mostly(0.02, 0.5), mostly(1, 10), mostly(100, 1e6)],
    (tolerance, lossRange, averageRunLength) => createTrustTest({ tolerance, lossRange, averageRunLength }),
  ),
  updateTrustTest: given([lists(0, 60, unit, unit)], ([losses, expected]) => {
    const test = createTrustTest({ averageRunLength: 50 })
    for (let round = 0; round < 4; round++) updateTrustTest(test, losses, expected)
    return test
  }),
}

function arrivalTable([ages, delays, outcomes]: [number[], number[], number[]]) {
  const table = createArrivalTable({ edges: [0, 10, 30, 60] })
  updateArrivalTable(table, { ages, delays, outcomes })
  return table
}

function cellTable([scores, groups, labels]: [number[], number[], number[]]) {
  const table = createCellTable({ groups: 3 })
  updateCellTable(table, { scores, groups, labels })
  updateCellTable(table, { scores, groups })
  return table
}

function features(numbers: number[], codes: number[]): Feature[] {
  return [
    { name: 'x', kind: 'numeric', values: Float64Array.from(numbers) },
    { name: 'code', kind: 'categorical', values: Float64Array.from(codes), categories: 4 },
  ]
}

function estimator([a, b, scores, labels]: [number[], number[], number[], number[]]) {
  const options = { seed: 1, replicates: 2, minReferenceRows: 20, mostOutside: 1, leastEffectiveShare: 0.01 }
  return fitPerformanceEstimator({ features: features(a, b), scores, labels }, options)
}

function expectedLoss([a, b, predictions, losses]: [number[], number[], number[], number[]]) {
  return fitExpectedLoss({ features: features(a, b), predictions }, losses, { seed: 1, minRows: 10 })
}
