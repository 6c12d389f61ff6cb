import { type ColumnProfile, outsideIndex, type ShareInterval, wilsonInterval } from '@evenkeel/stats'
import type { FindingSummary } from '../storage/index.ts'
import { judged, unknown } from './finding.ts'

/** Share of rows, beyond the reference's interval, below which a defect is too small to speak of. */
const QUALITY_FLOOR = 0.02

const WORDS = {
  missing: 'missing',
  invalid: 'of the wrong type',
  unseen: 'values the reference never had',
  outOfRange: 'outside the range of the reference',
} as const

interface QualityOptions {
  readonly monitor: string
  readonly alpha: number
  readonly minRows: number
}

/**
 * Shares of defective rows against the reference: shifted when the lower end of the window's Wilson interval is above
 * the upper end of the reference's by more than the floor. One finding per column, the worst of its four shares.
 */
export function judgeQuality(
  columns: { readonly reference: ColumnProfile; readonly window: ColumnProfile },
  options: QualityOptions,
): FindingSummary {
  const { monitor, minRows } = options
  const rows = totalOf(columns.window)
  if (rows < minRows) return unknown(monitor, 'too-few-rows', rows)
  if (totalOf(columns.reference) < minRows) return unknown(monitor, 'too-few-reference-rows', rows)
  const shares = Object.entries(placesOf(columns.reference)).map(([kind, places]) => {
    const reference = shareOf(columns.reference, places, options)
    const current = shareOf(columns.window, places, options)
    const rare = kind === 'unseen' ? rareShare(columns) : 0
    return { kind: kind as keyof typeof WORDS, reference, current, excess: current.low - reference.high - rare }
  })
  const worst = shares.toSorted((a, b) => b.excess - a.excess)[0]!
  return judged(monitor, {
    statistic: `${worst.kind} share`,
    value: worst.excess,
    threshold: QUALITY_FLOOR,
    rows,
    reason: `${percent(worst.current.value)} of rows ${WORDS[worst.kind]}, ${percent(worst.reference.value)} in the reference`,
  })
}

function placesOf({ bins }: ColumnProfile): Record<keyof typeof WORDS, readonly number[]> {
  const { missing, invalid, unseen, below, above } = outsideIndex(bins)
  return { missing: [missing], invalid: [invalid], unseen: [unseen], outOfRange: [below, above] }
}

function shareOf(column: ColumnProfile, places: readonly number[], { alpha }: QualityOptions): ShareInterval {
  const rows = places.reduce((sum, place) => sum + (place < 0 ? 0 : column.counts[place]!), 0)
  return wilsonInterval(rows, totalOf(column), 1 - 2 * alpha)
}

function totalOf({ counts }: ColumnProfile): number {
  return counts.reduce((sum, rows) => sum + rows, 0)
}

/** Rows of a value seen once in the reference: as many of a like window have one never seen (Good 1953). */
function rareShare({ reference: { bins } }: { readonly reference: ColumnProfile }): number {
  return bins.kind === 'categorical' ? bins.singletonShare : 0
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
