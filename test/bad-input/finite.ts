import assert from 'node:assert/strict'
import { LearnError, StatsError } from '@evenkeel/stats'
import type { Allowed } from './draw.ts'

/** Every number that can be reached from a result, in objects, lists, typed lists, maps and sets, is finite. */
export function assertFinite(found: unknown, place: string, allowed: readonly Allowed[]): void {
  if (typeof found === 'number') {
    if (!Number.isFinite(found) && !allowed.some(({ at }) => at.test(place))) assert.fail(`${place} is ${found}`)
  } else if (ArrayBuffer.isView(found)) {
    if (!(found instanceof Uint8Array)) assertListed(found as Float64Array, place, allowed)
  } else if (Array.isArray(found)) assertListed(found, place, allowed)
  else if (found instanceof Map || found instanceof Set) assertListed([...found], place, allowed)
  else if (found !== null && typeof found === 'object')
    for (const [key, value] of Object.entries(found)) assertFinite(value, `${place}.${key}`, allowed)
}

function assertListed(found: ArrayLike<unknown>, place: string, allowed: readonly Allowed[]): void {
  for (let i = 0; i < found.length; i++) assertFinite(found[i], `${place}[${i}]`, allowed)
}

/** What is thrown is one of the library's errors: a stable code, and a message that a person can act on. */
export function assertSpeaking(error: unknown, place: string): void {
  if (!(error instanceof StatsError || error instanceof LearnError))
    assert.fail(`${place} threw ${error instanceof Error ? error.stack : error}`)
  assert.match(error.code, /^(STATS|LEARN)(_[A-Z]+)+$/, place)
  assert.ok(error.message.length > 15 && error.message.includes(' '), `${place}: ${error.message}`)
  assert.doesNotMatch(error.message, /\[object |undefined (is|has)/, place)
}
