import { binCount, binIndex, freezeBins } from '@evenkeel/stats'
import type { Column } from '../../ingest/index.ts'
import type { Task } from './label.ts'

/** How well one column alone tells the label: near 1 it was probably written down after the fact. */
export interface Telling {
  readonly column: string
  /** Binary: area under the ROC curve; several classes: accuracy gained of what there was to gain; regression: R². */
  readonly score: number
}

const SAMPLE_ROWS = 20_000

/** Left out of the features from here on, and asked about from there on. */
export const LEAK = { binary: 0.97, multiclass: 0.95, regression: 0.9 } as const
export const SUSPECT = { binary: 0.9, multiclass: 0.85, regression: 0.8 } as const

/** Rows without a label say nothing; of the rest an even sample is enough to see what is glaring. */
export function tellingOf(name: string, feature: Column, label: Column, task: Task): Telling {
  const rows = sampleRows(label)
  const bins =
    feature.kind === 'numeric'
      ? freezeBins(Float64Array.from(rows, (row) => feature.values[row]!))
      : freezeBins(rows.map((row) => feature.values[row]!))
  const places = rows.map((row) => binIndex(bins, feature.values[row]!))
  const labels = rows.map((row) => label.values[row]!)
  const score =
    task === 'regression'
      ? explainedShare(places, labels as number[], binCount(bins))
      : task === 'binary'
        ? rankingArea(places, labels, binCount(bins))
        : gainedAccuracy(places, labels)
  return { column: name, score }
}

function sampleRows(label: Column): readonly number[] {
  const present: number[] = []
  for (let row = 0; row < label.values.length; row++) {
    const value = label.values[row]
    if (value !== null && !Number.isNaN(value)) present.push(row)
  }
  const step = Math.max(1, present.length / SAMPLE_ROWS)
  return Array.from({ length: Math.floor(present.length / step) }, (_, i) => present[Math.floor(i * step)]!)
}

/** Correlation ratio: the variance between bins over all variance. */
function explainedShare(places: readonly number[], labels: readonly number[], bins: number): number {
  const sums = new Float64Array(bins)
  const counts = new Float64Array(bins)
  places.forEach((place, i) => {
    sums[place]! += labels[i]!
    counts[place]!++
  })
  const mean = labels.reduce((sum, y) => sum + y, 0) / labels.length
  const all = labels.reduce((sum, y) => sum + (y - mean) ** 2, 0)
  const between = sums.reduce(
    (sum, s, bin) => sum + (counts[bin]! === 0 ? 0 : counts[bin]! * (s / counts[bin]! - mean) ** 2),
    0,
  )
  return all === 0 ? 0 : between / all
}

/** Area under the ROC curve when rows are ranked by their bin's rate of the second class. */
function rankingArea(places: readonly number[], labels: readonly unknown[], bins: number): number {
  const positive = labels.find((value) => value !== labels[0])
  const counts = Array.from({ length: bins }, () => [0, 0] as [number, number])
  for (const [i, place] of places.entries()) counts[place]![labels[i] === positive ? 1 : 0]++
  const ranked = counts.filter(([a, b]) => a + b > 0).sort((x, y) => x[1] / (x[0] + x[1]) - y[1] / (y[0] + y[1]))
  const [negatives, positives] = ranked.reduce(([a, b], [n, p]) => [a + n, b + p], [0, 0])
  let below = 0
  let area = 0
  for (const [n, p] of ranked) {
    area += p * (below + n / 2)
    below += n
  }
  return negatives * positives === 0 ? 0 : area / (negatives * positives)
}

/** Accuracy of each bin's commonest class, as a share of what guessing the commonest class of all leaves to gain. */
function gainedAccuracy(places: readonly number[], labels: readonly unknown[]): number {
  const byBin = new Map<number, Map<unknown, number>>()
  const all = new Map<unknown, number>()
  places.forEach((place, i) => {
    const counts = byBin.get(place) ?? new Map<unknown, number>()
    byBin.set(place, counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1))
    all.set(labels[i], (all.get(labels[i]) ?? 0) + 1)
  })
  const right = [...byBin.values()].reduce((sum, counts) => sum + Math.max(...counts.values()), 0)
  const guessed = Math.max(...all.values())
  return guessed === labels.length ? 0 : (right - guessed) / (labels.length - guessed)
}
