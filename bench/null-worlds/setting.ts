import { DEFAULT_BETS, HOURS_PER_YEAR } from '../../packages/stats/src/sequential/monitor-options.ts'
import {
  DEFAULT_MIN_ROWS,
  DEFAULT_SCALES,
  fitStream,
  type StreamReference,
} from '../../packages/stats/src/sequential/stream-reference.ts'
import { createWatch, type Watch } from '../../packages/stats/src/sequential/watch.ts'
import { type PeerReference, peerReference } from './peers.ts'
import { BINS, createFeature, type Feature, FIRST_HOUR, type Shift, type World } from './world.ts'

/** A model has so many features, and may alarm falsely once a year over all of them. */
export const FEATURES = 1000
export const LOG_THRESHOLD = Math.log(FEATURES * HOURS_PER_YEAR)
/** Six weeks of reference. */
export const REFERENCE_HOURS = 6 * 168

export type Prepared = {
  /** Stands at the first hour after the reference. */
  readonly feature: Feature
  readonly reference: StreamReference
  readonly watch: Watch
  readonly peer: PeerReference
}

/** A feature whose reference has been seen and fitted. */
export function prepare(world: World, seed: string, shift?: Shift): Prepared {
  const feature = createFeature(world, seed, shift)
  const counts = new Float64Array(REFERENCE_HOURS * BINS)
  const twins = new Float64Array(REFERENCE_HOURS * BINS)
  for (let t = 0; t < REFERENCE_HOURS; t++)
    feature.next(counts.subarray(t * BINS, (t + 1) * BINS), twins.subarray(t * BINS, (t + 1) * BINS))
  const hours = Array.from({ length: REFERENCE_HOURS }, (_, t) => FIRST_HOUR + t)
  const reference = fitStream({ name: seed, bins: BINS, hours, counts, twins })
  if (reference.kind === 'unknown') throw new Error(`${world.name}: ${reference.reason}`)
  const watch = createWatch(reference, { scales: DEFAULT_SCALES, bets: DEFAULT_BETS, minRows: DEFAULT_MIN_ROWS })
  return { feature, reference, watch, peer: peerOf(counts) }
}

function peerOf(counts: Float64Array): PeerReference {
  const all = new Float64Array(BINS)
  const days = new Float64Array((REFERENCE_HOURS / 24) * BINS)
  for (let i = 0; i < counts.length; i++) {
    all[i % BINS]! += counts[i]!
    days[Math.floor(i / BINS / 24) * BINS + (i % BINS)]! += counts[i]!
  }
  return peerReference(all, days)
}
