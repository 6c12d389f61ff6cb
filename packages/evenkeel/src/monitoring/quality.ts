import { type ColumnProfile, compareColumns } from '@evenkeel/stats'
import type { FindingSummary } from '../storage/index.ts'
import { judged, unknown } from './finding.ts'

/** Share of rows, beyond the reference's interval, below which a defect is too small to speak of. */
export const QUALITY_FLOOR = 0.02

const WORDS = {
  missing: 'missing',
  invalid: 'of the wrong type',
  unseen: 'values the reference never had',
  outOfRange: 'outside the range of the reference',
} as const

export interface QualityOptions {
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
  const { monitor, alpha, minRows } = options
  const compared = compareColumns(monitor, columns.reference, columns.window, { minRows, level: 1 - 2 * alpha })
  if (compared.kind === 'unknown') return unknown(monitor, compared.reason, compared.have)
  const kinds = Object.keys(WORDS) as (keyof typeof WORDS)[]
  const shares = kinds.map((kind) => {
    const share = compared.shares[kind]
    return {
      kind,
      share,
      excess: share.current.low - share.reference.high - (kind === 'unseen' ? rareShare(columns) : 0),
    }
  })
  const worst = shares.toSorted((a, b) => b.excess - a.excess)[0]!
  const { reference, current } = worst.share
  return judged(monitor, {
    statistic: `${worst.kind} share`,
    value: worst.excess,
    threshold: QUALITY_FLOOR,
    rows: compared.rows.current,
    reason: `${percent(current.value)} of rows ${WORDS[worst.kind]}, ${percent(reference.value)} in the reference`,
  })
}

/** Rows of a value seen once in the reference: as many of a like window have one never seen (Good 1953). */
function rareShare({ reference: { bins } }: { readonly reference: ColumnProfile }): number {
  return bins.kind === 'categorical' ? bins.singletonShare : 0
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
