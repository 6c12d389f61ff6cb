import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatsError } from '../error.ts'
import { createRandom, type Random } from '../random.ts'
import { crc32 } from './bytes.ts'
import {
  createProfile,
  decodeProfile,
  encodeProfile,
  freezeProfile,
  mergeProfiles,
  type ProfileBatch,
  updateProfile,
} from './index.ts'

const HEADER = 16
const profiles = [0, 3, 60, 700].map((rows) => encoded(rows))

test('a profile with bytes cut off, turned or spliced in from another is refused, and never misread', () => {
  const random = createRandom('fuzz of sealed profiles')
  for (let i = 0; i < 4000; i++) {
    const own = profiles[i % profiles.length]!
    const bytes = mutate(own, random)
    if (same(bytes, own)) continue
    assert.throws(() => decodeProfile(bytes), StatsError)
  }
})

test('where the checksum was made to fit, what decodes is a profile that encodes, merges and decodes again', () => {
  const random = createRandom('fuzz of forged profiles')
  let read = 0
  for (let i = 0; i < 6000; i++) {
    const bytes = seal(mutate(profiles[i % profiles.length]!, random))
    const profile = decoded(bytes)
    if (!profile) continue
    read++
    const again = encodeProfile(profile)
    assert.deepEqual(encodeProfile(decodeProfile(again)), again)
    assert.equal(mergeProfiles(profile, profile).rows, 2 * profile.rows)
    for (const { moments } of Object.values(profile.columns)) assert.ok(Object.values(moments).every(Number.isFinite))
  }
  assert.ok(read > 100, `only ${read} forgeries were readable: the fuzz reaches nothing`)
})

test('a forged length is refused before anything is made of that size', () => {
  const whole = profiles[1]!
  for (let at = HEADER + 8; at < whole.length; at++) {
    const bytes = seal(concat(whole.subarray(0, at), Uint8Array.of(255, 255, 255, 255, 127), whole.subarray(at + 1)))
    const before = process.memoryUsage().arrayBuffers
    decoded(bytes)
    assert.ok(process.memoryUsage().arrayBuffers - before < 64e6, `byte ${at}`)
  }
})

function decoded(bytes: Uint8Array): ReturnType<typeof decodeProfile> | null {
  try {
    return decodeProfile(bytes)
  } catch (error) {
    if (error instanceof StatsError) return null
    throw error
  }
}

function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const at = HEADER + random.integer(bytes.length - HEADER)
  const kind = random.integer(4)
  if (kind === 0) return bytes.subarray(0, random.integer(bytes.length))
  if (kind === 1) return bytes.map((byte, i) => (i === at ? byte ^ (1 << random.integer(8)) : byte))
  if (kind === 2) return bytes.map((byte, i) => (i >= at && i < at + 8 ? random.integer(256) : byte))
  const other = profiles[random.integer(profiles.length)]!
  const from = HEADER + random.integer(other.length - HEADER)
  return concat(
    bytes.subarray(0, at),
    other.subarray(from, from + random.integer(200)),
    bytes.subarray(at + random.integer(20)),
  )
}

/** The length and checksum that belong to the body. */
function seal(bytes: Uint8Array): Uint8Array {
  const sealed = concat(profiles[0]!.subarray(0, HEADER), bytes.subarray(HEADER))
  const view = new DataView(sealed.buffer)
  view.setUint32(8, sealed.length - HEADER, true)
  view.setUint32(12, crc32(sealed.subarray(HEADER)), true)
  return sealed
}

function encoded(rows: number): Uint8Array {
  const reference = batch(createRandom('reference of the fuzz'), 300)
  const profile = createProfile(
    freezeProfile(reference, { twins: true, topK: 3, streams: { projections: 2, pairs: 2 } }),
  )
  updateProfile(profile, batch(createRandom(rows), rows))
  return encodeProfile(profile)
}

function batch(random: Random, rows: number): ProfileBatch {
  const times = <T>(make: () => T) => Array.from({ length: rows }, make)
  const x = Float64Array.from(times(() => (random.next() < 0.1 ? Number.NaN : random.normal())))
  const c = times(() => (random.next() < 0.1 ? null : `kind ${random.integer(6)}`))
  return { rows, numeric: { x }, categorical: { c }, twin: Uint8Array.from(times(() => random.integer(2))) }
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
