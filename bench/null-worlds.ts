import type { NullCount } from './null-worlds/null-study.ts'
import { comparePairs, type Stopped } from './null-worlds/paired-study.ts'
import { PEERS } from './null-worlds/peers.ts'
import { type Delays, measureDelays, summarise } from './null-worlds/power-study.ts'
import { countSeries, type RealCount } from './null-worlds/real-study.ts'
import { readSeries } from './null-worlds/series.ts'
import { FEATURES, LOG_THRESHOLD } from './null-worlds/setting.ts'
import { measureSpeed } from './null-worlds/speed.ts'
import { countOn } from './null-worlds/worker.ts'
import { WORLDS } from './null-worlds/world.ts'
import type { BenchOutcome, BenchResult, BenchTable } from './result.ts'

const HOURS_PER_YEAR = 8766
const SIZES = [0.01, 0.04, 0.09, 0.24]
const SHIFTED_FEATURES = 100
const ORDERS = 5
const PAIRED_RUNS = 300

/**
 * Sequential monitoring in worlds where nothing happens and in worlds where something does. The null study comes last and
 * goes on where it stopped (`bench/results/null-worlds-counted.json`) until EVENKEEL_BENCH_MINUTES (default 60) are over
 * since the start; whole, it takes some 20 minutes of an idle core.
 */
export async function run(): Promise<BenchOutcome> {
  const until = Date.now() + Number(process.env['EVENKEEL_BENCH_MINUTES'] ?? 60) * 60_000
  const speed = measureSpeed()
  console.error('  pairs…')
  const paired = pairedTable()
  console.error('  real series…')
  const series = await readSeries()
  const real = series.map((one) => ({ name: one.name, count: countSeries(one, ORDERS) }))
  console.error('  delays…')
  const delays = WORLDS.map((world) => SIZES.map((psi) => measureDelays(world, psi, SHIFTED_FEATURES)))
  console.error('  null worlds…')
  const counts = countOn(until)
  const tables = [nullTable(counts), delayTable(delays), realTable(real), paired]
  return { results: [...speedResults(speed), ...nullResults(counts, delays)], tables }
}

function speedResults({ quiet, shifted, fit }: ReturnType<typeof measureSpeed>): BenchResult[] {
  const unit = 'µs per feature and hour'
  return [
    {
      name: 'tolerance-ball detector, a quiet hour of 1,000 features',
      unit,
      value: quiet,
      target: 3,
      limit: 'sums of the open buckets of three scales; a quiet bet takes no logarithm but its own',
    },
    {
      name: 'tolerance-ball detector, all 1,000 features shifted',
      unit,
      value: shifted,
      target: 3,
      limit: 'some forty logarithms per bet for the projection and the ratio',
    },
    {
      name: 'fit of a reference of four weeks',
      unit: 'ms per feature',
      value: fit,
      limit: 'twenty likelihoods of the concentration on each of three scales',
    },
  ]
}

function nullResults(counts: readonly NullCount[], delays: readonly (readonly Delays[])[]): BenchResult[] {
  const worst = Math.max(...counts.map((count) => perModelYear(count.alarms, count.hours)))
  // Worlds with 500 independent rows an hour: all but the last two.
  const slowest = (size: number) =>
    Math.max(...delays.slice(0, 6).map((of) => summarise(of[SIZES.indexOf(size)]!.ours).median))
  return [
    {
      name: 'false alarms in the worst of eight null worlds',
      unit: 'per model-year of 1,000 features',
      value: worst,
      target: 1,
      limit: 'wander of twelve weeks must stand for that of ten years',
    },
    {
      name: 'median delay at PSI 0.09, worst world of 500 rows an hour or more',
      unit: 'h',
      value: slowest(0.09),
      target: 12,
      limit: 'the guess needs two hours of the shift, the bets as many as the tolerance leaves',
    },
    {
      name: 'median delay at PSI 0.04, worst world of 500 rows an hour or more',
      unit: 'h',
      value: slowest(0.04),
      target: 72,
      limit: 'slow wander (AR .98) of the same size as the shift is within tolerance half of the time',
    },
  ]
}

function nullTable(counts: readonly NullCount[]): BenchTable {
  return {
    title: 'False alarms per model-year of 1,000 hourly features when nothing happens',
    note: `Each world: model-years watched (1 is 1,000 features for a year), ten years of each feature after twelve weeks of reference, features seeded 'feature 0' and on. Ours restarts after an alarm; its highest evidence stands beside the threshold of ln(1,000 x 8,766) = ${LOG_THRESHOLD.toFixed(1)} nats. Peers' rules on the same counts against the pooled reference, one check per feature and day (two of them also per hour) on the first 50 features: how many checks alarm. JS of NannyML: mean + 3 sd of the reference's days.`,
    columns: [
      'world',
      'model-years',
      'ours',
      'highest evidence',
      ...PEERS.map((peer) => `${peer}, daily`),
      'PSI > 0.1, hourly',
      'chi-square p < 0.05, hourly',
    ],
    rows: counts.map((count, w) => [
      WORLDS[w]!.name,
      Number((count.hours / HOURS_PER_YEAR / FEATURES).toFixed(2)),
      rate(count.alarms, count.hours),
      count.largest.toFixed(1),
      ...count.daily.map((days) => rate(days, count.peerHours)),
      rate(count.hourlyPsi, count.peerHours),
      rate(count.hourlyChiSquare, count.peerHours),
    ]),
  }
}

