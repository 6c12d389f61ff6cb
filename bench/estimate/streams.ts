import {
  createRandom,
  type Feature,
  predict,
  type Random,
  trainBoostedTrees,
  trainLogisticRegression,
} from '../../packages/stats/src/index.ts'
import type { DataSet } from './data.ts'

export type Rows = { readonly features: Feature[]; readonly scores: Float64Array; readonly labels: Float64Array }
export type Regime = 'real' | 'tilt' | 'concept' | 'fresh concept'
export type Stream = {
  readonly set: string
  readonly model: string
  readonly regime: Regime
  readonly seed: number
  readonly reference: Rows
  readonly windows: Rows[]
}

const WINDOW = 2000
const WINDOWS: Record<Regime, number> = { real: Infinity, tilt: 12, concept: 16, 'fresh concept': 6 }

export function take(rows: Rows, at: ArrayLike<number>): Rows {
  const pick = (values: Float64Array) => Float64Array.from({ length: at.length }, (_, i) => values[at[i]!]!)
  return {
    features: rows.features.map((f) => ({ ...f, values: pick(f.values) })),
    scores: pick(rows.scores),
    labels: pick(rows.labels),
  }
}

/** The rows behind the training rows, scored by a model. */
function scored(set: DataSet, model: 'given' | 'trees' | 'logistic'): Rows {
  const all = { features: [...set.features], labels: set.labels, scores: set.scores ?? set.labels }
  const range = (from: number, until: number) => Int32Array.from({ length: until - from }, (_, i) => from + i)
  const rest = take(all, range(set.training, set.labels.length))
  if (model === 'given') return rest
  const training = take(all, range(0, set.training))
  const data = { features: training.features, target: training.labels }
  const fitted =
    model === 'trees'
      ? trainBoostedTrees(data, { task: 'binary', seed: 1, rounds: 80, maxDepth: 4 })
      : trainLogisticRegression(data, { task: 'binary' })
  const { values } = predict(
    fitted,
    rest.features.map((f) => f.values),
  )
  return { ...rest, scores: values.filter((_, i) => i % 2 === 1) }
}

export function streamsOf(set: DataSet, model: 'given' | 'trees' | 'logistic', seeds: readonly number[]): Stream[] {
  const rows = scored(set, model)
  const total = rows.labels.length
  const streams: Stream[] = []
  const range = (from: number, until: number) => Int32Array.from({ length: until - from }, (_, i) => from + i)
  const about = { set: set.name, model }
  if (set.ordered) {
    const windows: Rows[] = []
    for (let from = set.reference; from + WINDOW <= total; from += WINDOW)
      windows.push(take(rows, range(from, from + WINDOW)))
    streams.push({ ...about, regime: 'real', seed: 0, reference: take(rows, range(0, set.reference)), windows })
  }
  for (const seed of seeds) {
    const random = createRandom(`${set.name} ${seed}`)
    const order = random.shuffle(range(0, total))
    const cut = Math.min(set.reference, Math.floor(total / 2), 10_000)
    const reference = take(rows, order.slice(0, cut))
    const pool = take(rows, order.slice(cut))
    for (const regime of ['tilt', 'concept', 'fresh concept'] as const)
      streams.push({ ...about, regime, seed, reference, windows: windowsOf(pool, regime, random.fork(regime)) })
  }
  return streams
}

function windowsOf(pool: Rows, regime: Regime, random: Random): Rows[] {
  const windows: Rows[] = []
  const size = pool.labels.length
  let concept: ((rows: Rows) => Rows) | undefined
  for (let w = 0; w < WINDOWS[regime]; w++) {
    if (regime === 'tilt') {
      windows.push(tilted(pool, random))
      continue
    }
    const plain = take(pool, random.sample(Array(size).keys(), WINDOW))
    // A concept comes at window 3 and gives way to another at window 10.
    if (regime === 'fresh concept' || w === 3 || w === 10) concept = conceptOf(pool, random)
    windows.push(concept ? concept(plain) : plain)
  }
  return windows
}

/** Without replacement, with odds that rise or fall with the ranks of one or two features (Gumbel's trick). */
export function tilted(pool: Rows, random: Random): Rows {
  const size = pool.labels.length
  const logs = new Float64Array(size)
  for (const feature of random.sample(pool.features, 1 + random.integer(2))) {
    const strength = (random.next() < 0.5 ? -1 : 1) * (1 + 2 * random.next())
    const ranks = ranksOf(feature.values, random)
    for (let i = 0; i < size; i++) logs[i]! += strength * ranks[i]!
  }
  const keys = logs.map((log) => log - Math.log(-Math.log(Math.max(1e-300, random.next()))))
  const order = Int32Array.from({ length: size }, (_, i) => i).sort((a, b) => keys[b]! - keys[a]!)
  return take(pool, order.slice(0, Math.min(WINDOW, Math.floor(size / 3))))
}

/** Labels flipped with probability .1 to .3 in a band of 40 % of one feature. */
function conceptOf(pool: Rows, random: Random): (rows: Rows) => Rows {
  const j = random.integer(pool.features.length)
  const sorted = pool.features[j]!.values.filter((v) => !Number.isNaN(v)).sort()
  const from = random.next() * 0.6
  const low = sorted[Math.floor(from * sorted.length)]!
  const high = sorted[Math.min(sorted.length - 1, Math.floor((from + 0.4) * sorted.length))]!
  const probability = 0.1 + 0.2 * random.next()
  const noise = random.fork('noise')
  return (rows) => ({
    ...rows,
    labels: rows.labels.map((label, i) => {
      const value = rows.features[j]!.values[i]!
      return value >= low && value <= high && noise.next() < probability ? 1 - label : label
    }),
  })
}

function ranksOf(values: Float64Array, random: Random): Float64Array {
  const jitter = values.map(() => random.next())
  const at = (i: number) => (Number.isNaN(values[i]!) ? -Infinity : values[i]!)
  const order = Int32Array.from(values, (_, i) => i).sort((a, b) => at(a) - at(b) || jitter[a]! - jitter[b]!)
  const ranks = new Float64Array(values.length)
  order.forEach((row, rank) => {
    ranks[row] = rank / values.length
  })
  return ranks
}
