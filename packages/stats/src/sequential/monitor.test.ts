import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, type Random } from '../random.ts'
import {
  adoptReference,
  createMonitor,
  fitReference,
  type HourBucket,
  type Monitor,
  type MonitorReport,
  monitorFromJson,
  monitorToJson,
  referenceFromJson,
  referenceToJson,
  seal,
  step,
} from './index.ts'

const STREAMS = [
  { name: 'age', bins: 5 },
  { name: 'plan', bins: 3 },
]
const USUAL = [
  [0.2, 0.2, 0.2, 0.2, 0.2],
  [0.6, 0.3, 0.1],
]
/** PSI 0.09 in age, nothing in plan. */
const OLDER = [[0.15, 0.16, 0.18, 0.22, 0.29], USUAL[1]!]
const WEEKS = 3 * 168
const reference = fitReference(STREAMS, hoursOf('reference', { from: 0, hours: WEEKS, shares: USUAL }))

test('a year of the same traffic raises no alarm', () => {
  const monitor = createMonitor(reference)
  const reports = watch(monitor, hoursOf('quiet', { from: WEEKS, hours: 8766, shares: USUAL, rows: 100 }))
  assert.deepEqual(
    reports.flatMap(({ alarms }) => alarms),
    [],
  )
})

test('a shift of PSI 0.09 is found within half a day, in its stream only, and its onset is dated to the hour or two', () => {
  const monitor = createMonitor(reference)
  const shiftedAt = WEEKS + 100
  watch(monitor, hoursOf('before', { from: WEEKS, hours: 100, shares: USUAL }))
  const reports = watch(monitor, hoursOf('after', { from: shiftedAt, hours: 48, shares: OLDER }))
  const [alarm, ...others] = reports.flatMap(({ alarms }) => alarms)
  assert.deepEqual(others, [])
  assert.equal(alarm?.name, 'age')
  assert.ok(alarm.hour - shiftedAt < 12, `after ${alarm.hour - shiftedAt} h`)
  assert.ok(Math.abs(alarm.onsetHour - shiftedAt) <= 2, `onset ${alarm.onsetHour - shiftedAt}`)
  assert.ok(alarm.logEvidence >= alarm.logThreshold)
  assert.deepEqual(reports.at(-1)!.shifted, ['age'])
  assert.deepEqual(reports.at(-1)!.listed, ['age'])
})

test('a stream that goes back to normal recovers, once, and can alarm anew', () => {
  const monitor = createMonitor(reference)
  const reports = [OLDER, USUAL, OLDER].flatMap((shares, i) =>
    watch(monitor, hoursOf(`turn ${i}`, { from: WEEKS + 240 * i, hours: 240, shares })),
  )
  assert.deepEqual(
    reports.flatMap(({ alarms }) => alarms.map(({ name }) => name)),
    ['age', 'age'],
  )
  assert.deepEqual(
    reports.flatMap(({ recovered }) => recovered),
    ['age'],
  )
})

test('counts of replicas and of late batches merge before sealing: any split and order gives the same evidence', () => {
  const hours = hoursOf('split', { from: WEEKS, hours: 60, shares: OLDER })
  const whole = createMonitor(reference, { sealAfterHours: 6 })
  const reports = watch(whole, hours)
  const parts = createMonitor(reference, { sealAfterHours: 6 })
  const random = createRandom('split')
  const halves = hours.flatMap((bucket) => split(bucket, random))
  for (let at = 0; at < halves.length; at += 6)
    for (const half of random.shuffle(halves.slice(at, at + 6))) step(parts, half)
  assert.deepEqual(seal(parts, WEEKS + 60).evidence, seal(whole, WEEKS + 60).evidence)
  assert.equal(parts.lateRows, 0)
  assert.ok(reports.flatMap(({ alarms }) => alarms).length > 0)
})

