import { StatsError } from '../../error.ts'
import { createDetector, type Detector, METHODS, type MethodName } from './detector.ts'

/**
 * A detector from what `JSON.parse` gave, or any other copy of its state: it goes on as the one that was stored would have.
 * @throws StatsError STATS_BAD_STATE where a field is missing, of another type, or no finite number
 * @example
 * const stored = JSON.stringify(river.createDetector('ADWIN'))
 * river.restore(JSON.parse(stored)).method // 'ADWIN'
 */
export function restore(state: unknown): Detector {
  const method = isRecord(state) ? state['method'] : undefined
  if (!(typeof method === 'string' && Object.hasOwn(METHODS, method))) throw broken('method', method)
  compare(createDetector(method as MethodName), state, method)
  checkPlaces(state as Detector)
  return structuredClone(state as Detector)
}

/** Every field of a fresh detector is there and of its type; lists may be longer or shorter. */
function compare(fresh: unknown, found: unknown, place: string): void {
  if (Array.isArray(fresh)) {
    if (!Array.isArray(found)) throw broken(place, found)
    const kind = fresh[0] ?? 0
    for (const [i, item] of found.entries()) compare(kind, item, `${place}[${i}]`)
  } else if (isRecord(fresh)) {
    if (!isRecord(found)) throw broken(place, found)
    for (const [name, value] of Object.entries(fresh)) compare(value, found[name], `${place}.${name}`)
  } else if (typeof found !== typeof fresh || (typeof found === 'number' && !Number.isFinite(found)))
    throw broken(place, found)
}

/** What would make a detector read beside its lists. */
function checkPlaces(state: Detector): void {
  if (state.method === 'KSWIN') {
    const { words, at } = state.random
    if (words.length !== 624 || !(Number.isInteger(at) && at >= 0 && at <= 624)) throw broken('KSWIN.random', at)
    if (state.window.length > state.windowSize) throw broken('KSWIN.window', state.window.length)
  }
  if (state.method === 'FHDDM' && state.window.length !== state.slidingWindowSize)
    throw broken('FHDDM.window', state.window.length)
  if (state.method !== 'ADWIN') return
  const { levels } = state
  if (levels.length === 0 || levels.some(({ totals, variances }) => totals.length !== variances.length))
    throw broken('ADWIN.levels', levels.length)
  const width = levels.reduce((sum, { totals }, at) => sum + totals.length * 2 ** at, 0)
  if (width !== state.width) throw broken('ADWIN.width', state.width)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function broken(place: string, found: unknown): StatsError {
  return new StatsError(
    'STATS_BAD_STATE',
    `this is no stored state of a stream detector: ${place} is ${JSON.stringify(found)}; start a new one`,
    { place },
  )
}
