import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, type Random } from '../random.ts'
import {
  createProfile,
  decodeProfile,
  distinctCount,
  encodeProfile,
  freezeBins,
  freezeProfile,
  frequentValues,
  mergeProfiles,
  type Profile,
  type ProfileBatch,
  profileFromJson,
  profileToJson,
  quantile,
  specOf,
  twinOf,
  updateProfile,
  variance,
} from './index.ts'

/** A profile of one categorical column, three rows, written when version 1 was defined. */
const VERSION_1 =
  '454b504601000000640000006f41bd3e00000000000008400104636974790001555555555555d53f02044f736c6f0642657267656e00010000010100000000000000000000000000000000000000000000000000000000000000000000000000000000000102470002f302050101046f736c6f01'
/** The same in version 2: no streams. */
const VERSION_2 =
  '454b50460200000065000000052e310f00000000000008400104636974790001555555555555d53f02044f736c6f0642657267656e00010000010100000000000000000000000000000000000000000000000000000000000000000000000000000000000102470002f302050101046f736c6f0100'

const reference = rowsOf(createRandom('reference'), 3000)
const spec = freezeProfile(reference, { twins: true })

test('merging is associative and commutative to the bit for counts, twins and distinct values', () => {
  for (let world = 0; world < 30; world++) {
    const [a, b, c] = [0, 1, 2].map((part) => profileOf(rowsOf(createRandom(`${world}/${part}`), 200))) as [
      Profile,
      Profile,
      Profile,
    ]
    same(mergeProfiles(a, b), mergeProfiles(b, a))
    same(mergeProfiles(mergeProfiles(a, b), c), mergeProfiles(a, mergeProfiles(b, c)))
  }
})

test('profiling all rows at once equals profiling parts and merging them', () => {
  for (let world = 0; world < 30; world++) {
    const rows = rowsOf(createRandom(`parts ${world}`), 500)
    const cut = 1 + createRandom(world).integer(498)
    same(profileOf(rows), mergeProfiles(profileOf(slice(rows, 0, cut)), profileOf(slice(rows, cut, 500))))
  }
})

test('counts add up to the rows, whatever the rows hold', () => {
  const profile = profileOf(rowsOf(createRandom('whole'), 1234))
  for (const column of Object.values(profile.columns)) assert.equal(sum(column.counts), 1234)
})

test('merging leaves its arguments as they were', () => {
  const a = profileOf(rowsOf(createRandom('left'), 300))
  const before = encodeProfile(a)
  mergeProfiles(a, a)
  assert.deepEqual(encodeProfile(a), before)
})

test('decoding what was encoded gives the same profile, in bytes and in JSON, and it goes on merging and updating', () => {
  for (const rows of [0, 1, 700, 9000]) {
    const profile = profileOf(rowsOf(createRandom(`codec ${rows}`), rows))
    assert.deepEqual(decodeProfile(encodeProfile(profile)), profile)
    assert.deepEqual(profileFromJson(JSON.parse(JSON.stringify(profileToJson(profile)))), profile)
    same(
      mergeProfiles(decodeProfile(encodeProfile(profile)), profileOf(reference)),
      mergeProfiles(profile, profileOf(reference)),
    )
    const decoded = decodeProfile(encodeProfile(profile))
    updateProfile(decoded, reference)
    updateProfile(profile, reference)
    assert.deepEqual(decoded, profile)
  }
})

test('a damaged, truncated, foreign, older or newer profile says so and is never misread', () => {
  const bytes = encodeProfile(profileOf(rowsOf(createRandom('damage'), 200)))
  const code = (damaged: Uint8Array) => {
    try {
      decodeProfile(damaged)
      return 'read'
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    }
  }
  const withByte = (at: number, byte: number) => bytes.map((old, i) => (i === at ? byte : old))
  assert.equal(code(new Uint8Array()), 'STATS_PROFILE_FOREIGN')
  assert.equal(code(withByte(0, 0)), 'STATS_PROFILE_FOREIGN')
  assert.equal(code(withByte(4, 3)), 'STATS_PROFILE_VERSION')
  assert.equal(code(withByte(4, 0)), 'STATS_PROFILE_VERSION')
  const random = createRandom('fuzz')
  for (let i = 0; i < 300; i++) {
    assert.notEqual(code(bytes.subarray(0, random.integer(bytes.length))), 'read')
    const at = 16 + random.integer(bytes.length - 16)
    assert.equal(code(withByte(at, bytes[at]! ^ (1 + random.integer(255)))), 'STATS_PROFILE_CORRUPT')
  }
})