test('rows of a sealed hour go to a correction and never change what was bet', () => {
  const monitor = createMonitor(reference)
  watch(monitor, hoursOf('sealed', { from: WEEKS, hours: 10, shares: USUAL }))
  const before = monitorToJson(monitor).watches
  step(monitor, {
    hour: WEEKS + 3,
    counts: [
      [10, 10, 10, 10, 10],
      [30, 15, 5],
    ],
  })
  assert.equal(monitor.lateRows, 50)
  const changed = monitorToJson(monitor).watches.map(
    (numbers, s) => numbers!.filter((x, i) => x !== before[s]![i]).length,
  )
  // Rows and start of the correction, and its counts and expectations: 2 + 2 x bins.
  assert.deepEqual(changed, [12, 8])
})

test('late rows by the thousand that look otherwise are evidence too', () => {
  const monitor = createMonitor(reference)
  watch(monitor, hoursOf('late', { from: WEEKS, hours: 30, shares: OLDER, rows: 500 }).slice(0, 4))
  const late = hoursOf('late rows', { from: WEEKS, hours: 1, shares: [[0.02, 0.08, 0.2, 0.3, 0.4], USUAL[1]!] })
  const evidence = Array.from({ length: 8 }, () => step(monitor, late[0]!).evidence[0]!)
  assert.ok(evidence.at(-1)! > evidence[0]! + 20, evidence.join(' '))
})

test('a monitor goes through JSON and goes on where it stopped', () => {
  const hours = hoursOf('json', { from: WEEKS, hours: 60, shares: OLDER })
  const options = { sealAfterHours: 2, anchor: reference }
  const whole = createMonitor(reference, options)
  const first = createMonitor(reference, options)
  watch(whole, hours.slice(0, 31))
  watch(first, hours.slice(0, 31))
  const kept = referenceFromJson(JSON.parse(JSON.stringify(referenceToJson(reference))))
  const resumed = monitorFromJson(kept, JSON.parse(JSON.stringify(monitorToJson(first))), { ...options, anchor: kept })
  watch(resumed, hours.slice(31))
  watch(whole, hours.slice(31))
  assert.deepEqual(monitorToJson(resumed), monitorToJson(whole))
})

test('a state of another reference is refused', () => {
  const other = fitReference([{ name: 'age', bins: 4 }, STREAMS[1]!], [])
  const json = monitorToJson(createMonitor(reference))
  assert.throws(() => monitorFromJson(other, json), { code: 'STATS_STATE_DIFFERS' })
  assert.throws(() => monitorFromJson(reference, json, { anchor: reference }), /an anchor makes twice as many/)
})

test('a holiday that the reference knows is judged as one, and one that it does not know is not judged', () => {
  const shares = [[0.05, 0.1, 0.15, 0.3, 0.4], USUAL[1]!]
  const holiday = (seed: string, from: number): HourBucket[] =>
    hoursOf(seed, { from, hours: 24, shares }).map((bucket) => ({ ...bucket, calendar: 'holiday' }))
  const withHoliday = fitReference(STREAMS, [
    ...hoursOf('reference', { from: 0, hours: WEEKS, shares: USUAL }),
    ...holiday('known', WEEKS),
  ])
  const knowing = createMonitor(withHoliday)
  const alarms = watch(knowing, holiday('next', WEEKS + 240)).flatMap((report) => report.alarms)
  assert.deepEqual(alarms, [])
  const ignorant = createMonitor(reference)
  assert.deepEqual(
    watch(ignorant, holiday('next', WEEKS + 240)).flatMap((report) => report.alarms),
    [],
  )
  assert.equal(ignorant.skippedHours, 24)
  const asOrdinary = createMonitor(withHoliday)
  const taken = hoursOf('next', { from: WEEKS + 240, hours: 24, shares })
  assert.equal(watch(asOrdinary, taken).flatMap((report) => report.alarms)[0]?.name, 'age')
})

