import {
  binnedEnergy,
  binnedKs,
  binnedWasserstein,
  boundedKs,
  type ColumnProfile,
  compareColumns,
  compareProfiles,
  countSamples,
  createColumnProfile,
  createProfile,
  designEffect,
  energyDistance,
  freezeBins,
  heldOutCounts,
  hellinger,
  jensenShannon,
  klDivergence,
  lInfinity,
  psi,
  totalVariation,
  updateCategorical,
  updateNumeric,
  updateProfile,
  wasserstein,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { type Case, column, counts, given, labels, level, mostly, numbers } from './draw.ts'
import { batches, specOfBatch } from './sketch.ts'

const alpha = mostly(0.05, 0.5, 1e-4)
const effect = mostly(1, 3.5, 1e6)
const base = fc.constantFrom<2 | 'e'>(2, 'e')
type Distance = typeof psi

const ofCounts = (distance: Distance): Case =>
  given([counts(5), counts(5), alpha, effect, level], (a, b, at, designEffect, confidence) =>
    distance(a, b, { alpha: at, designEffect, level: confidence }),
  )
const ofColumns = (compare: (reference: ColumnProfile, current: ColumnProfile) => unknown): Case =>
  given([fc.oneof(column, labels), column, labels], (reference, numeric, categorical) => {
    const bins = Array.isArray(reference) ? freezeBins(reference) : freezeBins(reference, { maxBins: 6 })
    const [before, after] = [createColumnProfile(bins), createColumnProfile(bins)]
    if (Array.isArray(reference)) {
      updateCategorical(before, reference)
      updateCategorical(after, categorical)
    } else {
      updateNumeric(before, reference)
      updateNumeric(after, numeric)
    }
    return compare(before, after)
  })

export const distance = {
  psi: ofCounts(psi),
  hellinger: ofCounts(hellinger),
  totalVariation: ofCounts(totalVariation),
  lInfinity: ofCounts(lInfinity),
  binnedKs: ofCounts(binnedKs),
  boundedKs: ofCounts(boundedKs),
  klDivergence: given([counts(4), counts(4), base], (a, b, unit) => klDivergence(a, b, { base: unit })),
  jensenShannon: given([counts(4), counts(4), base], (a, b, unit) => jensenShannon(a, b, { base: unit })),
  binnedWasserstein: ofColumns((a, b) => binnedWasserstein(a, b, { alpha: 0.5 })),
  binnedEnergy: ofColumns((a, b) => binnedEnergy(a, b, { alpha: 0.5 })),
  compareColumns: ofColumns((a, b) => compareColumns('x', a, b, { alpha: 0.5, minRows: 1 })),
  heldOutCounts: ofColumns((a) => heldOutCounts(a.bins, a.counts)),
  compareProfiles: given([batches, batches, mostly(1, 50)], (a, b, minRows) => {
    const spec = specOfBatch(a)
    const [before, after] = [createProfile(spec), createProfile(spec)]
    updateProfile(before, a)
    updateProfile(after, b)
    return compareProfiles(before, after, { alpha: 0.5, minRows })
  }),
  designEffect: given([column, fc.array(fc.tuple(column, fc.nat(1)), { maxLength: 6 })], (reference, windows) => {
    const bins = freezeBins(reference, { maxBins: 4 })
    const profiles = windows.map(([values, half]) => {
      const profile = createColumnProfile(bins, { twins: true })
      updateNumeric(
        profile,
        values,
        0,
        values.length,
        Uint8Array.from(values, (_, i) => (i + half) % 2),
      )
      return profile
    })
    return designEffect(profiles)
  }),
  countSamples: given(
    [fc.oneof(column, labels), column, labels, mostly(4, 10)],
    (reference, numeric, categorical, maxBins) =>
      countSamples(reference, Array.isArray(reference) ? categorical : numeric, { maxBins }),
  ),
  wasserstein: given([numbers, numbers, alpha, level], (a, b, at, confidence) =>
    wasserstein(a, b, { alpha: at, level: confidence }),
  ),
  energyDistance: given([numbers, numbers, alpha, level], (a, b, at, confidence) =>
    energyDistance(a, b, { alpha: at, level: confidence }),
  ),
}
