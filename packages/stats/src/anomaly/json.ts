import { StatsError } from '../error.ts'
import { type BoostedTrees, fromJson, type ModelJson, toJson } from '../learn/index.ts'
import type { AnomalyDetector } from './detector.ts'
import type { IsolationForest } from './isolation.ts'

const FORMAT = 'evenkeel.anomaly'
const VERSION = 1

/** A detector as plain JSON, every number exact. */
export type AnomalyJson = {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  readonly detector: Omit<AnomalyDetector, 'forest'> & {
    readonly forest: Omit<IsolationForest, 'paths'> & { readonly paths: ModelJson }
  }
}

/**
 * The detector as a value that JSON holds without loss.
 * @example
 * const values = Float64Array.from({ length: 100 }, (_, i) => i % 10)
 * const detector = fitAnomalyDetector([{ name: 'a', kind: 'numeric', values }], { seed: 1 })
 * const again = anomalyFromJson(JSON.parse(JSON.stringify(anomalyToJson(detector))))
 * anomalyScores(again, [values]).score[7] === anomalyScores(detector, [values]).score[7] // true
 */
export function anomalyToJson(detector: AnomalyDetector): AnomalyJson {
  const { forest } = detector
  return {
    format: FORMAT,
    version: VERSION,
    detector: { ...detector, forest: { ...forest, paths: toJson(forest.paths) } },
  }
}

/**
 * The detector that `anomalyToJson` wrote.
 * @throws StatsError STATS_PROFILE_FOREIGN when the value is of another format or version
 * @example anomalyFromJson(anomalyToJson(fitAnomalyDetector([{ name: 'a', kind: 'numeric', values: new Float64Array(100) }], { seed: 1 }))).kind // 'anomaly-detector'
 */
export function anomalyFromJson(json: unknown): AnomalyDetector {
  const found = json as Partial<AnomalyJson> | null | undefined
  if (found?.format !== FORMAT || found.version !== VERSION || found.detector === undefined) {
    const what = `format ${found?.format} version ${found?.version}`
    throw new StatsError('STATS_PROFILE_FOREIGN', `found ${what}, expected ${FORMAT} version ${VERSION}`)
  }
  const { forest } = found.detector
  return { ...found.detector, forest: { ...forest, paths: fromJson(forest.paths) as BoostedTrees } }
}
