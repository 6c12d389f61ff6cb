import type { ColumnComparison, ComparedColumn } from '@evenkeel/stats'
import { formatShare, formatTick } from './charts/index.ts'
import type { ColumnSummary } from './report.ts'

/** Changes of a share smaller than this are not worth a word. */
const SHARE_WORTH_SAYING = 0.01

/** What a reader of a scanned report is to know; the same words in every form of it. */
export const ESTIMATED =
  'The tables were scanned and not held whole: rows, means, extremes and verdicts are exact, quantiles, numbers of distinct values and the frequent values of numbers are estimates.'

/** Why a column is shifted, steady or unknown, in words a person can act on. */
export function wordsOf(
  comparison: ColumnComparison,
  reference: ColumnSummary,
  current: ColumnSummary,
  newcomers: readonly string[],
): string {
  if (comparison.kind === 'unknown') {
    const side = comparison.reason === 'too-few-reference-rows' ? 'reference' : 'current'
    return `the ${side} table has ${comparison['have'] ?? 'too few'} rows, ${comparison['need'] ?? 'more'} are needed`
  }
  if (comparison.shifted) return [...changes(comparison, reference, current, newcomers), measure(comparison)].join('; ')
  const { psi, effect, material } = comparison
  if (psi.value <= psi.noiseFloor) return `PSI ${figure(psi.value)} is within noise (up to ${figure(psi.noiseFloor)})`
  return `a real but small change: PSI ${figure(effect)} beyond noise, below the ${figure(material)} that matters`
}

function changes(
  compared: ComparedColumn,
  reference: ColumnSummary,
  current: ColumnSummary,
  newcomers: readonly string[],
): readonly string[] {
  const { missing, invalid, unseen, outOfRange } = compared.shares
  const shares = [
    shareChange('missing', missing),
    shareChange('not of its type', invalid),
    shareChange(`values the reference never had${such(newcomers)}`, unseen),
    shareChange('outside the range of the reference', outOfRange),
  ].flatMap((words) => words ?? [])
  if (reference.numbers && current.numbers) {
    const [before, after] = [reference.numbers.median, current.numbers.median]
    return before === after
      ? [...shares, mostMoved(compared)]
      : [...shares, `median ${formatTick(before)} → ${formatTick(after)}`]
  }
  return shares.length > 0 ? shares : [mostMoved(compared)]
}

function such(values: readonly string[]): string {
  return values.length === 0 ? '' : ` (such as ${values.map((value) => JSON.stringify(value)).join(', ')})`
}

function shareChange(words: string, pair: ComparedColumn['shares']['missing']): string | null {
  const [before, after] = [pair.reference.value, pair.current.value]
  return Math.abs(after - before) < SHARE_WORTH_SAYING
    ? null
    : `${words}: ${formatShare(before)} → ${formatShare(after)}`
}

function mostMoved({ moved }: ComparedColumn): string {
  const most = moved[0]!
  return `${most.bin}: ${formatShare(most.reference)} → ${formatShare(most.current)}`
}

function measure({ psi }: ComparedColumn): string {
  return `PSI ${figure(psi.value)}, noise up to ${figure(psi.noiseFloor)}`
}

function figure(value: number): string {
  if (value < 0.0001) return value <= 0 ? '0' : '<0.0001'
  return value.toPrecision(value < 1 ? 2 : 3)
}
