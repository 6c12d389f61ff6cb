import type { FeatureSpec } from '../data.ts'
import type { GraphBuilder } from './graph.ts'

/** ONNX Runtime folds a chain of equalities into one bit test where the values lie in 1 … 32. */
export const LANE_CODES = 32

/**
 * The columns a tree ensemble reads: a number as it is, a category once for every 32 of its codes, each time shifted
 * so that those 32 become 1 … 32. Without it, a split that lists 32 of 200 airports costs 32 comparisons.
 */
export interface Lanes {
  /** First column of each feature. */
  readonly first: readonly number[]
  /** The feature each column is taken from, and what is subtracted from it. */
  readonly features: readonly number[]
  readonly shifts: readonly number[]
}

export function lanesOf(features: readonly FeatureSpec[]): Lanes {
  const lanes = { first: [] as number[], features: [] as number[], shifts: [] as number[] }
  features.forEach((spec, feature) => {
    lanes.first.push(lanes.features.length)
    const count = spec.kind === 'numeric' ? 1 : Math.max(1, Math.ceil(spec.categories / LANE_CODES))
    for (let lane = 0; lane < count; lane++) {
      lanes.features.push(feature)
      lanes.shifts.push(spec.kind === 'numeric' ? 0 : lane * LANE_CODES - 1)
    }
  })
  return lanes
}

/** Nothing to do, and nothing added to the graph, where all features are numbers. */
export function spreadLanes(graph: GraphBuilder, lanes: Lanes, features: string): string {
  if (lanes.shifts.every((shift) => shift === 0)) return features
  const spread = graph.node('Gather', [features, graph.integers(lanes.features)], { attributes: { axis: { int: 1 } } })
  return graph.node('Sub', [spread, graph.floats([lanes.shifts.length], lanes.shifts)])
}
