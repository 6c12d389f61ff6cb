import { nextWord, seededByNumber } from './mersenne-twister.ts'

/** What the peers and scikit-learn draw from NumPy's legacy generator, `np.random.seed(n)` or `RandomState(n)`. */
export type NumpyRandom = {
  /** 0 to count - 1 in random order: `permutation(count)`. */
  readonly permutation: (count: number) => Int32Array
  /** Draws with replacement: `choice(count, draws)`. */
  readonly choice: (count: number, draws: number) => Int32Array
}

/**
 * Bit for bit: whole numbers by masking and rejection, the shuffle of Fisher and Yates from the end.
 * @param seed whole, 0 to 2^32 - 1 @see NumPy's `RandomState`, frozen since 1.16
 */
export function numpyRandom(seed: number): NumpyRandom {
  const twister = seededByNumber(seed)
  const upTo = (largest: number): number => {
    if (largest === 0) return 0
    const mask = 0xffffffff >>> Math.clz32(largest)
    let drawn = (nextWord(twister) & mask) >>> 0
    while (drawn > largest) drawn = (nextWord(twister) & mask) >>> 0
    return drawn
  }
  return {
    permutation: (count) => {
      const order = Int32Array.from({ length: count }, (_, i) => i)
      for (let i = count - 1; i > 0; i--) {
        const j = upTo(i)
        const held = order[j]!
        order[j] = order[i]!
        order[i] = held
      }
      return order
    },
    choice: (count, draws) => Int32Array.from({ length: draws }, () => upTo(count - 1)),
  }
}
