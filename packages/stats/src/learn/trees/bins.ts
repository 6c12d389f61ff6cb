import type { Feature, FeatureSpec } from '../data.ts'

/** Bin of a missing value, and of a category unseen or too rare for a bin of its own. */
export const MISSING_BIN = 0
/** Room for bin 0 and 255 bins of values: a bin is one byte. */
export const BIN_SLOTS = 256

/** How one feature becomes bytes; learnt from the training rows, then applied to any. */
export interface Binning {
  readonly spec: FeatureSpec
  /** Bins in use, the missing one included; 1 when every value is missing. */
  readonly bins: number
  /** Numeric: bin b holds values in (borders[b-2], borders[b-1]], each border exactly representable in float32. */
  readonly borders: Float32Array
  /** Categorical: the code of bin b stands at b - 1. */
  readonly codes: Int32Array
}

export function learnBinning(
  feature: Feature,
  spec: FeatureSpec,
  weights: Float64Array | undefined,
  maxBins: number,
): Binning {
  if (spec.kind === 'categorical') {
    const codes = commonCodes(feature.values, spec.categories, weights, maxBins)
    return { spec, bins: codes.length + 1, borders: new Float32Array(), codes }
  }
  const { distinct, mass } = distinctValues(feature.values, weights)
  const borders = quantileBorders(distinct, mass, maxBins)
  const bins = distinct.length === 0 ? 1 : borders.length + 2
  return { spec, bins, borders, codes: new Int32Array() }
}

export function applyBinning(binning: Binning, values: Float64Array): Uint8Array {
  const bins = new Uint8Array(values.length)
  if (binning.bins === 1) return bins
  if (binning.spec.kind === 'numeric') {
    for (let row = 0; row < values.length; row++) {
      const value = Math.fround(values[row]!)
      if (!Number.isNaN(value)) bins[row] = 1 + bordersBelow(binning.borders, value)
    }
    return bins
  }
  const binOf = new Uint8Array(binning.codes.reduce((most, code) => Math.max(most, code), 0) + 1)
  binning.codes.forEach((code, i) => {
    binOf[code] = i + 1
  })
  for (let row = 0; row < values.length; row++) bins[row] = binOf[values[row]!] ?? MISSING_BIN
  return bins
}

/** Number of borders smaller than the value: a value on a border lies left of it, as `value <= threshold` does. */
function bordersBelow(borders: Float32Array, value: number): number {
  let low = 0
  let high = borders.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (borders[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The present values as float32, ascending, with the weight of each. */
function distinctValues(
  values: Float64Array,
  weights: Float64Array | undefined,
): { distinct: Float32Array; mass: Float64Array } {
  const sorted = Float32Array.from(values).sort()
  const rows = new Float64Array(sorted.length)
  let count = 0
  for (let i = 0; i < sorted.length && !Number.isNaN(sorted[i]!); i++) {
    if (count === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i]!
    rows[count - 1]! += 1
  }
  const distinct = sorted.subarray(0, count)
  if (weights === undefined) return { distinct, mass: rows.subarray(0, count) }
  const mass = new Float64Array(count)
  for (let row = 0; row < values.length; row++) {
    const value = Math.fround(values[row]!)
    if (!Number.isNaN(value)) mass[bordersBelow(distinct, value)]! += weights[row]!
  }
  // A value of no weight is no value: a border must not depend on it.
  return { distinct: distinct.filter((_, i) => mass[i]! > 0), mass: mass.filter((weight) => weight > 0) }
}

/**
 * Closes a bin when it holds its share of the weight still to place, and before a value that fills a bin alone, so
 * that a heavy value (a default, a zero) does not drag its neighbours with it.
 */
function quantileBorders(distinct: Float32Array, mass: Float64Array, maxBins: number): Float32Array {
  const borders: number[] = []
  const few = distinct.length <= maxBins
  let unplaced = mass.reduce((sum, weight) => sum + weight, 0)
  let binMass = 0
  for (let i = 0; i + 1 < distinct.length; i++) {
    binMass += mass[i]!
    const target = unplaced / (maxBins - borders.length)
    const full = binMass >= target || mass[i + 1]! >= target
    if (!few && (!full || borders.length === maxBins - 1)) continue
    borders.push(between(distinct[i]!, distinct[i + 1]!))
    unplaced -= binMass
    binMass = 0
  }
  return Float32Array.from(borders)
}

/** A float32 in [low, high): the middle, unless it rounds up to high. */
function between(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2)
  return middle >= low && middle < high ? middle : low
}

/** The codes of most weight, at most maxBins of them, ascending. */
function commonCodes(
  values: Float64Array,
  categories: number,
  weights: Float64Array | undefined,
  maxBins: number,
): Int32Array {
  const mass = new Float64Array(categories)
  for (let row = 0; row < values.length; row++) {
    const code = values[row]!
    if (!Number.isNaN(code)) mass[code]! += weights?.[row] ?? 1
  }
  const codes = Array.from(mass.keys()).filter((code) => mass[code]! > 0)
  codes.sort((a, b) => mass[b]! - mass[a]! || a - b)
  return Int32Array.from(codes.slice(0, maxBins)).sort()
}
