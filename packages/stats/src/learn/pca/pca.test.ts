import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom } from '../../random.ts'
import {
  type CrossMoments,
  crossMoments,
  fitPca,
  LearnError,
  mergeCrossMoments,
  type PcaModel,
  type PcaOptions,
  projectPca,
  reconstructionErrors,
} from '../index.ts'
import { symmetricSpectrum } from './eigen.ts'

interface Described {
  readonly components: number[][]
  readonly variances: number[]
  readonly shares: number[]
  readonly projected: number[]
  readonly errors: number[]
}

/** golden/learn-pca.json, made by golden/learn-pca.py with the versions it names. */
const golden = JSON.parse(readFileSync(new URL('../../../golden/learn-pca.json', import.meta.url), 'utf8')) as {
  readonly columns: number[][]
  readonly at: number[][]
  readonly plain: Described
  readonly standardised: Described
}

const named = (columns: readonly ArrayLike<number>[]) =>
  Object.fromEntries(columns.map((column, j) => [`x${j}`, Float64Array.from(column)]))

function fitted(moments: CrossMoments, options?: PcaOptions): PcaModel {
  const model = fitPca(moments, options)
  assert.ok(model.kind === 'pca')
  return model
}

for (const [name, options] of [
  ['plain', { components: 3, standardise: false }],
  ['standardised', { varianceShare: 0.9 }],
] as const) {
  test(`${name} components, variances, projections and errors equal scikit-learn's to 1e-9, signs included`, () => {
    const expected = golden[name]
    const model = fitted(crossMoments(named(golden.columns)), options)
    const at = golden.at.map((column) => Float64Array.from(column))
    near(model.components.flat(), expected.components.flat())
    near(model.variances, expected.variances)
    near(model.shares, expected.shares)
    // scikit-learn standardises what it is given: its rows are centred on the same scale.
    near(projectPca(model, at), expected.projected)
    near(reconstructionErrors(model, at), expected.errors)
  })
}

test('components of merged windows are those of their rows together, in either order', () => {
  const random = createRandom('merged')
  const columns = [0, 1, 2].map(() => Float64Array.from({ length: 90 }, () => 1e3 + random.normal()))
  const part = (from: number, until: number) =>
    crossMoments(named(columns.map((column) => column.subarray(from, until))))
  const [a, b, whole] = [part(0, 30), part(30, 90), part(0, 90)]
  assert.deepEqual(mergeCrossMoments(a, b), mergeCrossMoments(b, a))
  near(fitted(mergeCrossMoments(a, b)).components.flat(), fitted(whole).components.flat())
  assert.deepEqual(mergeCrossMoments(part(0, 0), a), a)
})

test('eigenvectors are orthogonal and rebuild the matrix, ties and zeros included', () => {
  const cell = fc.oneof(fc.constantFrom(0, 1, -1), fc.double({ min: -10, max: 10, noNaN: true }))
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 9 })
        .chain((size) => fc.array(cell, { minLength: size * size, maxLength: size * size })),
      (cells) => {
        const size = Math.sqrt(cells.length)
        const matrix = Float64Array.from(cells, (_, i) => {
          const [row, column] = [Math.floor(i / size), i % size]
          return cells[Math.max(row, column) * size + Math.min(row, column)]!
        })
        const { values, vectors } = symmetricSpectrum(matrix, size)
        const vector = (k: number) => vectors.subarray(k * size, (k + 1) * size)
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            const inner = vector(i).reduce((sum, value, k) => sum + value * vector(j)[k]!, 0)
            assert.ok(Math.abs(inner - (i === j ? 1 : 0)) < 1e-12)
            let rebuilt = 0
            for (let k = 0; k < size; k++) rebuilt += values[k]! * vector(k)[i]! * vector(k)[j]!
            assert.ok(Math.abs(rebuilt - matrix[i * size + j]!) < 1e-11, `${rebuilt} for ${matrix[i * size + j]}`)
          }
          assert.ok(i === 0 || values[i]! <= values[i - 1]!)
        }
      },
    ),
    { seed: 3, numRuns: 200 },
  )
})

test('whatever the columns hold, no component, projection or error is a NaN', () => {
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(0, 1, Number.NaN, 1e308, -1e308, Number.POSITIVE_INFINITY, 1e-320),
  )
  const column = fc.array(value, { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(column, { minLength: 1, maxLength: 4 }), fc.boolean(), (cells, standardise) => {
      const moments = crossMoments(named(cells))
      assert.equal(moments.rows + moments.incomplete, 4)
      const model = fitPca(moments, { standardise })
      if (model.kind === 'unknown') return
      const columns = cells.map((each) => Float64Array.from(each))
      const numbers = [...model.components.flat(), ...model.variances, ...model.shares, ...projectPca(model, columns)]
      assert.ok([...numbers, ...reconstructionErrors(model, columns)].every(Number.isFinite), JSON.stringify(model))
    }),
    { seed: 4, numRuns: 300 },
  )
})

test('too few complete rows and constant columns are unknown, other columns an error', () => {
  const missing = crossMoments({ a: Float64Array.of(1, Number.NaN, 3), b: Float64Array.of(Number.NaN, 2, 5) })
  assert.deepEqual(fitPca(missing), { kind: 'unknown', reason: 'too-few-complete-rows', have: 1, need: 2 })
  const constant = crossMoments({ a: Float64Array.of(2, 2, 2) })
  assert.deepEqual(fitPca(constant), { kind: 'unknown', reason: 'no-column-varies', have: 0, need: 1 })
  const refused = (work: () => unknown, message: RegExp) =>
    assert.throws(work, (error) => error instanceof LearnError && message.test(error.message))
  refused(() => crossMoments({}), /found no columns/)
  refused(() => crossMoments({ a: Float64Array.of(1), b: Float64Array.of(1, 2) }), /column b has 2 rows, expected 1/)
  refused(() => mergeCrossMoments(constant, missing), /found moments of a, b, expected a/)
  refused(() => fitPca(missing, { components: 3 }), /components is 3, expected a whole number from 1 to 2/)
  refused(() => fitPca(missing, { varianceShare: 0 }), /varianceShare is 0, expected above 0/)
  const model = fitted(crossMoments(named(golden.columns)))
  refused(() => projectPca(model, [Float64Array.of(1)]), /found columns of 1 rows, expected x0, x1/)
})

function near(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(found.length, expected.length)
  for (let i = 0; i < expected.length; i++) {
    const tolerance = 1e-9 * Math.max(1, Math.abs(expected[i]!))
    assert.ok(Math.abs(found[i]! - expected[i]!) <= tolerance, `entry ${i} is ${found[i]}, expected ${expected[i]}`)
  }
}
