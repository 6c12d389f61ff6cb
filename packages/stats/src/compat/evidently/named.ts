import type { NamedColumn, NamedResult, WindowMethod, WindowOptions } from '../method.ts'
import { columnDrift } from './drift.ts'
import { type DriftResult, runTest } from './run.ts'
import { TESTS, type TestDefinition, type TestedType, type TestId } from './table.ts'

/** Evidently's tests by name, and `evidently:default`, its choice among them. */
export const METHODS: readonly WindowMethod[] = [
  ...(Object.keys(TESTS) as TestId[]).map(
    (id): WindowMethod => ({
      kind: 'window',
      name: `evidently:${id}`,
      column: kindOf(TESTS[id].types),
      run: (reference, current, options = {}) => verdictOf(runTest(id, reference, current, optionsOf(options))),
    }),
  ),
  { kind: 'window', name: 'evidently:default', column: 'either', run: byDefault },
]

function byDefault(reference: NamedColumn, current: NamedColumn, options: WindowOptions = {}): NamedResult {
  return verdictOf(columnDrift(reference, current, optionsOf(options)))
}

function optionsOf({ threshold, column, seed }: WindowOptions) {
  return {
    ...(threshold === undefined ? {} : { threshold }),
    ...(column === undefined ? {} : { type: column === 'numeric' ? ('num' as const) : ('cat' as const) }),
    ...(seed === undefined ? {} : { seed }),
  }
}

function kindOf(types: readonly TestedType[]): WindowMethod['column'] {
  if (types.length > 1) return 'either'
  return types[0] === 'num' ? 'numeric' : 'categorical'
}

function verdictOf(result: DriftResult): NamedResult {
  if (result.kind === 'unknown') return result
  const { test, score, threshold, drifted } = result
  const definition: TestDefinition = TESTS[test]
  const ofP = definition.drifted === 'below' || definition.drifted === 'at-most'
  return {
    kind: 'judged',
    method: `evidently:${test}`,
    score,
    scale: ofP ? 'p-value' : 'distance',
    threshold,
    shifted: drifted,
  }
}
