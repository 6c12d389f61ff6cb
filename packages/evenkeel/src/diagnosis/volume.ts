import { DAY_MS } from '../clock.ts'
import type { CauseSummary } from '../storage/index.ts'
import type { CaseFile } from './case.ts'
import { changePoint } from './column.ts'
import { percent, round } from './hypothesis.ts'
import { mean, normalBayesFactor, varianceOf } from './outcome.ts'

/** Days differ by at least this much in the logarithm of their rows, whatever a few of them say. */
const MIN_LOG_SPREAD = 0.15
const PRIOR = { alarmed: 0.3, quiet: 0.01 }

/** Many more or many fewer rows than on the days before; null where that is not likely, or days are too few to say. */
export function findVolumeChange(file: CaseFile): CauseSummary | null {
  const daily = rowsByDay(file)
  const split = changePoint(file)
  const before = daily.filter((day) => day.until <= file.onset.from).map((day) => Math.log(day.rows + 1))
  const after = daily.filter((day) => day.from >= split && day.until <= file.until).map((day) => Math.log(day.rows + 1))
  if (before.length < 3 || after.length === 0) return null
  const spread = Math.max(varianceOf(before), MIN_LOG_SPREAD ** 2)
  const difference = mean(after) - mean(before)
  const nats = normalBayesFactor(difference, spread * (1 / before.length + 1 / after.length), Math.LN2)
  const prior = file.alarms.includes('volume') ? PRIOR.alarmed : PRIOR.quiet
  const odds = (prior / (1 - prior)) * Math.exp(Math.min(500, nats))
  if (odds < 1) return null
  const ratio = Math.exp(difference)
  return {
    type: 'volume-change',
    features: [],
    probability: odds / (1 + odds),
    onset: daily.find((day) => day.from >= split)?.from ?? split,
    words: `${percent(ratio)} of the usual rows came, ${Math.round(Math.exp(mean(after)))} a day instead of ${Math.round(Math.exp(mean(before)))}`,
    evidence: { ratio: round(ratio), nats: round(nats), daysBefore: before.length, daysAfter: after.length },
    parameters: {},
  }
}

function rowsByDay(file: CaseFile): { from: number; until: number; rows: number }[] {
  const first = file.traffic.reduce((min, hour) => Math.min(min, hour.at), file.until)
  const rows = new Map<number, number>()
  for (let day = Math.ceil(first / DAY_MS); day < Math.floor(file.until / DAY_MS); day++) rows.set(day, 0)
  for (const hour of file.traffic) {
    const day = Math.floor(hour.at / DAY_MS)
    const known = rows.get(day)
    if (known !== undefined) rows.set(day, known + hour.profile.rows)
  }
  return [...rows].map(([day, count]) => ({ from: day * DAY_MS, until: (day + 1) * DAY_MS, rows: count }))
}
