import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numpyRandom } from '../numpy-random.ts'
import { fitIsotonicCurve, isotonicValue } from './cbpe/isotonic.ts'
import { doaneEdges } from './histogram.ts'
import { calculateUnivariate, fitUnivariate } from './index.ts'
import { ascendingOrder } from './order.ts'
import { stratifiedFolds, stratifiedShuffleSplits } from './splits.ts'
import { agrees, close, golden, type PeerRun } from './testing.ts'

type Golden = {
  readonly permutations: Readonly<Record<string, number[]>>
  readonly labels: number[]
  readonly splits: readonly { readonly train: number[]; readonly test: number[] }[]
  readonly folds: number[]
  readonly tied: number[]
  readonly order: number[]
  readonly isotonic: Readonly<Record<'scores' | 'outcomes' | 'knots' | 'values' | 'at' | 'found', number[]>>
  readonly doane: readonly { readonly values: number[]; readonly edges: number[] }[]
  readonly binned: PeerRun
}
const peer: Golden = golden('draws')

test('permutations are those of numpy.random.RandomState(42), drawn one after the other', () => {
  const random = numpyRandom(42)
  for (const n of [1, 2, 10, 700]) assert.deepEqual([...random.permutation(n)], peer.permutations[n])
})

test('stratified splits and folds hold the rows of scikit-learn’s', () => {
  const splits = stratifiedShuffleSplits(peer.labels, 4, 42).map(({ train, test }) => ({
    train: [...train],
    test: [...test],
  }))
  assert.deepEqual(splits, peer.splits)
  assert.deepEqual([...stratifiedFolds(peer.labels, 5)], peer.folds)
})

test('ties are ordered as NumPy’s portable sort leaves them', () => {
  assert.deepEqual([...ascendingOrder(peer.tied)], peer.order)
})

test('the isotonic curve has scikit-learn’s knots and values, and is flat outside', () => {
  const { scores, outcomes, knots, values, at, found } = peer.isotonic
  const curve = fitIsotonicCurve(Float64Array.from(scores), outcomes)
  assert.deepEqual([...curve.x], knots)
  for (const [i, value] of values.entries()) close(curve.y[i]!, value, `knot ${i}`)
  for (const [i, score] of at.entries()) close(isotonicValue(curve, score), found[i]!, `value at ${score}`)
})

test('Doane’s bins are NumPy’s, of skewed, whole, constant and few values', () => {
  for (const { values, edges } of peer.doane) {
    const found = doaneEdges(Float64Array.from(values))
    assert.equal(found.length, edges.length)
    for (const [i, edge] of edges.entries()) close(found[i]!, edge, `edge ${i}`, 1e-14)
  }
})

test('from 10,000 reference rows on, Kolmogorov-Smirnov and Wasserstein are NannyML’s over bins, its bias included', () => {
  const state = fitUnivariate(
    { columns: { x: wave(12_000, 7919, 10) } },
    {
      columns: ['x'],
      continuousMethods: ['jensen_shannon', 'hellinger', 'kolmogorov_smirnov', 'wasserstein'],
      chunking: { by: 'size', rows: 900 },
    },
  )
  agrees(state.reference, peer.binned.reference)
  const now = [wave(900, 5003, 10), wave(900, 4001, 13).map((value) => value - 1), wave(900, 3001, 4)]
  const x = Float64Array.from(now.flatMap((part) => [...part]))
  agrees(calculateUnivariate(state, { columns: { x } }), peer.binned.analysis)
})

/** The values of the script that made the reference: whole numbers, one division, products. */
function wave(rows: number, step: number, scale: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    const u = ((i * step) % 10_007) / 10_007
    return u * u * u * scale
  })
}
