import { StatsError } from '../error.ts'
import { type Bins, type CategoricalBins, categoryIndex, MAX_EDGES, type NumericBins, outsideIndex } from './bins.ts'
import type { ProfileBatch } from './profile.ts'

/** Rows of one column, or undefined where the batch lacks it: then every row is missing. */
export type ColumnValues = Float64Array | readonly (string | null)[] | undefined

/** Writes the place of values[from … until) among the counts of their column into the beginning of `places`. */
export function findPlaces(bins: Bins, values: ColumnValues, from: number, until: number, places: Uint16Array): void {
  const { missing } = outsideIndex(bins)
  if (values === undefined) places.fill(missing, 0, until - from)
  else if (values instanceof Float64Array) {
    findNumericPlaces(edgeTable(bins as NumericBins), values, from, until, places)
  } else {
    const indexOf = categoryTable(bins as CategoricalBins)
    for (let i = from; i < until; i++) {
      const value = values[i]
      places[i - from] = value === null || value === undefined ? missing : indexOf(value)
    }
  }
}

/** The places of all rows of a column. */
export function placesOf(bins: Bins, values: ColumnValues, rows: number): Uint16Array {
  const places = new Uint16Array(rows)
  findPlaces(bins, values, 0, rows, places)
  return places
}

/**
 * The values of a column in a batch, undefined where it has none.
 * @throws StatsError STATS_WRONG_KIND, STATS_LENGTHS_DIFFER
 */
export function valuesOf(batch: ProfileBatch, name: string, bins: Bins): ColumnValues {
  const [right, wrong] =
    bins.kind === 'numeric'
      ? [batch.numeric[name], batch.categorical[name]]
      : [batch.categorical[name], batch.numeric[name]]
  if (!right && wrong)
    throw new StatsError('STATS_WRONG_KIND', `column ${name} of the batch is not ${bins.kind}, which its bins are`, {
      column: name,
    })
  if (right && right.length !== batch.rows)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `column ${name} of the batch has ${right.length} values, expected ${batch.rows}`,
      { column: name, found: right.length, expected: batch.rows },
    )
  return right
}

/** Edges padded with +Infinity to 128, so that the search needs no bounds. */
export type EdgeTable = {
  readonly edges: Float64Array
  readonly empty: boolean
  readonly above: number
  readonly missing: number
  readonly invalid: number
}

const edgeTables = new WeakMap<NumericBins, EdgeTable>()
const categoryTables = new WeakMap<CategoricalBins, (value: string) => number>()

export function edgeTable(bins: NumericBins): EdgeTable {
  const known = edgeTables.get(bins)
  if (known) return known
  const edges = new Float64Array(MAX_EDGES + 1).fill(Infinity)
  if (bins.edges.length > MAX_EDGES)
    throw new StatsError(
      'STATS_BAD_OPTION',
      `numeric bins have ${bins.edges.length} edges, expected ${MAX_EDGES} at most`,
    )
  edges.set(bins.edges)
  const { above, missing, invalid } = outsideIndex(bins)
  const table = { edges, empty: bins.edges.length === 0, above, missing, invalid }
  edgeTables.set(bins, table)
  return table
}

/**
 * Number of edges at or below the value. Unrolled, with comparisons as numbers: a branch per halving is mispredicted
 * half of the time and made this seven times as slow (38 ns against 5).
 */
export function placeOf(table: EdgeTable, value: number): number {
  if (value - value !== 0) return Number.isNaN(value) ? table.missing : table.invalid
  if (table.empty) return table.above
  const { edges } = table
  let place = Number(edges[63]! <= value) << 6
  place |= Number(edges[place + 31]! <= value) << 5
  place |= Number(edges[place + 15]! <= value) << 4
  place |= Number(edges[place + 7]! <= value) << 3
  place |= Number(edges[place + 3]! <= value) << 2
  place |= Number(edges[place + 1]! <= value) << 1
  return place | Number(edges[place]! <= value)
}

/**
 * The places of many numbers at once. A search is seven loads that wait for each other; four side by side cost what one
 * does (5.8 ns a value against 15.5), as long as nothing is missing among them.
 */
export function findNumericPlaces(
  table: EdgeTable,
  values: Float64Array,
  from: number,
  until: number,
  places: Uint16Array,
): void {
  const e = table.edges
  const middle = e[63]!
  let i = from
  for (; i + 4 <= until && !table.empty; i += 4) {
    const a = values[i]!
    const b = values[i + 1]!
    const c = values[i + 2]!
    const d = values[i + 3]!
    const at = i - from
    if (a - a + (b - b) + (c - c) + (d - d) !== 0) {
      for (let j = 0; j < 4; j++) places[at + j] = placeOf(table, values[i + j]!)
      continue
    }
    let p = Number(middle <= a) << 6
    let q = Number(middle <= b) << 6
    let r = Number(middle <= c) << 6
    let s = Number(middle <= d) << 6
    p |= Number(e[p + 31]! <= a) << 5
    q |= Number(e[q + 31]! <= b) << 5
    r |= Number(e[r + 31]! <= c) << 5
    s |= Number(e[s + 31]! <= d) << 5
    p |= Number(e[p + 15]! <= a) << 4
    q |= Number(e[q + 15]! <= b) << 4
    r |= Number(e[r + 15]! <= c) << 4
    s |= Number(e[s + 15]! <= d) << 4
    p |= Number(e[p + 7]! <= a) << 3
    q |= Number(e[q + 7]! <= b) << 3
    r |= Number(e[r + 7]! <= c) << 3
    s |= Number(e[s + 7]! <= d) << 3
    p |= Number(e[p + 3]! <= a) << 2
    q |= Number(e[q + 3]! <= b) << 2
    r |= Number(e[r + 3]! <= c) << 2
    s |= Number(e[s + 3]! <= d) << 2
    p |= Number(e[p + 1]! <= a) << 1
    q |= Number(e[q + 1]! <= b) << 1
    r |= Number(e[r + 1]! <= c) << 1
    s |= Number(e[s + 1]! <= d) << 1
    places[at] = p | Number(e[p]! <= a)
    places[at + 1] = q | Number(e[q]! <= b)
    places[at + 2] = r | Number(e[r]! <= c)
    places[at + 3] = s | Number(e[s]! <= d)
  }
  for (; i < until; i++) places[i - from] = placeOf(table, values[i]!)
}

export function categoryTable(bins: CategoricalBins): (value: string) => number {
  let table = categoryTables.get(bins)
  if (!table) categoryTables.set(bins, (table = categoryIndex(bins)))
  return table
}
