import {
  estimatePerformance,
  type Figure,
  fitPerformanceEstimator,
  scoreBinary,
} from '../../packages/stats/src/index.ts'
import type { BenchResult, BenchTable } from '../result.ts'
import type { DataSet } from './data.ts'
import { type Rows, take } from './streams.ts'

const SIZE = 5000
const REFERENCE = 68_785
const LEARNT = 20_000
const BAD = [27, 28]

type Ask = (
  tasks: readonly { metric: string; chunk: number; reference: Rows; current: { scores: Float64Array } }[],
) => { value: number[]; alert: boolean[] }[] | undefined

/**
 * Windows of 5,000 rows of ma_employment: an alarm where the whole interval of the estimated ROC AUC lies below the
 * mean AUC of the reference's windows. Windows 27 and 28 are bad (realised .804 and .864 against .903).
 */
export function alarmsOfEmployment(set: DataSet, ask: Ask): { results: BenchResult[]; table: BenchTable } {
  const all: Rows = { features: [...set.features], scores: set.scores!, labels: set.labels }
  const range = (from: number, until: number) =>
    Int32Array.from({ length: Math.min(until, set.labels.length) - from }, (_, i) => from + i)
  const windowsFrom = (from: number, until: number) =>
    Array.from({ length: Math.ceil((until - from) / SIZE) }, (_, w) =>
      take(all, range(from + w * SIZE, Math.min(until, from + (w + 1) * SIZE))),
    )
  const level = windowsFrom(0, REFERENCE - (REFERENCE % SIZE)).reduce(
    (sum, window, _, { length }) => sum + aucOf(window) / length,
    0,
  )
  const found = fitPerformanceEstimator(take(all, range(REFERENCE - LEARNT, REFERENCE)), { seed: 1 })
  if (found.kind === 'unknown') throw new Error(found.reason)
  const windows = windowsFrom(REFERENCE, set.labels.length)
  const reference = take(all, range(0, REFERENCE))
  const current = { scores: set.scores!.slice(REFERENCE) }
  const peer = ask([{ metric: 'roc_auc', chunk: SIZE, reference, current }])?.[0]
  const rows = windows.map((window, w) => {
    const estimate = estimatePerformance(found.estimator, window)
    const figure: Figure =
      estimate.kind === 'known' ? estimate.performance.rocAuc : { kind: 'unknown', reason: estimate.reason, rows: 0 }
    const isAlarm = figure.kind === 'known' && figure.high < level
    return { w, figure, isAlarm, truth: aucOf(window), peer: peer?.value[w], peerAlarm: peer?.alert[w] }
  })
  const alarms = rows.filter(({ isAlarm }) => isAlarm).map(({ w }) => w)
  const shown = rows.filter(({ w, isAlarm, peerAlarm }) => isAlarm || peerAlarm || Math.abs(w - 27.5) < 3)
  return {
    results: [
      {
        name: 'ma_employment, windows of 5,000: alarms among windows 27 and 28, less alarms elsewhere',
        unit: 'windows',
        value: alarms.filter((w) => BAD.includes(w)).length - alarms.filter((w) => !BAD.includes(w)).length,
        target: 2,
        limit: 'nothing: both, and no other',
      },
    ],
    table: {
      title: 'ma_employment: ROC AUC without labels around the bad windows',
      note: `Alarm: the whole 95 % interval below ${level.toFixed(4)}, the mean of the reference’s windows. All ${windows.length} windows were judged; shown are those around 27 and 28 and any that alarmed, here or at NannyML.`,
      columns: ['window', 'realised', 'estimate', 'low', 'high', 'alarm', 'NannyML CBPE', 'its alarm'],
      rows: shown.map(({ w, figure, isAlarm, truth, peer, peerAlarm }) => [
        w,
        truth.toFixed(4),
        ...(figure.kind === 'known'
          ? [figure.value, figure.low, figure.high].map((x) => x.toFixed(4))
          : [figure.reason, '', '']),
        isAlarm ? 'yes' : '',
        peer === undefined ? '' : peer.toFixed(4),
        peerAlarm ? 'yes' : '',
      ]),
    },
  }
}

function aucOf({ labels, scores }: Rows): number {
  const { rocAuc } = scoreBinary({ labels, scores })
  return rocAuc.kind === 'known' ? rocAuc.value : 0
}
