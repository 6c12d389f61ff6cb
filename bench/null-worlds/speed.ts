import { performance } from 'node:perf_hooks'
import {
  createMonitor,
  fitReference,
  type HourBucket,
  type Monitor,
  step,
} from '../../packages/stats/src/sequential/index.ts'
import { BINS, createFeature, type Feature, FIRST_HOUR, WORLDS } from './world.ts'

const STREAMS = 1000
const REFERENCE_HOURS = 4 * 168
const HOURS = 240

/** Microseconds per stream and hour of the whole `step`: checks, sealing, bets, evidence and lists. */
export function measureSpeed(): { readonly quiet: number; readonly shifted: number; readonly fit: number } {
  const fromHour = FIRST_HOUR + REFERENCE_HOURS + HOURS
  const features = Array.from({ length: STREAMS }, (_, i) =>
    createFeature(WORLDS[1]!, `speed ${i}`, { kind: 'location', psi: 0.09, fromHour }),
  )
  const streams = features.map((_, i) => ({ name: `${i}`, bins: BINS }))
  const history = hoursOf(features, REFERENCE_HOURS)
  let from = performance.now()
  const reference = fitReference(streams, history)
  const fit = (performance.now() - from) / STREAMS
  const monitor = createMonitor(reference)
  const parts = [hoursOf(features, HOURS), hoursOf(features, HOURS)].map((hours) => {
    from = performance.now()
    const fastest = undisturbed(monitor, hours)
    return (fastest * 1000) / STREAMS
  })
  return { quiet: parts[0]!, shifted: parts[1]!, fit }
}

/** Mean milliseconds of a step over the fastest of ten stretches of a day: other work on the machine only adds. */
function undisturbed(monitor: Monitor, hours: readonly HourBucket[]): number {
  const times: number[] = []
  for (let at = 0; at < hours.length; at += 24) {
    const from = performance.now()
    for (const bucket of hours.slice(at, at + 24)) step(monitor, bucket)
    times.push((performance.now() - from) / 24)
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 4)]!
}

function hoursOf(features: readonly Feature[], hours: number): HourBucket[] {
  return Array.from({ length: hours }, () => ({
    hour: features[0]!.hour(),
    counts: features.map((feature) => {
      const counts = new Float64Array(BINS)
      feature.next(counts)
      return counts
    }),
  }))
}
