import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { StatsError } from '../error.ts'
import { type BoostedTrees, type Feature, fromJson, treeShap } from '../learn/index.ts'
import { createRandom, type Random } from '../random.ts'
import {
  type AnomalyDetector,
  anomalyFromJson,
  anomalyReasons,
  anomalyScores,
  anomalyToJson,
  countHbos,
  countLoda,
  encodeRecords,
  fitAnomalyDetector,
  fitIsolationForest,
  fitLoda,
  freezeRecordBins,
  hbosReasons,
  hbosScores,
  isolationScores,
  lodaReasons,
  lodaScores,
  mergeHbos,
  mergeIsolationForests,
  mergeLoda,
  pathNormaliser,
  recordBinCounts,
} from './index.ts'

/** golden/anomaly-forest.json, made by golden/anomaly-forest.py with the versions it names. */
const golden = JSON.parse(readFileSync(new URL('../../golden/anomaly-forest.json', import.meta.url), 'utf8')) as {
  readonly normaliser: { readonly rows: number[]; readonly expected: number[] }
  readonly forest: {
    readonly sample: number
    readonly trees: { readonly value: number[]; readonly rows: number[]; readonly feature: number[] }[]
    readonly columns: number[][]
    readonly scores: number[]
  }
}

const columnsOf = (features: readonly Feature[]) => features.map(({ values }) => values)

/** Two numbers that go together, one on its own, one category; a tenth of each is missing. */
function drawn(random: Random, rows: number, missing = 0.1): Feature[] {
  const hide = (value: number) => (random.next() < missing ? Number.NaN : value)
  const base = Float64Array.from({ length: rows }, random.normal)
  return [
    { name: 'load', kind: 'numeric', values: base.map((value) => hide(50 + 10 * value)) },
    { name: 'heat', kind: 'numeric', values: base.map((value) => hide(20 + 3 * value + 0.3 * random.normal())) },
    { name: 'parts', kind: 'numeric', values: base.map(() => hide(random.integer(5))) },
    { name: 'site', kind: 'categorical', values: base.map(() => hide(random.integer(6))), categories: 8 },
  ]
}

function fitted(features: readonly Feature[], seed: number | string = 1): AnomalyDetector {
  const detector = fitAnomalyDetector(features, { seed })
  assert.ok(detector.kind === 'anomaly-detector')
  return detector
}

test("the path normaliser equals scikit-learn's to 1e-9", () => {
  golden.normaliser.rows.forEach((rows, i) => {
    assert.ok(Math.abs(pathNormaliser(rows) - golden.normaliser.expected[i]!) < 1e-9, `c(${rows})`)
  })
})

test("scores of scikit-learn's isolation trees equal its own to 1e-6", () => {
  const { sample, trees, columns, scores } = golden.forest
  const paths = (tree: (typeof trees)[number]) =>
    tree.value.map((depth, node) => (tree.feature[node]! < 0 ? depth + pathNormaliser(tree.rows[node]!) : 0))
  const bins = freezeRecordBins(
    columns.map((column, j) => ({ name: `x${j}`, kind: 'numeric', values: Float64Array.from(column) })),
  )
  const model = {
    kind: 'boosted-trees',
    task: 'regression',
    features: bins.features.map(({ name }) => ({ name, kind: 'numeric', categories: 0 })),
    classes: 0,
    base: [0],
    rounds: trees.map((tree) => [{ ...tree, value: paths(tree) }]),
    validationLoss: [],
  }
  const forest = {
    kind: 'isolation-forest',
    bins,
    sample,
    paths: fromJson({ format: 'evenkeel.model', version: 1, model }) as BoostedTrees,
  } as const
  const found = isolationScores(
    forest,
    columns.map((column) => Float64Array.from(column)),
  )
  found.forEach((score, row) => {
    assert.ok(Math.abs(score - scores[row]!) < 1e-6, `row ${row} scores ${score}, expected ${scores[row]}`)
  })
})

