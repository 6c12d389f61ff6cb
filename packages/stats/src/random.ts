import { StatsError } from './error.ts'

/** A stream of numbers fixed by its seed: the same seed gives the same numbers on every machine and in every release. */
export interface Random {
  /** A number in [0, 1) with 53 random bits. */
  next(): number
  /** A whole number in [0, n), every one equally likely; 1 <= n <= 2^32. */
  integer(n: number): number
  /** A draw from the standard normal distribution. */
  normal(): number
  /** The values in a random order, as a new array. */
  shuffle<T>(values: Iterable<T>): T[]
  /** `count` different values, without replacement, in random order; all of them when there are fewer. */
  sample<T>(values: Iterable<T>, count: number): T[]
  /** An independent stream that depends on this seed and the label only, not on what was drawn before. */
  fork(label: string | number): Random
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna 2018): 32-bit words, period 2^128 - 1. The state is changed in place.
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 */
export function xoshiro128(state: Uint32Array): () => number {
  return () => {
    const scrambled = Math.imul(state[1]!, 5)
    const word = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0
    const shifted = state[1]! << 9
    state[2]! ^= state[0]!
    state[3]! ^= state[1]!
    state[1]! ^= state[2]!
    state[0]! ^= state[3]!
    state[2]! ^= shifted
    state[3] = (state[3]! << 11) | (state[3]! >>> 21)
    return word
  }
}

/**
 * Seeded random numbers. A number and its decimal text are the same seed.
 * @example createRandom('january').integer(6) === createRandom('january').integer(6) // true
 */
export function createRandom(seed: number | string): Random {
  const word = xoshiro128(stateOf(String(seed)))
  const next = (): number => ((word() >>> 5) * 0x4000000 + (word() >>> 6)) / 0x20000000000000
  const integer = (n: number): number => uniformBelow(n, word)
  return {
    next,
    integer,
    normal: polarNormal(next),
    shuffle: (values) => partialShuffle([...values], Number.POSITIVE_INFINITY, integer),
    sample: (values, count) => partialShuffle([...values], count, integer),
    fork: (label) => createRandom(`${seed}/${label}`),
  }
}

/** Four differently started FNV-1a hashes, each finished with MurmurHash3's mixer, so that near seeds share no bits. */
function stateOf(seed: string): Uint32Array {
  const state = Uint32Array.of(0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35)
  for (let lane = 0; lane < 4; lane++) {
    let hash = state[lane]!
    for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    state[lane] = hash ^ (hash >>> 16)
  }
  // The one state the generator cannot leave.
  if (state.every((lane) => lane === 0)) state[0] = 1
  return state
}

/** Rejects the last, incomplete run of n words: a plain remainder would favour small numbers. */
function uniformBelow(n: number, word: () => number): number {
  if (!(Number.isInteger(n) && n >= 1 && n <= 0x100000000)) {
    throw new StatsError('STATS_BAD_OPTION', `integer(n) needs a whole n from 1 to 2^32, found ${n}`, { n })
  }
  const limit = 0x100000000 - (0x100000000 % n)
  let drawn = word()
  while (drawn >= limit) drawn = word()
  return drawn % n
}

/** Marsaglia's polar method, which makes normals in pairs. */
function polarNormal(next: () => number): () => number {
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const kept = spare
      spare = undefined
      return kept
    }
    for (;;) {
      const x = 2 * next() - 1
      const y = 2 * next() - 1
      const square = x * x + y * y
      if (square === 0 || square >= 1) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      spare = y * factor
      return x * factor
    }
  }
}

/** Fisher-Yates from the front, stopped after `count`. */
function partialShuffle<T>(values: T[], count: number, integer: (n: number) => number): T[] {
  const wanted = Math.max(0, Math.min(count, values.length))
  for (let i = 0; i < wanted; i++) {
    const j = i + integer(values.length - i)
    const drawn = values[j]!
    values[j] = values[i]!
    values[i] = drawn
  }
  values.length = wanted
  return values
}
