import type { StreamMethod } from './method.ts'
import { createDetector, METHODS, type MethodName, step } from './river/index.ts'

/** As river's classes are called, in lower case with underscores. */
const NAMES: Readonly<Record<MethodName, string>> = {
  ADWIN: 'adwin',
  DDM: 'ddm',
  EDDM: 'eddm',
  FHDDM: 'fhddm',
  HDDMA: 'hddm_a',
  HDDMW: 'hddm_w',
  KSWIN: 'kswin',
  PageHinkley: 'page_hinkley',
}

/** river's stream detectors by name. */
export const RIVER_METHODS: readonly StreamMethod[] = (Object.keys(NAMES) as MethodName[]).map(
  (method): StreamMethod => ({
    kind: 'stream',
    name: `river:${NAMES[method]}`,
    input: METHODS[method].input,
    start: (options = {}) => {
      const detector = createDetector(method, options)
      return { step: (value) => step(detector, value) }
    },
  }),
)
