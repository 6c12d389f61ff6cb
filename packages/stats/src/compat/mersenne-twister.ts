/** State of the Mersenne twister MT19937: 624 words of 32 bits, and the place of the next. Plain, so that it can be stored. */
export type MersenneTwister = { readonly words: number[]; at: number }

const SIZE = 624
const SHIFT = 397

/** `init_genrand`, which NumPy's legacy seed is. @param seed whole, 0 to 2^32 - 1 @see Matsumoto and Nishimura 1998 */
export function seededByNumber(seed: number): MersenneTwister {
  return { words: [...filledFrom(seed)], at: SIZE }
}

/** `init_by_array`, which the seed of Python's `random` is. @param digits whole, each 0 to 2^32 - 1, one or more */
export function seededByDigits(digits: readonly number[]): MersenneTwister {
  const words = filledFrom(19650218)
  let i = 1
  for (let k = 0; k < SIZE; k++) {
    const digit = k % digits.length
    words[i] = (words[i]! ^ Math.imul(mixed(words, i), 1664525)) + digits[digit]! + digit
    i = next(words, i)
  }
  for (let k = 1; k < SIZE; k++) {
    words[i] = (words[i]! ^ Math.imul(mixed(words, i), 1566083941)) - i
    i = next(words, i)
  }
  words[0] = 0x80000000
  return { words: [...words], at: SIZE }
}

/** The next 32 bits: whole, 0 to 2^32 - 1. */
export function nextWord(twister: MersenneTwister): number {
  if (twister.at === SIZE) twist(twister)
  let y = twister.words[twister.at++]!
  y ^= y >>> 11
  y ^= (y << 7) & 0x9d2c5680
  y ^= (y << 15) & 0xefc60000
  return (y ^ (y >>> 18)) >>> 0
}

function twist(twister: MersenneTwister): void {
  const { words } = twister
  for (let i = 0; i < SIZE; i++) {
    const y = (words[i]! & 0x80000000) | (words[(i + 1) % SIZE]! & 0x7fffffff)
    words[i] = (words[(i + SHIFT) % SIZE]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)) >>> 0
  }
  twister.at = 0
}

function filledFrom(seed: number): Uint32Array {
  const words = new Uint32Array(SIZE)
  words[0] = seed
  for (let i = 1; i < SIZE; i++) words[i] = Math.imul(1812433253, mixed(words, i)) + i
  return words
}

function mixed(words: Uint32Array, i: number): number {
  return words[i - 1]! ^ (words[i - 1]! >>> 30)
}

function next(words: Uint32Array, i: number): number {
  if (i + 1 < SIZE) return i + 1
  words[0] = words[SIZE - 1]!
  return 1
}
