import { createRandom } from '../../packages/stats/src/random.ts'
import { createDraws, type Draws } from './draws.ts'

/** Bins of every simulated feature. */
export const BINS = 10

export type World = {
  readonly name: string
  /** Rows an hour in the mean over a week, clumps counted out. */
  readonly rows: number
  readonly seasonal: boolean
  /** Standard deviation of a bin's log odds from bucket to bucket, and its correlation from one hour to the next. */
  readonly noise: number
  readonly phi: number
  /** Identical rows at a time. */
  readonly clump: number
}

const QUIET = { rows: 500, seasonal: true, noise: 0, phi: 0, clump: 1 }

export const WORLDS: readonly World[] = [
  { ...QUIET, name: 'independent rows, 500 an hour', seasonal: false },
  { ...QUIET, name: 'seasons of day and week' },
  { ...QUIET, name: 'wander from bucket to bucket, sd 0.1', noise: 0.1 },
  { ...QUIET, name: 'wander AR .9', noise: 0.1, phi: 0.9 },
  { ...QUIET, name: 'wander AR .98', noise: 0.1, phi: 0.98 },
  { ...QUIET, name: '20,000 rows an hour, AR .9, sd 0.05', rows: 20_000, noise: 0.05, phi: 0.9 },
  { ...QUIET, name: '20 rows an hour', rows: 20 },
  { ...QUIET, name: 'clumps of 5 identical rows', clump: 5 },
]

type ShiftKind = (typeof SHIFT_KINDS)[number]
export const SHIFT_KINDS = ['location', 'scale', 'one bin', 'mix'] as const
export type Shift = { readonly kind: ShiftKind; readonly psi: number; readonly fromHour: number }

/** One feature of a world: counts hour by hour, in order. */
export type Feature = {
  readonly bins: number
  /** Writes the counts of the next hour, and of one half of the entities where asked. */
  next(counts: Float64Array, half?: Float64Array): void
  hour(): number
}

/** The first Monday of 2001, so that weeks begin where the reference does. */
export const FIRST_HOUR = 271_752

/** The same seed gives the same feature; a shift changes nothing before its hour. */
export function createFeature(world: World, seed: string, shift?: Shift): Feature {
  const setup = createRandom(`${world.name}/${seed}`)
  const draws = createDraws(Uint32Array.from({ length: 4 }, () => 1 + setup.integer(0xffffffff)))
  const base = Float64Array.from({ length: BINS }, () => 0.3 * setup.normal())
  const seasons = seasonalWeights(world, base, setup)
  const tilt = shift ? tiltOf(base, shift, setup.fork('shift')) : undefined
  const traffic = Float64Array.from({ length: 168 }, (_, h) => (world.seasonal ? trafficAt(h) : 1))
  const wander = Float64Array.from({ length: BINS }, () => world.noise * draws.normal())
  const innovation = world.noise * Math.sqrt(1 - world.phi ** 2)
  const weights = new Float64Array(BINS)
  let hour = FIRST_HOUR
  return {
    bins: BINS,
    hour: () => hour,
    next(counts, half) {
      const ofWeek = (hour - FIRST_HOUR) % 168
      const shifted = tilt !== undefined && hour >= shift!.fromHour
      let total = 0
      for (let j = 0; j < BINS; j++) {
        let weight = seasons[ofWeek * BINS + j]!
        if (innovation > 0) {
          const logit = world.phi * wander[j]! + innovation * draws.normal()
          wander[j] = logit
          weight *= Math.exp(logit)
        }
        if (shifted) weight *= tilt[j]!
        weights[j] = weight
        total += weight
      }
      drawCounts(world, draws, { weights, scale: (world.rows * traffic[ofWeek]!) / world.clump / total, counts }, half)
      hour++
    },
  }
}

type Expected = { readonly weights: Float64Array; readonly scale: number; readonly counts: Float64Array }

/** Poisson counts: multinomial given their total, which is Poisson itself, as traffic is. */
function drawCounts({ clump }: World, draws: Draws, { weights, scale, counts }: Expected, half?: Float64Array): void {
  for (let j = 0; j < BINS; j++) {
    const mean = scale * weights[j]!
    if (half === undefined) counts[j] = clump * draws.poisson(mean)
    else {
      half[j] = clump * draws.poisson(mean / 2)
      counts[j] = half[j]! + clump * draws.poisson(mean / 2)
    }
  }
}

/** Weights of the bins by hour of the week: a wave of the day per bin, and another level at the weekend. */
function seasonalWeights(world: World, base: Float64Array, setup: ReturnType<typeof createRandom>): Float64Array {
  const weights = new Float64Array(168 * BINS)
  for (let j = 0; j < BINS; j++) {
    const swing = world.seasonal ? 0.3 : 0
    const phase = 24 * setup.next()
    const weekend = world.seasonal ? 0.15 * setup.normal() : 0
    for (let h = 0; h < 168; h++) {
      const wave = swing * Math.cos((2 * Math.PI * (h - phase)) / 24)
      weights[h * BINS + j] = Math.exp(base[j]! + wave + (h >= 120 ? weekend : 0))
    }
  }
  return weights
}

/** Two and a third times as much by day as at night, a quarter less at the weekend; 1 in the mean over a week. */
function trafficAt(ofWeek: number): number {
  const day = 1 + 0.4 * Math.cos((2 * Math.PI * ((ofWeek % 24) - 14)) / 24)
  return (day * (ofWeek >= 120 ? 0.75 : 1)) / (1 - 0.25 * (2 / 7))
}

/** Factors of the bins with which the base distribution moves by that PSI, found by bisection. */
function tiltOf(base: Float64Array, { kind, psi }: Shift, random: ReturnType<typeof createRandom>): Float64Array {
  const spike = random.integer(BINS)
  const direction = Float64Array.from({ length: BINS }, (_, j) => {
    if (kind === 'location') return j - (BINS - 1) / 2
    if (kind === 'scale') return Math.abs(j - (BINS - 1) / 2)
    if (kind === 'one bin') return j === spike ? 1 : 0
    return random.normal()
  })
  const sign = random.next() < 0.5 && kind !== 'one bin' ? -1 : 1
  let low = 0
  let high = 20
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (psiOf(base, direction, sign * middle) < psi) low = middle
    else high = middle
  }
  return direction.map((d) => Math.exp(sign * low * d))
}

function psiOf(base: Float64Array, direction: Float64Array, size: number): number {
  const p = softmax(base)
  const q = softmax(base.map((b, j) => b + size * direction[j]!))
  return p.reduce((sum, share, j) => sum + (q[j]! - share) * Math.log(q[j]! / share), 0)
}

function softmax(logits: Float64Array): Float64Array {
  const weights = logits.map(Math.exp)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
