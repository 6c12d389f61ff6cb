import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRandom, type Random } from '../random.ts'
import {
  binCount,
  countVectors,
  createProfile,
  decodeProfile,
  encodeProfile,
  freezeProfile,
  mergeProfiles,
  type Profile,
  type ProfileBatch,
  profileFromJson,
  profileToJson,
  streamLayout,
  updateProfile,
} from './index.ts'

const reference = rowsOf(createRandom('stream reference'), 1500)
const spec = freezeProfile(reference, { twins: true, streams: { partners: 1, pairs: 3, projections: 6 } })
const streams = spec.streams!

test('every row is in one cell of every pair and projection, and in one of its twins', () => {
  const profile = profileOf(rowsOf(createRandom('cells'), 2500))
  const { counts, twins } = profile.streams!
  const { offsets, length } = streamLayout(streams)
  const ends = [...offsets.slice(1), length]
  for (const [s, from] of offsets.entries()) assert.equal(sum(counts.subarray(from, ends[s])), 2500)
  assert.deepEqual(
    counts,
    twins![0].map((count, i) => count + twins![1][i]!),
  )
})

test('a monitor gets every stream by name, and each holds every row once', () => {
  const vectors = countVectors(profileOf(rowsOf(createRandom('vectors'), 300)))
  assert.equal(new Set(vectors.map(({ name }) => name)).size, 4 + streams.pairs.length + streams.projections.length)
  for (const { name, counts, twin } of vectors) {
    assert.equal(sum(counts), 300, name)
    assert.ok(twin!.every((rows, i) => rows <= counts[i]!))
  }
})

test('a pair table adds up to the coarse counts of its columns', () => {
  const profile = profileOf(rowsOf(createRandom('margins'), 800))
  for (const [p, { a, b }] of streams.pairs.entries()) {
    const cells = profile.streams!.counts.subarray(p * streams.side ** 2, (p + 1) * streams.side ** 2)
    for (const [c, cellOf] of [
      [a, (i: number) => Math.floor(i / streams.side)],
      [b, (i: number) => i % streams.side],
    ] as const) {
      const expected = new Float64Array(streams.side)
      const column = profile.columns[streams.columns[c]!]!
      for (const [place, count] of column.counts.entries()) expected[streams.codings[c]!.groups[place]!]! += count
      const found = new Float64Array(streams.side)
      for (const [i, count] of cells.entries()) found[cellOf(i)]! += count
      assert.deepEqual(found, expected)
    }
  }
})

test('a column is paired with the one it depends on most', () => {
  const names = streams.pairs.map(({ a, b }) => `${streams.columns[a]} ${streams.columns[b]}`)
  assert.ok(names.includes('x y') && names.includes('x c'), names.join(', '))
  const information = streams.pairs.map((pair) => pair.information)
  assert.equal(Math.max(...information), streams.pairs[names.indexOf('x y')]!.information)
})

test('a projection cuts new rows of the same kind into bins of nearly equal share', () => {
  const profile = profileOf(rowsOf(createRandom('shares'), 16_000))
  const { offsets } = streamLayout(streams)
  for (const [p, { bins }] of streams.projections.entries()) {
    const from = offsets[streams.pairs.length + p]!
    const inner = profile.streams!.counts.subarray(from + 1, from + binCount(bins) - 3)
    assert.ok(sum(inner) > 15_700)
  }
})

test('merging is associative and commutative to the bit for counts, twins and streams, whatever the rows', () => {
  const part = fc.record({ seed: fc.integer(), rows: fc.integer({ min: 0, max: 80 }) })
  fc.assert(
    fc.property(part, part, part, (...parts) => {
      const [a, b, c] = parts.map(({ seed, rows }) => profileOf(rowsOf(createRandom(seed), rows))) as [
        Profile,
        Profile,
        Profile,
      ]
      const sums = [
        mergeProfiles(a, mergeProfiles(b, c)),
        mergeProfiles(mergeProfiles(a, b), c),
        mergeProfiles(mergeProfiles(c, b), a),
      ].map(exactPart)
      assert.deepEqual(sums[1], sums[0])
      assert.deepEqual(sums[2], sums[0])
    }),
    { seed: 6, numRuns: 60 },
  )
})

test('streams survive bytes and JSON, go on counting, and merge with those that were never written', () => {
  const rows = rowsOf(createRandom('bytes'), 400)
  const profile = profileOf(rows)
  for (const copy of [
    decodeProfile(encodeProfile(profile)),
    profileFromJson(JSON.parse(JSON.stringify(profileToJson(profile)))),
  ]) {
    assert.deepEqual(copy, profile)
    assert.equal(sum(mergeProfiles(copy, profile).streams!.counts), 2 * sum(profile.streams!.counts))
    updateProfile(copy, rows)
    assert.deepEqual(exactPart(copy), exactPart(mergeProfiles(profile, profile)))
  }
})

test('profiles with other streams, or none, do not merge', () => {
  const other = createProfile(freezeProfile(reference, { twins: true, streams: { seed: 'another' } }))
  const none = createProfile({ columns: spec.columns, twins: true })
  assert.throws(() => mergeProfiles(createProfile(spec), other), /different streams/)
  assert.throws(() => mergeProfiles(createProfile(spec), none), /one profile keeps streams/)
})

test('constant, all-missing and lone columns leave nothing to join, and nothing breaks', () => {
  const numeric = { constant: new Float64Array(50).fill(3), missing: new Float64Array(50).fill(Number.NaN) }
  const frozen = freezeProfile({ rows: 50, numeric, categorical: {} }, { streams: {} })
  assert.deepEqual([frozen.streams!.pairs.length, frozen.streams!.projections.length], [0, 0])
  const profile = createProfile(frozen)
  updateProfile(profile, { rows: 3, numeric: { constant: Float64Array.of(1, Infinity, Number.NaN) }, categorical: {} })
  assert.equal(profile.rows, 3)
})

function profileOf(batch: ProfileBatch): Profile {
  const profile = createProfile(spec)
  updateProfile(profile, batch)
  return profile
}

function exactPart({ rows, columns, streams: own }: Profile) {
  const exact = Object.entries(columns).map(([name, { counts, twins, distinct }]) => ({
    name,
    counts,
    twins,
    distinct,
  }))
  return { rows, exact, streams: own!.counts, twins: own!.twins }
}

function rowsOf(random: Random, rows: number): ProfileBatch {
  const x = Float64Array.from({ length: rows }, () => random.normal())
  const y = x.map((value) => (random.next() < 0.05 ? Number.NaN : value + 0.3 * random.normal()))
  const z = x.map(() => random.integer(9))
  const c = Array.from(x, (value) => (random.next() < 0.1 ? null : value + random.normal() > 0 ? 'up' : 'down'))
  return { rows, numeric: { x, y, z }, categorical: { c }, twin: Uint8Array.from(x, () => random.integer(2)) }
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0)
}
