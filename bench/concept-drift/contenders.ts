import { createLossChangeDetector, river, updateLossChange } from '../../packages/stats/src/index.ts'

/** A detector and the places in a stream of losses at which it alarms. */
export type Contender = {
  readonly name: string
  /** Slow: it is shown less of the long streams. */
  readonly slow?: true
  readonly alarms: (losses: Float64Array) => number[]
}

export type RiverContender = Contender & {
  readonly method: river.MethodName
  /** As river names them. */
  readonly options: Readonly<Record<string, number | boolean>>
  /** What the installed river is to be fed with. */
  readonly values: (losses: Float64Array) => Float64Array
}

/** As river ships them, but told of both directions where there is an option for it. */
export const RIVER: readonly RiverContender[] = [
  contender('ADWIN'),
  contender('DDM'),
  contender('EDDM'),
  contender('FHDDM'),
  contender('HDDMA', { twoSidedTest: true }),
  contender('HDDMW', { twoSidedTest: true }),
  contender('KSWIN'),
  contender('PageHinkley'),
]

export const OURS: readonly Contender[] = [
  {
    name: 'ours',
    alarms: (losses) => updateLossChange(createLossChangeDetector(), losses).map(({ at }) => at),
  },
  {
    name: 'ours, 1e4',
    alarms: (losses) =>
      updateLossChange(createLossChangeDetector({ averageRunLength: 10_000 }), losses).map(({ at }) => at),
  },
]

function contender(method: river.MethodName, options: { twoSidedTest?: boolean } = {}): RiverContender {
  const correct = river.METHODS[method].input === 'correct'
  const values = (losses: Float64Array) => (correct ? losses.map((loss) => 1 - loss) : losses)
  return {
    name: method,
    method,
    options: { ...(options.twoSidedTest ? { two_sided_test: true } : {}), ...(method === 'KSWIN' ? { seed: 0 } : {}) },
    ...(method === 'KSWIN' ? { slow: true as const } : {}),
    values,
    alarms: (losses) => river.update(river.createDetector(method, options), values(losses)),
  }
}
