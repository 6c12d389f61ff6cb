import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { StatsError } from '../../error.ts'
import { createDetector, createKswin, type Detector, METHODS, type MethodName, restore, step, update } from './index.ts'
import { samplePython, seedPythonRandom } from './python-random.ts'

type Span = readonly [from: number, until: number]
type Golden = {
  readonly bits: Readonly<Record<string, readonly number[]>>
  readonly numbers: Readonly<Record<string, readonly number[]>>
  readonly cases: readonly {
    readonly method: MethodName
    readonly options: object
    readonly stream: string
    readonly drifts: readonly number[]
    readonly warnings?: readonly Span[]
  }[]
  readonly warmKswin: { seed: number; stream: string; given: number; drifts: readonly number[] }
  readonly samples: readonly { seed: number; n: number; count: number; drawn: readonly number[] }[]
}
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../golden/river-detectors.json', import.meta.url), 'utf8'),
)
const NAMES = Object.keys(METHODS) as MethodName[]
const FINITE = { noNaN: true, noDefaultInfinity: true }

for (const method of NAMES)
  test(`${method} says drift and warning with the same values as river, with all its options`, () => {
    const cases = golden.cases.filter((each) => each.method === method)
    assert.ok(cases.some(({ drifts }) => drifts.length > 0))
    for (const { options, stream, drifts, warnings } of cases) {
      const values = streamOf(stream)
      const place = `${method} ${JSON.stringify(options)} on ${stream}`
      assert.deepEqual(update(createDetector(method, options), values), drifts, place)
      const detector: Detector = createDetector(method, options)
      const found = values.map((value) => ({ signal: step(detector, value), warned: detector.warningDetected }))
      assert.deepEqual(placesOf(found.map(({ signal }) => signal === 'drift')), drifts, place)
      if (warnings) assert.deepEqual(spansOf(found.map(({ warned }) => warned)), warnings, place)
    }
  })

test('KSWIN starts warm from values that came before', () => {
  const { seed, stream, given, drifts } = golden.warmKswin
  const values = streamOf(stream)
  const detector = createKswin({ seed, window: values.slice(0, given) })
  assert.deepEqual(
    update(detector, values.slice(given)).map((place) => place + given),
    drifts,
  )
})

test('a sample drawn by Python’s random is drawn the same here, from a pool and from a set', () => {
  for (const { seed, n, count, drawn } of golden.samples)
    assert.deepEqual(samplePython(seedPythonRandom(seed), n, count), drawn)
})

for (const method of NAMES)
  test(`a ${method} stored as JSON in the middle of a stream and restored goes on as if nothing had been`, () => {
    const value =
      method === 'DDM' ? fc.double({ min: 0, max: 1, ...FINITE }) : fc.double({ min: -3, max: 3, ...FINITE })
    const values = fc.array(fc.oneof(fc.constantFrom(0, 1), value), { minLength: 150, maxLength: 400 })
    fc.assert(
      fc.property(values, fc.nat(399), (stream, cut) => {
        const detector: Detector = createDetector(method)
        update(detector, stream.slice(0, cut))
        const restored = restore(JSON.parse(JSON.stringify(detector)))
        assert.deepEqual(update(restored, stream.slice(cut)), update(detector, stream.slice(cut)))
        assert.equal(JSON.stringify(restored), JSON.stringify(detector))
      }),
      { seed: 11, numRuns: 15 },
    )
  })

test('what is no finite number is refused by its place, and a refused block leaves the detector as it was', () => {
  for (const method of NAMES) {
    const detector: Detector = createDetector(method)
    update(detector, streamOf('rise').slice(0, 300))
    const before = JSON.stringify(detector)
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300]) {
      assert.throws(() => step(detector, wrong), isOutOfRange)
      assert.throws(() => update(detector, [0, 1, wrong]), /value 2 of/)
    }
    assert.equal(JSON.stringify(detector), before)
  }
  assert.throws(() => step(createDetector('DDM'), 1.5), isOutOfRange)
})

test('no state ever holds a number that JSON cannot keep, however wild the values', () => {
  const wild = fc.array(fc.double({ min: -1e100, max: 1e100, ...FINITE }), { minLength: 120, maxLength: 300 })
  fc.assert(
    fc.property(wild, fc.constantFrom(...NAMES), (values, method) => {
      const detector: Detector = createDetector(method)
      update(detector, method === 'DDM' ? values.map((x) => Math.abs(x) / 1e100) : values)
      restore(JSON.parse(JSON.stringify(detector)))
    }),
    { seed: 12, numRuns: 40 },
  )
})

test('an option outside its range, a name that river has not, and a state that is none are refused', () => {
  const bad: readonly [MethodName, object][] = [
    ['ADWIN', { maxBuckets: 1 }],
    ['ADWIN', { delta: 0 }],
    ['DDM', { warmStart: 1.5 }],
    ['EDDM', { alpha: 0.5, beta: 0.6 }],
    ['FHDDM', { slidingWindowSize: 10, shortWindowSize: 11 }],
    ['HDDMA', { driftConfidence: 1 }],
    ['HDDMW', { lambdaVal: 2 }],
    ['KSWIN', { windowSize: 50, statSize: 30 }],
    ['KSWIN', { seed: 0.5 }],
    ['PageHinkley', { mode: 'sideways' }],
  ]
  for (const [method, options] of bad)
    assert.throws(() => createDetector(method, options), { code: 'STATS_BAD_OPTION' }, method)
  assert.throws(() => createDetector('CUSUM' as MethodName), { code: 'STATS_UNKNOWN_METHOD' })
  const adwin = createDetector('ADWIN')
  const states = [
    null,
    [],
    {},
    { method: 'DDM' },
    { ...adwin, width: 3 },
    { ...adwin, total: null },
    { ...adwin, levels: [] },
  ]
  for (const state of states) assert.throws(() => restore(state), { code: 'STATS_BAD_STATE' })
})

function streamOf(name: string): number[] {
  const bits = golden.bits[name]
  return bits ? bits.flatMap((run, i) => new Array<number>(run).fill(i % 2)) : [...golden.numbers[name]!]
}

function placesOf(flags: readonly boolean[]): number[] {
  return flags.flatMap((flag, i) => (flag ? [i] : []))
}

function spansOf(flags: readonly boolean[]): Span[] {
  const edges = placesOf(flags.map((flag, i) => flag !== (flags[i - 1] ?? false)))
  return edges.flatMap((from, k): Span[] => (k % 2 === 0 ? [[from, edges[k + 1] ?? flags.length]] : []))
}

function isOutOfRange(error: unknown): boolean {
  return error instanceof StatsError && error.code === 'STATS_OUT_OF_RANGE'
}
