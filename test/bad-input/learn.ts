import {
  applyCalibrator,
  type BoostedTrees,
  calibrated,
  crossMoments,
  exportOnnx,
  exportPcaOnnx,
  exportScoreOnnx,
  type Feature,
  fitIsotonic,
  fitPca,
  fitPlatt,
  fromJson,
  importances,
  type LearningData,
  mergeCrossMoments,
  predict,
  projectPca,
  reconstructionErrors,
  toJson,
  trainBoostedTrees,
  trainLinearRegression,
  trainLogisticRegression,
  treeShap,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { type Case, columns, given, lists, mostly, number, probability, share } from './draw.ts'

const cell = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -99, max: 99, noNaN: true }) },
  { weight: 1, arbitrary: number },
)
const code = fc.oneof(
  { weight: 900, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 90, arbitrary: fc.constant(Number.NaN) },
  { weight: 1, arbitrary: fc.constantFrom(4, -1, 0.5, Infinity) },
)
const label = fc.oneof({ weight: 900, arbitrary: fc.constantFrom(0, 1) }, { weight: 1, arbitrary: number })
const amount = fc.oneof(
  { weight: 900, arbitrary: fc.double({ min: -99, max: 99, noNaN: true }) },
  { weight: 1, arbitrary: number },
)
const weight = fc.oneof(
  { weight: 900, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
  { weight: 1, arbitrary: number },
)
const binary = lists(0, 40, cell, code, label, weight)
const continuous = lists(0, 40, cell, code, amount, weight)
const rows = columns(2, fc.oneof(cell, code), 20)
const trees = { seed: 1, rounds: 3, minRowsPerLeaf: 2, maxLeaves: 4 } as const
const calibration = lists(0, 40, probability, label, weight)
const named = { name: 'a model' }
type Rows = [number[], number[], number[], number[]]

const ofTrees = (use: (model: BoostedTrees, columns: Float64Array[]) => unknown): Case =>
  given([binary, rows], (all, asked) => use(trainBoostedTrees(data(all), { ...trees, task: 'binary' }), asked))

export const learn = {
  trainBoostedTrees: given(
    [continuous, mostly(0.1, 1), mostly(2, 6), mostly(1, 0.5)],
    (all, learningRate, maxLeaves, rowShare) =>
      trainBoostedTrees(data(all), { ...trees, task: 'regression', learningRate, maxLeaves, rowShare }),
  ),
  trainLinearRegression: given([continuous, mostly(1, 1e-9, 1e9)], (all, l2) =>
    trainLinearRegression(data(all), { l2 }),
  ),
  trainLogisticRegression: given([binary, mostly(1, 1e-9, 1e9)], (all, l2) =>
    trainLogisticRegression(data(all), { task: 'binary', l2 }),
  ),
  predict: given([continuous, rows], (all, asked) => [
    predict(trainLinearRegression(data(all)), asked),
    predict(trainBoostedTrees(data(all), { ...trees, task: 'regression' }), asked),
  ]),
  treeShap: ofTrees(treeShap),
  importances: ofTrees((model) => importances(model)),
  toJson: ofTrees((model) => toJson(model)),
  fromJson: ofTrees((model, asked) => predict(fromJson(JSON.parse(JSON.stringify(toJson(model)))), asked)),
  exportOnnx: ofTrees((model) => exportOnnx(model, named)),
  exportScoreOnnx: ofTrees((model) => exportScoreOnnx({ trees: model }, named)),
  fitIsotonic: given([calibration, fc.constantFrom('ends', 'centres')], (all, knots) =>
    fitIsotonic(outcomes(all), { knots }),
  ),
  fitPlatt: given([calibration], (all) => fitPlatt(outcomes(all))),
  applyCalibrator: given([calibration, probability], (all, asked) => [
    applyCalibrator(fitIsotonic(outcomes(all)), asked),
    applyCalibrator(fitPlatt(outcomes(all)), asked),
  ]),
  calibrated: given([binary, calibration, rows], (all, later, asked) => {
    const model = trainBoostedTrees(data(all), { ...trees, task: 'binary' })
    return predict(calibrated(model, fitPlatt(outcomes(later))), asked)
  }),
  crossMoments: given([columns(2)], ([x, y]) => crossMoments({ x: x!, y: y! })),
  mergeCrossMoments: given([columns(2), columns(2)], ([a, b], [c, d]) =>
    mergeCrossMoments(crossMoments({ x: a!, y: b! }), crossMoments({ x: c!, y: d! })),
  ),
  fitPca: given([columns(3), share, fc.boolean()], (all, varianceShare, standardise) =>
    pca(all, { varianceShare, standardise }),
  ),
  projectPca: given([columns(3), columns(3)], (all, asked) => {
    const model = pca(all)
    return model.kind === 'unknown' ? model : projectPca(model, asked)
  }),
  reconstructionErrors: given([columns(3), columns(3)], (all, asked) => {
    const model = pca(all, { components: 1 })
    return model.kind === 'unknown' ? model : reconstructionErrors(model, asked)
  }),
  exportPcaOnnx: given([columns(3)], (all) => {
    const model = pca(all)
    return model.kind === 'unknown' ? model : exportPcaOnnx(model, named)
  }),
}

function data([numbers, codes, target, weights]: Rows): LearningData {
  const features: Feature[] = [
    { name: 'x', kind: 'numeric', values: Float64Array.from(numbers) },
    { name: 'code', kind: 'categorical', values: Float64Array.from(codes), categories: 4 },
  ]
  return { features, target: Float64Array.from(target), weights: Float64Array.from(weights) }
}

function outcomes([probabilities, labels, weights]: [number[], number[], number[]]) {
  return {
    probabilities: Float64Array.from(probabilities),
    outcomes: Float64Array.from(labels),
    weights: Float64Array.from(weights),
  }
}

function pca([x, y, z]: Float64Array[], options: Parameters<typeof fitPca>[1] = {}) {
  return fitPca(crossMoments({ x: x!, y: y!, z: z! }), options)
}
