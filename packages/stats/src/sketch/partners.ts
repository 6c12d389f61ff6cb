/** Two columns whose joint counts are kept. */
export type StreamPair = {
  /** Positions of the columns in the stream spec, the smaller first. */
  readonly a: number
  readonly b: number
  /** Mutual information of their coarse codes in the reference, nats, less its bias; 0 where chance explains it. */
  readonly information: number
}

/**
 * The pairs worth keeping: for each column its `partners` most dependent others, and beyond that the most dependent
 * pairs until there are `most`. Columns with a single code have no partners.
 * @param codes coarse codes of the reference rows, one array per column, each below `side`
 */
export function choosePairs(
  codes: readonly Uint8Array[],
  side: number,
  options: { readonly partners: number; readonly most: number },
): StreamPair[] {
  const all = everyPair(codes, side)
  const byInformation = [...all].sort((x, y) => y.information - x.information || x.a - y.a || x.b - y.b)
  const kept = new Set<StreamPair>()
  const taken = new Int32Array(codes.length)
  for (const pair of byInformation) {
    if (taken[pair.a]! >= options.partners && taken[pair.b]! >= options.partners) continue
    taken[pair.a]!++
    taken[pair.b]!++
    kept.add(pair)
  }
  for (const pair of byInformation) if (kept.size < options.most) kept.add(pair)
  return all.filter((pair) => kept.has(pair))
}

/** Adds the rows of two coded columns to their table, `side` cells to a row. */
function countPair(
  a: Uint8Array,
  b: Uint8Array,
  rows: number,
  side: number,
  counts: Float64Array,
  offset: number,
): void {
  for (let i = 0; i < rows; i++) counts[offset + a[i]! * side + b[i]!]!++
}

function everyPair(codes: readonly Uint8Array[], side: number): StreamPair[] {
  const rows = codes[0]?.length ?? 0
  const varies = codes.map((column) => column.some((code) => code !== column[0]))
  const pairs: StreamPair[] = []
  const table = new Float64Array(side * side)
  for (let a = 0; a < codes.length; a++)
    for (let b = a + 1; b < codes.length; b++) {
      if (!varies[a] || !varies[b]) continue
      countPair(codes[a]!, codes[b]!, rows, side, table.fill(0), 0)
      pairs.push({ a, b, information: mutualInformation(table, side, rows) })
    }
  return pairs
}

/** Plug-in mutual information less (rows - 1)(columns - 1) / 2n, its bias when independent (Miller 1955). */
function mutualInformation(table: Float64Array, side: number, n: number): number {
  const across = new Float64Array(side)
  const down = new Float64Array(side)
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++) {
      across[i]! += table[i * side + j]!
      down[j]! += table[i * side + j]!
    }
  let sum = 0
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++) {
      const count = table[i * side + j]!
      if (count > 0) sum += count * Math.log((count * n) / (across[i]! * down[j]!))
    }
  const seen = (margin: Float64Array) => margin.reduce((k, count) => k + (count > 0 ? 1 : 0), 0)
  return Math.max(0, sum / n - ((seen(across) - 1) * (seen(down) - 1)) / (2 * n))
}
