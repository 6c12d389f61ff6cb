import { createRandom, type Random } from '../../packages/stats/src/random.ts'
import { createMonitor, fitReference, type HourBucket, step } from '../../packages/stats/src/sequential/index.ts'
import { HOURS_PER_YEAR } from '../../packages/stats/src/sequential/monitor-options.ts'
import { chiSquareQuantile } from '../../packages/stats/src/special/index.ts'
import { createDraws, type Draws } from './draws.ts'
import { chiSquare, peerReference, psi } from './peers.ts'
import type { Series } from './series.ts'

/** A real series whose weeks were shuffled: a null, but for what makes one week unlike the others. */
export type RealCount = {
  streamYears: number
  /** Alarms, and the streams that raised them. */
  alarms: Record<string, number>
  /** Days and streams on which PSI exceeded 0.1, and chi-square 5 % over the streams (Bonferroni); and all of them. */
  psiDays: number
  chiSquareDays: number
  days: number
  /** Tolerance of each stream on the shortest scale. */
  kappas: number[]
  /** Hours from a shift of that PSI at the middle of the watch to the stream's alarm; Infinity where it was missed. */
  delays: Record<string, number[]>
}

const SHIFTS = [0.09, 0.24, 1]

/** Half of the weeks are the reference, the others are watched; as often as there are orders. */
export function countSeries(series: Series, orders: number): RealCount {
  const delays = Object.fromEntries(SHIFTS.map((size) => [size, []]))
  const count: RealCount = { streamYears: 0, alarms: {}, psiDays: 0, chiSquareDays: 0, days: 0, kappas: [], delays }
  for (let order = 0; order < orders; order++) countOrder(count, series, createRandom(`${series.name}/${order}`))
  return count
}

function countOrder(count: RealCount, series: Series, random: Random): void {
  const weeks = random.shuffle(Array.from({ length: series.weeks }, (_, week) => week))
  const shuffled = series.streams.map(({ counts, bins }) => inOrder(counts, weeks, bins * 168))
  const split = Math.floor(series.weeks / 2) * 168
  const hours = series.weeks * 168
  const reference = fitReference(series.streams, bucketsOf(series, shuffled, 0, split))
  for (const stream of reference.fitted) {
    const hourly = stream.kind === 'fitted' ? stream.tolerances[0]! : stream
    if (hourly.kind === 'fitted') count.kappas.push(hourly.kappa)
  }
  const watched = (counts: readonly Float64Array[]) => {
    const monitor = createMonitor(reference)
    return bucketsOf(series, counts, split, hours).flatMap((bucket) => [...step(monitor, bucket).alarms])
  }
  for (const { name } of watched(shuffled)) count.alarms[name] = (count.alarms[name] ?? 0) + 1
  count.streamYears += (series.streams.length * (hours - split)) / HOURS_PER_YEAR
  for (const [s, { bins }] of series.streams.entries())
    judgeDays(count, { bins, counts: shuffled[s]!, split, streams: series.streams.length })
  const from = Math.floor((split + hours) / 2)
  for (const size of SHIFTS) {
    const tilted = shuffled.map((counts, s) =>
      shifted(counts, { bins: series.streams[s]!.bins, from, split, psi: size }, random),
    )
    const alarms = watched(tilted)
    for (const { name } of series.streams) {
      const found = alarms.find((alarm) => alarm.name === name && alarm.hour >= from)
      count.delays[size]!.push(found ? found.hour - from + 1 : Infinity)
    }
  }
}

function bucketsOf({ streams }: Series, counts: readonly Float64Array[], from: number, until: number): HourBucket[] {
  return Array.from({ length: until - from }, (_, t) => ({
    hour: from + t,
    counts: streams.map(({ bins }, s) => counts[s]!.subarray((from + t) * bins, (from + t + 1) * bins)),
  }))
}

type Judged = { readonly bins: number; readonly counts: Float64Array; readonly split: number; readonly streams: number }

function judgeDays(count: RealCount, { bins, counts, split, streams }: Judged): void {
  const past = counts.subarray(0, split * bins)
  const peer = peerReference(total(past, bins), dayTotals(past, bins))
  const days = dayTotals(counts.subarray(split * bins), bins)
  const limit = chiSquareQuantile(1 - 0.05 / streams, Math.max(1, bins - 1))
  for (let at = 0; at < days.length; at += bins) {
    const day = days.subarray(at, at + bins)
    if (day.every((rows) => rows === 0)) continue
    count.days++
    if (psi(peer, day) > 0.1) count.psiDays++
    if (chiSquare(peer, day) > limit) count.chiSquareDays++
  }
}

type Injection = { readonly bins: number; readonly from: number; readonly split: number; readonly psi: number }

/** Rows are thinned from an hour on, so that those that remain are tilted along the bins by that PSI. */
function shifted(counts: Float64Array, injection: Injection, random: Random): Float64Array {
  const { bins, from } = injection
  const factors = tiltOf(counts, injection, random.next() < 0.5 ? 1 : -1)
  const most = factors.reduce((a, b) => Math.max(a, b), 0)
  const draws = createDraws(Uint32Array.from({ length: 4 }, () => 1 + random.integer(0xffffffff)))
  return counts.map((rows, i) => (i < from * bins ? rows : thinned(draws, rows, factors[i % bins]! / most)))
}

function tiltOf(counts: Float64Array, { bins, split, psi: size }: Injection, sign: number): Float64Array {
  const rows = total(counts.subarray(0, split * bins), bins).map((n) => n + 0.5)
  const all = rows.reduce((sum, n) => sum + n, 0)
  const factors = (strength: number) => rows.map((_, j) => Math.exp((sign * strength * (j - (bins - 1) / 2)) / bins))
  const distance = (strength: number) => {
    const tilted = factors(strength).map((factor, j) => factor * rows[j]!)
    const sum = tilted.reduce((part, n) => part + n, 0)
    return tilted.reduce((part, n, j) => part + (n / sum - rows[j]! / all) * Math.log(n / sum / (rows[j]! / all)), 0)
  }
  let [low, high] = [0, 50]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (distance(middle) < size) low = middle
    else high = middle
  }
  return factors(low)
}

function thinned(draws: Draws, rows: number, share: number): number {
  if (rows > 200) {
    const drawn = Math.round(rows * share + Math.sqrt(rows * share * (1 - share)) * draws.normal())
    return Math.max(0, Math.min(rows, drawn))
  }
  let kept = 0
  for (let i = 0; i < rows; i++) if (draws.uniform() < share) kept++
  return kept
}

function inOrder(counts: Float64Array, weeks: readonly number[], length: number): Float64Array {
  const ordered = new Float64Array(weeks.length * length)
  for (const [at, week] of weeks.entries())
    ordered.set(counts.subarray(week * length, (week + 1) * length), at * length)
  return ordered
}

function total(counts: Float64Array, bins: number): Float64Array {
  const sum = new Float64Array(bins)
  for (let i = 0; i < counts.length; i++) sum[i % bins]! += counts[i]!
  return sum
}

function dayTotals(counts: Float64Array, bins: number): Float64Array {
  const days = new Float64Array(Math.floor(counts.length / bins / 24) * bins)
  for (let i = 0; i < counts.length; i++) days[Math.floor(i / bins / 24) * bins + (i % bins)]! += counts[i]!
  return days
}
