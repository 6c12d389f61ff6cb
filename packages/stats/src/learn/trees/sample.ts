import type { Random } from '../../random.ts'
import type { Settings } from './options.ts'

/** Puts the rows of this round first in `order` and returns how many there are; the others follow. */
export type RowSampler = (order: Uint32Array) => number

export interface Sampler {
  readonly sampleRows: RowSampler
  readonly sampleFeatures: () => Int32Array
}

export function sampler(settings: Settings, rows: number, features: number, random: Random): Sampler {
  return {
    sampleRows: rowSampler(settings.rowShare, rows, random.fork('rows')),
    sampleFeatures: featureSampler(settings.featureShare, features, random.fork('features')),
  }
}

/** Rows keep their order on both sides: neighbours in memory stay neighbours. */
function rowSampler(share: number, rows: number, random: Random): RowSampler {
  const wanted = Math.max(1, Math.round(share * rows))
  return (order) => {
    let taken = 0
    let left = wanted
    for (let row = 0; row < rows; row++) {
      // Selection sampling (Knuth, algorithm S): exactly `wanted` rows, every set equally likely.
      const take = wanted === rows || random.next() * (rows - row) < left
      if (take) {
        order[taken++] = row
        left--
      } else order[wanted + (row - taken)] = row
    }
    return wanted
  }
}

function featureSampler(share: number, features: number, random: Random): () => Int32Array {
  const all = Int32Array.from({ length: features }, (_, feature) => feature)
  const wanted = Math.max(1, Math.round(share * features))
  return () => (wanted === features ? all : Int32Array.from(random.sample(all, wanted)).sort())
}
