/** A pooled sample in ascending order: how many of either sample are at each distinct value. */
export type Steps = { readonly reference: Float64Array; readonly current: Float64Array }

/** Counts of both samples at every distinct value, ascending: all that rank tests need. */
export function stepsOf(reference: ArrayLike<number>, current: ArrayLike<number>): Steps {
  const a = Float64Array.from(reference).sort()
  const b = Float64Array.from(current).sort()
  const ofReference: number[] = []
  const ofCurrent: number[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const value = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i]! : b[j]!
    const [i0, j0] = [i, j]
    while (i < a.length && a[i] === value) i++
    while (j < b.length && b[j] === value) j++
    ofReference.push(i - i0)
    ofCurrent.push(j - j0)
  }
  return { reference: Float64Array.from(ofReference), current: Float64Array.from(ofCurrent) }
}