test('a value far out, an unseen category and a broken pair rank above nearly all ordinary rows', () => {
  const random = createRandom('odd')
  const detector = fitted(drawn(random, 4000))
  const ordinary = anomalyScores(detector, columnsOf(drawn(random, 2000, 0))).score.sort()
  const odd = [
    [5000, 20, 2, 1],
    [50, 20, 2, 7],
    [75, 12, 2, 1],
  ]
  const columns = odd[0]!.map((_, j) => Float64Array.from(odd, (record) => record[j]!))
  const { score } = anomalyScores(detector, columns)
  score.forEach((value, row) => {
    const above = ordinary.filter((other) => other >= value).length / ordinary.length
    assert.ok(above < 0.05, `${odd[row]} scores ${value}, ${above} of ordinary rows at least as much`)
  })
  const { marginal, joint } = anomalyReasons(detector, columns)
  const most = (values: Float64Array, row: number) => {
    const own = [...values.subarray(row * 4, row * 4 + 4)]
    return own.indexOf(Math.max(...own))
  }
  assert.deepEqual([most(marginal, 0), most(marginal, 1)], [0, 3])
  assert.ok(most(joint, 2) <= 1, 'the broken pair is load and heat')
})

test('of two values beyond the reference, neither is above the other: bins keep no outlier, and none blinds them', () => {
  const features = drawn(createRandom('blind'), 1000)
  const spoilt = features.map((feature) => ({ ...feature, values: feature.values.slice() }))
  spoilt[0]!.values[0] = 1e30
  const probe = [55, 21, 2, 1].map((value) => Float64Array.of(value))
  const [clean, blinded] = [fitted(features), fitted(spoilt)].map(
    (detector) => anomalyScores(detector, probe).score[0]!,
  )
  assert.ok(Math.abs(clean! - blinded!) < 1, `${clean} and ${blinded}`)
})

test('counts of two halves add up to those of the whole, whichever is first', () => {
  const features = drawn(createRandom('halves'), 600)
  const bins = freezeRecordBins(features)
  const part = (from: number, until: number) =>
    encodeRecords(
      bins,
      features.map(({ values }) => values.slice(from, until)),
    )
  const [a, b, whole] = [part(0, 250), part(250, 600), part(0, 600)]
  const hbos = countHbos(bins, whole)
  assert.deepEqual(mergeHbos(countHbos(bins, a), countHbos(bins, b)), hbos)
  assert.deepEqual(mergeHbos(countHbos(bins, b), countHbos(bins, a)), hbos)
  const loda = fitLoda(hbos, whole, { seed: 2 })
  const empty = { ...loda, lines: loda.lines.map((line) => ({ ...line, counts: line.counts.map(() => 0) })) }
  assert.deepEqual(mergeLoda(countLoda(empty, a), countLoda(empty, b)), loda)
  const forests = [1, 2].map((seed) => fitIsolationForest(bins, whole, { seed, trees: 20 }))
  const both = mergeIsolationForests(forests[0]!, forests[1]!)
  const [one, two, merged] = [...forests, both].map((forest) => isolationScores(forest!, columnsOf(features)))
  merged!.forEach((score, row) => {
    assert.ok(Math.abs(score - Math.sqrt(one![row]! * two![row]!)) < 1e-12, 'the mean of paths is a product of scores')
  })
})

test('the same seed gives the same detector, and JSON keeps it to the last bit', () => {
  const features = drawn(createRandom('json'), 300)
  const json = (seed: number) => JSON.stringify(anomalyToJson(fitted(features, seed)))
  assert.equal(json(1), json(1))
  assert.notEqual(json(1), json(2))
  const revived = anomalyFromJson(JSON.parse(json(1)))
  assert.deepEqual(revived, fitted(features))
  assert.throws(() => anomalyFromJson({ format: 'evenkeel.anomaly', version: 9 }), /found .* version 9/)
})

test('the forest scores bins as it scores the values they stand for', () => {
  const random = createRandom('bins')
  const detector = fitted(drawn(random, 500))
  const columns = columnsOf(drawn(random, 300)).map((column, j) =>
    column.map((value, row) => (row % 9 === j ? 1e9 : value)),
  )
  assert.deepEqual(anomalyScores(detector, columns).forest, isolationScores(detector.forest, columns))
})

test('features of a path to isolation add up as Shapley values', () => {
  const features = drawn(createRandom('paths'), 500)
  const { forest } = fitted(features)
  const columns = columnsOf(features).map((column) => column.slice(0, 40))
  const { base, values } = treeShap(forest.paths, columns)
  const scores = isolationScores(forest, columns)
  const rate = -1 / (pathNormaliser(forest.sample) * forest.paths.rounds.length)
  scores.forEach((score, row) => {
    const paths = values.subarray(4 * row, 4 * row + 4).reduce((sum, value) => sum + value, base[0]!)
    assert.ok(Math.abs(2 ** (rate * paths) - score) < 1e-9)
  })
})

