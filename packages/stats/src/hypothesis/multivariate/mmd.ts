import { StatsError } from '../../error.ts'
import { createRandom, type Random } from '../../random.ts'
import { tQuantile } from '../../special/index.ts'
import type { EffectInterval, LevelOptions, TestResult, UnknownComparison } from '../result.ts'
import { checkLevel, unknownOf } from '../samples.ts'
import { type Columns, type CompleteRows, spreadsOf, standardised, takeRows } from './rows.ts'

export type MmdOptions = LevelOptions & {
  /** Decides which rows are drawn, how they fall into blocks, and the permutations. Default 'mmd'. */
  readonly seed?: number | string
  /** Permutations, 19 or more; the p-value is 1 / (permutations + 1) at least. Default 499. */
  readonly permutations?: number
  /** Rows of either sample that are used at most; of more, so many are drawn. Default 5000. */
  readonly maxRows?: number
  /** Rows of both samples in a block, 20 to 4000: memory is its square. Default 500. */
  readonly blockRows?: number
}

export type MmdResult = TestResult & { readonly blocks: number; readonly usedRows: readonly [number, number] }

/**
 * Maximum mean discrepancy of all features at once, kernel exp(-d² / median d²) on features in units of their pooled
 * deviation, the median over pooled rows. `statistic` is the unbiased MMD², averaged over blocks of rows: one block is
 * the classical test, many blocks cost rows × blockRows and keep blockRows² numbers. Labels are permuted inside the
 * blocks and p = (k + 1) / (B + 1), so the size is exact at any number of rows, blocks and permutations. (Evidently's
 * bootstrap compares with the 5 % quantile and always alarms; p-values without the + 1 can be 0.) The effect is MMD, 0 to
 * √2; its interval is Student's over five blocks or more.
 * @param reference features by column, the same order on both sides; rows with a missing value are left out
 * @see Gretton et al. 2012; Zaremba, Gretton and Blaschko 2013 (blocks)
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_OPTION
 * @example
 * const random = createRandom(7)
 * const draw = (shift) => [0, 1].map(() => Float64Array.from({ length: 60 }, () => random.normal() + shift))
 * mmd(draw(0), draw(1)).pValue // 0.002
 */
export function mmd(reference: Columns, current: Columns, options: MmdOptions = {}): MmdResult | UnknownComparison {
  const settings = settle(options)
  const pair = takeRows('mmd', reference, current, 4)
  if (pair.kind === 'unknown') return pair
  const spreads = spreadsOf([pair.reference, pair.current])
  if (!spreads.deviations.some((deviation) => deviation > 0)) return unknownOf(pair, 'constant-data', 1, 2)
  const random = createRandom(settings.seed)
  const [before, after] = [pair.reference, pair.current].map((rows) =>
    drawn(standardised(rows, spreads), settings.maxRows, random),
  ) as [CompleteRows, CompleteRows]
  const scale = medianDistance([before, after], random)
  if (!(scale > 0)) return unknownOf(pair, 'constant-data', 1, 2)
  const found = overBlocks(before, after, { ...settings, scale, random })
  return {
    kind: 'tested',
    statistic: found.value,
    pValue: (found.farther + 1) / (settings.permutations + 1),
    method: 'permutation',
    effect: {
      name: 'maximum mean discrepancy',
      value: Math.sqrt(Math.max(0, found.value)),
      interval: blockInterval(found.blocks, settings.level),
    },
    blocks: found.blocks.length,
    usedRows: [before.count, after.count],
    rows: pair.rows,
  }
}

type Settings = Required<MmdOptions>
type Run = Settings & { readonly scale: number; readonly random: Random }

/** Rows that the median distance is taken over. */
const MEDIAN_ROWS = 400

function overBlocks(before: CompleteRows, after: CompleteRows, run: Run) {
  const wanted = Math.ceil((before.count + after.count) / run.blockRows)
  const count = Math.max(1, Math.min(wanted, Math.floor(Math.min(before.count, after.count) / 2)))
  const permuted = new Float64Array(run.permutations)
  const blocks: number[] = []
  for (let b = 0; b < count; b++) {
    const a = slice(before, b, count)
    const c = slice(after, b, count)
    const kernel = kernelOf(a, c, run.scale)
    const order = Uint32Array.from({ length: kernel.size }, (_, i) => i)
    blocks.push(discrepancy(kernel, order, a.count))
    for (let k = 0; k < run.permutations; k++) {
      dealOut(order, a.count, run.random)
      permuted[k]! += discrepancy(kernel, order, a.count) / count
    }
  }
  const value = blocks.reduce((sum, each) => sum + each / count, 0)
  return { value, blocks, farther: permuted.filter((each) => each >= value - 1e-12).length }
}

/** Sums of the kernel over pairs of different rows. */
type Kernel = {
  readonly cells: Float64Array
  readonly size: number
  readonly sums: Float64Array
  readonly total: number
}

