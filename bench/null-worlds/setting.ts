import { DEFAULT_BETS, HOURS_PER_YEAR } from '../../packages/stats/src/sequential/monitor-options.ts'
import {
  DEFAULT_MIN_ROWS,
  DEFAULT_SCALES,
  familiesOf,
  fitStream,
  type StreamReference,
  withFamilies,
} from '../../packages/stats/src/sequential/stream-reference.ts'
import { createWatch, type Watch } from '../../packages/stats/src/sequential/watch.ts'
import { type PeerReference, peerReference } from './peers.ts'
import { BINS, createFeature, type Feature, FIRST_HOUR, type Shift, type World } from './world.ts'

/** A model has so many features, and may alarm falsely once a year over all of them. */
export const FEATURES = 1000
export const LOG_THRESHOLD = Math.log(FEATURES * HOURS_PER_YEAR)
/** Twelve weeks of reference. */
export const REFERENCE_HOURS = 12 * 168

export type Prepared = {
  /** Stands at the first hour after the reference. */
  readonly feature: Feature
  readonly reference: StreamReference
  readonly watch: Watch
  readonly peer: PeerReference
}

/** Features that the family is learnt from; a model of 1,000 would learn it from all. */
const RELATIVES = 60
const families = new Map<string, ReturnType<typeof familiesOf>>()

/** What the features of a world have in common, learnt once from some that are not watched. */
function familiesIn(world: World): ReturnType<typeof familiesOf> {
  const known =
    families.get(world.name) ??
    familiesOf(Array.from({ length: RELATIVES }, (_, i) => observe(world, `relative ${i}`).reference))
  families.set(world.name, known)
  return known
}

/** A feature whose reference has been seen and fitted. */
export function prepare(world: World, seed: string, shift?: Shift): Prepared {
  const { feature, counts, reference: alone } = observe(world, seed, shift)
  const reference = withFamilies(alone, familiesIn(world))
  const watch = createWatch(reference, { scales: DEFAULT_SCALES, bets: DEFAULT_BETS, minRows: DEFAULT_MIN_ROWS })
  return { feature, reference, watch, peer: peerOf(counts) }
}

function observe(world: World, seed: string, shift?: Shift) {
  const feature = createFeature(world, seed, shift)
  const counts = new Float64Array(REFERENCE_HOURS * BINS)
  const twins = new Float64Array(REFERENCE_HOURS * BINS)
  for (let t = 0; t < REFERENCE_HOURS; t++)
    feature.next(counts.subarray(t * BINS, (t + 1) * BINS), twins.subarray(t * BINS, (t + 1) * BINS))
  const hours = Array.from({ length: REFERENCE_HOURS }, (_, t) => FIRST_HOUR + t)
  const reference = fitStream({ name: seed, bins: BINS, hours, counts, twins })
  if (reference.kind === 'unknown') throw new Error(`${world.name}: ${reference.reason}`)
  return { feature, counts, reference }
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
