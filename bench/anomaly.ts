import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {
  type AnomalyScores,
  anomalyScores,
  createRandom,
  type Feature,
  fitAnomalyDetector,
} from '../packages/stats/src/index.ts'
import { FAULTS, type Fault, injectFault } from './anomaly/faults.ts'
import { areaUnderCurve } from './learners/area.ts'
import { type LearnerSet, loadLearnerSets } from './learners/sets.ts'
import type { BenchOutcome, BenchTable } from './result.ts'

const MAX_ROWS = 20_000
const FAULTY = 0.05
const MEMBERS = ['score', 'hbos', 'loda', 'forest'] as const

/** Records with faults among ordinary ones: who ranks them higher, and what it costs. */
export async function run(): Promise<BenchOutcome> {
  const folder = process.env['EVENKEEL_SAMPLE_DATA']
  if (folder === undefined) {
    console.error('anomaly: skipped, EVENKEEL_SAMPLE_DATA is not set')
    return { results: [], tables: [] }
  }
  const worlds = (await loadLearnerSets(folder)).map(worldOf)
  const measured = measure(worlds)
  const average = (of: (one: Measured) => number) => mean(measured.map(of))
  const perCell = (of: (one: Measured) => number) => average((one) => (1e6 * of(one)) / cellsOf(one.world))
  return {
    results: [
      {
        name: `AUROC of the three combined, mean of ${worlds.length} real tables with record faults`,
        unit: '',
        value: average(({ ours }) => ours.score.all),
        peer: { name: 'scikit-learn IsolationForest', value: average(({ peer }) => peer.all) },
        limit: 'a swapped or recombined value that another row might have is no anomaly to be seen',
      },
      {
        name: 'scoring a record with all three',
        unit: 'µs per feature',
        value: perCell(({ seconds }) => seconds.score),
        target: 1,
        peer: { name: 'scikit-learn IsolationForest', value: perCell(({ peerSeconds }) => peerSeconds.score) },
        limit: '100 trees of up to eight splits and 100 lines for each record, whatever the number of features',
      },
    ],
    tables: [qualityTable(measured), faultTable(measured), costTable(measured)],
  }
}

type World = {
  readonly set: LearnerSet
  readonly reference: readonly Feature[]
  readonly current: readonly Feature[]
  /** The fault of each current row, if it has one. */
  readonly faults: readonly (Fault | undefined)[]
}

type Areas = Readonly<Record<Fault | 'all', number>>
type Seconds = { readonly fit: number; readonly score: number }
type Measured = {
  readonly world: World
  readonly ours: Readonly<Record<(typeof MEMBERS)[number], Areas>>
  readonly peer: Areas
  readonly seconds: Seconds
  readonly peerSeconds: Seconds
  readonly version: string
}

/** A random half of the rows is the reference; of the other, one row in twenty gets a fault. */
function worldOf(set: LearnerSet): World {
  const random = createRandom(`anomaly ${set.name}`)
  const rows = random.sample(set.target.keys(), MAX_ROWS)
  const half = Math.floor(rows.length / 2)
  const features = set.features.map(byFrequency)
  const part = (from: number, until: number) =>
    features.map((feature) => ({
      ...feature,
      values: Float64Array.from(rows.slice(from, until), (row) => feature.values[row]!),
    }))
  const current = part(half, rows.length)
  const columns = current.map(({ values }) => values)
  const faults = Array.from(rows.slice(half), (_, row) => {
    if (random.next() >= FAULTY) return undefined
    const fault = FAULTS[random.integer(FAULTS.length)]!
    injectFault(fault, features, columns, row, random)
    return fault
  })
  return { set, reference: part(0, half), current, faults }
}

/** Codes by frequency, the kindest order to a learner that takes codes for numbers. */
function byFrequency(feature: Feature): Feature {
  if (feature.kind === 'numeric') return feature
  const counts = new Array<number>(feature.categories ?? 0).fill(0)
  for (const code of feature.values) if (!Number.isNaN(code)) counts[code]! += 1
  const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!)
  const rank = new Map(order.map((code, place) => [code, place]))
  return { ...feature, values: feature.values.map((code) => rank.get(code) ?? Number.NaN) }
}

