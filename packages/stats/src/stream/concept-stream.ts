import { StatsError } from '../error.ts'
import { createRandom } from '../random.ts'
import { CONCEPTS, type ConceptName, type LabelledRow } from './concepts.ts'

export type ConceptChange = {
  /** First row of the change. */
  readonly at: number
  /** The concept after it; one that was before makes a recurring drift. */
  readonly variant: number
  /** Rows over which the share of the new concept grows from 0 to 1, linearly; 0, the default, is abrupt. */
  readonly width?: number
}

export type ConceptStreamOptions = {
  readonly concept: ConceptName
  readonly seed: number | string
  readonly rows: number
  /** The first concept. Default 0. */
  readonly variant?: number
  /** In order of their rows; one begins after the one before has ended. */
  readonly changes?: readonly ConceptChange[]
  /** Share of the labels that are replaced by another class. Default 0. */
  readonly labelNoise?: number
}

/** `variant` says which concept the label was made by. */
export type ConceptRow = LabelledRow & { readonly variant: number }

/**
 * Labelled rows whose concept changes, fixed by their seed.
 * @throws StatsError STATS_BAD_OPTION
 * @example
 * const rows = conceptStream({ concept: 'stagger', seed: 1, rows: 100, changes: [{ at: 50, variant: 1 }] })
 * [...rows].filter(({ variant }) => variant === 1).length // 50
 */
export function* conceptStream(options: ConceptStreamOptions): Generator<ConceptRow, void> {
  check(options)
  const { concept, seed, rows, changes = [], labelNoise = 0 } = options
  const source = CONCEPTS[concept]
  const random = createRandom(`${concept}/${seed}`)
  let variant = options.variant ?? 0
  let next = 0
  for (let row = 0; row < rows; row++) {
    const change = changes[next]
    let drawn = variant
    if (change && row >= change.at) {
      const share = (row - change.at) / (change.width ?? 0)
      if (!(share < 1)) {
        variant = drawn = change.variant
        next++
      } else if (random.next() < share) drawn = change.variant
    }
    const { features, label } = source.draw(drawn, random, () => createRandom(`${concept}/${seed}/world/${drawn}`))
    const wrong = random.next() < labelNoise
    const shown = wrong ? (label + 1 + random.integer(source.classes - 1)) % source.classes : label
    yield { features, label: shown, variant: drawn }
  }
}

function check({ concept, rows, variant = 0, changes = [], labelNoise = 0 }: ConceptStreamOptions): void {
  if (!Object.hasOwn(CONCEPTS, concept))
    throw wrong(`there is no concept ${concept}, only ${Object.keys(CONCEPTS).join(', ')}`, { concept })
  const { variants } = CONCEPTS[concept]
  if (!(Number.isSafeInteger(rows) && rows >= 0))
    throw wrong(`rows is ${rows}, expected a whole number from 0`, { rows })
  if (!(labelNoise >= 0 && labelNoise <= 1)) throw wrong(`labelNoise is ${labelNoise}, expected 0 to 1`, { labelNoise })
  for (const found of [variant, ...changes.map((change) => change.variant)])
    if (!(Number.isInteger(found) && found >= 0 && found < variants))
      throw wrong(`variant of ${concept} is ${found}, expected 0 to ${variants - 1}`, { variant: found })
  let free = 0
  for (const { at, width = 0 } of changes) {
    if (!(Number.isSafeInteger(at) && at >= free && width >= 0 && width < Infinity))
      throw wrong(`a change at ${at} of width ${width} does not begin after the one before has ended, at ${free}`, {
        at,
        width,
      })
    free = at + width
  }
}

function wrong(message: string, details: Readonly<Record<string, unknown>>): StatsError {
  return new StatsError('STATS_BAD_OPTION', message, details)
}
