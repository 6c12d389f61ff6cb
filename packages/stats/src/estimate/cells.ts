import { StatsError, type Unknown } from '../error.ts'
import type { Figure } from '../score/index.ts'
import { normalQuantile } from '../special/index.ts'
import { checkSame, outOfRange } from './rows.ts'

/**
 * Rows and positives by score bin and group, where a group is any frozen partition of the features (the leaves of
 * fitPartition, a segment, a slice). Counts add up: over hours, replicas, partitions. Cell = group · bins + bin.
 */
export type CellTable = {
  /** Bins + 1 ascending edges; the outer bins take what lies beyond. */
  readonly edges: readonly number[]
  readonly groups: number
  readonly rows: Float64Array
  readonly labelled: Float64Array
  readonly positives: Float64Array
}

export type CellEstimate = {
  readonly kind: 'known'
  readonly accuracy: Figure
  readonly precision: Figure
  readonly recall: Figure
  readonly f1: Figure
  readonly baseRate: Figure
  readonly effectiveShare: number
  readonly outsideShare: number
}

export type CellOptions = {
  /** One of the edges. Default 0.5. */
  readonly threshold?: number
  /** Confidence of the intervals. Default 0.95. */
  readonly level?: number
  /** Cells with a larger ratio of current to reference are outside the reference. Default 20. */
  readonly clip?: number
  /** With more of the current rows outside than this there is no estimate. Default 0.3. */
  readonly mostOutside?: number
  /** Labelled rows' worth of its score bin that each cell borrows. Default 30. */
  readonly borrowed?: number
}

const DECILES = Array.from({ length: 11 }, (_, i) => i / 10)

/** @throws StatsError STATS_BAD_OPTION @example createCellTable({ groups: 2 }).rows.length // 20 */
export function createCellTable(shape: { readonly groups: number; readonly edges?: readonly number[] }): CellTable {
  const { groups, edges = DECILES } = shape
  const isAscending = edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge > edges[i - 1]!))
  if (!(Number.isInteger(groups) && groups > 0 && groups <= 65536 && edges.length > 1 && isAscending))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `a cell table needs 1 to 65,536 groups and ascending edges, found ${groups} and ${edges.join(', ')}`,
    )
  const zeros = () => new Float64Array(groups * (edges.length - 1))
  return { edges, groups, rows: zeros(), labelled: zeros(), positives: zeros() }
}

export type CellRows = {
  readonly scores: ArrayLike<number>
  /** Group of each row, 0 … groups - 1. */
  readonly groups: ArrayLike<number>
  /** 0 or 1; NaN = not known yet. Default: none is known. */
  readonly labels?: ArrayLike<number>
}

/**
 * Adds rows in place; nothing is added when a row is refused.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example
 * const table = createCellTable({ groups: 1, edges: [0, 0.5, 1] })
 * updateCellTable(table, { scores: [0.2, 0.9, 0.7], groups: [0, 0, 0], labels: [0, 1, NaN] })
 * table.labelled // [1, 1]
 */
export function updateCellTable(table: CellTable, { scores, groups, labels }: CellRows): void {
  checkSame('updateCellTable', 'groups', groups.length, scores.length)
  if (labels) checkSame('updateCellTable', 'labels', labels.length, scores.length)
  const cells = Int32Array.from({ length: scores.length }, (_, i) => {
    const [score, group, label] = [scores[i]!, groups[i]!, labels?.[i] ?? Number.NaN]
    if (!Number.isFinite(score)) throw outOfRange('updateCellTable', `score ${i}`, score, 'a finite number')
    if (!(Number.isInteger(group) && group >= 0 && group < table.groups))
      throw outOfRange('updateCellTable', `group ${i}`, group, `0 to ${table.groups - 1}`)
    if (label !== 0 && label !== 1 && !Number.isNaN(label))
      throw outOfRange('updateCellTable', `label ${i}`, label, '0, 1 or NaN')
    return group * (table.edges.length - 1) + binOf(table.edges, score)
  })
  cells.forEach((cell, i) => {
    const label = labels?.[i] ?? Number.NaN
    table.rows[cell]!++
    if (Number.isNaN(label)) return
    table.labelled[cell]!++
    table.positives[cell]! += label
  })
}

/**
 * The table of both sets of rows. @throws StatsError STATS_BINS_DIFFER
 * @example
 * const table = createCellTable({ groups: 1, edges: [0, 1] })
 * updateCellTable(table, { scores: [0.2], groups: [0] })
 * mergeCellTables(table, table).rows // [2]
 */
export function mergeCellTables(a: CellTable, b: CellTable): CellTable {
  checkAlike('mergeCellTables', a, b)
  const add = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + y[i]!)
  return {
    ...a,
    rows: add(a.rows, b.rows),
    labelled: add(a.labelled, b.labelled),
    positives: add(a.positives, b.positives),
  }
}

/**
 * PAPE on counts: each reference cell's share of positives, borrowing from its score bin as the current rows are spread
 * over the groups, at the current rows' counts. No row is needed, and no classifier. The intervals hold the variance of
 * the current labels and of the reference's shares.
 * @param reference with labels @param current its labels are not looked at
 * @returns unknown `out-of-support` (in percent), `no-labels`, `no-rows`, `threshold-within-a-bin`
 * @throws StatsError STATS_BINS_DIFFER, STATS_BAD_OPTION
 * @example
 * const table = createCellTable({ groups: 1, edges: [0, 0.5, 1] })
 * updateCellTable(table, { scores: [0.2, 0.2, 0.9, 0.9], groups: [0, 0, 0, 0], labels: [0, 0, 1, 0] })
 * estimateFromCells(table, table, { borrowed: 0 }).accuracy.value // 0.75
 */
