import {
  CONCEPTS,
  type ConceptChange,
  type ConceptName,
  conceptStream,
  createNaiveBayes,
  createRandom,
  prequentialLosses,
  type SimulatedLosses,
  simulateLosses,
} from '../../packages/stats/src/index.ts'

/** A stream of losses whose changes are known. */
export type World = {
  readonly name: string
  /** Rows at which a change begins. */
  readonly changes: readonly number[]
  readonly losses: (seed: number) => Float64Array
}

const PLAIN_ROWS = 10_000
const LEARNED = 1_000

/** Independent losses, their mean known. */
export const PLAIN: readonly World[] = [
  steps('abrupt 0.2 ↔ 0.8, 5 changes', [0.2, 0.8], 6),
  steps('abrupt 0.2 ↔ 0.4, 5 changes', [0.2, 0.4], 6),
  steps('abrupt 0.2 ↔ 0.3, 4 changes in 25,000', [0.2, 0.3], 5, { rows: 25_000 }),
  steps('abrupt 0.1 ↔ 0.15, 4 changes in 25,000', [0.1, 0.15], 5, { rows: 25_000 }),
  steps('abrupt 0.02 ↔ 0.08, 5 changes', [0.02, 0.08], 6),
  steps('losses of tenths, 0.2 ↔ 0.3, 5 changes', [0.2, 0.3], 6, { draws: 10 }),
  steps('recurring 0.2 ↔ 0.8, every 500', [0.2, 0.8], 20),
  steps('recurring 0.2 ↔ 0.8, every 250', [0.2, 0.8], 40),
  ramp('gradual 0.2 → 1, 0.001 a loss (MOA)', 1, 800),
  ramp('gradual 0.2 → 0.5 over 500', 0.5, 500),
]

/** A naive Bayes that learned the first 1,000 rows and is in production since; those rows are not looked at. */
export const FROZEN: readonly World[] = [
  production('sea', 0, 3, 0.1),
  production('stagger', 0, 1),
  production('sine', 0, 1),
  production('sine', 0, 1, 0, 1000),
  production('mixed', 0, 1),
  production('agrawal', 0, 1),
  production('hyperplane', 0, 1, 0.05),
  production('led', 0, 3),
  production('random-rbf', 0, 1),
]

/** The same, but the model goes on learning, and forgets with a half-life of 500 rows. */
export const LEARNING: readonly World[] = [
  production('mixed', 0, 1, 0, 0, 500),
  production('sine', 0, 1, 0, 0, 500),
  production('agrawal', 0, 1, 0, 0, 500),
]

/** Nothing changes; `wander` stays within 0.008 of its mean. */
export function nullWorlds(rows: number): World[] {
  const still = (mean: number, draws = 1): World => ({
    name: draws === 1 ? `0/1 losses, mean ${mean}` : `losses of tenths, mean ${mean}`,
    changes: [],
    losses: (seed) => simulateLosses({ seed: `null ${mean} ${draws} ${seed}`, rows, mean, draws }),
  })
  return [still(0.02), still(0.1), still(0.2), still(0.5), still(0.2, 10), wandering(rows)]
}

function wandering(rows: number): World {
  return {
    name: '0/1 losses, mean wanders in 0.2 ± 0.008',
    changes: [],
    losses(seed) {
      const random = createRandom(`wander ${seed}`)
      let mean = 0.2
      return Float64Array.from({ length: rows }, () => {
        mean = Math.min(0.208, Math.max(0.192, mean + 0.0005 * random.normal()))
        return random.next() < mean ? 1 : 0
      })
    },
  }
}

function steps(
  name: string,
  means: readonly [number, number],
  parts: number,
  { rows = PLAIN_ROWS, draws = 1 }: Partial<Pick<SimulatedLosses, 'rows' | 'draws'>> = {},
): World {
  const changes = Array.from({ length: parts - 1 }, (_, i) => Math.ceil(((i + 1) * rows) / parts))
  const specs = changes.map((at, i) => ({ at, mean: means[(i + 1) % 2]! }))
  return {
    name,
    changes,
    losses: (seed) => simulateLosses({ seed: `${name} ${seed}`, rows, mean: means[0], draws, changes: specs }),
  }
}

function ramp(name: string, mean: number, width: number): World {
  const at = PLAIN_ROWS / 2
  return {
    name,
    changes: [at],
    losses: (seed) =>
      simulateLosses({ seed: `${name} ${seed}`, rows: PLAIN_ROWS, mean: 0.2, changes: [{ at, mean, width }] }),
  }
}

/** Three changes, there and back and there again. */
function production(
  concept: ConceptName,
  first: number,
  second: number,
  labelNoise = 0,
  width = 0,
  halfLife?: number,
): World {
  const at = [3500, 6000, 8500]
  const changes: ConceptChange[] = at.map((row, i) => ({ at: row, variant: i % 2 === 0 ? second : first, width }))
  const { categories, classes } = CONCEPTS[concept]
  const noise = labelNoise > 0 ? `, ${100 * labelNoise} % wrong labels` : ''
  return {
    name: `${concept}, ${width > 0 ? `gradual over ${width}` : 'abrupt'}${noise}`,
    changes: at.map((row) => row - LEARNED),
    losses(seed) {
      const rows = conceptStream({ concept, seed, rows: 11_000, variant: first, changes, labelNoise })
      const model = createNaiveBayes({ categories, classes, ...(halfLife === undefined ? {} : { halfLife }) })
      const learnsFor = halfLife === undefined ? LEARNED : Infinity
      return prequentialLosses(rows, model, { learnsFor }).subarray(LEARNED)
    },
  }
}
