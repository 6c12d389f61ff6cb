import type { BenchTable } from '../result.ts'
import { SHIFTS } from './shifts.ts'
import type { Decision } from './study.ts'

/** 5 % of a normal distribution lie above this: the classifier's threshold, in standard deviations of its null AUCs. */
const ONE_SIDED_5 = 1.6449
export const ALPHA = 0.05

/** A shifted draw, with what either decided at a size of 5 %. */
export type Verdicts = Decision & { readonly streams: boolean; readonly classifier: boolean }

/**
 * The classifier's threshold comes from its own AUCs on unchanged draws of the same set and rows: their mean and 1.645
 * standard deviations, where a quantile of a few dozen would be chance.
 */
export function verdictsOf(decisions: readonly Decision[]): Verdicts[] {
  return decisions.flatMap((decision) => {
    if (decision.shift === 'none' || decision.auc === null) return []
    const nulls = decisions.filter((each) => each.shift === 'none' && each.auc !== null && sameCell(each, decision))
    const aucs = nulls.map(({ auc }) => auc!)
    const middle = mean(aucs)
    const spread = Math.sqrt(aucs.reduce((sum, auc) => sum + (auc - middle) ** 2, 0) / Math.max(1, aucs.length - 1))
    return [
      { ...decision, streams: decision.pValue <= ALPHA, classifier: decision.auc > middle + ONE_SIDED_5 * spread },
    ]
  })
}

export function share<T>(rows: readonly T[], of: (row: T) => boolean): number {
  return rows.filter(of).length / Math.max(1, rows.length)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

export function powerTable(verdicts: readonly Verdicts[], note: string): BenchTable {
  const sizes = [...new Set(verdicts.map(({ rows }) => rows))].sort((a, b) => a - b)
  const pair = (rows: readonly Verdicts[]) => [
    share(rows, (each) => each.streams).toFixed(2),
    share(rows, (each) => each.classifier).toFixed(2),
  ]
  const line = (own: readonly Verdicts[]) => [
    ...sizes.flatMap((n) => pair(own.filter(({ rows }) => rows === n))),
    ...pair(own),
  ]
  return {
    title: 'Power at 5 % of one decision over counts, beside LightGBM as a domain classifier',
    note,
    columns: ['shift', ...[...sizes, 'all'].flatMap((n) => [`streams, ${n}`, `LightGBM, ${n}`])],
    rows: [
      ...SHIFTS.map((shift) => [shift, ...line(verdicts.filter((each) => each.shift === shift))]),
      ...[...new Set(verdicts.map(({ set }) => set))].map((set) => [
        set,
        ...line(verdicts.filter((each) => each.set === set)),
      ]),
      ['all', ...line(verdicts)],
    ],
  }
}

export function sizeTable(decisions: readonly Decision[]): BenchTable {
  const nulls = decisions.filter(({ shift }) => shift === 'none')
  const cells = [...new Set(nulls.map(({ set, rows }) => `${set} ${rows}`))]
  return {
    title: 'Unchanged windows called shifted at 5 %, decision over counts',
    note: 'Reference and window are different rows of one set, drawn anew each time, the reference frozen anew.',
    columns: ['set and rows', 'windows', 'called shifted'],
    rows: [
      ...cells.map((cell) => {
        const own = nulls.filter(({ set, rows }) => `${set} ${rows}` === cell)
        return [cell, own.length, share(own, ({ pValue }) => pValue <= ALPHA).toFixed(3)]
      }),
      ['all', nulls.length, share(nulls, ({ pValue }) => pValue <= ALPHA).toFixed(3)],
    ],
  }
}

function sameCell(a: Decision, b: Decision): boolean {
  return a.set === b.set && a.rows === b.rows
}
