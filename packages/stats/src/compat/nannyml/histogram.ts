import { StatsError } from '../../error.ts'
import { deviation, linspace, mean } from './arithmetic.ts'

/**
 * Equal-width edges by Doane's rule, as numpy.histogram_bin_edges(values, 'doane') computes them: 1 + log2 n + log2(1 +
 * |skewness| / its standard error) bins, rounded up, over [min, max].
 * @see Doane 1976, Aesthetic frequency classifications
 */
export function doaneEdges(values: Float64Array): Float64Array {
  const [low, high] = rangeOf(values)
  const n = values.length
  const spread = n > 2 ? deviation(values) : 0
  if (!(spread > 0)) return low === high ? Float64Array.of(low - 0.5, high + 0.5) : linspace(low, high, 1)
  const centre = mean(values)
  const skewness = Math.abs(mean(values.map((value) => ((value - centre) / spread) ** 3)))
  const skewnessError = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)))
  const width = (high - low) / (1 + Math.log2(n) + Math.log2(1 + skewness / skewnessError))
  return linspace(low, high, width > 0 ? Math.ceil((high - low) / width) : 1)
}

/** `bins` edges of equal width over [min, max]; a single value gets half a unit on either side. */
export function equalEdges(values: Float64Array, bins: number): Float64Array {
  const [low, high] = rangeOf(values)
  return low === high ? linspace(low - 0.5, high + 0.5, bins) : linspace(low, high, bins)
}

export function rangeOf(values: Float64Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}

/** Rows in each bin [edge, next edge), the last bin closed; values outside of the edges count nowhere. */
export function countsIn(edges: Float64Array, values: Float64Array): Float64Array {
  const bins = edges.length - 1
  const counts = new Float64Array(bins)
  const [low, high] = [edges[0]!, edges[bins]!]
  if (!(bins >= 1)) throw new StatsError('STATS_BAD_OPTION', 'a histogram needs two edges or more')
  const scale = high > low ? bins / (high - low) : 0
  for (const value of values) {
    if (!(value >= low && value <= high)) continue
    let bin = scale === 0 ? bins - 1 : Math.min(bins - 1, Math.floor((value - low) * scale))
    while (bin > 0 && value < edges[bin]!) bin--
    while (bin < bins - 1 && value >= edges[bin + 1]!) bin++
    counts[bin]!++
  }
  return counts
}
