import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import * as evidently from './index.ts'
import { columnOf, type Recipe } from './testing.ts'

type Outcome = { score?: number; threshold?: number; drifted?: boolean; raises?: string; nan?: boolean }
type Reported = { title: string; threshold: number; score: number | null; drifted: boolean }
type Golden = {
  tests: { type: 'num' | 'cat'; reference: Recipe; current: Recipe; results: Record<evidently.TestId, Outcome> }[]
  published: ({ type: 'num' | 'cat'; test: evidently.TestId; reference: Recipe; current: Recipe } & Outcome)[]
  definitions: Record<string, { title: string; types: string[]; threshold: number }>
  types: { column: Recipe; type: string }[]
  frames: {
    title: string
    reference: Record<string, Recipe>
    current: Record<string, Recipe>
    options: Record<string, unknown>
    report: {
      raises?: string
      columns: Record<string, Reported>
      count: number
      share: number
      datasetDrift: boolean
    }
  }[]
  mmd: { reference: Recipe; current: Recipe; runs: number; mean: number; deviation: number }[]
  embeddings: {
    seed: number
    rows: number
    currentRows: number
    mean: number
    results: Record<string, [number, boolean]>
  }[]
  byReference: { metric: evidently.ReferenceMetric; reference: number; current: number; passed: boolean }[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('../../../golden/evidently.json', import.meta.url), 'utf8'))

test('every test on every pair of columns is Evidently’s, score, threshold and verdict', () => {
  for (const { type, reference, current, results } of golden.tests)
    for (const [id, expected] of Object.entries(results) as [evidently.TestId, Outcome][]) {
      const place = `${id} of ${JSON.stringify(reference)} and ${JSON.stringify(current)}`
      const [a, b] = [columnOf(reference), columnOf(current)]
      agrees(evidently.runTest(id, a, b, { type }), expected, place, id === 'TVD' ? shufflesLost(a) : 1e-9)
    }
})

test('the numbers that Evidently’s own tests publish come out', () => {
  for (const { type, test: id, reference, current, ...expected } of golden.published)
    agrees(evidently.runTest(id, columnOf(reference), columnOf(current), { type }), expected, id)
})

test('titles, types and thresholds are Evidently’s, and only its two tests of text are missing', () => {
  const ids = Object.keys(evidently.TESTS) as evidently.TestId[]
  const text = ['perc_text_content_drift', 'abs_text_content_drift']
  assert.deepEqual([...ids, ...text].sort(), Object.keys(golden.definitions).sort())
  for (const id of ids) {
    const { title, types, threshold } = evidently.TESTS[id]
    assert.deepEqual({ title, types: [...types].sort(), threshold }, golden.definitions[id])
  }
})

test('the type of a column is inferred as Evidently infers it', () => {
  for (const { column, type } of golden.types)
    assert.equal(evidently.inferColumnType(columnOf(column)), type, JSON.stringify(column))
})

for (const { title, reference, current, options, report } of golden.frames.filter(({ report }) => !report.raises))
  test(`a whole report is Evidently’s: ${title}`, () => {
    const found = evidently.datasetDrift(frameOf(reference), frameOf(current), optionsOf(options))
    assert.deepEqual(Object.keys(found.columns).sort(), Object.keys(report.columns).sort())
    for (const [name, expected] of Object.entries(report.columns)) {
      const result = found.columns[name]!
      assert.equal(result.kind, 'judged', name)
      if (result.kind !== 'judged') continue
      const named = [result.test, evidently.TESTS[result.test].title] as string[]
      assert.ok(named.includes(expected.title), `${name} by ${result.test}, expected ${expected.title}`)
      agrees(result, { ...expected, score: expected.score! }, name)
    }
    assert.equal(found.drifted, report.count)
    close(found.share, report.share, 'share')
    assert.equal(found.datasetDrift, report.datasetDrift)
  })