test('whatever the records hold, every score and reason is a finite number', () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY, -1e300, 1e-320))
  const code = fc.oneof(fc.nat({ max: 40 }), fc.constant(Number.NaN))
  const table = (rows: number) =>
    fc.tuple(
      fc.array(value, { minLength: rows, maxLength: rows }),
      fc.array(value, { minLength: rows, maxLength: rows }),
      fc.array(code, { minLength: rows, maxLength: rows }),
    )
  const featuresOf = (columns: readonly number[][]): Feature[] =>
    columns.map((column, j) => ({
      name: `x${j}`,
      kind: j === 2 ? 'categorical' : 'numeric',
      values: Float64Array.from(column),
    }))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }).chain(table), table(8), (reference, current) => {
      const detector = fitAnomalyDetector(featuresOf(reference), { seed: 1, minRows: 1 })
      assert.ok(detector.kind === 'anomaly-detector')
      const columns = columnsOf(featuresOf(current))
      const { score, hbos, loda, forest } = anomalyScores(detector, columns)
      const { marginal, joint } = anomalyReasons(detector, columns)
      for (const values of [score, hbos, loda, forest, marginal, joint]) assert.ok(values.every(Number.isFinite))
      assert.ok(forest.every((each) => each > 0 && each <= 1) && score.every((each) => each >= 0))
      hbos.forEach((sum, row) => {
        const own = marginal.subarray(3 * row, 3 * row + 3)
        assert.ok(Math.abs(own.reduce((total, each) => total + each, 0) - sum) < 1e-9)
      })
      const sizes = recordBinCounts(detector.hbos.bins)
      encodeRecords(detector.hbos.bins, columns).bins.forEach((bins, j) => {
        assert.ok(bins.every((bin) => bin < sizes[j]!))
      })
    }),
    { seed: 6, numRuns: 30 },
  )
})

test('too few rows are unknown; other columns, codes that are none, and foreign bins are refused', () => {
  const random = createRandom('refused')
  const features = drawn(random, 99)
  assert.deepEqual(fitAnomalyDetector(features, { seed: 1 }), {
    kind: 'unknown',
    reason: 'too-few-rows',
    have: 99,
    need: 100,
  })
  const refused = (work: () => unknown, message: RegExp) =>
    assert.throws(work, (error) => error instanceof StatsError && message.test(error.message))
  const site = { name: 'site', kind: 'categorical', values: Float64Array.of(0, 1.5) } as const
  refused(() => freezeRecordBins([site]), /feature site row 1 is 1.5, expected a whole code/)
  refused(() => freezeRecordBins([]), /found 0 features of 0 rows/)
  const whole = { ...site, values: Float64Array.of(0, 1) }
  refused(() => freezeRecordBins([whole, { ...site, values: Float64Array.of(1) }]), /has 1 rows, expected 2/)
  const bins = freezeRecordBins(features)
  const records = encodeRecords(bins, columnsOf(features))
  refused(() => encodeRecords(bins, [Float64Array.of(1)]), /found columns of lengths 1, expected load, heat/)
  const others = freezeRecordBins(drawn(random, 50))
  refused(() => mergeHbos(countHbos(bins, records), { ...countHbos(bins, records), bins: others }), /found bins of/)
  const loda = fitLoda(countHbos(bins, records), records, { seed: 1, lines: 3 })
  refused(() => mergeLoda(loda, fitLoda(countHbos(bins, records), records, { seed: 2, lines: 3 })), /3 other lines/)
  refused(() => fitLoda(countHbos(bins, records), records, { seed: 1, lines: 0 }), /lines of fitLoda is 0/)
  refused(() => fitIsolationForest(bins, records, { seed: 1, sample: 1 }), /sample of fitIsolationForest is 1/)
})

test('a record of nothing but missing values has a score, and its reasons say which features', () => {
  const features = drawn(createRandom('blank'), 400, 0)
  const bins = freezeRecordBins(features)
  const records = encodeRecords(bins, columnsOf(features))
  const blank = encodeRecords(
    bins,
    features.map(() => Float64Array.of(Number.NaN)),
  )
  const hbos = countHbos(bins, records)
  const loda = fitLoda(hbos, records, { seed: 1 })
  assert.ok(hbosScores(hbos, blank)[0]! > Math.max(...hbosScores(hbos, records)))
  assert.ok(hbosReasons(hbos, blank).every((reason) => reason > 2))
  assert.ok(lodaScores(loda, blank)[0]! < Math.min(...lodaScores(loda, records)) + 1)
  assert.deepEqual([...lodaReasons(loda, blank)], [0, 0, 0, 0])
})
