import { createRandom, type Random } from '../random.ts'
import { lgamma } from '../special/index.ts'
import type { Table } from './counts.ts'

/** Largest row total drawn by urn, one row after the other; beyond it the tail is inverted or a normal stands in. */
const URN_ROWS = 30
/** From this variance on a rounded normal is within 1 % of the hypergeometric's far tail. */
const NORMAL_VARIANCE = 25

/**
 * The statistic on tables where the same rows fell to reference and current by chance: given the pooled counts, nothing
 * changed means a multivariate hypergeometric draw, whatever the unknown distribution is. So the floor taken from these
 * values is exceeded with probability alpha at most, in sparse tables too (a permutation test).
 * The seed is made of the counts: the same tables give the same floor, and an unlucky draw does not stay with a column.
 * @param designEffect rows come in clumps of this many; whole clumps are drawn
 * @returns values in ascending order
 */
export function permutedValues(
  table: Table,
  statistic: (reference: Float64Array, current: Float64Array) => number,
  options: { readonly draws: number; readonly designEffect: number },
): Float64Array {
  const { designEffect } = options
  const pooled = table.reference.map((rows, j) => clumps(rows + table.current[j]!, designEffect))
  const total = pooled.reduce((sum, rows) => sum + rows, 0)
  const share = table.currentRows / (table.referenceRows + table.currentRows)
  const drawn = Math.min(total - 1, Math.max(1, Math.round(total * share)))
  const random = createRandom(`permutation of ${table.reference.join()} and ${table.current.join()}`)
  const reference = new Float64Array(pooled.length)
  const current = new Float64Array(pooled.length)
  const values = Float64Array.from({ length: options.draws }, () => {
    drawTable(random, pooled, total, drawn, current)
    for (let j = 0; j < pooled.length; j++) {
      reference[j] = (pooled[j]! - current[j]!) * designEffect
      current[j]! *= designEffect
    }
    return statistic(reference, current)
  })
  return values.sort()
}

function clumps(rows: number, designEffect: number): number {
  return Math.max(1, Math.round(rows / designEffect))
}

/** Draws `drawn` of `total` rows bin after bin, each given what is left. */
function drawTable(random: Random, pooled: Float64Array, total: number, drawn: number, current: Float64Array): void {
  let left = total
  let wanted = drawn
  for (let j = 0; j < pooled.length; j++) {
    const rows = pooled[j]!
    const taken = hypergeometric(random, left, rows, wanted)
    current[j] = taken
    left -= rows
    wanted -= taken
  }
}

/** How many of `marked` rows are among `drawn` of `total`. */
function hypergeometric(random: Random, total: number, marked: number, drawn: number): number {
  const low = Math.max(0, drawn - (total - marked))
  const high = Math.min(marked, drawn)
  if (low >= high) return low
  if (marked <= URN_ROWS) return urn(random, total, marked, drawn)
  if (drawn <= URN_ROWS) return urn(random, total, drawn, marked)
  const share = drawn / total
  const variance = (marked * share * (1 - share) * (total - marked)) / (total - 1)
  if (variance < NORMAL_VARIANCE) return inverted(random, { total, marked, drawn, low, high })
  const normal = Math.round(marked * share + Math.sqrt(variance) * random.normal())
  return Math.min(high, Math.max(low, normal))
}

/** Each of the marked rows in turn is among the drawn ones or not. */
function urn(random: Random, total: number, marked: number, drawn: number): number {
  let taken = 0
  for (let i = 0; i < marked; i++) if (random.next() * (total - i) < drawn - taken) taken++
  return taken
}

type Urn = {
  readonly total: number
  readonly marked: number
  readonly drawn: number
  readonly low: number
  readonly high: number
}

/** Inverts the distribution function from the end of its support that is nearer to the mean. */
function inverted(random: Random, urnOf: Urn): number {
  const { total, marked, drawn, low, high } = urnOf
  const mean = (marked * drawn) / total
  if (high - mean < mean - low) return marked - inverted(random, mirrored(urnOf))
  let u = random.next()
  let x = low
  let p = Math.exp(logChoose(marked, x) + logChoose(total - marked, drawn - x) - logChoose(total, drawn))
  while (u > p && x < high) {
    u -= p
    p *= ((marked - x) * (drawn - x)) / ((x + 1) * (total - marked - drawn + x + 1))
    x++
  }
  return x
}

/** The rows not drawn instead of the drawn ones. */
function mirrored({ total, marked, drawn, low, high }: Urn): Urn {
  return { total, marked, drawn: total - drawn, low: marked - high, high: marked - low }
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

const LOG_FACTORIALS = Float64Array.from({ length: 2048 }, (_, n) => lgamma(n + 1))

function logFactorial(n: number): number {
  return LOG_FACTORIALS[n] ?? lgamma(n + 1)
}
