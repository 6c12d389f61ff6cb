import { exportScoreOnnx, type OnnxOptions } from '../learn/index.ts'
import type { Hbos } from './hbos.ts'
import { hbosTrees } from './hbos-trees.ts'
import { type IsolationForest, pathRate } from './isolation.ts'

/**
 * A member as an ONNX file that needs nothing else: input `features` float32 [N, F] in the order of the features,
 * NaN or infinite = missing, categories as whole codes; output `score` float32 [N, 1], as `hbosScores` or
 * `isolationScores` has it. LODA has no export: its lines are sums of looked-up values, which ONNX has no one node for.
 * @example
 * const x = { name: 'x', kind: 'numeric', values: Float64Array.of(1, 2, 3) }
 * const bins = freezeRecordBins([x])
 * exportAnomalyOnnx(countHbos(bins, encodeRecords(bins, [x.values])), { name: 'hbos' }) instanceof Uint8Array // true
 */
export function exportAnomalyOnnx(member: Hbos | IsolationForest, options: OnnxOptions): Uint8Array {
  return member.kind === 'hbos'
    ? exportScoreOnnx({ trees: hbosTrees(member) }, options)
    : exportScoreOnnx({ trees: member.paths, rate: pathRate(member) * Math.LN2 }, options)
}
