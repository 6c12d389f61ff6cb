import type { BoostedTrees, LinearModel, Model } from '../model.ts'
import { binaryProbabilities } from './calibrator.ts'
import { ensembleOf } from './ensemble.ts'
import { GraphBuilder, ML_DOMAIN } from './graph.ts'
import { lanesOf, spreadLanes } from './lanes.ts'
import { linearGraph } from './linear.ts'

export interface OnnxOptions {
  /** Name of the graph. */
  readonly name: string
  readonly producer?: string
  readonly description?: string
  /** Free text entries of the file, beside ours under `evenkeel.`. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * The model as an ONNX file that needs nothing else: input `features` float32 [N, F] in the order of the model's
 * features, NaN = missing, categories as whole codes (what a fraction gets is undefined); output `probabilities` float32 [N, classes], or `prediction` [N, 1]
 * for regression. Imputation, one-hot encoding and calibration are in the graph.
 * @example
 * const x = { name: 'x', kind: 'numeric', values: Float64Array.of(1, 2, 3) } as const
 * const model = trainLinearRegression({ features: [x], target: Float64Array.of(2, 4, 6) })
 * exportOnnx(model, { name: 'line' }) instanceof Uint8Array // true
 */
export function exportOnnx(model: Model, options: OnnxOptions): Uint8Array {
  const graph = new GraphBuilder()
  const inner = model.kind === 'calibrated' ? model.model : model
  const output = inner.task === 'regression' ? 'prediction' : 'probabilities'
  const score = scoresOf(graph, inner, inner.task === 'regression' ? output : undefined)
  if (inner.task === 'multiclass') graph.node('Softmax', [score], { attributes: { axis: { int: 1 } }, output })
  else if (inner.task === 'binary') {
    binaryProbabilities(graph, score, model.kind === 'calibrated' ? model.calibrator : undefined, output)
  }
  return graph.finish({
    name: options.name,
    producer: options.producer ?? 'evenkeel',
    ...(options.description === undefined ? {} : { description: options.description }),
    input: { name: 'features', columns: inner.features.length },
    output: { name: output, columns: Math.max(inner.classes, 1) },
    metadata: { 'evenkeel.features': JSON.stringify(inner.features), 'evenkeel.task': inner.task, ...options.metadata },
  })
}

/** Raw scores [N, outputs]. */
function scoresOf(graph: GraphBuilder, model: BoostedTrees | LinearModel, output: string | undefined): string {
  const named = output === undefined ? {} : { output }
  if (model.kind === 'linear') {
    const score = linearGraph(graph, model, 'features')
    return output === undefined ? score : graph.node('Identity', [score], named)
  }
  const lanes = lanesOf(model.features)
  return graph.node('TreeEnsembleRegressor', [spreadLanes(graph, lanes, 'features')], {
    attributes: ensembleOf(model, lanes),
    domain: ML_DOMAIN,
    ...named,
  })
}
