/** What the peers draw from NumPy's legacy generator, `np.random.seed(n)`. */
export interface NumpyRandom {
  /** 0 to count - 1 in random order: `np.random.permutation(count)`. */
  permutation(count: number): Int32Array
  /** Draws with replacement: `np.random.choice(count, draws)`. */
  choice(count: number, draws: number): Int32Array
}

const SIZE = 624
const SHIFT = 397

/**
 * Mersenne Twister 19937, seeded and asked as `np.random.seed` does: whole numbers by masking and rejection, the shuffle
 * of Fisher and Yates from the end.
 * @param seed whole, 0 to 2^32 - 1 @see Matsumoto and Nishimura 1998
 */
export function numpyRandom(seed: number): NumpyRandom {
  const word = mersenneTwister(seed)
  const upTo = (largest: number): number => {
    if (largest === 0) return 0
    const mask = 0xffffffff >>> Math.clz32(largest)
    let drawn = (word() & mask) >>> 0
    while (drawn > largest) drawn = (word() & mask) >>> 0
    return drawn
  }
  return {
    permutation(count) {
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

function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(SIZE)
  state[0] = seed
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1]! ^ (state[i - 1]! >>> 30)
    state[i] = Math.imul(1812433253, before) + i
  }
  let at = SIZE
  return () => {
    if (at === SIZE) {
      twist(state)
      at = 0
    }
    let y = state[at++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const y = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff)
    state[i] = state[(i + SHIFT) % SIZE]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
  }
}