test('a column without values is unknown and the others are judged, where Evidently raises for the whole report', () => {
  const { reference, current, report } = golden.frames.find(({ report }) => report.raises)!
  assert.match(report.raises!, /empty column/)
  const found = evidently.datasetDrift(frameOf(reference), frameOf(current))
  assert.deepEqual(found.columns['b'], { kind: 'unknown', reason: 'no-current-values', have: 0, need: 1 })
  assert.equal(found.columns['a']!.kind, 'judged')
  assert.deepEqual(found.datasetDrift, { kind: 'unknown', reason: 'columns-not-judged', have: 1, need: 2 })
})

test('empirical_mmd is within four standard errors of the mean of sixty runs of the peer', () => {
  for (const { reference, current, runs, mean, deviation } of golden.mmd) {
    const [a, b] = [columnOf(reference), columnOf(current)]
    const found = Array.from({ length: 20 }, (_, seed) => judged(evidently.empiricalMmd(a, b, { seed })).score)
    const average = found.reduce((sum, p) => sum + p, 0) / found.length
    assert.ok(Math.abs(average - mean) <= 4 * deviation * Math.sqrt(1 / runs + 1 / found.length), `${average}, ${mean}`)
  }
})

test('drift of embeddings is Evidently’s, its bootstraps draw by draw', () => {
  for (const { seed, rows, currentRows, mean, results } of golden.embeddings) {
    const [a, b] = [embedding(seed, rows, 0), embedding(seed + 50, currentRows, mean)]
    const found: Record<string, ReturnType<typeof evidently.embeddingMmd>> = {
      euclidean: evidently.embeddingDistance(a, b),
      cosine: evidently.embeddingDistance(a, b, { distance: 'cosine' }),
      cityblock: evidently.embeddingDistance(a, b, { distance: 'cityblock' }),
      chebyshev: evidently.embeddingDistance(a, b, { distance: 'chebyshev' }),
      bootstrapped: evidently.embeddingDistance(a, b, { bootstrap: true }),
      ratio: evidently.embeddingRatio(a, b),
      ratioOfKs: evidently.embeddingRatio(a, b, { test: 'ks', componentThreshold: 0.05 }),
      mmd: evidently.embeddingMmd(a, b),
      ...(results['mmdBootstrapped'] && {
        mmdBootstrapped: evidently.embeddingMmd(a, b, { bootstrap: true }),
        mmdBootstrapped95: evidently.embeddingMmd(a, b, { bootstrap: true, quantile: 0.95 }),
      }),
    }
    assert.deepEqual(Object.keys(found), Object.keys(results))
    for (const [name, [score, drifted]] of Object.entries(results)) {
      const result = found[name]!
      assert.equal(result.kind, 'judged')
      if (result.kind !== 'judged') continue
      close(result.score, score, name)
      assert.equal(result.drifted, drifted, name)
    }
  }
})

test('the tests that Evidently makes from a reference pass and fail as its own do', () => {
  for (const { metric, reference, current, passed } of golden.byReference) {
    const found = evidently.judgeByReference(metric, reference, current)
    assert.ok(found.kind === 'judged' && found.passed === passed, `${metric}: ${current} beside ${reference}`)
  }
  assert.ok(new Set(golden.byReference.map(({ metric }) => metric)).size >= 20)
  assert.equal(evidently.judgeByReference('MeanValue', Number.NaN, 1).kind, 'unknown')
  assert.throws(
    () => evidently.judgeByReference('Mode' as evidently.ReferenceMetric, 1, 1),
    /no default test of Evidently/,
  )
})

test('whatever a column holds, no result is NaN or infinite, and nothing but a StatsError is thrown', () => {
  const cell = fc.oneof(
    fc.double(),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom<evidently.Cell>('a', 'b', '', true, false, null, undefined, Infinity),
  )
  const number = fc.oneof(fc.double(), fc.integer({ min: 0, max: 4 }), fc.constant(0))
  const columns = fc.oneof(fc.array(cell, { maxLength: 12 }), fc.array(number, { maxLength: 12 }))
  fc.assert(
    fc.property(columns, columns, (reference, current) => {
      for (const id of Object.keys(evidently.TESTS) as evidently.TestId[]) {
        const result = evidently.runTest(id, reference, current)
        if (result.kind === 'judged') assert.ok(Number.isFinite(result.score), id)
        else assert.ok(Number.isFinite(result.have) && Number.isFinite(result.need), id)
      }
      evidently.columnDrift(reference, current)
    }),
    { seed: 20, numRuns: 60 },
  )
})

