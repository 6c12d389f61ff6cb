import { createRandom, type Random } from '../random.ts'
import { normalQuantile } from '../special/index.ts'
import type { Hbos } from './hbos.ts'

/**
 * A sparse random line through the records: the sum, over few features, of what each of their bins stands for. Of a
 * missing value nothing is known, hence nothing of where on the line its record lies.
 */
export type Projection = {
  readonly features: readonly number[]
  /** By feature of the list and bin; null = missing. */
  readonly places: readonly (readonly (number | null)[])[]
}

/**
 * Draws lines over √features features each (Pevný 2016). A number stands at the normal score of the mid-rank of its bin,
 * times a normal weight, so that no unit and no outlier outweighs the others; a category at a normal number of its own,
 * which is a random direction of its one-hot columns.
 */
export function drawProjections(marginals: Hbos, lines: number, seed: number | string): Projection[] {
  const random = createRandom(seed)
  const { features } = marginals.bins
  const width = Math.max(1, Math.round(Math.sqrt(features.length)))
  const scores = marginals.counts.map(normalScores)
  return Array.from({ length: lines }, () => {
    const chosen = random.sample(features.keys(), width).sort((a, b) => a - b)
    const places = chosen.map((feature) =>
      features[feature]!.kind === 'numeric'
        ? weighted(scores[feature]!, random.normal())
        : scattered(marginals.counts[feature]!.length, random),
    )
    return { features: chosen, places }
  })
}

function weighted(scores: readonly number[], weight: number): (number | null)[] {
  return [...scores.map((score) => brief(weight * score)), null]
}

function scattered(bins: number, random: Random): (number | null)[] {
  return [...Array.from({ length: bins - 1 }, () => brief(random.normal())), null]
}

/** Standard normal quantile of the mid-rank of each bin but that of missing values; half a row stands in an empty one. */
function normalScores(counts: readonly number[]): number[] {
  const present = counts.slice(0, -1)
  const rows = present.reduce((sum, count) => sum + count, 0)
  let passed = 0
  return present.map((count) => {
    const middle = passed + count / 2
    passed += count
    return normalQuantile((middle + 0.25) / (rows + 0.5))
  })
}

/** Four decimals: a line is random anyway, and its JSON a third as long. */
function brief(place: number): number {
  return Math.round(1e4 * place) / 1e4
}
