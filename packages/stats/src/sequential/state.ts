import { StatsError } from '../error.ts'
import { createMonitor, type Monitor, type MonitorOptions } from './monitor.ts'
import type { Reference } from './reference.ts'
import type { StreamReference } from './stream-reference.ts'
import type { Scale, Watch } from './watch.ts'

/** A reference as plain JSON. */
export type ReferenceJson = Omit<Reference, 'fitted'> & {
  readonly format: 'evenkeel-reference'
  readonly version: 1
  readonly fitted: readonly ((Omit<StreamReference, 'cells'> & { readonly cells: readonly number[] }) | object)[]
}

/** What a monitor has seen, as plain JSON: with the same reference and options it goes on where it stopped. */
export type MonitorJson = {
  readonly format: 'evenkeel-monitor'
  readonly version: 1
  readonly streams: readonly string[]
  readonly sealedUntil: number
  readonly lateRows: number
  readonly skippedHours: number
  readonly shifted: readonly boolean[]
  readonly open: readonly { readonly hour: number; readonly calendar?: string; readonly counts: readonly number[][] }[]
  /** Per stream the numbers of its watch, in the order of `fieldsOf`; null where it is not watched. */
  readonly watches: readonly (readonly number[] | null)[]
  readonly anchored: readonly (readonly number[] | null)[]
}

/**
 * @example
 * const hours = Array.from({ length: 336 }, (_, hour) => ({ hour, counts: [[300, 200]] }))
 * const reference = fitReference([{ name: 'plan', bins: 2 }], hours)
 * referenceFromJson(JSON.parse(JSON.stringify(referenceToJson(reference)))).fitted[0].level // 'constant'
 */
export function referenceToJson(reference: Reference): ReferenceJson {
  const fitted = reference.fitted.map((stream) =>
    stream.kind === 'fitted' ? { ...stream, cells: [...stream.cells] } : stream,
  )
  return { format: 'evenkeel-reference', version: 1, ...reference, fitted }
}

/**
 * @throws StatsError STATS_NOT_A_REFERENCE for JSON of another format or version
 * @example referenceFromJson({ format: 'evenkeel-reference', version: 1, scales: [1], minRows: 300, streams: [], fitted: [], calendar: [] }).scales // [1]
 */
export function referenceFromJson(json: ReferenceJson): Reference {
  if (json?.format !== 'evenkeel-reference' || json.version !== 1)
    throw new StatsError(
      'STATS_NOT_A_REFERENCE',
      `found format ${json?.format} and version ${json?.version}, expected evenkeel-reference and 1`,
    )
  const { format: _format, version: _version, ...reference } = json
  const fitted = json.fitted.map((stream) =>
    'cells' in stream ? { ...stream, cells: Float64Array.from(stream.cells) } : stream,
  )
  return { ...reference, fitted: fitted as Reference['fitted'] }
}

/**
 * @example
 * const hours = Array.from({ length: 336 }, (_, hour) => ({ hour, counts: [[300, 200]] }))
 * const reference = fitReference([{ name: 'plan', bins: 2 }], hours)
 * const json = JSON.stringify(monitorToJson(createMonitor(reference)))
 * monitorFromJson(reference, JSON.parse(json)).shifted // [false]
 */
export function monitorToJson(monitor: Monitor): MonitorJson {
  return {
    format: 'evenkeel-monitor',
    version: 1,
    streams: monitor.reference.streams.map(({ name }) => name),
    sealedUntil: monitor.sealedUntil,
    lateRows: monitor.lateRows,
    skippedHours: monitor.skippedHours,
    shifted: [...monitor.shifted],
    open: monitor.open.map((hour) => ({ ...hour, counts: hour.counts.map((counts) => Array.from(counts)) })),
    watches: monitor.watches.map(numbersOf),
    anchored: monitor.anchored.map(numbersOf),
  }
}

/**
 * @param options those the monitor was created with
 * @throws StatsError STATS_NOT_A_MONITOR for another format or version; STATS_STATE_DIFFERS where reference or options
 * are not those it was made with
 * @example
 * const reference = fitReference([], [])
 * monitorFromJson(reference, monitorToJson(createMonitor(reference))).lateRows // 0
 */
export function monitorFromJson(reference: Reference, json: MonitorJson, options: MonitorOptions = {}): Monitor {
  if (json?.format !== 'evenkeel-monitor' || json.version !== 1)
    throw new StatsError(
      'STATS_NOT_A_MONITOR',
      `found format ${json?.format} and version ${json?.version}, expected evenkeel-monitor and 1`,
    )
  const monitor = createMonitor(reference, options)
  const names = reference.streams.map(({ name }) => name)
  if (json.streams.join('\n') !== names.join('\n'))
    throw differs(`its streams are ${json.streams.join(', ')}, those of the reference ${names.join(', ')}`)
  restore(monitor.watches, json.watches, names)
  restore(monitor.anchored, json.anchored, names)
  monitor.shifted.splice(0, names.length, ...json.shifted)
  for (const hour of json.open)
    monitor.open.push({ ...hour, counts: hour.counts.map((counts) => Float64Array.from(counts)) })
  const { sealedUntil, lateRows, skippedHours } = json
  return Object.assign(monitor, { sealedUntil, lateRows, skippedHours })
}

/** Every array of a watch, in a fixed order; the single numbers of its scales stand in one of their own. */
function fieldsOf(watch: Watch): Float64Array[] {
  const scales = [...watch.scales, watch.correction]
  return [
    watch.evidence,
    watch.cusum,
    watch.since,
    ...watch.guesses.flatMap(({ observed, expected }) => [observed, expected]),
    ...scales.flatMap(({ counts, expected }) => [counts, expected]),
  ]
}

const SCALARS = ['rows', 'start', 'covered', 'widening'] as const satisfies (keyof Scale)[]

function numbersOf(watch: Watch | undefined): number[] | null {
  if (!watch) return null
  const scalars = [...watch.scales, watch.correction].flatMap((scale) => SCALARS.map((field) => scale[field]))
  return [watch.lastWin, ...scalars, ...fieldsOf(watch).flatMap((field) => [...field])]
}

function restore(
  watches: readonly (Watch | undefined)[],
  numbers: readonly (readonly number[] | null)[],
  names: readonly string[],
): void {
  if (watches.length !== numbers.length)
    throw differs(`it has ${numbers.length} watches, expected ${watches.length}; an anchor makes twice as many`)
  for (const [s, watch] of watches.entries()) {
    const expected = numbersOf(watch)?.length
    const found = numbers[s]?.length
    if (found !== expected) throw differs(`stream ${names[s]} has ${found} numbers, expected ${expected}`)
    if (watch) fill(watch, numbers[s]!)
  }
}

function fill(watch: Watch, numbers: readonly number[]): void {
  let at = 0
  const next = () => {
    const value = numbers[at++]!
    if (!Number.isFinite(value)) throw differs(`number ${at - 1} of ${watch.reference.name} is ${value}`)
    return value
  }
  watch.lastWin = next()
  for (const scale of [...watch.scales, watch.correction]) for (const field of SCALARS) scale[field] = next()
  for (const field of fieldsOf(watch)) for (let i = 0; i < field.length; i++) field[i] = next()
}

function differs(what: string): StatsError {
  return new StatsError(
    'STATS_STATE_DIFFERS',
    `the state of the monitor was made with another reference or other options: ${what}`,
  )
}
