import { onsetHour } from '../../packages/stats/src/sequential/monitor.ts'
import { logEvidence, watchHour } from '../../packages/stats/src/sequential/watch.ts'
import { judge, PEERS } from './peers.ts'
import { LOG_THRESHOLD, prepare, REFERENCE_HOURS } from './setting.ts'
import { BINS, FIRST_HOUR, SHIFT_KINDS, type World } from './world.ts'

/** Hours from a shift to its alarm, Infinity where there was none in five weeks. */
export type Delays = {
  readonly ours: number[]
  /** Estimated less true hour of the shift, where it was found. */
  readonly onsetErrors: number[]
  /** Per peer, on days; for windows that were shifted only. */
  readonly peers: number[][]
}

const WEEKS_WATCHED = 5

/** Shifts of one size at any hour of the second week after the reference, of four kinds in turn. */
export function measureDelays(world: World, psi: number, features: number): Delays {
  const delays: Delays = { ours: [], onsetErrors: [], peers: PEERS.map(() => []) }
  for (let i = 0; i < features; i++) {
    const fromHour = FIRST_HOUR + REFERENCE_HOURS + 168 + ((i * 37) % 168)
    measure(delays, world, { seed: `shifted ${i}`, kind: SHIFT_KINDS[i % SHIFT_KINDS.length]!, psi, fromHour })
  }
  return delays
}

type Case = {
  readonly seed: string
  readonly kind: (typeof SHIFT_KINDS)[number]
  readonly psi: number
  readonly fromHour: number
}

function measure(delays: Delays, world: World, { seed, ...shift }: Case): void {
  const { feature, watch, peer } = prepare(world, seed, shift)
  const counts = new Float64Array(BINS)
  const day = new Float64Array(BINS)
  const said = new Uint8Array(PEERS.length)
  let ours = Infinity
  const theirs = PEERS.map(() => Infinity)
  const until = shift.fromHour + WEEKS_WATCHED * 168
  for (let hour = feature.hour(); hour < until; hour++) {
    feature.next(counts)
    watchHour(watch, { hour, counts, from: 0 })
    if (ours === Infinity && logEvidence(watch) >= LOG_THRESHOLD) {
      ours = hour - shift.fromHour + 1
      delays.onsetErrors.push(onsetHour(watch) - shift.fromHour)
    }
    for (let j = 0; j < BINS; j++) day[j]! += counts[j]!
    if ((hour + 1) % 24 !== 0) continue
    judge(peer, day, said)
    day.fill(0)
    if (hour < shift.fromHour) continue
    for (let p = 0; p < said.length; p++) if (said[p] && theirs[p] === Infinity) theirs[p] = hour - shift.fromHour + 1
  }
  delays.ours.push(ours)
  for (const [p, delay] of theirs.entries()) delays.peers[p]!.push(delay)
}

/** The middle delay, and the share that was not found. */
export function summarise(delays: readonly number[]): { readonly median: number; readonly missed: number } {
  const sorted = [...delays].sort((a, b) => a - b)
  const missed = sorted.filter((delay) => delay === Infinity).length / sorted.length
  return { median: sorted[Math.floor(sorted.length / 2)]!, missed }
}
