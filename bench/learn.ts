import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import {
  createRandom,
  exportOnnx,
  type LearningData,
  trainBoostedTrees,
  trainLogisticRegression,
  treeShap,
} from '../packages/stats/src/index.ts'
import type { BenchOutcome, BenchResult } from './result.ts'

const ROWS = 100_000
const COLUMNS = 20

/** Training on one core, and what the exported model costs in ONNX Runtime with one thread. */
export async function run(): Promise<BenchOutcome> {
  const data = world(ROWS, COLUMNS)
  const trees = medianSeconds(() => trainBoostedTrees(data, { task: 'binary', seed: 1, rounds: 100, maxDepth: 6 }))
  const logistic = medianSeconds(() => trainLogisticRegression(data, { task: 'binary' }))
  const shap = shapSeconds(data)
  const peer = lightgbmSeconds()
  const results = [
    {
      name: 'boosted trees, 100,000 x 20, 100 trees of depth 6',
      unit: 's',
      value: trees,
      target: 6,
      ...(peer === undefined ? {} : { peer: { name: 'LightGBM, one thread', value: peer.train } }),
      limit: 'adding rows to histograms: three dependent sums for each row and feature, without vector instructions',
    },
    {
      name: 'logistic regression, 100,000 x 20',
      unit: 's',
      value: logistic,
      limit: 'the outer product of each row in each Newton step',
    },
    {
      name: 'exact Shapley values, 10,000 rows x 20, 100 trees of 31 leaves',
      unit: 's',
      value: shap,
      ...(peer === undefined ? {} : { peer: { name: 'LightGBM pred_contrib, one thread', value: peer.explain } }),
      limit: 'one visit of every edge of every tree for each row',
    },
    ...(await servingCosts()),
  ]
  return { results, tables: [] }
}

async function servingCosts(): Promise<BenchResult[]> {
  const columns = 10
  const data = world(20_000, columns)
  const model = trainBoostedTrees(data, { task: 'binary', seed: 1, rounds: 200, maxDepth: 6 })
  const session = await InferenceSession.create(exportOnnx(model, { name: 'bench' }), { intraOpNumThreads: 1 })
  const results: BenchResult[] = []
  for (const rows of [1, 64]) {
    const input = Float32Array.from({ length: rows * columns }, (_, i) => data.features[i % columns]!.values[i]!)
    const feeds = { features: new Tensor('float32', input, [rows, columns]) }
    const calls = 20_000 / rows
    for (let call = 0; call < calls / 4; call++) await session.run(feeds)
    const begin = performance.now()
    for (let call = 0; call < calls; call++) await session.run(feeds)
    const seconds = (performance.now() - begin) / 1000
    results.push({
      name: `exported trees, 200 of depth 6, ${rows} row${rows === 1 ? '' : 's'} of 10 features a call`,
      unit: 'rows/s',
      value: (calls * rows) / seconds,
      limit:
        rows === 1 ? 'the fixed cost of a call into ONNX Runtime' : 'branches of the trees; the same rows every call',
    })
  }
  await session.release()
  return results
}

function world(rows: number, columns: number): LearningData {
  const random = createRandom('bench learn')
  const features = Array.from({ length: columns }, (_, j) => ({
    name: `x${j}`,
    kind: 'numeric' as const,
    values: Float64Array.from({ length: rows }, random.normal),
  }))
  const [x, y, z] = features.map(({ values }) => values) as [Float64Array, Float64Array, Float64Array]
  const target = x.map((value, row) => Number(value + y[row]! * z[row]! + random.normal() > 0))
  return { features, target }
}

function medianSeconds(work: () => unknown): number {
  const seconds = [0, 1, 2].map(() => {
    const begin = performance.now()
    work()
    return (performance.now() - begin) / 1000
  })
  return seconds.sort((a, b) => a - b)[1]!
}

function shapSeconds(data: LearningData): number {
  const model = trainBoostedTrees(data, { task: 'binary', seed: 1 })
  const columns = data.features.map(({ values }) => values.slice(0, 10_000))
  return medianSeconds(() => treeShap(model, columns))
}

/** The same shapes and settings in LightGBM, where its environment is installed. */
function lightgbmSeconds(): { train: number; explain: number } | undefined {
  const script = `
import json, time, numpy, lightgbm
random = numpy.random.default_rng(1)
x = random.normal(size=(${ROWS}, ${COLUMNS}))
y = (x[:, 0] + x[:, 1] * x[:, 2] + random.normal(size=${ROWS}) > 0).astype(float)
full = dict(objective="binary", num_leaves=64, max_depth=6, lambda_l2=1, num_threads=1, verbose=-1)
def median(work):
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return sorted(seconds)[1]
model = lightgbm.train(dict(objective="binary", num_threads=1, verbose=-1), lightgbm.Dataset(x, y), 100)
print(json.dumps({
    "train": median(lambda: lightgbm.train(full, lightgbm.Dataset(x, y), 100)),
    "explain": median(lambda: model.predict(x[:10000], pred_contrib=True, num_threads=1)),
}))`
  const root = path.join(import.meta.dirname, '..')
  const peers = path.join(root, 'scripts/peers.sh')
  const ran = spawnSync(peers, ['run', 'learners', '-c', script], { cwd: root, encoding: 'utf8' })
  return ran.status === 0 ? JSON.parse(ran.stdout) : undefined
}