function measure(worlds: readonly World[]): Measured[] {
  const home = mkdtempSync(path.join(os.tmpdir(), 'evenkeel-anomaly-'))
  try {
    const peers = runPeer(home, worlds)
    return worlds.map((world, i) => {
      const { scores, seconds } = scoreOurs(world)
      const theirs = new Float64Array(new Uint8Array(readFileSync(path.join(home, `${world.set.name}.scores`))).buffer)
      const ours = Object.fromEntries(MEMBERS.map((member) => [member, areasOf(world, scores[member])]))
      const { fit, score } = peers.sets[i]!
      return {
        world,
        ours: ours as Measured['ours'],
        peer: areasOf(world, theirs),
        seconds,
        peerSeconds: { fit, score },
        version: peers.version,
      }
    })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function scoreOurs({ reference, current }: World): { scores: AnomalyScores; seconds: Seconds } {
  const began = process.cpuUsage()
  const detector = fitAnomalyDetector(reference, { seed: 1 })
  const fit = secondsSince(began)
  if (detector.kind === 'unknown') throw new Error(`${detector.reason}: ${detector.have} of ${detector.need} rows`)
  const scoring = process.cpuUsage()
  const scores = anomalyScores(
    detector,
    current.map(({ values }) => values),
  )
  return { scores, seconds: { fit, score: secondsSince(scoring) } }
}

function areasOf({ faults }: World, scores: Float64Array): Areas {
  const area = (wanted: Fault | 'all') => {
    const rows = [...faults.keys()].filter(
      (row) => faults[row] === undefined || wanted === 'all' || faults[row] === wanted,
    )
    return areaUnderCurve(
      rows.map((row) => Number(faults[row] !== undefined)),
      Float64Array.from(rows, (row) => scores[row]!),
    )
  }
  return { all: area('all'), scale: area('scale'), swap: area('swap'), combine: area('combine') }
}

function qualityTable(measured: readonly Measured[]): BenchTable {
  const row = (name: string, of: (pick: (one: Measured) => number) => number) => [
    name,
    ...MEMBERS.map((member) => of(({ ours }) => ours[member].all).toFixed(3)),
    of(({ peer }) => peer.all).toFixed(3),
  ]
  return {
    title: 'Faulty records among ordinary ones, AUROC',
    note: `Real tables of at most ${MAX_ROWS} rows (seed "anomaly <table>"): a random half is the reference, one row in twenty of the other has a fault: a number 100 times too large or too small, two numbers swapped, or features of two rows combined. scikit-learn ${measured[0]?.version} with its defaults, categories given to it as ranks of their frequency.`,
    columns: ['table', 'combined', 'HBOS', 'LODA', 'forest on bins', 'scikit-learn IsolationForest'],
    rows: [
      ...measured.map((one) => row(one.world.set.name, (pick) => pick(one))),
      row('mean', (pick) => mean(measured.map(pick))),
    ],
  }
}

function faultTable(measured: readonly Measured[]): BenchTable {
  return {
    title: 'The same by fault, mean AUROC over the tables',
    note: 'As above. Combined rows keep every marginal: only what joins features can see them.',
    columns: ['fault', 'combined', 'HBOS', 'LODA', 'forest on bins', 'scikit-learn IsolationForest'],
    rows: FAULTS.map((fault) => [
      fault,
      ...MEMBERS.map((member) => mean(measured.map(({ ours }) => ours[member][fault])).toFixed(3)),
      mean(measured.map(({ peer }) => peer[fault])).toFixed(3),
    ]),
  }
}

function costTable(measured: readonly Measured[]): BenchTable {
  return {
    title: 'What it costs, one thread',
    note: 'Seconds of CPU to fit the reference, and microseconds for each record and feature scored. Ours is all three members together.',
    columns: ['table', 'features', 'ours: fit s', 'ours: µs', 'scikit-learn: fit s', 'scikit-learn: µs'],
    rows: measured.map(({ world, seconds, peerSeconds }) => [
      world.set.name,
      world.current.length,
      seconds.fit.toFixed(2),
      ((1e6 * seconds.score) / cellsOf(world)).toFixed(2),
      peerSeconds.fit.toFixed(2),
      ((1e6 * peerSeconds.score) / cellsOf(world)).toFixed(2),
    ]),
  }
}

function runPeer(home: string, worlds: readonly World[]): { version: string; sets: Seconds[] } {
  const described = worlds.map(({ set, current }) => ({ name: set.name, features: current.length }))
  writeFileSync(path.join(home, 'sets.json'), JSON.stringify(described))
  for (const { set, reference, current } of worlds) {
    const bytes = (features: readonly Feature[]) =>
      Buffer.concat(features.map(({ values }) => Buffer.from(values.buffer)))
    writeFileSync(path.join(home, `${set.name}.reference`), bytes(reference))
    writeFileSync(path.join(home, `${set.name}.current`), bytes(current))
  }
  const root = path.join(import.meta.dirname, '..')
  const script = path.join(import.meta.dirname, 'anomaly/peer.py')
  return JSON.parse(
    execFileSync(path.join(root, 'scripts/peers.sh'), ['run', 'learners', script, home], {
      encoding: 'utf8',
      cwd: root,
    }),
  )
}

function cellsOf({ current }: World): number {
  return current.length * current[0]!.values.length
}

function secondsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