test('a range that cannot be binned, in which NumPy raises, is unknown', () => {
  const wide = Float64Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 1e308 * (1 + i / 100))
  const narrow = Float64Array.from({ length: 30 }, (_, i) => 1e16 + 2 * (i % 3))
  for (const id of ['psi', 'kl_div', 'jensenshannon', 'hellinger'] as const)
    assert.equal(evidently.runTest(id, wide, wide, { type: 'num' }).kind, 'unknown', id)
  assert.equal(evidently.hellinger(narrow, narrow).kind, 'unknown')
})

test('a column may be called as a property of every object is', () => {
  const found = evidently.datasetDrift({ a: [1.5, 2] }, { a: [1.5, 2], constructor: [1.5, 2] } as evidently.Frame)
  assert.deepEqual(found.columns['constructor'], { kind: 'unknown', reason: 'not-in-reference', have: 0, need: 1 })
})

test('a test that does not exist, a type it does not judge and a threshold that is no number are refused by name', () => {
  assert.throws(() => evidently.runTest('pse' as evidently.TestId, [1], [1]), /no test of Evidently is called pse/)
  assert.throws(() => evidently.ks([1], [1], { type: 'cat' }), /evidently:ks judges columns of type num, found cat/)
  assert.throws(() => evidently.psi([1], [1], { threshold: Number.NaN }), /threshold of evidently:psi is NaN/)
  assert.throws(() => evidently.embeddingMmd([[1, 2]], [[1]]), /current row 0 of embeddingMmd has 1 components/)
})

/** Of strings the peer adds in the order of Python's hashes, and a shuffle that ties counts or not by the last bit. */
function shufflesLost(column: evidently.Values): number {
  return typeof column[0] === 'string' ? 0.005 : 1e-9
}

/** The peer raises, or gives NaN: unknown here. */
function agrees(found: evidently.DriftResult, expected: Outcome, place: string, tolerance = 1e-9): void {
  if (expected.score === undefined) {
    assert.equal(found.kind, 'unknown', place)
    return
  }
  const result = judged(found, place)
  close(result.score, expected.score, place, tolerance)
  assert.equal(result.threshold, expected.threshold ?? result.threshold, place)
  assert.equal(result.drifted, expected.drifted, place)
}

function judged(result: evidently.DriftResult, place = ''): evidently.ColumnDrift {
  assert.equal(result.kind, 'judged', `${place}: ${JSON.stringify(result)}`)
  return result as evidently.ColumnDrift
}

function close(found: number, expected: number, place: string, tolerance = 1e-9): void {
  const near = Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected))
  assert.ok(near, `${place}: found ${found}, Evidently has ${expected}`)
}

function frameOf(recipes: Record<string, Recipe>): evidently.Frame {
  return Object.fromEntries(Object.entries(recipes).map(([name, recipe]) => [name, columnOf(recipe)]))
}

function optionsOf(options: Record<string, unknown>): evidently.DriftOptions {
  const names: Record<string, string> = {
    method: 'test',
    num_method: 'numTest',
    threshold: 'threshold',
    num_threshold: 'numThreshold',
    per_column_method: 'columnTests',
    per_column_threshold: 'columnThresholds',
    drift_share: 'driftShare',
  }
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [names[name]!, value]))
}

function embedding(seed: number, rows: number, mean: number): number[][] {
  const parts = Array.from({ length: 4 }, (_, k) => columnOf({ kind: 'bell', seed: seed + k, rows, mean }))
  return Array.from({ length: rows }, (_, i) => parts.map((part) => part[i] as number))
}
