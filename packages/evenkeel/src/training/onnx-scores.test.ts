import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  countHbos,
  createRandom,
  crossMoments,
  encodeRecords,
  exportAnomalyOnnx,
  exportPcaOnnx,
  type Feature,
  fitIsolationForest,
  fitPca,
  freezeRecordBins,
  hbosScores,
  isolationScores,
  type Random,
  reconstructionErrors,
} from '@evenkeel/stats'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const TOLERANCE = 1e-5

/** Records to learn from, some values missing. */
function draw(random: Random, rows: number, categories: readonly number[]): Feature[] {
  const values = (make: () => number) =>
    Float64Array.from({ length: rows }, () => (random.next() < 0.1 ? Number.NaN : make()))
  const numeric = [
    () => random.normal() * 1e4 + 1e6,
    () => random.integer(6) / 4,
    () => Math.exp(3 * random.normal()),
    () => 0,
  ]
  return [
    ...numeric.map((make, j): Feature => ({ name: `number ${j}`, kind: 'numeric', values: values(make) })),
    ...categories.map(
      (count, j): Feature => ({
        name: `category ${j}`,
        kind: 'categorical',
        values: values(() => Math.floor(count * random.next() ** 2)),
        categories: count,
      }),
    ),
  ]
}

/** The records themselves, then odd ones: out of range, infinite, unseen, all missing. */
function withOdd(features: readonly Feature[]): Float64Array[] {
  const numbers = [Number.NaN, 0, -0, 1e30, -1e30, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.26, 1e6]
  const codes = [Number.NaN, 0, 1, 5, 39, 40, 1000, 1_000_000, 2]
  return features.map(({ kind, values }, j) => {
    const odd = kind === 'numeric' ? numbers : codes
    return Float64Array.from(
      { length: values.length + 200 },
      (_, row) => values[row] ?? odd[(row * (j + 1)) % odd.length]!,
    )
  })
}

/** Largest difference to what ONNX Runtime answers, relative for values beyond 1. */
async function disagreement(
  file: Uint8Array,
  columns: readonly Float64Array[],
  expected: Float64Array,
): Promise<number> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 })
  const input = new Float32Array(expected.length * columns.length)
  columns.forEach((column, j) => {
    column.forEach((value, row) => {
      input[row * columns.length + j] = value
    })
  })
  const results = await session.run({ features: new Tensor('float32', input, [expected.length, columns.length]) })
  const [answer] = Object.values(results)
  assert.deepEqual([...answer!.dims], [expected.length, 1])
  await session.release()
  return expected.reduce((worst, value, row) => {
    const difference = Math.abs(Number(answer!.data[row]) - value) / Math.max(1, Math.abs(value))
    return Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
  }, 0)
}

for (const categories of [[], [3, 40, 200]]) {
  test(`ONNX Runtime agrees with isolation forest and HBOS on odd records, ${categories.length} of the features categorical`, async () => {
    const features = draw(createRandom('records'), 1500, categories)
    const bins = freezeRecordBins(features)
    const records = encodeRecords(
      bins,
      features.map(({ values }) => values),
    )
    const columns = withOdd(features)
    const forest = fitIsolationForest(bins, records, { seed: 1, trees: 60 })
    const hbos = countHbos(bins, records)
    const forestWorst = await disagreement(
      exportAnomalyOnnx(forest, { name: 'forest' }),
      columns,
      isolationScores(forest, columns),
    )
    assert.ok(forestWorst <= TOLERANCE, `forest differs by ${forestWorst}`)
    const hbosWorst = await disagreement(
      exportAnomalyOnnx(hbos, { name: 'hbos' }),
      columns,
      hbosScores(hbos, encodeRecords(bins, columns)),
    )
    assert.ok(hbosWorst <= TOLERANCE, `HBOS differs by ${hbosWorst}`)
  })
}

test('ONNX Runtime agrees with the reconstruction error of principal components, missing values and large means included', async () => {
  const random = createRandom('plane')
  const columns = [1e6, 0, -3, 40].map((mean) => Float64Array.from({ length: 400 }, () => mean + random.normal()))
  columns[1] = columns[1]!.map((value, row) => value + columns[0]![row]! - 1e6)
  const rounded = columns.map((column) => column.map(Math.fround))
  const model = fitPca(crossMoments(Object.fromEntries(rounded.map((column, j) => [`x${j}`, column]))), {
    varianceShare: 0.7,
  })
  assert.ok(model.kind === 'pca')
  const probe = rounded.map((column, j) => column.map((value, row) => (row % 7 === j ? Number.NaN : value)))
  const worst = await disagreement(exportPcaOnnx(model, { name: 'plane' }), probe, reconstructionErrors(model, probe))
  assert.ok(worst <= TOLERANCE, `differs by ${worst}`)
})
