import {
  createLossChangeDetector,
  river,
  simulateLosses,
  stepLossChange,
  updateLossChange,
} from '../packages/stats/src/index.ts'
import type { BenchOutcome, BenchResult } from './result.ts'
import { mustAgree, runRiver } from './streams/peer.ts'

const ROWS = 1_000_000
const PEER_ROWS = 100_000
/** KSWIN sorts two samples with every value: less of it. */
const KSWIN_ROWS = 40_000
const KSWIN_PEER_ROWS = 4_000
const ROUNDS = 5
const WANTED = 5e6
const CONSTANT_TIME: readonly river.MethodName[] = ['DDM', 'EDDM', 'FHDDM', 'HDDMA', 'HDDMW', 'PageHinkley']

/** Values a second of each stream detector, on one core, beside the installed river on the first of the same values. */
export async function run(): Promise<BenchOutcome> {
  const changes = Array.from({ length: 99 }, (_, i) => ({ at: 10_000 * (i + 1), mean: i % 2 === 0 ? 0.5 : 0.2 }))
  const losses = simulateLosses({ seed: 'speed', rows: ROWS, mean: 0.2, changes })
  const corrects = losses.map((loss) => 1 - loss)
  const names = Object.keys(river.METHODS) as river.MethodName[]
  const streams = names.map((method) => (river.METHODS[method].input === 'correct' ? corrects : losses))
  const peerRows = (method: river.MethodName) => (method === 'KSWIN' ? KSWIN_PEER_ROWS : PEER_ROWS)
  const peer = runRiver(
    names.map((method, i) => ({
      method,
      options: method === 'KSWIN' ? { seed: 0 } : {},
      values: streams[i]!.subarray(0, peerRows(method)),
    })),
  )
  const rows: (string | number)[][] = []
  const results: BenchResult[] = []
  names.forEach((method, i) => {
    const values = method === 'KSWIN' ? streams[i]!.subarray(0, KSWIN_ROWS) : streams[i]!
    const { drifts, seconds } = peer.answers[i]!
    mustAgree(method, river.update(river.createDetector(method), values.subarray(0, peerRows(method))), drifts)
    const block = rate(values, () => river.update(river.createDetector(method), values))
    const single = rate(values, () => {
      const detector: river.Detector = river.createDetector(method)
      for (let k = 0; k < values.length; k++) river.step(detector, values[k]!)
    })
    const theirs = peerRows(method) / seconds
    rows.push([method, block / 1e6, single / 1e6, theirs / 1e6, `${Math.round(block / theirs)}×`])
    results.push({
      name: `${method}, block of ${values.length.toLocaleString('en-US')} values`,
      unit: 'M values/s',
      value: block / 1e6,
      ...(CONSTANT_TIME.includes(method) ? { target: WANTED / 1e6 } : {}),
      peer: { name: `river ${peer.version}`, value: theirs / 1e6 },
      limit: LIMITS[method],
    })
  })
  const ours = rate(losses, () => updateLossChange(createLossChangeDetector(), losses))
  const oneByOne = rate(losses, () => {
    const detector = createLossChangeDetector()
    for (let k = 0; k < losses.length; k++) stepLossChange(detector, losses[k]!)
  })
  rows.unshift(['loss change detector', ours / 1e6, oneByOne / 1e6, '', ''])
  results.unshift({
    name: 'loss change detector',
    unit: 'M values/s',
    value: ours / 1e6,
    target: WANTED / 1e6,
    limit: 'three bets a loss',
  })
  const note =
    `Millions of values a second of CPU, best of ${ROUNDS} rounds, one core; losses 0/1 (seed "speed") whose mean changes between 0.2 and 0.5 ` +
    `every 10,000. river ${peer.version} ran on the first ${PEER_ROWS.toLocaleString('en-US')} of the same values (KSWIN: ` +
    `${KSWIN_PEER_ROWS.toLocaleString('en-US')}), with the loop a Python program has, and said drift at the same places.`
  const columns = ['detector', 'block', 'one by one', 'river', 'block / river']
  return { results, tables: [{ title: 'Speed of stream detectors', note, columns, rows }] }
}

const LIMITS: Readonly<Record<river.MethodName, string>> = {
  ADWIN: 'buckets are moved in lists; every 32nd value tries all cuts',
  DDM: 'a root and a division a value',
  EDDM: 'a value that is no error costs next to nothing',
  FHDDM: 'a place in a ring, found by a remainder',
  HDDMA: 'up to five roots a value',
  HDDMW: 'three means and two roots a value',
  KSWIN: '30 draws and two sorts a value',
  PageHinkley: 'a division a value',
}

/** Values a second of CPU in the round that was disturbed least. */
function rate(values: Float64Array, work: () => void): number {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(began)
    best = Math.min(best, user + system)
  }
  return (values.length / best) * 1e6
}
