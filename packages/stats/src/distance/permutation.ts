import { createRandom } from '../random.ts'
import { drawSplit } from '../special/index.ts'
import type { Table } from './counts.ts'

/**
 * The statistic on tables where the same rows fell to reference and current by chance: given the pooled counts, nothing
 * changed means a multivariate hypergeometric draw, whatever the unknown distribution is. So the floor taken from these
 * values is exceeded with probability alpha at most, in sparse tables too (a permutation test).
 * The seed is made of the counts: the same tables give the same floor, and an unlucky draw does not stay with a column.
 * @param designEffect rows come in clumps of this many; whole clumps are drawn
 * @returns values in ascending order
 */
export function permutedValues(
  table: Table,
  statistic: (reference: Float64Array, current: Float64Array) => number,
  options: { readonly draws: number; readonly designEffect: number },
): Float64Array {
  const { designEffect } = options
  const pooled = table.reference.map((rows, j) => clumps(rows + table.current[j]!, designEffect))
  const total = pooled.reduce((sum, rows) => sum + rows, 0)
  const share = table.currentRows / (table.referenceRows + table.currentRows)
  const drawn = Math.min(total - 1, Math.max(1, Math.round(total * share)))
  const random = createRandom(`permutation of ${table.reference.join()} and ${table.current.join()}`)
  const reference = new Float64Array(pooled.length)
  const current = new Float64Array(pooled.length)
  const values = Float64Array.from({ length: options.draws }, () => {
    drawSplit(random, pooled, drawn, current)
    for (let j = 0; j < pooled.length; j++) {
      reference[j] = (pooled[j]! - current[j]!) * designEffect
      current[j]! *= designEffect
    }
    return statistic(reference, current)
  })
  return values.sort()
}

function clumps(rows: number, designEffect: number): number {
  return Math.max(1, Math.round(rows / designEffect))
}
