/** HyperLogLog registers (Flajolet et al. 2007), one byte each; 1,024 of them: standard error 3.3 %. */
export type DistinctSketch = Uint8Array

export const DISTINCT_REGISTERS = 1024
const INDEX_BITS = 10

export function createDistinct(): DistinctSketch {
  return new Uint8Array(DISTINCT_REGISTERS)
}

/** Adds a value by its 32-bit hash: the low ten bits choose the register, the zeros leading the rest are its rank. */
export function addHash(sketch: DistinctSketch, hash: number): void {
  const register = hash & (DISTINCT_REGISTERS - 1)
  const rank = Math.clz32(hash >>> INDEX_BITS) - INDEX_BITS + 1
  if (rank > sketch[register]!) sketch[register] = rank
}

/** Adds the finite ones of values[from … until). */
export function addNumbers(sketch: DistinctSketch, values: Float64Array, from: number, until: number): void {
  for (let i = from; i < until; i++) {
    const value = values[i]!
    if (value - value === 0) addHash(sketch, hashNumber(value))
  }
}

export function mergeDistinct(a: DistinctSketch, b: DistinctSketch): DistinctSketch {
  return a.map((rank, i) => Math.max(rank, b[i]!))
}

/**
 * Number of distinct values, about ±3.3 % (one standard error); linear counting while registers are empty. The hash
 * has 32 bits, so beyond some 10^8 distinct values the answer saturates.
 * @example
 * const column = createColumnProfile(freezeBins(['a', 'b']))
 * updateCategorical(column, ['a', 'b', 'a'])
 * Math.round(distinctCount(column.distinct)) // 2
 */
export function distinctCount(sketch: DistinctSketch): number {
  const m = DISTINCT_REGISTERS
  let sum = 0
  let empty = 0
  for (const rank of sketch) {
    sum += 2 ** -rank
    if (rank === 0) empty++
  }
  const raw = ((0.7213 / (1 + 1.079 / m)) * m * m) / sum
  if (raw <= 2.5 * m && empty > 0) return m * Math.log(m / empty)
  return raw <= 2 ** 32 / 30 ? raw : -(2 ** 32) * Math.log(1 - Math.min(raw, 2 ** 32 - 1) / 2 ** 32)
}

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)

/** 32-bit hash of a double (murmur3 finalisers over both halves); -0 and 0 hash alike. */
export function hashNumber(value: number): number {
  float[0] = value + 0
  return mix(mix(words[0]!) ^ words[1]!)
}

/** 32-bit hash of a string (FNV-1a over UTF-16 units, then finalised). */
export function hashString(value: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193)
  return mix(hash)
}

function mix(x: number): number {
  let h = x
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
