import { StatsError } from '../../error.ts'
import { type Adwin, type AdwinOptions, createAdwin, stepAdwin } from './adwin.ts'
import { createDdm, type Ddm, type DdmOptions, stepDdm } from './ddm.ts'
import { createEddm, type Eddm, type EddmOptions, stepEddm } from './eddm.ts'
import { createFhddm, type Fhddm, type FhddmOptions, stepFhddm } from './fhddm.ts'
import { createHddmA, type HddmA, type HddmAOptions, stepHddmA } from './hddm-a.ts'
import { createHddmW, type HddmW, type HddmWOptions, stepHddmW } from './hddm-w.ts'
import { createKswin, type Kswin, type KswinOptions, stepKswin } from './kswin.ts'
import { createPageHinkley, type PageHinkley, type PageHinkleyOptions, stepPageHinkley } from './page-hinkley.ts'
import { checkValue } from './values.ts'

/** Plain data: store it as JSON, and `restore` it to go on where it was. */
export type Detector = Adwin | Ddm | Eddm | Fhddm | HddmA | HddmW | Kswin | PageHinkley
export type MethodName = Detector['method']
export type Signal = 'drift' | 'warning' | 'steady'

type Method<D extends Detector, Options> = {
  readonly create: (options?: Options) => D
  readonly step: (detector: D, value: number) => void
  /** What it may be fed with. */
  readonly least: number
  readonly most: number
  /** What one of its values is. */
  readonly input: 'number' | 'loss' | 'correct'
}

type Methods = {
  readonly ADWIN: Method<Adwin, AdwinOptions>
  readonly DDM: Method<Ddm, DdmOptions>
  readonly EDDM: Method<Eddm, EddmOptions>
  readonly FHDDM: Method<Fhddm, FhddmOptions>
  readonly HDDMA: Method<HddmA, HddmAOptions>
  readonly HDDMW: Method<HddmW, HddmWOptions>
  readonly KSWIN: Method<Kswin, KswinOptions>
  readonly PageHinkley: Method<PageHinkley, PageHinkleyOptions>
}

const ANY = { least: -1e100, most: 1e100 }

/** river's stream detectors by their names there. */
export const METHODS: Methods = {
  ADWIN: { create: createAdwin, step: stepAdwin, ...ANY, input: 'number' },
  DDM: { create: createDdm, step: stepDdm, least: 0, most: 1, input: 'loss' },
  EDDM: { create: createEddm, step: stepEddm, ...ANY, input: 'loss' },
  FHDDM: { create: createFhddm, step: stepFhddm, ...ANY, input: 'correct' },
  HDDMA: { create: createHddmA, step: stepHddmA, ...ANY, input: 'loss' },
  HDDMW: { create: createHddmW, step: stepHddmW, ...ANY, input: 'loss' },
  KSWIN: { create: createKswin, step: stepKswin, ...ANY, input: 'number' },
  PageHinkley: { create: createPageHinkley, step: stepPageHinkley, ...ANY, input: 'number' },
}

/**
 * One of river's detectors by its name there, with its options in camel case.
 * @throws StatsError STATS_UNKNOWN_METHOD, STATS_BAD_OPTION
 * @example river.createDetector('ADWIN', { delta: 0.01 }).clock // 32
 */
export function createDetector<Name extends MethodName>(
  name: Name,
  options: Parameters<Methods[Name]['create']>[0] = {},
): ReturnType<Methods[Name]['create']> {
  return methodOf(name).create(options as never) as ReturnType<Methods[Name]['create']>
}

/**
 * Takes one value in, and says what river's flags say after it. After a drift the next value finds a fresh detector.
 * @throws StatsError STATS_OUT_OF_RANGE for what is no finite number (DDM: not from 0 to 1); the state is as it was
 * @example river.step(river.createDetector('DDM'), 1) // 'steady'
 */
export function step(detector: Detector, value: number): Signal {
  const { least, most, step } = methodOf(detector.method)
  checkValue(detector.method, value, 0, least, most)
  step(detector as never, value)
  if (detector.driftDetected) return 'drift'
  return detector.warningDetected ? 'warning' : 'steady'
}

/**
 * Takes many values in, in order, and returns the places (from 0) after which river says drift.
 * @throws StatsError STATS_OUT_OF_RANGE naming the first value that is no finite number; nothing of the block was taken in
 * @example
 * river.update(river.createDetector('DDM'), [...Array(500).fill(0), ...Array(20).fill(1)]) // [500]
 */
export function update(detector: Detector, values: ArrayLike<number>): number[] {
  const { least, most, step } = methodOf(detector.method)
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! >= least && values[i]! <= most)) checkValue(detector.method, values[i]!, i, least, most)
  }
  const places: number[] = []
  for (let i = 0; i < values.length; i++) {
    step(detector as never, values[i]!)
    if (detector.driftDetected) places.push(i)
  }
  return places
}

function methodOf(name: string): Method<Detector, object> {
  if (Object.hasOwn(METHODS, name)) return METHODS[name as MethodName] as unknown as Method<Detector, object>
  throw new StatsError(
    'STATS_UNKNOWN_METHOD',
    `no detector of river is called ${name}; there are ${Object.keys(METHODS).join(', ')}`,
    { name },
  )
}