function kernelOf(a: CompleteRows, c: CompleteRows, scale: number): Kernel {
  const size = a.count + c.count
  const values = new Float64Array(size * a.width)
  values.set(a.values)
  values.set(c.values, a.values.length)
  const cells = new Float64Array(size * size)
  const sums = new Float64Array(size)
  let total = 0
  for (let i = 0; i < size; i++)
    for (let j = i + 1; j < size; j++) {
      const k = Math.exp(-squaredDistance(values, a.width, i, j) / scale)
      cells[i * size + j] = cells[j * size + i] = k
      sums[i]! += k
      sums[j]! += k
      total += 2 * k
    }
  return { cells, size, sums, total }
}

/** Unbiased MMD² with the first `n` rows of the order as one sample: only its own pairs have to be summed. */
function discrepancy({ cells, size, sums, total }: Kernel, order: Uint32Array, n: number): number {
  const m = size - n
  let own = 0
  let all = 0
  for (let i = 0; i < n; i++) {
    const row = order[i]! * size
    all += sums[order[i]!]!
    for (let j = i + 1; j < n; j++) own += cells[row + order[j]!]!
  }
  const inside = 2 * own
  const between = all - inside
  const other = total - inside - 2 * between
  return inside / (n * (n - 1)) + other / (m * (m - 1)) - (2 * between) / (n * m)
}

/** A random choice of n rows moves to the front. */
function dealOut(order: Uint32Array, n: number, random: Random): void {
  for (let i = 0; i < n; i++) {
    const j = i + random.integer(order.length - i)
    const row = order[j]!
    order[j] = order[i]!
    order[i] = row
  }
}

/** Median squared distance of pooled rows, drawn without regard to their sample, so that the permutations stay exact. */
function medianDistance(samples: readonly [CompleteRows, CompleteRows], random: Random): number {
  const { width } = samples[0]
  const pooled = new Float64Array((samples[0].count + samples[1].count) * width)
  pooled.set(samples[0].values)
  pooled.set(samples[1].values, samples[0].values.length)
  const rows = drawn({ values: pooled, count: pooled.length / width, width }, MEDIAN_ROWS, random)
  const distances = new Float64Array((rows.count * (rows.count - 1)) / 2)
  for (let i = 0, at = 0; i < rows.count; i++)
    for (let j = 0; j < i; j++) distances[at++] = squaredDistance(rows.values, width, i, j)
  distances.sort()
  const median = distances[distances.length >> 1]!
  // More than half of the pairs alike: the mean is then the scale there is.
  return median > 0 ? median : distances.reduce((sum, distance) => sum + distance / distances.length, 0)
}

function squaredDistance(values: Float64Array, width: number, i: number, j: number): number {
  let sum = 0
  for (let k = 0; k < width; k++) {
    const step = values[i * width + k]! - values[j * width + k]!
    sum += step * step
  }
  return sum
}

/** Rows in random order, `most` of them at most. */
function drawn({ values, count, width }: CompleteRows, most: number, random: Random): CompleteRows {
  const order = random.sample(
    Array.from({ length: count }, (_, i) => i),
    most,
  )
  const chosen = new Float64Array(order.length * width)
  for (const [k, i] of order.entries()) chosen.set(values.subarray(i * width, (i + 1) * width), k * width)
  return { values: chosen, count: order.length, width }
}

function slice({ values, count, width }: CompleteRows, block: number, blocks: number): CompleteRows {
  const from = Math.floor((block * count) / blocks)
  const until = Math.floor(((block + 1) * count) / blocks)
  return { values: values.subarray(from * width, until * width), count: until - from, width }
}

function blockInterval(blocks: readonly number[], level: number): EffectInterval | null {
  const count = blocks.length
  if (count < 5) return null
  const mean = blocks.reduce((sum, value) => sum + value / count, 0)
  const variance = blocks.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  const half = tQuantile(0.5 + level / 2, count - 1) * Math.sqrt(variance / count)
  const root = (square: number) => Math.sqrt(Math.max(0, square))
  return { low: root(mean - half), high: root(mean + half), level }
}

function settle(options: MmdOptions): Settings {
  const { seed = 'mmd', permutations = 499, maxRows = 5000, blockRows = 500 } = options
  for (const [name, value, least, most] of [
    ['permutations', permutations, 19, 1e6],
    ['maxRows', maxRows, 4, 1e7],
    ['blockRows', blockRows, 20, 4000],
  ] as const)
    if (!(Number.isInteger(value) && value >= least && value <= most))
      throw new StatsError(
        'STATS_BAD_OPTION',
        `${name} of mmd is ${value}, expected a whole number from ${least} to ${most}`,
      )
  return { seed, permutations, maxRows, blockRows, level: checkLevel('mmd', options.level) }
}
