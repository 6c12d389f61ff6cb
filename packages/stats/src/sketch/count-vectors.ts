import { binCount } from './bins.ts'
import type { Profile } from './profile.ts'
import { streamLayout } from './streams.ts'

/** One stream of a window: what a monitor of counts takes per bucket. */
export type CountVector = {
  /** Of a pair `a × b`, of a projection `~3 a + b …`, its number and its columns. */
  readonly name: string
  readonly kind: 'column' | 'pair' | 'projection'
  readonly counts: Float64Array
  /** The first half of the twin counts, where they are kept. */
  readonly twin: Float64Array | null
}

/**
 * All count vectors of a profile in a fixed order: columns, pairs, projections. Views of the profile, not copies.
 * @example
 * const rows = { rows: 4, numeric: { x: Float64Array.of(1, 2, 3, 4) }, categorical: { c: ['a', 'a', 'b', 'b'] } }
 * const profile = createProfile(freezeProfile(rows, { streams: { projections: 0, residuals: false } }))
 * countVectors(profile).map(({ name }) => name) // ['x', 'c', 'x × c']
 */
export function countVectors(profile: Profile): readonly CountVector[] {
  const own = Object.entries(profile.columns).map(
    ([name, { counts, twins }]): CountVector => ({ name, kind: 'column', counts, twin: twins?.[0] ?? null }),
  )
  if (!profile.streams) return own
  const { spec, counts, twins } = profile.streams
  const { offsets } = streamLayout(spec)
  const cut = (all: Float64Array, s: number, cells: number) => all.subarray(offsets[s]!, offsets[s]! + cells)
  const vector = (name: string, kind: CountVector['kind'], s: number, cells: number): CountVector => ({
    name,
    kind,
    counts: cut(counts, s, cells),
    twin: twins && cut(twins[0], s, cells),
  })
  return [
    ...own,
    ...spec.pairs.map(({ a, b }, p) => vector(`${spec.columns[a]} × ${spec.columns[b]}`, 'pair', p, spec.side ** 2)),
    ...spec.projections.map(({ columns, bins }, p) => {
      const joined = columns.map((c) => spec.columns[c]).join(' + ')
      return vector(`~${p + 1} ${joined}`, 'projection', spec.pairs.length + p, binCount(bins))
    }),
  ]
}