test('profiles of different references do not merge, and the column is named', () => {
  const other = createProfile({
    columns: { ...spec.columns, price: freezeBins(Float64Array.of(1, 2, 3)) },
    twins: true,
  })
  assert.throws(() => mergeProfiles(createProfile(spec), other), /column price: .*different bins/)
  assert.throws(
    () => mergeProfiles(createProfile(spec), createProfile({ columns: {} })),
    /column \w+ is in one profile/,
  )
})

test('a batch with a wrong length or type changes nothing', () => {
  const profile = profileOf(reference)
  const before = encodeProfile(profile)
  assert.throws(
    () => updateProfile(profile, { ...reference, numeric: { ...reference.numeric, price: Float64Array.of(1) } }),
    /price .* 1 values, expected 3000/,
  )
  assert.throws(
    () =>
      updateProfile(profile, {
        rows: 1,
        numeric: { city: Float64Array.of(1) },
        categorical: {},
        twin: new Uint8Array(1),
      }),
    /city .* is not categorical/,
  )
  assert.deepEqual(encodeProfile(profile), before)
})

test('a profile that keeps twins refuses a batch without them', () => {
  assert.throws(
    () => updateProfile(createProfile(spec), { rows: 7, numeric: {}, categorical: {} }),
    /has 0 of them, expected one per row/,
  )
})

test('the bytes of version 2 stay what they are, and those of version 1 are still read', () => {
  const profile = createProfile({ columns: { city: freezeBins(['Oslo', 'Oslo', 'Bergen']) } })
  updateProfile(profile, { rows: 3, numeric: {}, categorical: { city: ['Oslo', 'oslo', null] } })
  const bytes = encodeProfile(profile)
  assert.deepEqual(decodeProfile(bytes), profile)
  assert.equal(Buffer.from(bytes).toString('hex'), VERSION_2)
  assert.deepEqual(decodeProfile(Buffer.from(VERSION_1, 'hex')), profile)
})

test('a column that a batch lacks counts as missing in every row', () => {
  const profile = createProfile(spec)
  updateProfile(profile, { rows: 7, numeric: {}, categorical: {}, twin: new Uint8Array(7) })
  assert.equal(profile.columns['city']!.counts.at(-2), 7)
})

test('moments agree with the textbook, far from zero too', () => {
  const random = createRandom('moments')
  const values = Float64Array.from({ length: 5000 }, () => 1e9 + random.normal())
  const profile = createProfile({ columns: { x: freezeBins(values) } })
  for (let from = 0; from < 5000; from += 500)
    updateProfile(profile, { rows: 500, numeric: { x: values.subarray(from, from + 500) }, categorical: {} })
  const mean = values.reduce((total, x) => total + (x - 1e9), 0) / 5000
  const expected = values.reduce((total, x) => total + (x - 1e9 - mean) ** 2, 0) / 4999
  assert.ok(Math.abs(variance(profile.columns['x']!.moments) / expected - 1) < 1e-6)
})

test('distinct values are counted to 10 %, which is three standard errors', () => {
  for (const distinct of [10, 500, 3000, 50_000]) {
    const values = Float64Array.from({ length: 2 * distinct }, (_, i) => (i % distinct) / 7)
    const profile = createProfile({ columns: { x: freezeBins(values) } })
    updateProfile(profile, { rows: values.length, numeric: { x: values }, categorical: {} })
    const found = distinctCount(profile.columns['x']!.distinct)
    assert.ok(Math.abs(found / distinct - 1) < 0.1, `${found} of ${distinct}`)
  }
})

