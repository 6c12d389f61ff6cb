/** A pooled sample in ascending order: how many rows of either sample are at each distinct value. */
export type Steps = {
  readonly values: Float64Array
  readonly reference: Float64Array
  readonly current: Float64Array
}

/**
 * Merges two ascending samples into the rows of both at every distinct value: all that rank tests need.
 * @example stepsOf(Float64Array.of(1, 1, 3), Float64Array.of(1, 2)).current // [1, 1, 0]
 */
export function stepsOf(reference: Float64Array, current: Float64Array): Steps {
  const [n, m] = [reference.length, current.length]
  const values = new Float64Array(n + m)
  const ofReference = new Float64Array(n + m)
  const ofCurrent = new Float64Array(n + m)
  let steps = 0
  for (let i = 0, j = 0; i < n || j < m; steps++) {
    const value = j >= m || (i < n && reference[i]! <= current[j]!) ? reference[i]! : current[j]!
    const [i0, j0] = [i, j]
    while (i < n && reference[i] === value) i++
    while (j < m && current[j] === value) j++
    values[steps] = value
    ofReference[steps] = i - i0
    ofCurrent[steps] = j - j0
  }
  return {
    values: values.subarray(0, steps),
    reference: ofReference.subarray(0, steps),
    current: ofCurrent.subarray(0, steps),
  }
}
