import { StatsError } from '../error.ts'

/** Two samples of finite numbers, at least one of each. @throws StatsError STATS_EMPTY_SAMPLE, STATS_OUT_OF_RANGE */
export function checkSamples(where: string, reference: ArrayLike<number>, current: ArrayLike<number>): void {
  if (reference.length === 0 || current.length === 0)
    throw new StatsError(
      'STATS_EMPTY_SAMPLE',
      `${where} got ${reference.length} reference values and ${current.length} current values, expected some of both`,
    )
  for (const [side, values] of [['reference', reference] as const, ['current', current] as const])
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]))
        throw new StatsError(
          'STATS_OUT_OF_RANGE',
          `${side} value ${i} of ${where} is ${values[i]}, expected a finite number (leave missing values out)`,
          { row: i },
        )
}
