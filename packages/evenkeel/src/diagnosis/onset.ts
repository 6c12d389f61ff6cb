import type { Instant } from '../clock.ts'
import type { CaseFile } from './case.ts'
import { type ColumnVerdict, changePoint } from './column.ts'
import { smooth } from './likelihood.ts'

/** An hour this little worse than the best start may be the start as well; what is tainted is better too much than too little. */
const DOUBT_NATS = 3

/**
 * The hour from which the winning story beats "nothing has changed" for good: the start of the best suffix of hourly log
 * likelihood ratios (CUSUM's argmax), or the earliest hour before it that the counts do not speak against. The alarm's
 * own window where no hour is better told by the story.
 */
export function findOnset(file: CaseFile, verdict: ColumnVerdict): Instant {
  const { feature, source, winner, layout } = verdict
  const before = smooth(verdict.case.before)
  const hours = file.traffic
    .filter((hour) => hour.at >= file.onset.from && (source === null || hour.source === source))
    .toSorted((a, b) => b.at - a.at)
  let sum = 0
  let best = 0
  const suffixes: { at: Instant; sum: number }[] = []
  for (const hour of hours) {
    const column = hour.profile.columns[feature]
    if (column === undefined) continue
    const counts = layout(column)
    for (let i = 0; i < counts.length; i++) sum += counts[i]! * Math.log(winner.expected[i]! / before[i]!)
    best = Math.max(best, sum)
    suffixes.push({ at: hour.at, sum })
  }
  const start = suffixes.findLast((suffix) => suffix.sum > 0 && suffix.sum >= best - DOUBT_NATS)
  return start?.at ?? changePoint(file)
}
