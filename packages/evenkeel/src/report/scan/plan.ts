import { binLabels, freezeBins, type NumericBins, nextUp } from '@evenkeel/stats'
import { intervalEdges } from '../distribution.ts'

/** Over which bins a numeric column is counted in one pass, and what is read off the counts. */
export interface NumericPlan {
  /** What the columns are compared over: frozen from the sample of the reference. */
  readonly coarse: NumericBins
  /** What is counted: finer, so that bars, quantiles and frequent values can be read off too. */
  readonly fine: NumericBins
  /** Edges of the bars of the chart; the outer bars also hold what lies beyond. */
  readonly bars: readonly number[]
  /** Values that either sample has often: each has a bin of its own. */
  readonly frequent: readonly number[]
}

const MAX_EDGES = 127
const FREQUENT = 10
/** A value is frequent from this share of the sample on. */
const FREQUENT_SHARE = 0.002

/** @param reference values of a sample, NaN = missing @param current the same of the current table, empty where it has none */
export function planNumeric(reference: Float64Array, current: Float64Array): NumericPlan {
  const [before, after] = [sorted(reference), sorted(current)]
  const coarse = freezeBins(before)
  if (before.length === 0 && after.length === 0) return { coarse, fine: coarse, bars: [], frequent: [] }
  const bars = intervalEdges(before, after)
  const frequent = [...new Set([...frequentOf(before), ...frequentOf(after)])]
  const edges = new Set([...coarse.edges, ...bars, ...frequent.flatMap((value) => [value, nextUp(value)])])
  return { coarse, fine: { kind: 'numeric', edges: refined(edges, before) }, bars, frequent }
}

/** How many edges there may be, once the two ends of the reference are added. */
const ROOM = MAX_EDGES - 4

/** The room that is left goes to quantiles of the sample, so that any quantile can be read off to a percent or so of rows. */
function refined(edges: Set<number>, sample: Float64Array): readonly number[] {
  const wanted = ROOM - edges.size
  for (let i = 1; i <= wanted && sample.length > 0; i++)
    edges.add(sample[Math.floor((i * sample.length) / (wanted + 1))]!)
  return [...edges].sort((a, b) => a - b)
}

function frequentOf(sample: Float64Array): readonly number[] {
  const least = Math.max(2, FREQUENT_SHARE * sample.length)
  const found: { readonly value: number; readonly rows: number }[] = []
  for (let i = 0; i < sample.length; ) {
    let until = i + 1
    while (until < sample.length && sample[until] === sample[i]) until++
    if (until - i >= least) found.push({ value: sample[i]!, rows: until - i })
    i = until
  }
  return found
    .sort((a, b) => b.rows - a.rows)
    .slice(0, FREQUENT)
    .map(({ value }) => value)
}

/**
 * The plan for the current table, when the reference has been counted and its true ends are known: a sample does not
 * have them, and beyond them is out of the reference's range.
 */
export function withEnds(plan: NumericPlan, ends: { readonly min: number; readonly max: number }): NumericPlan {
  return { ...plan, coarse: stretched(plan.coarse, ends), fine: extended(plan.fine, ends) }
}

function extended({ edges }: NumericBins, { min, max }: { readonly min: number; readonly max: number }): NumericBins {
  const added = [min, nextUp(max)].filter((edge) => !edges.includes(edge))
  return { kind: 'numeric', edges: [...edges, ...added].sort((a, b) => a - b) }
}

/** The outer bins reach to the ends, unless they are of one value: then the rest beside it is a bin of its own. */
function stretched(bins: NumericBins, { min, max }: { readonly min: number; readonly max: number }): NumericBins {
  const labels = binLabels(bins)
  const isOneValue = (label: string | undefined) => label?.startsWith('= ') === true
  const edges = [...bins.edges]
  if (edges.length === 0) return { kind: 'numeric', edges: [min, nextUp(max)] }
  if (min < edges[0]!) {
    if (!isOneValue(labels[1])) edges.shift()
    edges.unshift(min)
  }
  const end = nextUp(max)
  if (end > edges[edges.length - 1]!) {
    if (!isOneValue(labels[edges.length - 1])) edges.pop()
    edges.push(end)
  }
  return { kind: 'numeric', edges }
}

function sorted(values: Float64Array): Float64Array {
  return values.filter(Number.isFinite).sort()
}
