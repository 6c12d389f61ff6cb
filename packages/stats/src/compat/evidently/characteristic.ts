/**
 * Epps and Singleton's statistic: the distance of the two empirical characteristic functions at `t`, in units of its
 * covariance, and the rank of that covariance (its degrees of freedom). Directions are dropped as NumPy drops them, below
 * 1e-15 of the largest; `eppsSingleton` drops more, which is sounder and up to 1e-9 away on few distinct values.
 */
export function characteristicDistance(
  reference: Float64Array,
  current: Float64Array,
  t: readonly number[],
): { readonly statistic: number; readonly rank: number } {
  const rows = reference.length + current.length
  const [a, b] = [waves(reference, t), waves(current, t)]
  const size = 2 * t.length
  const covariance = Float64Array.from(
    { length: size * size },
    (_, i) => (rows / reference.length) * a.covariance[i]! + (rows / current.length) * b.covariance[i]!,
  )
  const { values, vectors } = eigenOfSymmetric(covariance, size)
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  let [statistic, kept, least] = [0, [] as number[], Infinity]
  for (let k = 0; k < size; k++) {
    if (Math.abs(values[k]!) <= 1e-15 * largest) continue
    let along = 0
    for (let i = 0; i < size; i++) along += vectors[i * size + k]! * (a.mean[i]! - b.mean[i]!)
    statistic += (along * along) / values[k]!
    kept.push(values[k]!)
    least = Math.min(least, Math.abs(values[k]!))
  }
  // The rank is that of the inverse, whose largest singular value is 1 / least, as NumPy's matrix_rank judges it.
  const rank = kept.filter((value) => 1 / Math.abs(value) > (size * Number.EPSILON) / least).length
  return { statistic: Math.max(0, rows * statistic), rank }
}

/** Means and population covariances of cos and sin at each t. */
function waves(values: Float64Array, t: readonly number[]) {
  const size = 2 * t.length
  const wave = (value: number) => [...t.map((at) => Math.cos(at * value)), ...t.map((at) => Math.sin(at * value))]
  const mean = new Float64Array(size)
  const covariance = new Float64Array(size * size)
  const all = Array.from(values, wave)
  for (const row of all) for (let i = 0; i < size; i++) mean[i]! += row[i]! / values.length
  for (const row of all)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        covariance[i * size + j]! += ((row[i]! - mean[i]!) * (row[j]! - mean[j]!)) / values.length
  return { mean, covariance }
}

/** Jacobi's rotations; vectors stand in columns. */
function eigenOfSymmetric(matrix: Float64Array, size: number) {
  const a = matrix.slice()
  const vectors = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0))
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += Math.abs(a[p * size + q]!)
    if (off === 0) break
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, size, p, q)
  }
  return { values: Float64Array.from({ length: size }, (_, i) => a[i * (size + 1)]!), vectors }
}

function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const off = a[p * size + q]!
  if (Math.abs(off) < 1e-300) {
    a[p * size + q] = 0
    a[q * size + p] = 0
    return
  }
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * off)
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const cosine = 1 / Math.sqrt(tangent * tangent + 1)
  const sine = tangent * cosine
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[k * size + p]!, a[k * size + q]!]
    a[k * size + p] = cosine * x - sine * y
    a[k * size + q] = sine * x + cosine * y
  }
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[p * size + k]!, a[q * size + k]!]
    a[p * size + k] = cosine * x - sine * y
    a[q * size + k] = sine * x + cosine * y
    const [u, v] = [vectors[k * size + p]!, vectors[k * size + q]!]
    vectors[k * size + p] = cosine * u - sine * v
    vectors[k * size + q] = sine * u + cosine * v
  }
}
