/**
 * Sum in pairs, in the order in which NumPy adds contiguous numbers, so that sums agree to the last bit: where the peer
 * asks whether a remainder is above 0, the last bit decides.
 */
export function sum(values: ArrayLike<number>, from = 0, until = values.length): number {
  const count = until - from
  if (count < 8) {
    let total = 0
    for (let i = from; i < until; i++) total += values[i]!
    return total
  }
  if (count > 128) {
    const half = (count >> 1) - ((count >> 1) % 8)
    return sum(values, from, from + half) + sum(values, from + half, until)
  }
  const lanes = new Float64Array(8)
  let i = from
  for (; i + 8 <= until; i += 8) for (let lane = 0; lane < 8; lane++) lanes[lane]! += values[i + lane]!
  let total = lanes[0]! + lanes[1]! + (lanes[2]! + lanes[3]!) + (lanes[4]! + lanes[5]! + (lanes[6]! + lanes[7]!))
  for (; i < until; i++) total += values[i]!
  return total
}

/** NaN when there are none. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length
}

/** Standard deviation, divided by rows - `ddof`. */
export function deviation(values: ArrayLike<number>, ddof: 0 | 1 = 0): number {
  const centre = mean(values)
  const squares = new Float64Array(values.length)
  for (let i = 0; i < squares.length; i++) squares[i] = (values[i]! - centre) ** 2
  return Math.sqrt(sum(squares) / (values.length - ddof))
}

/** Standard deviation, ddof 0, of `ones` ones among `rows` zeros and ones; NaN without rows. */
export function indicatorDeviation(ones: number, rows: number): number {
  const share = ones / rows
  return Math.sqrt(share * (1 - share))
}

/** `bins + 1` edges from `low` to `high`, rounded as numpy.linspace rounds them. */
export function linspace(low: number, high: number, bins: number): Float64Array {
  const step = (high - low) / bins
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => i * step + low)
  edges[bins] = high
  return edges
}

/** Five decimals, halves to even, as numpy.round has it. */
export function roundedTo5(value: number): number {
  const scaled = value * 1e5
  const floor = Math.floor(scaled)
  const rest = scaled - floor
  const whole = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
  return whole / 1e5
}

/** What cannot be computed is null: no NaN or infinity leaves. */
export function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}
