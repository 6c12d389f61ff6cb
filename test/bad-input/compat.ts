import {
  createColumnProfile,
  evidently,
  freezeBins,
  methodByName,
  methodNames,
  river,
  updateNumeric,
  whylogs,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { type Case, cells, column, columns, given, mostly, number, numbers, probability, seed, word } from './draw.ts'

const threshold = mostly(0.05, 0.1, 1)
const kind = fc.constantFrom<'num' | 'cat'>('num', 'cat')
const rows = columns(3, number, 20).map((all) => Array.from(all[0]!, (_, row) => all.map((each) => each[row] ?? 0)))

const ofCells = (test: typeof evidently.ks): Case =>
  given([cells, cells, threshold, fc.option(kind, { nil: undefined }), seed], (a, b, at, type, of) =>
    test(a, b, { threshold: at, seed: of, ...(type && { type }) }),
  )
const { METHODS: _m, REFERENCE_RULES, TESTS, ...all } = evidently
const tests = fc.constantFrom(...(Object.keys(TESTS) as (keyof typeof TESTS)[]))
const { judgeByReference, inferColumnType, columnDrift, datasetDrift, defaultTest, runTest, ...rest } = all
const { embeddingDistance, embeddingMmd, embeddingRatio, ...named } = rest
const metrics = fc.constantFrom(...(Object.keys(REFERENCE_RULES) as (keyof typeof REFERENCE_RULES)[]))

export const evidentlyTable = inNamespace('evidently', {
  ...Object.fromEntries(Object.entries(named).map(([name, test]) => [name, ofCells(test)])),
  runTest: given([tests, cells, cells, threshold], (id, a, b, at) => runTest(id, a, b, { threshold: at })),
  columnDrift: given([cells, cells, fc.option(tests, { nil: undefined })], (a, b, test) =>
    columnDrift(a, b, test && { test }),
  ),
  datasetDrift: given([cells, cells, cells, cells, mostly(0.5, 1)], (a, b, c, d, driftShare) =>
    datasetDrift({ x: a, __proto__x: b }, { x: c, __proto__x: d }, { driftShare }),
  ),
  defaultTest: given([cells, cells], (a, b) => defaultTest(a, b)),
  inferColumnType: given([cells], inferColumnType),
  judgeByReference: given([metrics, number, number], judgeByReference),
  embeddingDistance: given(
    [rows, rows, fc.constantFrom('euclidean', 'cosine', 'cityblock', 'chebyshev'), fc.boolean(), threshold],
    (a, b, distance, bootstrap, at) => embeddingDistance(a, b, { distance, bootstrap, threshold: at }),
  ),
  embeddingRatio: given([rows, rows, tests, threshold], (a, b, test, at) =>
    embeddingRatio(a, b, { test, threshold: at }),
  ),
  embeddingMmd: given([rows, rows, fc.boolean(), mostly(0.95, 0.5)], (a, b, bootstrap, quantile) =>
    embeddingMmd(a, b, { bootstrap, quantile }),
  ),
})

const value = fc.oneof(
  { weight: 40, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  { weight: 40, arbitrary: fc.constantFrom(0, 1) },
)
const anyValue = fc.oneof({ weight: 80, arbitrary: value }, { weight: 1, arbitrary: number })
const streams = fc.oneof(
  fc.array(value, { maxLength: 150 }),
  fc.array(fc.constantFrom(0, 1), { minLength: 100, maxLength: 300 }),
  fc.array(anyValue, { maxLength: 60 }),
  fc.constantFrom(0, 1, 1e308, -1.7e308, 5e-324).map((same) => new Array<number>(200).fill(same)),
  fc.constantFrom<number[]>([], [1], [Number.NaN], [1e308, -1.7e308, 1e308, -1e308]),
)
type Detector = ReturnType<typeof river.createDetector>
const unlimited = {
  at: /\.(leastMean|leastDeviation|leastSum|largest|largestShort|leastRise|largestFall)$/,
  because: 'the least or greatest of nothing yet',
}
const ofDetector = (create: () => Detector): Case =>
  given(
    [streams, streams],
    (one, other) => {
      const detector = create()
      const found = [river.update(detector, one), river.update(detector, other)]
      const back = river.restore(JSON.parse(JSON.stringify(detector)))
      return [found, detector, back]
    },
    unlimited,
  )
const names = fc.constantFrom(...(Object.keys(river.METHODS) as (keyof typeof river.METHODS)[]))

export const riverTable = inNamespace('river', {
  createAdwin: ofDetector(() => river.createAdwin({ clock: 1 })),
  createDdm: ofDetector(() => river.createDdm()),
  createEddm: ofDetector(() => river.createEddm()),
  createFhddm: ofDetector(() => river.createFhddm({ slidingWindowSize: 20, shortWindowSize: 5 })),
  createHddmA: ofDetector(() => river.createHddmA({ twoSidedTest: true })),
  createHddmW: ofDetector(() => river.createHddmW({ twoSidedTest: true })),
  createKswin: ofDetector(() => river.createKswin({ windowSize: 40, statSize: 10 })),
  createPageHinkley: ofDetector(() => river.createPageHinkley({ threshold: 5 })),
  createDetector: given([names], (name) => river.createDetector(name), unlimited),
  step: given([names, streams], (name, values) => {
    const detector = river.createDetector(name)
    return values.map((each) => river.step(detector, each))
  }),
  update: given([names, streams], (name, values) => river.update(river.createDetector(name), values)),
  restore: given(
    [names, streams, fc.constantFrom(undefined, 'n', 'method', 'window', 'mean'), number],
    (name, values, field, wrong) => {
      const detector = river.createDetector(name)
      river.update(detector, values)
      const restored = river.restore({ ...detector, ...(field && field in detector && { [field]: wrong }) })
      return [river.update(restored, values), restored]
    },
    unlimited,
  ),
})

const numberCells = fc.oneof(numbers, fc.array(fc.oneof(number, fc.boolean(), fc.constant(null)), { maxLength: 40 }))
const thresholds = fc.constantFrom(undefined, whylogs.P_VALUE_THRESHOLDS, whylogs.HELLINGER_THRESHOLDS)
const given2 = <O>(test: (a: (number | boolean | null)[], b: (number | boolean | null)[], options?: O) => unknown) =>
  given([numberCells, numberCells, thresholds], (a, b, of) => test(a, b, (of && { thresholds: of }) as O))

export const whylogsTable = inNamespace('whylogs', {
  ks: given2(whylogs.ks),
  hellinger: given2(whylogs.hellinger),
  chiSquare: given([cells, cells], (a, b) => whylogs.chiSquare(a, b)),
  columnDrift: given([cells, cells, thresholds], (a, b, of) => whylogs.columnDrift(a, b, of && { thresholds: of })),
  driftCategory: given([fc.oneof(number, probability), thresholds], whylogs.driftCategory),
  frequentItems: given([cells], whylogs.frequentItems),
  ranksOf: given([numberCells], whylogs.ranksOf, {
    at: /\.(least|greatest|values\[\d+\])$/,
    because: 'whylogs ranks an infinite value above or below all others',
  }),
  ranksOfProfile: given([column], (values) => {
    const profile = createColumnProfile(freezeBins(values), { quantiles: true })
    updateNumeric(profile, values)
    return whylogs.ranksOfProfile(profile)
  }),
})

const methods = fc.constantFrom(...methodNames())
export const byName = {
  methodNames: given([], methodNames),
  methodByName: given(
    [fc.oneof({ weight: 30, arbitrary: methods }, { weight: 1, arbitrary: word }), cells, cells, streams],
    (name, a, b, values) => {
      const method = methodByName(name as 'evidently:psi' | 'river:adwin')
      if (method.kind === 'window') return method.run(a, b)
      const run = method.start()
      return values.map((each) => run.step(each))
    },
  ),
}

function inNamespace(name: string, table: Readonly<Record<string, Case>>): Readonly<Record<string, Case>> {
  return Object.fromEntries(Object.entries(table).map(([inner, each]) => [`${name}.${inner}`, each]))
}
