import { numpyRandom } from '../numpy-random.ts'
import type { Embeddings } from './embeddings.ts'

/** Rows of either sample from which the width of the kernel is taken. */
const SAMPLED_ROWS = 1000

/**
 * The unbiased squared MMD of the samples, and of as many pairs of resamplings of the reference (NumPy's seeds from 0):
 * those with a kernel as wide as the reference's own median distance.
 */
export function unbiasedMmd(reference: Embeddings, current: Embeddings, draws: number) {
  const [n, m] = [reference.length, current.length]
  const rows = [...reference, ...current]
  const width = medianDistance(sampled(reference), sampled(current))
  const kernel = kernelOf(rows, width)
  const places = rows.map((_, i) => i)
  const score = between(kernel, rows.length, places.slice(0, n), places.slice(n))
  return { score, draws: draws === 0 ? new Float64Array(0) : resampled(reference, m, draws) }
}

function resampled(reference: Embeddings, currentRows: number, draws: number): Float64Array {
  const n = reference.length
  const kernel = kernelOf(reference, medianDistance(sampled(reference), sampled(reference)))
  const first = Math.max(Math.floor((n * n) / (n + currentRows)), 1)
  const second = Math.max(Math.floor((n * currentRows) / (n + currentRows)), 1)
  return Float64Array.from({ length: draws }, (_, seed) => {
    const random = numpyRandom(seed)
    const left = [...random.choice(n, first)]
    return between(kernel, n, left, [...random.choice(n, second)])
  })
}

/** As pandas samples with `random_state=0`. */
function sampled(rows: Embeddings): Embeddings {
  const count = Math.min(rows.length, SAMPLED_ROWS)
  return Array.from(numpyRandom(0).permutation(rows.length).subarray(0, count), (row) => rows[row]!)
}

function medianDistance(a: Embeddings, b: Embeddings): number {
  const distances = new Float64Array(a.length * b.length)
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      distances[i * b.length + j] = Math.sqrt(squaredDistance(x, y))
    })
  })
  distances.sort()
  const half = distances.length >> 1
  return distances.length % 2 === 1 ? distances[half]! : (distances[half - 1]! + distances[half]!) / 2
}

/** A width of nought, where most rows are equal, makes every other pair unlike. */
function kernelOf(rows: Embeddings, width: number): Float64Array {
  const kernel = new Float64Array(rows.length ** 2)
  rows.forEach((x, i) => {
    for (let j = 0; j <= i; j++) {
      const squared = squaredDistance(x, rows[j]!)
      const similarity = squared === 0 ? 1 : Math.exp(-squared / (width * width))
      kernel[i * rows.length + j] = similarity
      kernel[j * rows.length + i] = similarity
    }
  })
  return kernel
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2
  return sum
}

function between(kernel: Float64Array, size: number, left: readonly number[], right: readonly number[]): number {
  const [n, m] = [left.length, right.length]
  const within = (places: readonly number[]) => {
    const count = places.length
    if (count < 2) return 0
    let sum = 0
    for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) sum += kernel[places[i]! * size + places[j]!]!
    return (2 * sum) / (count * (count - 1))
  }
  let across = 0
  for (const i of left) for (const j of right) across += kernel[i * size + j]!
  return within(left) + within(right) - (2 * across) / (n * m)
}
