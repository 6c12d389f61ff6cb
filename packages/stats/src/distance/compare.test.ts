import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import { createProfile, freezeProfile, type Profile, type ProfileBatch, updateProfile } from '../sketch/index.ts'
import { type ComparedColumn, compareProfiles } from './index.ts'

const reference = rowsOf('reference', 5000, (x) => x)
const spec = freezeProfile(reference)

test('a window like the reference is not shifted in any column', () => {
  for (const column of Object.values(compared(rowsOf('alike', 800, (x) => x))))
    assert.equal(column.shifted, false, column.column)
})

test('kilometres for miles is a shift whose moved bins are the upper ones and whose range is left', () => {
  const { distance } = compared(rowsOf('kilometres', 800, (x) => 1.609 * x))
  assert.ok(distance!.shifted && distance!.effect > 0.1)
  assert.equal(distance!.moved[0]!.bin, 'above')
  const { reference: before, current: after } = distance!.shares.outOfRange
  assert.ok(after.low > before.high)
  assert.ok(distance!.ks!.value > distance!.ks!.noiseFloor)
})

test('lower-cased categories are unseen, with an interval of their share', () => {
  const rows = rowsOf('lower', 800, (x) => x)
  const city = rows.categorical['city']!.map((value) => value?.toLowerCase() ?? null)
  const { city: found } = compared({ ...rows, categorical: { city } })
  assert.ok(found!.shifted)
  assert.ok(found!.shares.unseen.current.low > 0.9)
  assert.equal(found!.ks, null)
})

test('a change beyond noise but below the material floor is not a shift', () => {
  const current = rowsOf('small', 5000, (x) => 1.06 * x)
  const [strict, lenient] = [compared(current, 0)['distance']!, compared(current, 0.5)['distance']!]
  assert.ok(strict.shifted && !lenient.shifted && strict.psi.value === lenient.psi.value)
})

test('too few rows are unknown, with what there is and what is needed', () => {
  const { distance } = compareProfiles(profileOf(reference), profileOf(rowsOf('few', 10, (x) => x)))
  assert.deepEqual(distance, { kind: 'unknown', column: 'distance', reason: 'too-few-rows', have: 10, need: 50 })
})

test('windows like a reference of many rare values and few rows exceed the floor no more often than declared', () => {
  let exceeded = 0
  for (let trial = 0; trial < 100; trial++) {
    const [before, after] = [manyValues(`${trial}/reference`, 2000), manyValues(`${trial}/current`, 300)]
    const bins = freezeProfile(before)
    const found = compareProfiles(profileOf(before, bins), profileOf(after, bins), { alpha: 0.05, material: 0 })
    exceeded += Object.values(found).filter((column) => column.kind === 'compared' && column.shifted).length
  }
  assert.ok(exceeded <= 200 * 0.065 + 2.33 * Math.sqrt(200 * 0.065), `${exceeded} of 200`)
})

test('profiles over other bins are refused by column', () => {
  const other = createProfile(freezeProfile(rowsOf('other', 100, (x) => x)))
  assert.throws(() => compareProfiles(profileOf(reference), other), /column distance has other bins/)
})

function compared(current: ProfileBatch, material = 0.05): Record<string, ComparedColumn> {
  const found = compareProfiles(profileOf(reference), profileOf(current), { material })
  return Object.fromEntries(
    Object.entries(found).map(([name, column]) => {
      assert.ok(column.kind === 'compared')
      return [name, column]
    }),
  )
}

function manyValues(seed: string, rows: number): ProfileBatch {
  const random = createRandom(seed)
  const code = Array.from({ length: rows }, () => `code-${Math.floor(300 * random.next() ** 4)}`)
  const amount = Float64Array.from({ length: rows }, () => (random.next() < 0.9 ? 0 : random.normal()))
  return { rows, numeric: { amount }, categorical: { code } }
}

function profileOf(batch: ProfileBatch, bins = spec): Profile {
  const profile = createProfile(bins)
  updateProfile(profile, batch)
  return profile
}

function rowsOf(seed: string, rows: number, unit: (miles: number) => number): ProfileBatch {
  const random = createRandom(seed)
  const distance = Float64Array.from({ length: rows }, () => unit(200 + 800 * random.next()))
  const city = Array.from({ length: rows }, () => `City-${random.integer(8)}`)
  return { rows, numeric: { distance }, categorical: { city } }
}
