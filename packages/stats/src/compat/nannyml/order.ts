import { rowNumbers } from './frame.ts'

/** Largest distance of the ends of a part that is finished by insertion. */
const SHORT = 15

/**
 * Rows in ascending order of their values; equal values come in the order that NumPy's portable quicksort leaves them
 * (median of three, insertion up to 16, the longer part kept for later): NannyML's sampling error of the AUC and its
 * calibration error depend on that order. On processors with AVX-512 NumPy takes another sort, so that the peer's own
 * numbers differ between machines in their third digit where scores are tied. NaN is placed last.
 */
export function ascendingOrder(values: ArrayLike<number>): Uint32Array {
  const order = rowNumbers(values.length)
  const before = (a: number, b: number) => a < b || (Number.isNaN(b) && !Number.isNaN(a))
  const at = (place: number) => values[order[place]!]!
  const swap = (i: number, j: number) => {
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
  const parts: { low: number; high: number; depth: number }[] = [
    { low: 0, high: values.length - 1, depth: 2 * (31 - Math.clz32(values.length | 1)) },
  ]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    let { low, high, depth } = part
    while (depth >= 0 && high - low > SHORT) {
      const middle = low + ((high - low) >> 1)
      if (before(at(middle), at(low))) swap(middle, low)
      if (before(at(high), at(middle))) swap(high, middle)
      if (before(at(middle), at(low))) swap(middle, low)
      const pivot = at(middle)
      let i = low
      let j = high - 1
      swap(middle, j)
      for (;;) {
        do i++
        while (before(at(i), pivot))
        do j--
        while (before(pivot, at(j)))
        if (i >= j) break
        swap(i, j)
      }
      swap(i, high - 1)
      depth--
      if (i - low < high - i) {
        parts.push({ low: i + 1, high, depth })
        high = i - 1
      } else {
        parts.push({ low, high: i - 1, depth })
        low = i + 1
      }
    }
    if (depth < 0) sortStably(order, values, low, high)
    else insert(order, values, low, high, before)
  }
  return order
}

/** Too deep for quicksort: an input made to be slow. NumPy sorts such a part by heap, in another order of ties. */
function sortStably(order: Uint32Array, values: ArrayLike<number>, low: number, high: number): void {
  const rank = (row: number) => (Number.isNaN(values[row]!) ? Number.POSITIVE_INFINITY : values[row]!)
  order.subarray(low, high + 1).sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a - b))
}

function insert(
  order: Uint32Array,
  values: ArrayLike<number>,
  low: number,
  high: number,
  before: (a: number, b: number) => boolean,
): void {
  for (let i = low + 1; i <= high; i++) {
    const row = order[i]!
    let j = i
    while (j > low && before(values[row]!, values[order[j - 1]!]!)) {
      order[j] = order[j - 1]!
      j--
    }
    order[j] = row
  }
}
