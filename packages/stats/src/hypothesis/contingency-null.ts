import { createRandom } from '../random.ts'
import { drawSplit } from '../special/index.ts'
import type { Margins } from './contingency.ts'

const DRAWS = 1999

/**
 * The share of tables with these margins, and of this one with them, whose statistic is at least as large: the p-value
 * that holds its level at any expected count. Seeded by the counts, so that the same table gives the same p-value.
 * @param table two rows of whole counts
 */
export function permutationShare(
  term: (observed: number, expected: number) => number,
  table: readonly ArrayLike<number>[],
  { rows, columns, kept, total }: Margins,
  statistic: number,
): number {
  const random = createRandom(`table ${Array.from(table[0]!).join()} and ${Array.from(table[1]!).join()}`)
  const pooled = Float64Array.from(kept, (j) => columns[j]!)
  const dealt = new Float64Array(pooled.length)
  const [n, m] = rows as [number, number]
  let farther = 1
  for (let draw = 0; draw < DRAWS; draw++) {
    drawSplit(random, pooled, m, dealt)
    let drawn = 0
    for (let j = 0; j < pooled.length; j++)
      drawn += term(pooled[j]! - dealt[j]!, (n * pooled[j]!) / total) + term(dealt[j]!, (m * pooled[j]!) / total)
    if (drawn >= statistic * (1 - 1e-12) - 1e-12) farther++
  }
  return farther / (DRAWS + 1)
}
