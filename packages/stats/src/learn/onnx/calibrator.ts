import type { Calibrator, IsotonicCalibrator } from '../model.ts'
import { Ensemble } from './ensemble.ts'
import { type GraphBuilder, ML_DOMAIN } from './graph.ts'

/** From log odds [N, 1] to the probabilities of both classes [N, 2]; without a calibrator, the plain logistic. */
export function binaryProbabilities(
  graph: GraphBuilder,
  score: string,
  calibrator: Calibrator | undefined,
  output: string,
): string {
  if (calibrator?.kind === 'isotonic') return isotonicProbabilities(graph, score, calibrator, output)
  const { slope, intercept } = calibrator ?? { slope: 1, intercept: 0 }
  const odds = graph.node('Mul', [score, graph.floats([2], [-slope, slope])])
  // Sigmoid of -s, not 1 - sigmoid of s: near certainty the difference is all that is left.
  const shifted = intercept === 0 ? odds : graph.node('Add', [odds, graph.floats([2], [-intercept, intercept])])
  return graph.node('Sigmoid', [shifted], { output })
}

function isotonicProbabilities(
  graph: GraphBuilder,
  score: string,
  calibrator: IsotonicCalibrator,
  output: string,
): string {
  const corrected = interpolated(graph, graph.node('Sigmoid', [score]), calibrator)
  const signed = graph.node('Mul', [corrected, graph.floats([2], [-1, 1])])
  return graph.node('Add', [signed, graph.floats([2], [1, 0])], { output })
}

const TARGETS = ['from', 'to', 'slope', 'end'] as const

/**
 * A tree finds the segment of the line in logarithmic time, and its leaf holds where the segment begins, its slope and
 * where it ends: min(to + slope · (x - from), end). Steep segments magnify the rounding of x to float32.
 */
function interpolated(graph: GraphBuilder, at: string, calibrator: IsotonicCalibrator): string {
  const attributes = segmentTree(calibrator).attributes(TARGETS.length, [0, 0, 0, 0])
  const segment = graph.node('TreeEnsembleRegressor', [at], { attributes, domain: ML_DOMAIN })
  const [from, to, slope, end] = TARGETS.map((_, k) =>
    graph.node('Gather', [segment, graph.integers([k])], { attributes: { axis: { int: 1 } } }),
  ) as [string, string, string, string]
  const rise = graph.node('Mul', [graph.node('Sub', [at, from]), slope])
  return graph.node('Min', [graph.node('Add', [to, rise]), end])
}

/**
 * A balanced search tree over the knots, numbered and listed root first, as ONNX Runtime takes the first node for the
 * root: leaf i is the segment that ends in knot i, the last one the ray after it.
 */
function segmentTree(calibrator: IsotonicCalibrator): Ensemble {
  const ensemble = new Ensemble()
  addSegments(ensemble, calibrator, { id: 0, low: 0, high: calibrator.from.length })
  return ensemble
}

interface SegmentRange {
  readonly id: number
  readonly low: number
  readonly high: number
}

function addSegments(ensemble: Ensemble, calibrator: IsotonicCalibrator, { id, low, high }: SegmentRange): void {
  if (low === high) {
    addSegment(ensemble, calibrator, id, low)
    return
  }
  const middle = (low + high) >> 1
  const yes = id + 1
  // The left part has middle - low + 1 leaves, hence one node less than twice as many.
  const no = yes + 2 * (middle - low + 1) - 1
  const threshold = calibrator.from[middle]!
  ensemble.branch(0, id, { mode: 'BRANCH_LEQ', feature: 0, threshold, yes, no, missingYes: false })
  addSegments(ensemble, calibrator, { id: yes, low, high: middle })
  addSegments(ensemble, calibrator, { id: no, low: middle + 1, high })
}

function addSegment(ensemble: Ensemble, { from, to }: IsotonicCalibrator, id: number, knot: number): void {
  const begin = Math.max(knot - 1, 0)
  const end = Math.min(knot, from.length - 1)
  const slope = begin === end ? 0 : (to[end]! - to[begin]!) / (from[end]! - from[begin]!)
  for (const [target, value] of [from[begin]!, to[begin]!, slope, to[end]!].entries()) {
    ensemble.leaf(0, id, target, value)
  }
}
