import {
  adoptReference,
  bucketEvidence,
  createLossDetector,
  createMetricDetector,
  createMonitor,
  createPairedComparison,
  fitReference,
  type HourBucket,
  lossAlarm,
  type MetricSpec,
  metricAlarm,
  monitorFromJson,
  monitorToJson,
  pairedEvidence,
  referenceFromJson,
  referenceToJson,
  reverseProjection,
  seal,
  step,
  update,
  updateLossDetector,
  updateMetricDetector,
  verdict,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { bit, counts, given, lists, mostly, number, share } from './draw.ts'

const unit = fc.oneof(
  { weight: 60, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: number },
)
const batches = fc.array(fc.array(unit, { maxLength: 40 }), { minLength: 1, maxLength: 6 })
const losses = fc.record({
  referenceMean: mostly(0.1, 0.9),
  tolerance: mostly(0.05, 1e-9),
  averageRunLength: mostly(100, 1e6),
})
const metric: fc.Arbitrary<MetricSpec> = fc.oneof(
  fc.record({
    metric: fc.constantFrom<'f1' | 'precision' | 'recall' | 'auc'>('f1', 'precision', 'recall', 'auc'),
    atLeast: mostly(0.5, 0.99),
  }),
  fc.record({ metric: fc.constant<'calibration'>('calibration'), within: mostly(0.05, 0.3) }),
  fc.record({ metric: fc.constant<'absolute-error'>('absolute-error'), atMost: mostly(0.1, 3), clip: mostly(1, 1e6) }),
)
const labelled = lists(0, 30, bit, unit)
const pairs = fc.array(lists(0, 30, unit, unit), { minLength: 1, maxLength: 5 })
const shares = fc.oneof(
  fc.constantFrom([0.5, 0.5], [1e-300, 1], [0.2, 0.8], [0, 1], [Number.NaN, 1], [1], []),
  fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }).map((p) => [p, 1 - p]),
)
const kappa = mostly(0.01, 1e-12, 2)

const STREAMS = [
  { name: 'x', bins: 3 },
  { name: 'y', bins: 1 },
]
/** What each hour of a week and a half holds: a pattern repeated, so that references of hundreds of hours are drawn cheaply. */
const pattern = fc.array(
  fc.oneof(
    { weight: 40, arbitrary: fc.array(fc.nat(400), { minLength: 4, maxLength: 4 }) },
    { weight: 1, arbitrary: counts(4) },
  ),
  { minLength: 1, maxLength: 5 },
)
const hours = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(0, 1, 30, 250) }, { weight: 1, arbitrary: fc.nat(400) })
const history = fc
  .tuple(pattern, hours, fc.constantFrom(0, 489_000, -5, 0.5))
  .map(([rows, many, first]) =>
    Array.from({ length: many }, (_, t): HourBucket => bucket(first + t, rows[t % rows.length]!, t)),
  )
const later = fc.array(fc.tuple(fc.constantFrom(0, 1, 1, 2, 30, 5000, -3), pattern), { minLength: 1, maxLength: 8 })
const minRows = mostly(1, 200)

export const sequential = {
  createLossDetector: given([losses], createLossDetector),
  updateLossDetector: given([losses, batches], (options, all) => lossDetector(options, all)),
  lossAlarm: given([losses, batches], (options, all) => lossAlarm(lossDetector(options, all).detector)),
  createMetricDetector: given([metric, mostly(100, 1e6)], createMetricDetector),
  updateMetricDetector: given([metric, fc.array(labelled, { minLength: 1, maxLength: 5 })], (spec, all) =>
    metricDetector(spec, all),
  ),
  metricAlarm: given([metric, fc.array(labelled, { maxLength: 5 })], (spec, all) =>
    metricAlarm(metricDetector(spec, all).detector),
  ),
  createPairedComparison: given([mostly(0.05, 0.5), mostly(0, 0.1), mostly(1, 50)], (alpha, margin, lossRange) =>
    createPairedComparison({ alpha, margin, lossRange }),
  ),
  update: given([pairs], (all) => comparison(all)),
  verdict: given([pairs], (all) => verdict(comparison(all))),
  pairedEvidence: given([pairs], (all) => pairedEvidence(comparison(all))),
  bucketEvidence: given(
    [counts(2), shares, shares, kappa, mostly(1, 5)],
    (rows, reference, guess, radius, designEffect) =>
      bucketEvidence(rows, { reference, guess, kappa: radius, designEffect }),
  ),
  reverseProjection: given([shares, shares, kappa], reverseProjection),
  fitReference: given([history, minRows, mostly(0.01, 1e-6), share], (past, least, kappaMin, outside) =>
    fitReference(STREAMS, past, { minRows: least, kappaMin, outside }),
  ),
  referenceToJson: given([history, minRows], (past, least) =>
    referenceToJson(fitReference(STREAMS, past, { minRows: least })),
  ),
  referenceFromJson: given([history, minRows], (past, least) =>
    referenceFromJson(JSON.parse(JSON.stringify(referenceToJson(fitReference(STREAMS, past, { minRows: least }))))),
  ),
  createMonitor: given([history, mostly(1000, 1e7), mostly(0, 3)], (past, averageRunLengthHours, sealAfterHours) =>
    createMonitor(fitReference(STREAMS, past, { minRows: 1 }), { averageRunLengthHours, sealAfterHours }),
  ),
  step: given([history, later], (past, arriving) => watched(past, arriving)),
  seal: given([history, later, fc.constantFrom(0, 489_400, 1e9)], (past, arriving, until) => {
    const { monitor, reports } = watched(past, arriving)
    return [reports, seal(monitor, until), monitor]
  }),
  monitorToJson: given([history, later], (past, arriving) => monitorToJson(watched(past, arriving).monitor)),
  monitorFromJson: given([history, later], (past, arriving) => {
    const { monitor } = watched(past, arriving)
    return monitorFromJson(monitor.reference, JSON.parse(JSON.stringify(monitorToJson(monitor))))
  }),
  adoptReference: given([history, history, later], (past, newer, arriving) =>
    adoptReference(watched(past, arriving).monitor, fitReference(STREAMS, newer, { minRows: 1 })),
  ),
}

function lossDetector(options: Parameters<typeof createLossDetector>[0], all: number[][]) {
  const detector = createLossDetector(options)
  return { detector, alarms: all.map((each) => updateLossDetector(detector, each)) }
}

function metricDetector(spec: MetricSpec, all: [number[], number[]][]) {
  const detector = createMetricDetector(spec, 1000)
  const alarms = all.map(([labels, predictions]) => updateMetricDetector(detector, { labels, predictions }))
  return { detector, alarms }
}

function comparison(all: [number[], number[]][]) {
  const found = createPairedComparison()
  for (const [champion, challenger] of all) update(found, champion, challenger)
  return found
}

function bucket(hour: number, rows: readonly number[], t: number): HourBucket {
  const counted = { hour, counts: [rows.slice(0, 3), rows.slice(3)] }
  return t % 50 === 7 ? { ...counted, calendar: 'holiday' } : counted
}

function watched(past: HourBucket[], arriving: [number, number[][]][]) {
  const monitor = createMonitor(fitReference(STREAMS, past, { minRows: 1 }))
  let hour = (past.at(-1)?.hour ?? 0) + 1
  const reports = arriving.flatMap(([later, rows]) =>
    rows.map((each, t) => {
      hour += t === 0 ? later : 1
      return step(monitor, bucket(hour, each, hour))
    }),
  )
  return { monitor, reports }
}
