import { BIN_SLOTS } from './bins.ts'

/** Per bin: sum of gradients, sum of hessians, number of rows. */
export const BIN_FIELDS = 3
export const FEATURE_STRIDE = BIN_SLOTS * BIN_FIELDS

/** Training rows as bytes, by column. */
export interface BinnedColumns {
  readonly columns: readonly Uint8Array[]
  /** Bins in use of each feature, the missing one included. */
  readonly bins: readonly number[]
}

/** Gradients of some rows, next to one another: filled once for a node, read by every feature. */
export interface NodeRows {
  readonly order: Uint32Array
  readonly from: number
  readonly until: number
  readonly gradients: Float64Array
  readonly hessians: Float64Array
}

/** Sums the rows of a node into `histogram`, the features listed in `active` only. */
export function buildHistogram(
  histogram: Float64Array,
  { columns, bins }: BinnedColumns,
  active: Int32Array,
  rows: NodeRows,
): void {
  for (let i = 0; i < active.length; i++) {
    const feature = active[i]!
    const base = feature * FEATURE_STRIDE
    histogram.fill(0, base, base + bins[feature]! * BIN_FIELDS)
    addRows(histogram.subarray(base, base + FEATURE_STRIDE), columns[feature]!, rows)
  }
}

/** The innermost loop of training: everything it touches is a typed array held in a local name. */
function addRows(histogram: Float64Array, column: Uint8Array, rows: NodeRows): void {
  const { order, from, until, gradients, hessians } = rows
  for (let i = from; i < until; i++) {
    const slot = column[order[i]!]! * BIN_FIELDS
    histogram[slot]! += gradients[i]!
    histogram[slot + 1]! += hessians[i]!
    histogram[slot + 2]! += 1
  }
}

/** Turns a parent's histogram into that of the child whose sibling is given. */
export function subtractHistogram(
  histogram: Float64Array,
  sibling: Float64Array,
  active: Int32Array,
  bins: readonly number[],
): void {
  for (let i = 0; i < active.length; i++) {
    const base = active[i]! * FEATURE_STRIDE
    const end = base + bins[active[i]!]! * BIN_FIELDS
    for (let slot = base; slot < end; slot++) histogram[slot]! -= sibling[slot]!
  }
}
