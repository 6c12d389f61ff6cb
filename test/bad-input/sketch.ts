import assert from 'node:assert/strict'
import {
  type Bins,
  binCount,
  binIndex,
  binLabels,
  type ColumnProfile,
  categoryCounts,
  coarsenCounts,
  codeColumn,
  countVectors,
  createColumnProfile,
  createLossTable,
  createProfile,
  createScoreTable,
  createStreamCounts,
  decodeProfile,
  distinctCount,
  encodeProfile,
  freezeBins,
  freezeCategories,
  freezeProfile,
  freezeStreams,
  freezeWithRows,
  frequentValues,
  mergeColumnProfiles,
  mergeLossTables,
  mergeMoments,
  mergeProfiles,
  mergeScoreTables,
  mergeStreamCounts,
  nextUp,
  outsideIndex,
  type Profile,
  type ProfileBatch,
  type ProfileSpec,
  profileFromJson,
  profileToJson,
  quantile,
  sameBins,
  sameStreams,
  specOf,
  streamLayout,
  twinOf,
  updateCategorical,
  updateLossTable,
  updateNumeric,
  updateProfile,
  updateScoreTable,
  updateStreamCounts,
  variance,
} from '@evenkeel/stats'
import fc from 'fast-check'
import { bit, type Case, column, counts, given, labels, lists, mostly, number, word } from './draw.ts'

const rows = fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: number })
const maxBins = mostly(2, 4, 32, 500)
const bins: fc.Arbitrary<Bins> = fc.oneof(
  fc.tuple(column, fc.constantFrom(2, 6, 32)).map(([values, most]) => freezeBins(values, { maxBins: most })),
  fc.tuple(labels, fc.constantFrom(1, 4)).map(([values, topK]) => freezeBins(values, { topK })),
)

/** A batch of two columns of numbers and one of categories, of one length or nearly always. */
export const batches: fc.Arbitrary<ProfileBatch> = fc
  .tuple(lists(0, 40, number, fc.integer({ min: 0, max: 3 }), fc.oneof(word, fc.constant(null))), fc.boolean())
  .map(([[x, n, s], hasTwins]) => ({
    rows: x.length,
    numeric: { x: Float64Array.from(x), n: Float64Array.from(n) },
    categorical: { s },
    ...(hasTwins && { twin: Uint8Array.from(x, (_, row) => row % 2) }),
  }))

export function specOfBatch(batch: ProfileBatch): ProfileSpec {
  return freezeProfile(batch, { maxBins: 6, twins: true, streams: { projections: 2, residuals: true, seed: 1 } })
}

const ofProfiles = (use: (a: Profile, b: Profile, c: Profile) => unknown): Case =>
  given([batches, batches, batches], (one, two, three) => {
    const spec = specOfBatch(one)
    const [a, b, c] = [one, two, three].map((batch) => {
      const profile = createProfile(spec)
      updateProfile(profile, { ...batch, twin: Uint8Array.from({ length: batch.rows }, (_, row) => row % 2) })
      return profile
    })
    return use(a!, b!, c!)
  })
const countsOf = (profile: Profile) => [
  profile.rows,
  Object.values(profile.columns).map((each) => each.counts),
  profile.streams?.counts,
]
const ofColumns = (width: number, use: (profiles: readonly ColumnProfile[]) => unknown): Case =>
  given([column, fc.array(column, { minLength: width, maxLength: width })], (reference, all) => {
    const frozen = freezeBins(reference, { maxBins: 6 })
    const profiles = all.map((values) => {
      const profile = createColumnProfile(frozen, { quantiles: true })
      updateNumeric(profile, values)
      return profile
    })
    return use(profiles)
  })
const scoreRows = lists(0, 30, number, bit, number)

