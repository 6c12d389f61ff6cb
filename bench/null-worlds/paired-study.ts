import { createRandom } from '../../packages/stats/src/random.ts'
import { createPairedComparison, pairedEvidence, update } from '../../packages/stats/src/sequential/index.ts'

/** What three ways of watching a challenger say of a true loss of accuracy. */
export type Stopped = { readonly share: number; readonly medianPairs: number }
export type PairedRow = {
  readonly effect: number
  readonly paired: Stopped
  readonly unpaired: Stopped
  readonly peeking: Stopped
}

const ALPHA = 0.01
const MOST_PAIRS = 60_000
const CHAMPION_ERROR = 0.15
/** Share of requests on which exactly one of the two is wrong; more where the effect needs more. */
const DISCORDANT = 0.04

/** Champion right on 85 %; the challenger differs on 4 % (a fifth more than the effect at least), and is wrong on `effect` more. */
export function comparePairs(effect: number, runs: number): PairedRow {
  const found = Array.from({ length: runs }, (_, run) => one(effect, `paired ${effect} ${run}`))
  const stopped = (pick: (of: (typeof found)[number]) => number): Stopped => {
    const pairs = found.map(pick).filter((n) => n < Infinity)
    pairs.sort((a, b) => a - b)
    return { share: pairs.length / runs, medianPairs: pairs[Math.floor(pairs.length / 2)] ?? Number.POSITIVE_INFINITY }
  }
  return {
    effect,
    paired: stopped(({ paired }) => paired),
    unpaired: stopped(({ unpaired }) => unpaired),
    peeking: stopped(({ peeking }) => peeking),
  }
}

/** Looks after every hundred pairs; the unpaired ways see the same number of requests, half to each. */
function one(effect: number, seed: string) {
  const random = createRandom(seed)
  const comparison = createPairedComparison({ alpha: ALPHA })
  const split = unpairedWatch()
  const discordant = Math.max(DISCORDANT, 1.2 * effect)
  const [better, worse] = [(discordant - effect) / 2, (discordant + effect) / 2]
  let [paired, unpaired, peeking] = [Infinity, Infinity, Infinity]
  for (let pairs = 100; pairs <= MOST_PAIRS; pairs += 100) {
    const [champion, challenger] = [new Float64Array(100), new Float64Array(100)]
    for (let i = 0; i < 100; i++) {
      const u = random.next()
      if (u < CHAMPION_ERROR) champion[i] = 1
      if ((u >= better && u < CHAMPION_ERROR) || u >= 1 - worse) challenger[i] = 1
      split.add(i % 2 === 0 ? 0 : 1, i % 2 === 0 ? champion[i]! : challenger[i]!)
    }
    update(comparison, champion, challenger)
    if (paired === Infinity && pairedEvidence(comparison).worse >= Math.log(1 / ALPHA)) paired = pairs
    if (unpaired === Infinity && split.isWorse()) unpaired = pairs
    if (peeking === Infinity && split.z() > 1.6448536269514722) peeking = pairs
    if (paired < Infinity && unpaired < Infinity && peeking < Infinity) break
  }
  return { paired, unpaired, peeking }
}

/**
 * Two arms without pairs. `isWorse` is the normal mixture sequential test of the difference of means (mSPRT, its prior
 * spread tuned to 2 points); `z` the ordinary test, looked at again and again.
 */
function unpairedWatch() {
  const [n, wrong] = [
    [0, 0],
    [0, 0],
  ]
  const difference = () => wrong[1]! / n[1]! - wrong[0]! / n[0]!
  const variance = () => {
    const rate = (wrong[0]! + wrong[1]!) / (n[0]! + n[1]!)
    return rate * (1 - rate) * (1 / n[0]! + 1 / n[1]!)
  }
  return {
    add(arm: 0 | 1, loss: number) {
      n[arm]!++
      wrong[arm]! += loss
    },
    z: () => difference() / Math.sqrt(variance()),
    isWorse() {
      const [v, prior] = [variance(), 0.02 ** 2]
      const logRatio = Math.log(v / (v + prior)) / 2 + (difference() ** 2 * prior) / (2 * v * (v + prior))
      return difference() > 0 && logRatio >= Math.log(1 / ALPHA)
    },
  }
}
