import { StatsError, type Unknown } from '../../error.ts'
import { cleaned, inferColumnType, type Sample, type Values } from './column.ts'
import { type Direction, TESTS, type TestDefinition, type TestedType, type TestId } from './table.ts'

export type TestOptions = {
  /** Default: the test's own. */
  readonly threshold?: number
  /** How the column is to be read; default: as the test demands, or as `inferColumnType` reads the current column. */
  readonly type?: TestedType
  /** For `empirical_mmd`, which the peer leaves unseeded. Default 0. */
  readonly seed?: number | string
}

export type ColumnDrift = {
  readonly kind: 'judged'
  readonly test: TestId
  readonly type: TestedType
  /** A p-value or a distance: the table of the tests says which. */
  readonly score: number
  readonly threshold: number
  /** Evidently's verdict. */
  readonly drifted: boolean
}
/** Unknown where Evidently raises or gives NaN, which it counts as no drift. */
export type DriftResult = ColumnDrift | Unknown

/**
 * One of Evidently's tests by its id, on values from which missing and infinite ones are taken out first.
 * @throws STATS_UNKNOWN_METHOD for an id that there is not, STATS_BAD_OPTION for a type that the test does not judge
 * @example evidently.runTest('chisquare', ['a', 'b', 'b'], ['a', 'a', 'b']).score // 0.2207
 */
export function runTest(id: TestId, reference: Values, current: Values, options: TestOptions = {}): DriftResult {
  const definition = definitionOf(id)
  const type = options.type ?? typeFor(definition, current)
  if (!definition.types.includes(type))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `evidently:${id} judges columns of type ${definition.types.join(', ')}, found ${type}`,
      {
        id,
        type,
      },
    )
  return judgeBy(id, type, { reference, current }, options)
}

/** Without the check of the type: Evidently's default choice puts numbers of few values to tests of categories. */
export function judgeBy(
  id: TestId,
  type: TestedType,
  { reference, current }: { readonly reference: Values; readonly current: Values },
  options: Omit<TestOptions, 'type'>,
): DriftResult {
  const definition = definitionOf(id)
  const { threshold = definition.threshold } = options
  if (!Number.isFinite(threshold))
    throw new StatsError('STATS_BAD_OPTION', `threshold of evidently:${id} is ${threshold}, expected a finite number`, {
      threshold,
    })
  const [a, b] = [cleaned(reference, 'reference'), cleaned(current, 'current')]
  if (isUnknown(a)) return a
  if (isUnknown(b)) return b
  const score = scoreOf(definition, a, b, type, options.seed ?? 0)
  if (typeof score !== 'number') return score
  return { kind: 'judged', test: id, type, score, threshold, drifted: drifts(definition.drifted, score, threshold) }
}

function definitionOf(id: TestId): TestDefinition {
  if (!Object.hasOwn(TESTS, id))
    throw new StatsError(
      'STATS_UNKNOWN_METHOD',
      `no test of Evidently is called ${id}; there are ${Object.keys(TESTS).join(', ')}`,
      {
        id,
      },
    )
  return TESTS[id]
}

function typeFor(definition: TestDefinition, current: Values): TestedType {
  if (definition.types.length === 1) return definition.types[0]!
  return inferColumnType(current) === 'num' ? 'num' : 'cat'
}

function scoreOf(
  definition: TestDefinition,
  a: Sample,
  b: Sample,
  type: TestedType,
  seed: number | string,
): number | Unknown {
  if (type === 'num')
    for (const [which, { values }] of [['reference', a] as const, ['current', b] as const])
      if (values.some((value) => typeof value === 'string'))
        return { kind: 'unknown', reason: `${which}-not-numeric`, have: 0, need: values.length }
  const score = definition.score(a, b, type, seed)
  if (typeof score !== 'number' || Number.isFinite(score)) return score
  return { kind: 'unknown', reason: 'not-finite', have: 0, need: 1 }
}

function drifts(direction: Direction, score: number, threshold: number): boolean {
  if (direction === 'below') return score < threshold
  if (direction === 'at-most') return score <= threshold
  return direction === 'at-least' ? score >= threshold : score > threshold
}

function isUnknown(sample: Sample | Unknown): sample is Unknown {
  return 'kind' in sample
}
