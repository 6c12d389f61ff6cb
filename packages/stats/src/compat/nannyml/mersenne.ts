const WORDS = 624
const SHIFT = 397

/** NumPy's legacy `RandomState`, as far as scikit-learn's splitters draw from it. */
export type LegacyRandom = {
  /** A permutation of 0 … n-1. */
  permutation(n: number): Uint32Array
}

/**
 * The Mersenne twister MT19937 seeded as `numpy.random.RandomState(seed)`, with its masked rejection for whole numbers
 * and its shuffle from the last place to the first: bit for bit the permutations of NumPy.
 * @see Matsumoto and Nishimura 1998
 * @param seed whole, 0 … 2^32 - 1
 */
export function legacyRandom(seed: number): LegacyRandom {
  const word = twister(seed)
  const upTo = (most: number) => {
    const mask = most === 0 ? 0 : 2 ** (32 - Math.clz32(most)) - 1
    for (;;) {
      const drawn = (word() & mask) >>> 0
      if (drawn <= most) return drawn
    }
  }
  return {
    permutation(n) {
      const order = Uint32Array.from({ length: n }, (_, i) => i)
      for (let i = n - 1; i > 0; i--) {
        const j = upTo(i)
        const held = order[i]!
        order[i] = order[j]!
        order[j] = held
      }
      return order
    },
  }
}

function twister(seed: number): () => number {
  const state = new Uint32Array(WORDS)
  state[0] = seed
  for (let i = 1; i < WORDS; i++) state[i] = Math.imul(1812433253, state[i - 1]! ^ (state[i - 1]! >>> 30)) + i
  let next = WORDS
  return () => {
    if (next === WORDS) {
      for (let i = 0; i < WORDS; i++) {
        const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % WORDS]! & 0x7fffffff)
        state[i] = state[(i + SHIFT) % WORDS]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0)
      }
      next = 0
    }
    let word = state[next++]!
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c5680
    word ^= (word << 15) & 0xefc60000
    return (word ^ (word >>> 18)) >>> 0
  }
}
