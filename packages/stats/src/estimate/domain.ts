import { StatsError, type Unknown } from '../error.ts'
import { type Feature, predict, trainBoostedTrees } from '../learn/index.ts'
import { createRandom } from '../random.ts'
import { stackFeatures, takeFeatures } from './rows.ts'

/** How reference rows must be weighted to look like the current ones, and whether that can be done at all. */
export type ImportanceWeights = {
  readonly kind: 'known'
  /** One per reference row, mean 1. */
  readonly weights: Float64Array
  /** (Σw)² / Σw²: as many equal rows say as much as the weighted reference does. */
  readonly effectiveRows: number
  /** effectiveRows over reference rows. */
  readonly effectiveShare: number
  /** Share of the current rows whose ratio is beyond the clip: the reference has next to nothing like them. */
  readonly outsideShare: number
}

export type ImportanceOptions = {
  readonly seed: number | string
  /** Largest ratio of densities that is believed. Default 20. */
  readonly clip?: number
  /** Reference rows, and current rows, that the classifier sees at most. Default 8,000. */
  readonly maxRows?: number
  /** With fewer rows on either side the weights are unknown. Default 100. */
  readonly minRows?: number
}

const TREES = {
  task: 'binary',
  rounds: 50,
  learningRate: 0.1,
  maxDepth: 4,
  minRowsPerLeaf: 50,
  l2: 10,
  maxBins: 63,
} as const

/**
 * Density ratio current / reference at each reference row, from boosted trees that tell the two sets apart (Bickel,
 * Brückner and Scheffer 2007). Two halves, each weighted by a classifier that has not seen it: one that has would find
 * a shift in every sample. Ratios are clipped and scaled to mean 1.
 * @param reference features by column @param current the same columns
 * @returns unknown with fewer than minRows rows on either side
 * @throws StatsError STATS_LENGTHS_DIFFER when the columns differ; LearnError for values that are no feature
 * @example
 * const x = { name: 'x', kind: 'numeric', values: Float64Array.from({ length: 400 }, (_, i) => i % 20) } as const
 * const found = importanceWeights([x], [x], { seed: 1 })
 * found.kind === 'known' && found.effectiveShare > 0.95 // true
 */
export function importanceWeights(
  reference: readonly Feature[],
  current: readonly Feature[],
  options: ImportanceOptions,
): ImportanceWeights | Unknown {
  const { seed, clip = 20, maxRows = 8000, minRows = 100 } = options
  if (!(clip >= 1 && maxRows >= 2 && clip < Infinity && minRows < Infinity))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `expected clip >= 1, maxRows >= 2 and a finite minRows, found ${clip}, ${maxRows} and ${minRows}`,
    )
  checkColumns(reference, current)
  const [before, after] = [reference, current].map((columns) => columns[0]!.values.length) as [number, number]
  const need = Math.max(4, minRows)
  if (Math.min(before, after) < need)
    return { kind: 'unknown', reason: 'too-few-rows', have: Math.min(before, after), need }
  const random = createRandom(seed)
  const halves = halvesOf(random.shuffle(Array(before).keys()), random.shuffle(Array(after).keys()))
  const weights = new Float64Array(before)
  let outside = 0
  for (const [asked, shown] of [halves, [...halves].reverse()] as [Half, Half][]) {
    const ratioOf = trainRatio(reference, current, shown, { seed, maxRows })
    ratioOf(reference, asked.reference).forEach((ratio, i) => {
      weights[asked.reference[i]!] = Math.min(clip, ratio)
    })
    outside += ratioOf(current, asked.current).filter((ratio) => ratio > clip).length
  }
  return { ...scaled(weights), outsideShare: outside / after }
}

type Half = { readonly reference: readonly number[]; readonly current: readonly number[] }
type RatioOf = (from: readonly Feature[], rows: readonly number[]) => Float64Array

function halvesOf(reference: readonly number[], current: readonly number[]): Half[] {
  return [0, 1].map((side) => ({
    reference: reference.filter((_, i) => i % 2 === side),
    current: current.filter((_, i) => i % 2 === side),
  }))
}

function trainRatio(
  reference: readonly Feature[],
  current: readonly Feature[],
  shown: Half,
  { seed, maxRows }: { readonly seed: number | string; readonly maxRows: number },
): RatioOf {
  const before = shown.reference.slice(0, Math.ceil(maxRows / 2))
  const after = shown.current.slice(0, Math.ceil(maxRows / 2))
  const features = stackFeatures(takeFeatures(reference, before), takeFeatures(current, after))
  const target = new Float64Array(before.length + after.length).fill(1, before.length)
  const model = trainBoostedTrees({ features, target }, { ...TREES, seed })
  const odds = before.length / after.length
  return (from, rows) => {
    const columns = takeFeatures(from, rows).map(({ values }) => values)
    const { values } = predict(model, columns)
    return Float64Array.from(rows, (_, i) => (odds * values[2 * i + 1]!) / Math.max(1e-9, values[2 * i]!))
  }
}

function scaled(weights: Float64Array): Omit<ImportanceWeights, 'outsideShare'> {
  let [sum, squares] = [0, 0]
  for (const weight of weights) {
    sum += weight
    squares += weight * weight
  }
  const effectiveRows = (sum * sum) / squares
  return {
    kind: 'known',
    weights: weights.map((weight) => (weight * weights.length) / sum),
    effectiveRows,
    effectiveShare: effectiveRows / weights.length,
  }
}

function checkColumns(reference: readonly Feature[], current: readonly Feature[]): void {
  const namesOf = (columns: readonly Feature[]) => columns.map(({ name, kind }) => `${name} (${kind})`).join(', ')
  if (reference.length > 0 && namesOf(reference) === namesOf(current)) return
  throw new StatsError(
    'STATS_LENGTHS_DIFFER',
    `importanceWeights got columns ${namesOf(current) || 'none'}, expected ${namesOf(reference) || 'at least one'}`,
  )
}
