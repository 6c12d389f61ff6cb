import { HOURS_PER_YEAR } from '../../packages/stats/src/sequential/monitor-options.ts'
import { logEvidence, restartEvidence, watchHour } from '../../packages/stats/src/sequential/watch.ts'
import { chiSquare, judge, PEERS, psi } from './peers.ts'
import { LOG_THRESHOLD, prepare } from './setting.ts'
import { BINS, type World } from './world.ts'

/** What was counted in a world where nothing happens. */
export type NullCount = {
  features: number
  hours: number
  /** Alarms of the e-detectors, each followed by a fresh start. */
  alarms: number
  /** Largest ln of the evidence of any feature, against a threshold of about 16. */
  largest: number
  /** Hours judged by the peers too: the first features only, which is enough to count them. */
  peerHours: number
  /** Windows in which each peer would have alarmed: by day, and two of them by hour. */
  daily: number[]
  hourlyPsi: number
  hourlyChiSquare: number
}

export function noCount(): NullCount {
  const daily = PEERS.map(() => 0)
  return { features: 0, hours: 0, alarms: 0, largest: 0, peerHours: 0, daily, hourlyPsi: 0, hourlyChiSquare: 0 }
}

/** Adds one feature, watched for so many years. */
export function countFeature(count: NullCount, world: World, seed: string, years: number): void {
  const { feature, watch, peer } = prepare(world, seed)
  const counts = new Float64Array(BINS)
  const day = new Float64Array(BINS)
  const said = new Uint8Array(PEERS.length)
  const hours = years * HOURS_PER_YEAR
  const judged = count.features < JUDGED
  const offered = { hour: 0, counts, from: 0 }
  for (let t = 1; t <= hours; t++) {
    offered.hour = feature.hour()
    feature.next(counts)
    watchHour(watch, offered)
    noteEvidence(count, watch)
    if (!judged) continue
    if (psi(peer, counts) > 0.1) count.hourlyPsi++
    if (chiSquare(peer, counts) > HOURLY_CHI_SQUARE) count.hourlyChiSquare++
    for (let j = 0; j < BINS; j++) day[j]! += counts[j]!
    if (t % 24 !== 0) continue
    judge(peer, day, said)
    for (let p = 0; p < said.length; p++) count.daily[p]! += said[p]!
    day.fill(0)
  }
  count.features++
  count.hours += hours
  if (judged) count.peerHours += hours
}

/** Features that the peers judge too. */
const JUDGED = 50
/** 5 % of chi-square with nine degrees of freedom. */
const HOURLY_CHI_SQUARE = 16.918977604620448

function noteEvidence(count: NullCount, watch: Parameters<typeof logEvidence>[0]): void {
  let most = 0
  for (let d = 0; d < watch.evidence.length; d++) if (watch.evidence[d]! > most) most = watch.evidence[d]!
  if (most <= count.largest && most < LOG_THRESHOLD) return
  const evidence = logEvidence(watch)
  if (evidence > count.largest) count.largest = evidence
  if (evidence < LOG_THRESHOLD) return
  count.alarms++
  restartEvidence(watch)
}