function delayTable(delays: readonly (readonly Delays[])[]): BenchTable {
  const shown = (of: readonly number[]) => {
    const { median, missed } = summarise(of)
    return `${median === Infinity ? 'never' : median} (${Math.round(100 * missed)})`
  }
  return {
    title: 'Median delay in hours (missed in five weeks, %)',
    note: `${SHIFTED_FEATURES} features per cell, seeded 'shifted 0' and on; shifts of four kinds (location, scale, one bin, any mix) at any hour of a week. Onset error: estimated less true hour, median. A peer that alarms on most quiet days (table above) is quick here for the same reason.`,
    columns: ['world', 'PSI', 'ours', 'onset error, h', ...PEERS],
    rows: delays.flatMap((of, w) =>
      of.map((cell, i) => [
        WORLDS[w]!.name,
        SIZES[i]!,
        shown(cell.ours),
        [...cell.onsetErrors].sort((a, b) => a - b)[Math.floor(cell.onsetErrors.length / 2)] ?? '',
        ...cell.peers.map(shown),
      ]),
    ),
  }
}

function realTable(real: readonly { readonly name: string; readonly count: RealCount }[]): BenchTable {
  const delay = (of: readonly number[]) => {
    const { median, missed } = summarise(of)
    return `${median === Infinity ? 'never' : median} (${Math.round(100 * missed)})`
  }
  return {
    title: 'Real series, weeks shuffled: alarms when nothing is changed, delays when something is',
    note: `${ORDERS} seeded orders of the weeks, half reference, half watched, budget one alarm a year over the streams of a series. Shifts by thinning from the middle of the watch on: median delay in hours (missed, %). Weeks differ for real reasons too (storms, holidays), which are not false alarms in the strict sense. Files that are not there are left out.`,
    columns: [
      'series',
      'stream-years',
      'our alarms',
      'PSI > 0.1, % of days',
      'chi-square Bonferroni, % of days',
      'median tolerance, nats',
      'PSI 0.09',
      'PSI 0.24',
      'PSI 1',
    ],
    rows: real.map(({ name, count }) => [
      name,
      Number(count.streamYears.toFixed(1)),
      alarmsOf(count),
      Math.round((100 * count.psiDays) / count.days),
      Math.round((100 * count.chiSquareDays) / count.days),
      Number([...count.kappas].sort((a, b) => a - b)[Math.floor(count.kappas.length / 2)]!.toPrecision(2)),
      delay(count.delays['0.09']!),
      delay(count.delays['0.24']!),
      delay(count.delays['1']!),
    ]),
  }
}

function alarmsOf({ alarms }: RealCount): string {
  const all = Object.values(alarms).reduce((sum, n) => sum + n, 0)
  const names = Object.entries(alarms).map(([name, n]) => `${name} ${n}`)
  return names.length === 0 ? '0' : `${all} (${names.join(', ')})`
}

function pairedTable(): BenchTable {
  const shown = ({ share, medianPairs }: Stopped) =>
    `${(100 * share).toFixed(1)} %${share > 0 ? `, ${medianPairs.toLocaleString('en-US')}` : ''}`
  const effects = [0, 0.005, 0.01, 0.02, 0.05]
  return {
    title: 'A challenger that is worse: share stopped within 60,000 requests, median requests',
    note: `${PAIRED_RUNS} seeded runs; champion right on 85 %, the two disagree on 4 % of the requests (6 % for 5 points); alpha 1 %, looked at after every 100 requests. Unpaired: the same requests split in halves, normal mixture sequential test. Peeking: the ordinary z-test at 5 % at every look.`,
    columns: ['true loss of accuracy', 'paired shadow', 'unpaired, sequential', 'unpaired, peeking'],
    rows: effects.map((effect) => {
      const { paired, unpaired, peeking } = comparePairs(effect, PAIRED_RUNS)
      return [`${100 * effect} points`, shown(paired), shown(unpaired), shown(peeking)]
    }),
  }
}

function perModelYear(alarms: number, hours: number): number {
  return (alarms * HOURS_PER_YEAR * FEATURES) / Math.max(1, hours)
}

function rate(alarms: number, hours: number): number {
  const value = perModelYear(alarms, hours)
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(2))
}
