/**
 * The sum as NumPy adds: eight sums side by side in blocks of 128, the blocks in halves. Where the last bit decides, the
 * order counts.
 * @param rounded rounding of the type that is added in; default double precision
 */
export function numpySum(values: ArrayLike<number>, rounded: (x: number) => number = (x) => x): number {
  return sumOf(values, { from: 0, count: values.length }, rounded)
}

type Run = { readonly from: number; readonly count: number }

const BLOCK = 128
const LANES = 8

function sumOf(values: ArrayLike<number>, { from, count }: Run, f: (x: number) => number): number {
  if (count < LANES) {
    let sum = 0
    for (let k = 0; k < count; k++) sum = f(sum + values[from + k]!)
    return sum
  }
  if (count > BLOCK) {
    const half = Math.floor(count / 2) - (Math.floor(count / 2) % LANES)
    return f(sumOf(values, { from, count: half }, f) + sumOf(values, { from: from + half, count: count - half }, f))
  }
  const lanes = Array.from({ length: LANES }, (_, lane) => values[from + lane]!)
  let k = LANES
  for (; k < count - (count % LANES); k += LANES)
    for (let lane = 0; lane < LANES; lane++) lanes[lane] = f(lanes[lane]! + values[from + k + lane]!)
  const pair = (lane: number) => f(lanes[lane]! + lanes[lane + 1]!)
  let sum = f(f(pair(0) + pair(2)) + f(pair(4) + pair(6)))
  for (; k < count; k++) sum = f(sum + values[from + k]!)
  return sum
}