export const sketch = {
  freezeBins: given([fc.oneof(column, labels), maxBins, mostly(1, 3, 500)], (values, most, topK) =>
    Array.isArray(values) ? freezeBins(values, { topK }) : freezeBins(values, { maxBins: most }),
  ),
  freezeCategories: given([fc.array(fc.tuple(word, rows)), mostly(1, 3)], (values, topK) =>
    freezeCategories(new Map(values), { topK }),
  ),
  binCount: given([bins], binCount),
  binLabels: given([bins], binLabels),
  binIndex: given([bins, fc.oneof(number, word, fc.constant(null))], (of, value) => {
    const at = binIndex(of, value)
    assert.ok(at >= 0 && at < binCount(of), `${at} of ${binCount(of)}`)
    return at
  }),
  outsideIndex: given([bins], outsideIndex),
  sameBins: given([bins, bins], sameBins),
  nextUp: given([number], nextUp, { at: /^nextUp$/, because: 'what is above the greatest double' }),
  coarsenCounts: given([column, column, counts(12), fc.nat(4)], (reference, values, wrong, odd) => {
    const [fine, coarse] = [freezeBins(reference, { maxBins: 8 }), freezeBins(reference, { maxBins: 2 })]
    const profile = createColumnProfile(fine)
    updateNumeric(profile, values)
    return coarsenCounts(odd === 0 ? Float64Array.from(wrong) : profile.counts, fine, odd === 1 ? coarse : fine)
  }),
  categoryCounts: given([labels, fc.array(fc.tuple(word, rows)), rows, rows], (reference, seen, missing, other) =>
    categoryCounts(freezeBins(reference), new Map(seen), { missing, other }),
  ),
  codeColumn: given(
    [bins, fc.oneof(counts(40), fc.array(number, { minLength: 40, maxLength: 40 })), mostly(2, 5)],
    (of, rows, groups) => codeColumn(of, rows.slice(0, binCount(of)), groups),
  ),
  createColumnProfile: given([bins, fc.boolean(), fc.boolean()], (of, twins, quantiles) =>
    createColumnProfile(of, { twins, quantiles }),
  ),
  updateNumeric: given([column, column, column], (reference, one, other) => {
    const profile = createColumnProfile(freezeBins(reference, { maxBins: 6 }), { quantiles: true })
    updateNumeric(profile, one)
    updateNumeric(profile, other)
    return profile
  }),
  updateCategorical: given([labels, labels, labels], (reference, one, other) => {
    const profile = createColumnProfile(freezeBins(reference, { topK: 2 }))
    updateCategorical(profile, one)
    updateCategorical(profile, other)
    return profile
  }),
  mergeColumnProfiles: ofColumns(3, ([a, b, c]) => {
    const [left, right] = [
      mergeColumnProfiles(mergeColumnProfiles(a!, b!), c!),
      mergeColumnProfiles(a!, mergeColumnProfiles(b!, c!)),
    ]
    assert.deepEqual([left.counts, left.distinct], [right.counts, right.distinct])
    assert.deepEqual(mergeColumnProfiles(a!, b!).moments, mergeColumnProfiles(b!, a!).moments)
    return left
  }),
  mergeMoments: ofColumns(2, ([a, b]) => mergeMoments(a!.moments, b!.moments)),
  variance: ofColumns(1, ([a]) => variance(a!.moments)),
  quantile: given([column, mostly(0, 0.1, 0.5, 1)], (values, share) => {
    const profile = createColumnProfile(freezeBins(values), { quantiles: true })
    updateNumeric(profile, values)
    return quantile(profile.quantiles!, share)
  }),
  distinctCount: ofColumns(1, ([a]) => distinctCount(a!.distinct)),
  frequentValues: ofColumns(1, ([a]) => frequentValues(a!.topUnseen)),
  twinOf: given([fc.oneof(number, word)], twinOf),
  freezeProfile: given([batches], specOfBatch),
  createProfile: given([batches], (batch) => createProfile(specOfBatch(batch))),
  specOf: ofProfiles((a) => specOf(a)),
  updateProfile: ofProfiles((a) => a),
  mergeProfiles: ofProfiles((a, b, c) => {
    const [left, right] = [mergeProfiles(mergeProfiles(a, b), c), mergeProfiles(a, mergeProfiles(b, c))]
    assert.deepEqual(countsOf(left), countsOf(right))
    assert.deepEqual(countsOf(mergeProfiles(a, b)), countsOf(mergeProfiles(b, a)))
    return left
  }),
  countVectors: ofProfiles((a) => countVectors(a)),
  profileToJson: ofProfiles((a) => profileToJson(a)),
  profileFromJson: ofProfiles((a) => profileFromJson(JSON.parse(JSON.stringify(profileToJson(a))))),
  encodeProfile: ofProfiles((a) => encodeProfile(a)),
  decodeProfile: ofProfiles((a) => {
    const back = decodeProfile(encodeProfile(a))
    assert.deepEqual(countsOf(back), countsOf(a))
    return back
  }),
  createScoreTable: given([fc.constantFrom(undefined, [0, 1], [0, Number.NaN], [1, 0], [], [-1e308, 1e308])], (edges) =>
    createScoreTable(edges),
  ),
  updateScoreTable: given([scoreRows], ([scores, targets, losses]) => scoreTable(scores, targets, losses)),
  mergeScoreTables: given([scoreRows, scoreRows], ([s, t, l], [u, v, w]) => {
    const [a, b] = [scoreTable(s, t, l), scoreTable(u, v, w)]
    assert.deepEqual(mergeScoreTables(a, b), mergeScoreTables(b, a))
    return mergeScoreTables(a, b)
  }),
  createLossTable: given([batches], (batch) => createLossTable(specOfBatch(batch))),
  updateLossTable: given([batches, lists(0, 40, number)], (batch, [losses]) => lossTable(batch, losses)),
  mergeLossTables: given([batches, lists(0, 40, number), fc.nat(9)], (batch, [losses], shift) => {
    const [a, b] = [lossTable(batch, losses), lossTable(batch, [...losses.slice(shift), ...losses.slice(0, shift)])]
    assert.deepEqual(mergeLossTables(a, b), mergeLossTables(b, a))
    return mergeLossTables(a, b)
  }),
  freezeStreams: given([batches], (batch) => freezeStreams(batch, specOfBatch(batch).columns, { seed: 1 })),
  freezeWithRows: given([batches], (batch) => freezeWithRows(batch, specOfBatch(batch).columns, { seed: 1 })),
  streamLayout: given([batches], (batch) => streamLayout(specOfBatch(batch).streams!)),
  sameStreams: given([batches, batches], (a, b) => sameStreams(specOfBatch(a).streams!, specOfBatch(b).streams!)),
  createStreamCounts: given([batches], (batch) => createStreamCounts(specOfBatch(batch).streams!, { twins: true })),
  updateStreamCounts: given([batches, batches], (reference, batch) => streamCounts(reference, batch)),
  mergeStreamCounts: given([batches, batches, batches], (reference, one, other) => {
    const [a, b] = [streamCounts(reference, one), streamCounts(reference, other)]
    assert.deepEqual(mergeStreamCounts(a, b).counts, mergeStreamCounts(b, a).counts)
    return mergeStreamCounts(a, b)
  }),
}

function scoreTable(scores: number[], targets: number[], losses: number[]) {
  const table = createScoreTable()
  updateScoreTable(table, Float64Array.from(scores), Float64Array.from(targets))
  updateScoreTable(table, Float64Array.from(scores), Float64Array.from(targets), Float64Array.from(losses))
  return table
}

function lossTable(batch: ProfileBatch, losses: number[]) {
  const table = createLossTable(specOfBatch(batch))
  const spread = Float64Array.from({ length: batch.rows }, (_, row) => losses[row % losses.length] ?? Number.NaN)
  updateLossTable(table, batch, losses.length % 9 === 8 ? Float64Array.from(losses) : spread)
  return table
}

function streamCounts(reference: ProfileBatch, batch: ProfileBatch) {
  const { columns, streams } = specOfBatch(reference)
  const counts = createStreamCounts(streams!)
  updateStreamCounts(counts, columns, batch)
  return counts
}
