import type { BoostedTrees } from '../model.ts'
import { ensembleOf } from './ensemble.ts'
import type { OnnxOptions } from './export.ts'
import { GraphBuilder, ML_DOMAIN } from './graph.ts'
import { lanesOf, spreadLanes } from './lanes.ts'

/** What becomes of the sum of the trees: itself, or exp(rate · sum). */
export interface ScoreOfTrees {
  readonly trees: BoostedTrees
  readonly rate?: number
}

/**
 * A score that is a sum over trees, or an exponential of it, as an ONNX file: input `features` float32 [N, F], NaN or
 * infinite = missing; output `score` float32 [N, 1].
 * @example
 * const x = { name: 'x', kind: 'numeric', values: Float64Array.of(1, 2, 3) }
 * const trees = trainBoostedTrees({ features: [x], target: Float64Array.of(2, 4, 6) }, { task: 'regression', seed: 1 })
 * exportScoreOnnx({ trees }, { name: 'sum' }) instanceof Uint8Array // true
 */
export function exportScoreOnnx({ trees, rate }: ScoreOfTrees, options: OnnxOptions): Uint8Array {
  const graph = new GraphBuilder()
  const lanes = lanesOf(trees.features)
  const missing = graph.floats([], [Number.NaN])
  const features = graph.node('Where', [graph.node('IsInf', ['features']), missing, 'features'])
  const sum = graph.node('TreeEnsembleRegressor', [spreadLanes(graph, lanes, features)], {
    attributes: ensembleOf(trees, lanes),
    domain: ML_DOMAIN,
    ...(rate === undefined ? { output: 'score' } : {}),
  })
  if (rate !== undefined) graph.node('Exp', [graph.node('Mul', [sum, graph.floats([], [rate])])], { output: 'score' })
  return graph.finish({
    name: options.name,
    producer: options.producer ?? 'evenkeel',
    ...(options.description === undefined ? {} : { description: options.description }),
    input: { name: 'features', columns: trees.features.length },
    output: { name: 'score', columns: 1 },
    metadata: { 'evenkeel.features': JSON.stringify(trees.features), ...options.metadata },
  })
}
