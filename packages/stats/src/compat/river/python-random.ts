import { type MersenneTwister, nextWord, seededByDigits } from '../mersenne-twister.ts'

/** State of Python's `random.Random`. */
export type PythonRandom = MersenneTwister

/** `random.Random(seed)` for a whole seed: seeded by its 32-bit digits, lowest first. @see CPython 3.11 */
export function seedPythonRandom(seed: number): PythonRandom {
  const size = Math.abs(seed)
  return seededByDigits(size >= 2 ** 32 ? [size >>> 0, Math.floor(size / 2 ** 32)] : [size])
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
    const drawn = nextWord(random) >>> shift
    if (drawn < n) return drawn
  }
}
