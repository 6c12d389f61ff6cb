import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createRandom, predict, trainBoostedTrees } from '../packages/stats/src/index.ts'
import { areaUnderCurve } from './learners/area.ts'
import { type LearnerSet, loadLearnerSets } from './learners/sets.ts'
import type { BenchOutcome, BenchTable } from './result.ts'

const SPLITS = 5
const HELD_OUT = 0.2
const MAX_RATIO = 3
const AUC_MARGIN = 0.003
const RMSE_MARGIN = 0.01

/** Boosted trees beside LightGBM on real tables: quality on held-out rows, and seconds of CPU to train. */
export async function run(): Promise<BenchOutcome> {
  const folder = process.env['EVENKEEL_SAMPLE_DATA']
  if (folder === undefined) {
    console.error('learners: skipped, EVENKEEL_SAMPLE_DATA is not set')
    return { results: [], tables: [] }
  }
  const compared = compare(await loadLearnerSets(folder))
  const within = compared.filter(({ isClose }) => isClose).length
  const ratio = sum(compared.map(({ ours }) => ours.seconds)) / sum(compared.map(({ peer }) => peer.seconds))
  return {
    results: [
      {
        name: `real tables of ${compared.length} on which boosted trees are within 0.003 AUC or 1 % RMSE of LightGBM's defaults, or better`,
        unit: 'tables',
        value: within,
        target: 5,
        limit:
          'other bins and another order of ties: on small tables two equal learners differ by more than the margin',
      },
      {
        name: 'CPU to train on all of them, as a multiple of LightGBM with one thread',
        unit: '×',
        value: ratio,
        target: MAX_RATIO,
        limit: 'adding rows to histograms without vector instructions',
      },
    ],
    tables: [tableOf(compared)],
  }
}

type Side = { readonly losses: readonly number[]; readonly seconds: number }
type Compared = {
  readonly set: LearnerSet
  readonly ours: Side
  readonly peer: Side
  readonly isClose: boolean
  readonly version: string
}

function compare(sets: readonly LearnerSet[]): Compared[] {
  const home = mkdtempSync(path.join(os.tmpdir(), 'evenkeel-learners-'))
  try {
    const splits = sets.map((set) => Array.from({ length: SPLITS }, (_, split) => heldOutRows(set, split)))
    write(home, sets, splits)
    const peers = readPeer(home)
    const compared = sets.map((set, i): Compared => {
      const ours = splits[i]!.map((held) => trainOurs(set, held))
      const theirs = splits[i]!.map((held, split) =>
        scored(set, held, floats(path.join(home, `${set.name}.${split}.p`))),
      )
      const us = { losses: ours.map(({ score }) => score), seconds: sum(ours.map(({ seconds }) => seconds)) }
      const peer = { losses: theirs, seconds: sum(peers.sets[i]!.seconds) }
      const [our, their] = [mean(us.losses), mean(peer.losses)]
      const isClose = set.task === 'binary' ? our >= their - AUC_MARGIN : our <= their * (1 + RMSE_MARGIN)
      return { set, ours: us, peer, isClose, version: peers.version }
    })
    return compared
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function tableOf(compared: readonly Compared[]): BenchTable {
  return {
    title: 'Boosted trees beside LightGBM, real tables',
    note: `${SPLITS} random splits of each table (seeds "<table> <split>"), a fifth held out; mean of AUC, or of RMSE for a number. Both with their defaults (100 rounds, 31 leaves, learning rate 0.1), categories given natively, one thread, seconds of CPU summed over the splits. LightGBM ${compared[0]?.version}. The difference stands with its standard error over the splits.`,
    columns: ['table', 'rows', 'features', 'figure', 'ours', 'LightGBM', 'difference', 'ours s', 'LightGBM s', 'ratio'],
    rows: compared.map(({ set, ours, peer }) => {
      const differences = ours.losses.map((loss, i) => loss - peer.losses[i]!)
      const [digits, figure] = set.task === 'binary' ? [4, 'AUC'] : [mean(peer.losses) < 10 ? 4 : 2, 'RMSE']
      return [
        set.name,
        set.target.length,
        set.features.length,
        figure,
        mean(ours.losses).toFixed(digits),
        mean(peer.losses).toFixed(digits),
        `${mean(differences).toFixed(digits)} ± ${standardError(differences).toFixed(digits)}`,
        ours.seconds.toFixed(2),
        peer.seconds.toFixed(2),
        (ours.seconds / peer.seconds).toFixed(2),
      ]
    }),
  }
}

function trainOurs(set: LearnerSet, held: Uint8Array) {
  const pick = (values: Float64Array, side: 0 | 1) => values.filter((_, row) => held[row] === side)
  const features = set.features.map((feature) => ({ ...feature, values: pick(feature.values, 0) }))
  const target = pick(set.target, 0)
  const began = process.cpuUsage()
  const model = trainBoostedTrees({ features, target }, { task: set.task, seed: 1 })
  const { user, system } = process.cpuUsage(began)
  const columns = set.features.map(({ values }) => pick(values, 1))
  const { values, outputs } = predict(model, columns)
  const predicted = values.filter((_, i) => i % outputs === outputs - 1)
  return { score: scored(set, held, predicted), seconds: (user + system) / 1e6 }
}

/** AUC of a class, root mean squared error of a number. */
function scored(set: LearnerSet, held: Uint8Array, predicted: Float64Array): number {
  const truth = set.target.filter((_, row) => held[row] === 1)
  if (set.task === 'binary') return areaUnderCurve(truth, predicted)
  return Math.sqrt(mean(Array.from(predicted, (value, i) => (value - truth[i]!) ** 2)))
}

function heldOutRows(set: LearnerSet, split: number): Uint8Array {
  const random = createRandom(`${set.name} ${split}`)
  return Uint8Array.from(set.target, () => Number(random.next() < HELD_OUT))
}

function write(home: string, sets: readonly LearnerSet[], splits: readonly (readonly Uint8Array[])[]): void {
  const described = sets.map(({ name, task, features, target }) => ({
    name,
    task,
    rows: target.length,
    splits: SPLITS,
    features: features.map((feature) => feature.name),
    kinds: features.map(({ kind }) => kind),
  }))
  writeFileSync(path.join(home, 'sets.json'), JSON.stringify(described))
  sets.forEach((set, i) => {
    const columns = Buffer.concat(set.features.map(({ values }) => Buffer.from(values.buffer)))
    writeFileSync(path.join(home, `${set.name}.x`), columns)
    writeFileSync(path.join(home, `${set.name}.y`), Buffer.from(set.target.buffer))
    splits[i]!.forEach((held, split) => {
      writeFileSync(path.join(home, `${set.name}.${split}`), held)
    })
  })
}

function readPeer(home: string): { version: string; sets: { seconds: number[] }[] } {
  const root = path.join(import.meta.dirname, '..')
  const script = path.join(import.meta.dirname, 'learners/peer.py')
  return JSON.parse(
    execFileSync(path.join(root, 'scripts/peers.sh'), ['run', 'learners', script, home], {
      encoding: 'utf8',
      cwd: root,
    }),
  )
}

function floats(file: string): Float64Array {
  return new Float64Array(new Uint8Array(readFileSync(file)).buffer)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

function standardError(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1) / values.length)
}
