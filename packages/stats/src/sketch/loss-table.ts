import { StatsError } from '../error.ts'
import { type Bins, binCount } from './bins.ts'
import type { StreamPair } from './partners.ts'
import { placesOf, valuesOf } from './places.ts'
import type { ProfileBatch } from './profile.ts'
import type { StreamSpec } from './streams.ts'

/** Over the rows of a cell whose loss is known: their number, the sum of losses and the sum of their squares. */
export type CellLosses = { readonly rows: Float64Array; readonly sums: Float64Array; readonly squares: Float64Array }

/**
 * Mergeable table of losses: per place of every column, and per cell of every pair. Where a model is worse than it was,
 * and how sure that is, without keeping rows.
 */
export type LossTable = {
  readonly columns: Readonly<Record<string, Bins>>
  readonly losses: Readonly<Record<string, CellLosses>>
  readonly streams: StreamSpec | null
  /** Per pair of `streams`, its cells as in the profile. */
  readonly pairs: readonly CellLosses[]
  /** Rows whose loss is not known yet (NaN), and those whose loss is infinite or beyond 1e150. */
  unknown: number
  invalid: number
}

/**
 * An empty table over the bins of a reference, and over the pairs of its streams where they are given.
 * @example createLossTable({ columns: { city: freezeBins(['Oslo']) } }).losses.city.rows.length // 5
 */
export function createLossTable(spec: {
  readonly columns: Readonly<Record<string, Bins>>
  readonly streams?: StreamSpec
}): LossTable {
  const losses = Object.entries(spec.columns).map(([name, bins]) => [name, emptyCells(binCount(bins))] as const)
  const streams = spec.streams ?? null
  return {
    columns: spec.columns,
    losses: Object.fromEntries(losses),
    streams,
    pairs: streams?.pairs.map(() => emptyCells(streams.side ** 2)) ?? [],
    unknown: 0,
    invalid: 0,
  }
}

/**
 * Adds the rows of a batch in place.
 * @param losses one per row, any bounded or unbounded loss; NaN = not known yet
 * @throws StatsError STATS_LENGTHS_DIFFER
 * @example
 * const table = createLossTable({ columns: { city: freezeBins(['Oslo']) } })
 * updateLossTable(table, { rows: 2, numeric: {}, categorical: { city: ['Oslo', 'Oslo'] } }, Float64Array.of(1, 3))
 * table.losses.city.squares[0] // 10
 */
export function updateLossTable(table: LossTable, batch: ProfileBatch, losses: Float64Array): void {
  if (losses.length !== batch.rows)
    throw new StatsError('STATS_LENGTHS_DIFFER', `a batch of ${batch.rows} rows has ${losses.length} losses`, {
      found: losses.length,
      expected: batch.rows,
    })
  const names = Object.keys(table.columns)
  const places = new Map(
    names.map((name) => [
      name,
      placesOf(table.columns[name]!, valuesOf(batch, name, table.columns[name]!), batch.rows),
    ]),
  )
  for (const loss of losses) {
    if (Number.isNaN(loss)) table.unknown++
    else if (!isSummable(loss)) table.invalid++
  }
  for (const name of names) addLosses(table.losses[name]!, places.get(name)!, losses)
  for (const [p, pair] of (table.streams?.pairs ?? []).entries())
    addLosses(table.pairs[p]!, pairPlaces(table.streams!, pair, places), losses)
}

/**
 * The table of both sets of rows: rows exact in any order and grouping, sums to rounding. @throws StatsError STATS_BINS_DIFFER
 * @example
 * const table = createLossTable({ columns: { city: freezeBins(['Oslo']) } })
 * updateLossTable(table, { rows: 1, numeric: {}, categorical: { city: ['Oslo'] } }, Float64Array.of(2))
 * mergeLossTables(table, table).losses.city.sums[0] // 4
 */
export function mergeLossTables(a: LossTable, b: LossTable): LossTable {
  const same = JSON.stringify([a.columns, a.streams?.pairs]) === JSON.stringify([b.columns, b.streams?.pairs])
  if (!same) throw new StatsError('STATS_BINS_DIFFER', 'two loss tables are of different columns, bins or pairs')
  return {
    ...a,
    losses: Object.fromEntries(Object.entries(a.losses).map(([name, own]) => [name, addCells(own, b.losses[name]!)])),
    pairs: a.pairs.map((own, p) => addCells(own, b.pairs[p]!)),
    unknown: a.unknown + b.unknown,
    invalid: a.invalid + b.invalid,
  }
}

function pairPlaces(streams: StreamSpec, { a, b }: StreamPair, places: ReadonlyMap<string, Uint16Array>): Uint16Array {
  const [first, second] = [places.get(streams.columns[a]!)!, places.get(streams.columns[b]!)!]
  const [down, across] = [streams.codings[a]!.groups, streams.codings[b]!.groups]
  return first.map((place, i) => down[place]! * streams.side + across[second[i]!]!)
}

/** Squares of larger losses, summed, could leave the doubles. */
function isSummable(loss: number): boolean {
  return Math.abs(loss) <= 1e150
}

function addLosses({ rows, sums, squares }: CellLosses, places: Uint16Array, losses: Float64Array): void {
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i]!
    if (!isSummable(loss)) continue
    const place = places[i]!
    rows[place]!++
    sums[place]! += loss
    squares[place]! += loss * loss
  }
}

function addCells(a: CellLosses, b: CellLosses): CellLosses {
  const add = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + y[i]!)
  return { rows: add(a.rows, b.rows), sums: add(a.sums, b.sums), squares: add(a.squares, b.squares) }
}

function emptyCells(cells: number): CellLosses {
  const zeros = () => new Float64Array(cells)
  return { rows: zeros(), sums: zeros(), squares: zeros() }
}