test('a reference is not moved to a stream on its way to an alarm, and small steps add up against the anchor', () => {
  const monitor = createMonitor(reference)
  watch(monitor, hoursOf('on its way', { from: WEEKS, hours: 3, shares: OLDER }))
  const refused = adoptReference(monitor, reference)
  assert.equal(refused.kind, 'refused')
  assert.equal(refused.kind === 'refused' && refused.name, 'age')

  let walking = createMonitor(reference)
  let found: string | undefined
  for (let month = 1; month <= 12 && !found; month++) {
    const slope = 0.012 * month
    const shares = [[0.2 - slope, 0.2 - slope / 2, 0.2, 0.2 + slope / 2, 0.2 + slope], USUAL[1]!]
    const hours = hoursOf(`month ${month}`, { from: WEEKS * (1 + month), hours: WEEKS, shares, rows: 300 })
    const adoption = adoptReference(walking, fitReference(STREAMS, hours, { kappaMin: 0.01 }))
    assert.equal(adoption.kind, 'adopted', `month ${month}`)
    if (adoption.kind === 'adopted') walking = adoption.monitor
    const alarms = watch(walking, hours).flatMap((report) => report.alarms)
    found = alarms[0]?.against
  }
  assert.equal(found, 'anchor')
})

test('an important stream needs less evidence', () => {
  const even = createMonitor(reference)
  const weighted = createMonitor(reference, { weights: [9, 1] })
  const hours = hoursOf('weights', { from: WEEKS, hours: 24, shares: OLDER })
  const threshold = (monitor: Monitor) => watch(monitor, hours).flatMap(({ alarms }) => alarms)[0]!.logThreshold
  assert.ok(Math.abs(threshold(even) - threshold(weighted) - Math.log(1.8)) < 1e-9)
})

test('a stream of which the reference knows too little is unwatched, and says so at every step', () => {
  const thin = fitReference(
    [...STREAMS, { name: 'rare', bins: 2 }],
    hoursOf('thin', { from: 0, hours: WEEKS, shares: [...USUAL, [0, 0]] }),
  )
  assert.deepEqual(thin.fitted[2], { kind: 'unknown', reason: 'too-few-rows', have: 0, need: 200 })
  const report = step(createMonitor(thin), {
    hour: WEEKS,
    counts: [
      [1, 1, 1, 1, 1],
      [1, 1, 1],
      [0, 9],
    ],
  })
  assert.deepEqual(report.unwatched, ['rare'])
})

test('an hour of the wrong shape is refused by stream and bin, and nothing is added', () => {
  const monitor = createMonitor(reference)
  const bad = (counts: number[][]) => () => step(monitor, { hour: WEEKS, counts })
  assert.throws(
    bad([
      [1, 1, 1, 1],
      [1, 1, 1],
    ]),
    /stream age has 4 bins, expected 5/,
  )
  assert.throws(
    bad([
      [1, 1, 1, 1, 1],
      [1, -1, 1],
    ]),
    /stream plan has -1 rows in bin 1/,
  )
  assert.throws(
    bad([
      [1, 1, 1, 1, 1],
      [1, Number.NaN, 1],
    ]),
    { code: 'STATS_BAD_COUNT' },
  )
  assert.throws(bad([[1, 1, 1, 1, 1]]), { code: 'STATS_LENGTHS_DIFFER' })
  assert.deepEqual(monitorToJson(monitor), monitorToJson(createMonitor(reference)))
})

type Hours = {
  readonly from: number
  readonly hours: number
  readonly shares: readonly number[][]
  readonly rows?: number
}

function hoursOf(seed: string, { from, hours, shares, rows = 500 }: Hours): HourBucket[] {
  const random = createRandom(seed)
  return Array.from({ length: hours }, (_, t) => ({
    hour: from + t,
    counts: shares.map((share) => drawn(random, share, rows)),
  }))
}

/** Counts whose deviations are a multinomial's, but for rounding. */
function drawn(random: Random, shares: readonly number[], rows: number): number[] {
  return shares.map((share) => Math.max(0, Math.round(rows * share + Math.sqrt(rows * share) * random.normal())))
}

function split({ hour, counts }: HourBucket, random: Random): HourBucket[] {
  const first = counts.map((of) => Array.from(of, (rows) => random.integer(rows + 1)))
  const second = counts.map((of, s) => Array.from(of, (rows, j) => rows - first[s]![j]!))
  return [
    { hour, counts: first },
    { hour, counts: second },
  ]
}

function watch(monitor: Monitor, hours: readonly HourBucket[]): MonitorReport[] {
  return hours.map((bucket) => step(monitor, bucket))
}
