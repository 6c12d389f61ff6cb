import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Column, Frame } from './frame.ts'
import type { Judged, ResultRow } from './result.ts'

/** What the peer found: per chunk column and per property of a figure a value for each chunk, or one for all. */
export type PeerResult = {
  readonly chunks: Readonly<Record<string, readonly (string | number | null)[]>>
  readonly figures: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export type PeerRun = { readonly reference: PeerResult; readonly analysis: PeerResult }

export type PeerColumns = Readonly<Record<string, readonly (string | number | null)[]>>

export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../golden/nannyml-${name}.json`, import.meta.url), 'utf8')) as T
}

/** The column `ts`, where there is one, becomes the timestamps. */
export function frameOf({ ts, ...columns }: PeerColumns, timed = false): Frame {
  const frame = {
    columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, columnOf(values)])),
  }
  return timed && ts !== undefined ? { ...frame, timestamps: ts as readonly number[] } : frame
}

function columnOf(values: readonly (string | number | null)[]): Column {
  if (values.some((value) => typeof value === 'string')) return values as readonly (string | null)[]
  return Float64Array.from(values, (value) => (value === null ? Number.NaN : (value as number)))
}

/** Properties that are not compared, e.g. where the peer draws without a seed. */
export type Except = (name: string, property: string) => boolean

export function agrees(found: readonly ResultRow[], peer: PeerResult, except: Except = () => false): void {
  const chunks = found.map(({ chunk }) => chunk)
  const keys = peer.chunks['key']!
  assert.deepEqual(
    chunks.map(({ key, startIndex, endIndex }) => [key, startIndex, endIndex]),
    keys.map((key, i) => [key, peer.chunks['start_index']![i], peer.chunks['end_index']![i]]),
  )
  const dates = (property: string) => peer.chunks[property]!.map((date) => date)
  assert.deepEqual(
    chunks.map(({ startDate }) => startDate),
    dates('start_date'),
  )
  assert.deepEqual(
    chunks.map(({ endDate }) => endDate),
    dates('end_date'),
  )
  let compared = 0
  for (const [name, properties] of Object.entries(peer.figures))
    for (const [property, expected] of Object.entries(properties)) {
      if (except(name, property)) continue
      found.forEach(({ figures }, i) => {
        const figure = figures.find((each) => each.name === name || `${each.name}/${each.method}` === name)
        assert.ok(figure !== undefined, `no figure ${name}`)
        const value = Array.isArray(expected) ? expected[i] : expected
        same(figure[camel(property) as keyof Judged], value, `${name} ${property} of chunk ${chunks[i]!.key}`)
        compared++
      })
    }
  assert.ok(compared > 0)
}

/** An alert that the peer could not decide is none here. */
function same(found: unknown, expected: unknown, what: string): void {
  if (typeof expected === 'number' && typeof found === 'number') close(found, expected, what)
  else if (typeof found === 'boolean') assert.equal(found, expected ?? false, what)
  else assert.equal(found ?? null, expected, what)
}

export function close(found: number | null, expected: number | null, what: string, tolerance = 1e-9): void {
  if (found === null || expected === null) assert.equal(found, expected, what)
  else
    assert.ok(
      Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)),
      `${what}: found ${found}, expected ${expected}`,
    )
}

function camel(property: string): string {
  return property.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
