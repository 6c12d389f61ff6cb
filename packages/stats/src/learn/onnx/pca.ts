import type { PcaModel } from '../pca/pca.ts'
import type { OnnxOptions } from './export.ts'
import { GraphBuilder } from './graph.ts'

/**
 * The reconstruction error of principal components as an ONNX file: input `features` float32 [N, F] in the order of the
 * columns, NaN or infinite = missing; output `error` float32 [N, 1], as `reconstructionErrors` has it.
 * @example
 * const pca = fitPca(crossMoments({ a: Float64Array.of(1, 2, 3), b: Float64Array.of(2, 4, 7) }), { components: 1 })
 * exportPcaOnnx(pca, { name: 'plane' }) instanceof Uint8Array // true
 */
export function exportPcaOnnx(model: PcaModel, options: OnnxOptions): Uint8Array {
  const graph = new GraphBuilder()
  const size = model.names.length
  // The mean in two float32: what the first lacks of a large one, the second has.
  const coarse = model.means.map(Math.fround)
  const fine = model.means.map((mean, j) => mean - coarse[j]!)
  const centred = graph.node('Sub', [
    graph.node('Sub', ['features', graph.floats([size], coarse)]),
    graph.floats([size], fine),
  ])
  const absent = graph.node('Or', [graph.node('IsNaN', [centred]), graph.node('IsInf', [centred])])
  const present = graph.node('Where', [absent, graph.floats([], [0]), centred])
  const standardised = graph.node('Div', [present, graph.floats([size], model.scales)])
  const rest = graph.node('MatMul', [standardised, graph.floats([size, size], remainder(model))])
  graph.node('ReduceL2', [rest], { attributes: { axes: { ints: [1] }, keepdims: { int: 1 } }, output: 'error' })
  return graph.finish({
    name: options.name,
    producer: options.producer ?? 'evenkeel',
    ...(options.description === undefined ? {} : { description: options.description }),
    input: { name: 'features', columns: size },
    output: { name: 'error', columns: 1 },
    metadata: { 'evenkeel.features': JSON.stringify(model.names), ...options.metadata },
  })
}

/** I - Cᵀ C, by row: what is left of a record when its components are taken away. */
function remainder({ components, names }: PcaModel): number[] {
  return names.flatMap((_, i) =>
    names.map((_, j) => components.reduce((left, one) => left - one[i]! * one[j]!, i === j ? 1 : 0)),
  )
}
