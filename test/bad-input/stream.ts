import {
  CONCEPTS,
  type ConceptName,
  conceptStream,
  createLossChangeDetector,
  createNaiveBayes,
  learnNaiveBayes,
  lossChangeEvidence,
  predictNaiveBayes,
  prequentialLosses,
  simulateLosses,
  stepLossChange,
  updateLossChange,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { given, lists, mostly, number, probability, seed } from './draw.ts'

const loss = fc.oneof(
  { weight: 60, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  { weight: 20, arbitrary: fc.constantFrom(0, 1, -0, 5e-324) },
  { weight: 1, arbitrary: number },
)
const losses = fc.oneof(
  fc.array(loss, { maxLength: 60 }),
  fc.constantFrom(0, 1, 0.5).map((same) => new Array<number>(300).fill(same)),
)
const batches = fc.array(losses, { minLength: 1, maxLength: 6 })
const options = fc.record({
  lossRange: mostly(1, 40),
  averageRunLength: mostly(100, 1e6),
  tolerance: mostly(0.01, 0.2),
  standardErrors: mostly(1, 3),
})
const concept = fc.constantFrom(...(Object.keys(CONCEPTS) as ConceptName[]))
const rows = mostly(0, 1, 40)
const value = fc.oneof(
  { weight: 20, arbitrary: fc.double({ min: -9, max: 9, noNaN: true }) },
  { weight: 1, arbitrary: number },
)
const code = fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 0, max: 2 }) }, { weight: 1, arbitrary: number })
const labelled = lists(0, 40, value, code, fc.integer({ min: 0, max: 1 }))
const bayes = { categories: [0, 3], classes: 2 }

export const stream = {
  createLossChangeDetector: given([options], createLossChangeDetector),
  updateLossChange: given([batches], (all) => changed(all)),
  stepLossChange: given([batches], (all) => {
    const detector = createLossChangeDetector()
    return [all.flat().map((each) => stepLossChange(detector, each)), detector]
  }),
  lossChangeEvidence: given([batches], (all) => lossChangeEvidence(changed(all).detector)),
  conceptStream: given([concept, seed, rows, mostly(0, 1), probability], (name, of, many, variant, labelNoise) => [
    ...conceptStream({
      concept: name,
      seed: of,
      rows: many,
      variant,
      labelNoise,
      changes: [{ at: 9, variant: 1, width: 5 }],
    }),
  ]),
  simulateLosses: given([seed, rows, probability, probability], (of, many, mean, after) =>
    simulateLosses({ seed: of, rows: many, mean, changes: [{ at: 10, mean: after }] }),
  ),
  prequentialLosses: given([labelled], ([x, n, labels]) =>
    prequentialLosses(
      labels.map((label, row) => ({ features: Float64Array.of(x[row]!, n[row]!), label })),
      createNaiveBayes(bayes),
    ),
  ),
  createNaiveBayes: given([mostly(2, 9), mostly(0, 3), mostly(50, 1e9)], (classes, categories, halfLife) =>
    createNaiveBayes({ classes, categories: [categories], halfLife }),
  ),
  learnNaiveBayes: given([labelled], (all) => learned(all)),
  predictNaiveBayes: given([labelled, value, code], (all, x, n) => predictNaiveBayes(learned(all), [x, n])),
}

function changed(all: number[][]) {
  const detector = createLossChangeDetector({ averageRunLength: 200 })
  return { detector, changes: all.map((each) => updateLossChange(detector, each)) }
}

function learned([x, n, labels]: [number[], number[], number[]]) {
  const model = createNaiveBayes(bayes)
  labels.forEach((label, row) => {
    learnNaiveBayes(model, [x[row]!, n[row]!], label)
  })
  return model
}
