import { StatsError } from '../error.ts'
import type { Random } from '../random.ts'
import { lgamma } from './gamma.ts'

/** `drawn` of `total` rows are taken, `marked` of them are of a kind; all whole numbers from 0. */
export type Urn = { readonly total: number; readonly marked: number; readonly drawn: number }

/**
 * Logarithm of the probability that exactly `taken` of the drawn rows are marked; -Infinity where that cannot be.
 * @throws StatsError STATS_BAD_COUNT
 * @example Math.exp(hypergeometricLogPmf(2, { total: 10, marked: 4, drawn: 5 })) // 0.47619
 */
export function hypergeometricLogPmf(taken: number, asked: Urn): number {
  checkUrn('hypergeometricLogPmf', asked)
  const { total, marked, drawn } = asked
  if (!Number.isInteger(taken)) return -Infinity
  if (taken < Math.max(0, drawn - (total - marked)) || taken > Math.min(marked, drawn)) return -Infinity
  return logChoose(marked, taken) + logChoose(total - marked, drawn - taken) - logChoose(total, drawn)
}

/**
 * Deals `drawn` of the pooled rows to one side at random: a draw from the multivariate hypergeometric law, which is what
 * the counts of one sample are, given the pooled counts, when nothing changed.
 * @param pooled whole rows per bin @param into receives the rows dealt to the side, same length
 * @example
 * const into = new Float64Array(2)
 * drawSplit(createRandom(1), Float64Array.of(3, 0), 2, into)
 * into // [2, 0]
 */
export function drawSplit(random: Random, pooled: Float64Array, drawn: number, into: Float64Array): void {
  let left = 0
  for (let j = 0; j < pooled.length; j++) left += pooled[j]!
  if (!(drawn >= 0 && drawn <= left && left < Infinity && into.length === pooled.length))
    throw new StatsError(
      'STATS_BAD_COUNT',
      `drawSplit deals ${drawn} of ${left} rows to ${into.length} places, expected 0 to all of them and ${pooled.length}`,
      { drawn, rows: left },
    )
  let wanted = drawn
  for (let j = 0; j < pooled.length; j++) {
    const rows = pooled[j]!
    const taken = rows <= FEW_ROWS ? urn(random, left, rows, wanted) : drawOf(random, left, rows, wanted)
    into[j] = taken
    left -= rows
    wanted -= taken
  }
}

/** Dealt one by one: quicker than asking which draw to make. */
const FEW_ROWS = 8
/** Largest row total drawn by urn, one row after the other; beyond it the tail is inverted or a normal stands in. */
const URN_ROWS = 30
/** From this variance on a rounded normal is within 1 % of the hypergeometric's far tail. */
const NORMAL_VARIANCE = 25

/**
 * How many marked rows are among the drawn ones. Exact up to a variance of 25, then a rounded normal.
 * @example drawHypergeometric(createRandom(1), { total: 9, marked: 9, drawn: 4 }) // 4
 */
export function drawHypergeometric(random: Random, { total, marked, drawn }: Urn): number {
  checkUrn('drawHypergeometric', { total, marked, drawn })
  return drawOf(random, total, marked, drawn)
}

function drawOf(random: Random, total: number, marked: number, drawn: number): number {
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
  if (drawn === 0) return 0
  let taken = 0
  for (let i = 0; i < marked; i++) taken += Number(random.next() * (total - i) < drawn - taken)
  return taken
}

type Bounded = Urn & { readonly low: number; readonly high: number }

/** Inverts the distribution function from the end of its support that is nearer to the mean. */
function inverted(random: Random, urnOf: Bounded): number {
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
function mirrored({ total, marked, drawn, low, high }: Bounded): Bounded {
  return { total, marked, drawn: total - drawn, low: marked - high, high: marked - low }
}

function checkUrn(where: string, { total, marked, drawn }: Urn): void {
  if ([total, marked, drawn].every((rows) => Number.isSafeInteger(rows) && rows >= 0 && rows <= total)) return
  throw new StatsError(
    'STATS_BAD_COUNT',
    `${where} got ${marked} marked and ${drawn} drawn of ${total} rows, expected whole numbers from 0 to the total`,
    { total, marked, drawn },
  )
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

/** Made when they are first asked for: 64 Ki of them take some 5 ms. */
let logFactorials: Float64Array | undefined
const LOG_FACTORIALS = 65_536

function logFactorial(n: number): number {
  if (n >= LOG_FACTORIALS) return lgamma(n + 1)
  logFactorials ??= Float64Array.from({ length: LOG_FACTORIALS }, (_, k) => lgamma(k + 1))
  return logFactorials[n]!
}