test('quantiles are within 2.5 % of the rows, merged or not', () => {
  const worst: number[] = []
  for (let world = 0; world < 60; world++) {
    const random = createRandom(`quantiles ${world}`)
    const values = Float64Array.from({ length: 20_000 }, () => Math.exp(random.normal()))
    const parts = [values.subarray(0, 2500), values.subarray(2500, 12_000), values.subarray(12_000)]
    const whole = { columns: { x: freezeBins(values.slice(0, 100)) } }
    const profiles = parts.map((x) => {
      const profile = createProfile(whole)
      updateProfile(profile, { rows: x.length, numeric: { x }, categorical: {} })
      return profile
    })
    const sketch = profiles.reduce(mergeProfiles).columns['x']!.quantiles!
    const sorted = values.slice().sort()
    const rankOf = (value: number) => sorted.findIndex((x) => x >= value) / sorted.length
    worst.push(Math.max(...[0.1, 0.5, 0.9].map((share) => Math.abs(rankOf(quantile(sketch, share)!) - share))))
  }
  worst.sort((a, b) => a - b)
  assert.ok(worst.at(-2)! < 0.025, `second worst of 60: ${worst.at(-2)}`)
})

test('a renamed category and a new unit can be read from the frequent values outside the bins', () => {
  const profile = createProfile(spec)
  const rows = rowsOf(createRandom('renamed'), 400)
  const city = rows.categorical['city']!.map((value, i) => (i % 2 ? (value?.toLowerCase() ?? null) : `noise-${i}`))
  updateProfile(profile, { ...rows, categorical: { ...rows.categorical, city } })
  const outside = frequentValues(profile.columns['city']!.topUnseen)
  assert.ok(outside.length <= 32 && outside.slice(0, 3).every(({ value }) => String(value).startsWith('city-')))
})

test('twin counts are two halves of the counts, told apart by entity', () => {
  const profile = profileOf(reference)
  for (const { counts, twins } of Object.values(profile.columns))
    assert.deepEqual(
      counts,
      twins![0].map((count, i) => count + twins![1][i]!),
    )
  assert.equal(specOf(profile).twins, true)
})

function profileOf(batch: ProfileBatch): Profile {
  const profile = createProfile(spec)
  updateProfile(profile, batch)
  return profile
}

function rowsOf(random: Random, rows: number): ProfileBatch {
  const times = <T>(make: () => T) => Array.from({ length: rows }, make)
  const price = Float64Array.from(times(() => (random.next() < 0.05 ? Number.NaN : Math.exp(random.normal()))))
  const stops = Float64Array.from(times(() => (random.next() < 0.01 ? Number.POSITIVE_INFINITY : random.integer(4))))
  const city = times(() => (random.next() < 0.1 ? null : `City-${random.integer(random.integer(50) + 1)}`))
  const twin = Uint8Array.from(times(() => twinOf(random.integer(100))))
  return { rows, numeric: { price, stops }, categorical: { city }, twin }
}

function slice(batch: ProfileBatch, from: number, until: number): ProfileBatch {
  const cut = <T extends { slice(from: number, until: number): T }>(columns: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(from, until)]))
  const numeric = cut(batch.numeric as Record<string, Float64Array>)
  const categorical = cut(batch.categorical as Record<string, (string | null)[]>)
  return { rows: until - from, numeric, categorical, twin: batch.twin!.slice(from, until) }
}

/** Counts, twins and distinct to the bit; moments to rounding. */
function same(a: Profile, b: Profile): void {
  assert.equal(a.rows, b.rows)
  for (const [name, column] of Object.entries(a.columns)) {
    const other = b.columns[name]!
    assert.deepEqual([column.counts, column.twins, column.distinct], [other.counts, other.twins, other.distinct])
    assert.deepEqual(
      [column.moments.count, column.moments.min, column.moments.max],
      [other.moments.count, other.moments.min, other.moments.max],
    )
    for (const key of ['mean', 'm2'] as const)
      assert.ok(
        Math.abs(column.moments[key] - other.moments[key]) <= 1e-9 * Math.max(1, Math.abs(column.moments[key])),
        name,
      )
  }
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0)
}