export function estimateFromCells(
  reference: CellTable,
  current: CellTable,
  options: CellOptions = {},
): CellEstimate | Unknown {
  const { threshold = 0.5, level = 0.95, clip = 20, mostOutside = 0.3, borrowed = 30 } = options
  if (!Number.isFinite(threshold))
    throw new StatsError('STATS_BAD_OPTION', `threshold is ${threshold}, expected an edge of the table`, { threshold })
  checkAlike('estimateFromCells', reference, current)
  if (!(level > 0 && level < 1 && borrowed >= 0 && clip >= 1))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `expected 0 < level < 1, borrowed >= 0, clip >= 1; found ${level}, ${borrowed}, ${clip}`,
    )
  const unknown = (reason: string, have: number, need: number): Unknown => ({ kind: 'unknown', reason, have, need })
  const [before, after, labelled] = [reference.rows, current.rows, reference.labelled].map(totalOf) as [
    number,
    number,
    number,
  ]
  if (!reference.edges.slice(0, -1).includes(threshold)) return unknown('threshold-within-a-bin', threshold, threshold)
  if (labelled === 0) return unknown('no-labels', 0, 1)
  if (after === 0) return unknown('no-rows', 0, 1)
  const support = supportOf(reference, current, { before, after, clip })
  if (support.outsideShare > mostOutside)
    return unknown('out-of-support', 100 * support.outsideShare, 100 * mostOutside)
  const cells = shrunkShares(reference, current, borrowed)
  return { kind: 'known', ...figuresOf(cells, { edges: reference.edges, threshold, level, rows: after }), ...support }
}

type Cell = { readonly bin: number; readonly rows: number; readonly share: number; readonly variance: number }

/** Beta posterior of each cell: its own labels, and `borrowed` labels of its score bin. */
function shrunkShares(reference: CellTable, current: CellTable, borrowed: number): Cell[] {
  const bins = reference.edges.length - 1
  const overall = totalOf(reference.positives) / totalOf(reference.labelled)
  const binShares = Array.from({ length: bins }, (_, bin) => {
    let [weight, sum] = [1, overall]
    for (let cell = bin; cell < current.rows.length; cell += bins) {
      if (reference.labelled[cell] === 0) continue
      // As many reference labels as there are, counted as often as the current rows ask for them.
      const counted = Math.min(reference.labelled[cell]!, current.rows[cell]!)
      weight += counted
      sum += (counted * reference.positives[cell]!) / reference.labelled[cell]!
    }
    return sum / weight
  })
  return Array.from(current.rows, (rows, cell) => {
    const bin = cell % bins
    const weight = reference.labelled[cell]! + borrowed
    const share = weight > 0 ? (reference.positives[cell]! + borrowed * binShares[bin]!) / weight : binShares[bin]!
    return { bin, rows, share, variance: (share * (1 - share)) / (weight + 1) }
  })
}

type Asked = {
  readonly edges: readonly number[]
  readonly threshold: number
  readonly level: number
  readonly rows: number
}

function figuresOf(cells: readonly Cell[], { edges, threshold, level, rows }: Asked) {
  const isOne = (cell: Cell) => (edges[cell.bin]! >= threshold ? 1 : 0)
  const z = normalQuantile(0.5 + level / 2)
  const sum = (of: (cell: Cell) => number) => cells.reduce((total, cell) => total + of(cell), 0)
  const hits = sum((cell) => isOne(cell) * cell.rows * cell.share)
  const predicted = sum((cell) => isOne(cell) * cell.rows)
  const positives = sum((cell) => cell.rows * cell.share)
  const half = (predicted + positives) / 2
  const figure = (value: number, slope: (cell: Cell) => number): Figure => {
    if (!Number.isFinite(value)) return { kind: 'unknown', reason: 'nothing-to-divide-by', rows }
    const variance = sum(
      (cell) => slope(cell) ** 2 * (cell.rows * cell.share * (1 - cell.share) + cell.rows ** 2 * cell.variance),
    )
    const width = z * Math.sqrt(variance)
    return { kind: 'known', value, low: Math.max(0, value - width), high: Math.min(1, value + width), rows, level }
  }
  return {
    accuracy: figure((rows - predicted - positives + 2 * hits) / rows, (cell) => (2 * isOne(cell) - 1) / rows),
    precision: figure(hits / predicted, (cell) => isOne(cell) / predicted),
    recall: figure(hits / positives, (cell) => (isOne(cell) - hits / positives) / positives),
    f1: figure(hits / half, (cell) => (isOne(cell) - hits / half / 2) / half),
    baseRate: figure(positives / rows, () => 1 / rows),
  }
}

type Totals = { readonly before: number; readonly after: number; readonly clip: number }

function supportOf(reference: CellTable, current: CellTable, { before, after, clip }: Totals) {
  let [squares, outside] = [0, 0]
  current.rows.forEach((rows, cell) => {
    const expected = (reference.rows[cell]! * after) / before
    if (rows > clip * expected) outside += rows
    if (expected > 0) squares += rows ** 2 / expected
  })
  const inside = after - outside
  return {
    effectiveShare: squares > 0 ? Math.min(1, (inside * inside) / (after * squares)) : 0,
    outsideShare: outside / after,
  }
}

function checkAlike(where: string, a: CellTable, b: CellTable): void {
  if (a.groups === b.groups && a.edges.length === b.edges.length && a.edges.every((edge, i) => edge === b.edges[i]))
    return
  throw new StatsError('STATS_BINS_DIFFER', `the two tables of ${where} have different edges or groups`)
}

function binOf(edges: readonly number[], score: number): number {
  let bin = 0
  while (bin < edges.length - 2 && score >= edges[bin + 1]!) bin++
  return bin
}

function totalOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
