/** State of Python's `random.Random`: 624 words of 32 bits and the place of the next. */
export type PythonRandom = { readonly words: number[]; at: number }

const SIZE = 624
const SHIFT = 397

/**
 * `random.Random(seed)` for a whole seed: MT19937, filled by `init_by_array` with the seed's 32-bit digits, lowest first.
 * @see Matsumoto and Nishimura 1998; CPython 3.11
 */
export function seedPythonRandom(seed: number): PythonRandom {
  const size = Math.abs(seed)
  const digits = size >= 2 ** 32 ? [size >>> 0, Math.floor(size / 2 ** 32)] : [size]
  const words = new Uint32Array(SIZE)
  words[0] = 19650218
  for (let i = 1; i < SIZE; i++) words[i] = Math.imul(1812433253, mixed(words, i)) + i
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

function mixed(words: Uint32Array, i: number): number {
  return words[i - 1]! ^ (words[i - 1]! >>> 30)
}

function next(words: Uint32Array, i: number): number {
  if (i + 1 < SIZE) return i + 1
  words[0] = words[SIZE - 1]!
  return 1
}

/** `random.sample(range(n), count)`, in the order of its draws; count up to n. */
export function samplePython(random: PythonRandom, n: number, count: number): number[] {
  // CPython keeps a pool where that is smaller than the set of what is drawn; the draws differ.
  const setSize = 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0)
  const drawn: number[] = []
  if (n <= setSize) {
    const pool: number[] = []
    for (let i = 0; i < n; i++) pool.push(i)
    for (let left = n; left > n - count; left--) {
      const j = below(random, left)
      drawn.push(pool[j]!)
      pool[j] = pool[left - 1]!
    }
    return drawn
  }
  const seen = new Set<number>()
  while (drawn.length < count) {
    const j = below(random, n)
    if (seen.has(j)) continue
    seen.add(j)
    drawn.push(j)
  }
  return drawn
}

/** As many bits as n has, drawn again while they give n or more. */
function below(random: PythonRandom, n: number): number {
  const shift = Math.clz32(n)
  for (;;) {
    const drawn = word(random) >>> shift
    if (drawn < n) return drawn
  }
}

function word(random: PythonRandom): number {
  if (random.at === SIZE) twist(random)
  let y = random.words[random.at++]!
  y ^= y >>> 11
  y ^= (y << 7) & 0x9d2c5680
  y ^= (y << 15) & 0xefc60000
  return (y ^ (y >>> 18)) >>> 0
}

function twist(random: PythonRandom): void {
  const { words } = random
  for (let i = 0; i < SIZE; i++) {
    const y = (words[i]! & 0x80000000) | (words[(i + 1) % SIZE]! & 0x7fffffff)
    words[i] = (words[(i + SHIFT) % SIZE]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)) >>> 0
  }
  random.at = 0
}
