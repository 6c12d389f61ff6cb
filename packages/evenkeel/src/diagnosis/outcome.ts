import { DAY_MS } from '../clock.ts'
import type { CaseFile, OutcomeHour } from './case.ts'
import { changePoint } from './column.ts'
import {
  concentrationOf,
  logDirichletMultinomial,
  logFreeMultinomial,
  logMeanExp,
  smooth,
  sumCounts,
} from './likelihood.ts'

/** How losses moved, on rows whose labels have had time to come. */
export interface OutcomeChange {
  readonly daysBefore: number
  readonly daysAfter: number
  readonly lossBefore: number | null
  readonly lossAfter: number | null
  /** Nats for "the loss rose" against "it is as it was"; negative speaks for the latter. */
  readonly lossNats: number
  /** The same for loss and labels given the score: what a change of the inputs alone does not explain. */
  readonly conceptNats: number
  /** Labels per row less than expected at that score, in the mean after the change. */
  readonly labelShift: number | null
  /** Labels that have come so far, as a share of what rows before the change have. */
  readonly maturity: number
}

/** Days are not independent (weather lasts, weekends come in pairs): their variance counts this much more. */
const DAY_CORRELATION = 2
/** Effects worth speaking of: a fifth of the loss, five rows in a hundred with another label. */
const LOSS_SCALE = 0.2
const LABEL_SCALE = 0.05
const MIN_LABELLED_PER_DAY = 20

interface Day {
  readonly labelled: number
  readonly loss: number
  /** Labels and losses given the score, less what they were before at that score; null without a yardstick by tenths. */
  readonly labelResidual: number
  readonly lossResidual: number
}

export function compareOutcomes(file: CaseFile): OutcomeChange {
  const mature = file.outcomes.filter((hour) => hour.at + file.labelMaturityMs <= file.until)
  const before = mature.filter((hour) => hour.at < file.onset.from)
  const after = mature.filter((hour) => hour.at >= changePoint(file))
  const rates = ratesByTenth(before)
  const daysBefore = dailyOutcomes(before, rates)
  const daysAfter = dailyOutcomes(after, rates)
  const lossBefore = meanOf(daysBefore, 'loss') ?? file.reference.loss?.value ?? null
  const lossAfter = meanOf(daysAfter, 'loss')
  const scale = LOSS_SCALE * (lossBefore ?? 0)
  return {
    daysBefore: daysBefore.length,
    daysAfter: daysAfter.length,
    lossBefore,
    lossAfter,
    lossNats: riseNats(seriesOf(daysBefore, 'loss'), seriesOf(daysAfter, 'loss'), scale),
    conceptNats: Math.max(
      riseNats(seriesOf(daysBefore, 'lossResidual'), seriesOf(daysAfter, 'lossResidual'), scale),
      shiftNats(seriesOf(daysBefore, 'labelResidual'), seriesOf(daysAfter, 'labelResidual'), LABEL_SCALE),
    ),
    labelShift: meanOf(daysAfter, 'labelResidual'),
    maturity: maturityOf(file),
  }
}

/** Labels and loss per labelled row by tenth of the score. */
function ratesByTenth(hours: readonly OutcomeHour[]): readonly { label: number; loss: number }[] {
  const tenths = hours[0]?.deciles.length ?? 0
  return Array.from({ length: tenths }, (_, i) => {
    const sums = { labelled: 0, labels: 0, loss: 0 }
    for (const hour of hours) {
      sums.labelled += hour.deciles[i]?.labelled ?? 0
      sums.labels += hour.deciles[i]?.labelSum ?? 0
      sums.loss += hour.deciles[i]?.lossSum ?? 0
    }
    const rows = Math.max(1, sums.labelled)
    return { label: sums.labels / rows, loss: sums.loss / rows }
  })
}

function dailyOutcomes(hours: readonly OutcomeHour[], rates: readonly { label: number; loss: number }[]): Day[] {
  const days = Map.groupBy(hours, (hour) => Math.floor(hour.at / DAY_MS))
  return [...days.values()].flatMap((day) => {
    const labelled = day.reduce((sum, hour) => sum + hour.labelled, 0)
    if (labelled < MIN_LABELLED_PER_DAY) return []
    let labels = 0
    let losses = 0
    for (const hour of day)
      for (const [i, tenth] of hour.deciles.entries()) {
        labels += tenth.labelSum - tenth.labelled * (rates[i]?.label ?? 0)
        losses += tenth.lossSum - tenth.labelled * (rates[i]?.loss ?? 0)
      }
    const loss = day.reduce((sum, hour) => sum + hour.lossSum, 0)
    return [{ labelled, loss: loss / labelled, labelResidual: labels / labelled, lossResidual: losses / labelled }]
  })
}

/** ln Bayes factor for a rise of about `scale` against no change; a fall speaks against it. */
function riseNats(before: readonly number[], after: readonly number[], scale: number): number {
  const difference = mean(after) - mean(before)
  const nats = shiftNats(before, after, scale)
  return difference > 0 ? nats : Math.min(0, -nats)
}

/** ln Bayes factor for a shift, either way, of about `scale`; 0 when there are not enough days to say. */
function shiftNats(before: readonly number[], after: readonly number[], scale: number): number {
  if (before.length < 3 || after.length < 1 || !(scale > 0)) return 0
  const spread = Math.max(varianceOf(before), (scale / 5) ** 2)
  const error = DAY_CORRELATION * spread * (1 / before.length + 1 / after.length)
  const difference = mean(after) - mean(before)
  return normalBayesFactor(difference, error, scale)
}

/** ln of N(x; 0, error + scale²) over N(x; 0, error). */
export function normalBayesFactor(difference: number, error: number, scale: number): number {
  const total = error + scale ** 2
  return 0.5 * (Math.log(error / total) + difference ** 2 * (1 / error - 1 / total))
}

/** Labels per row after the change, all ages, against rows before it. */
function maturityOf(file: CaseFile): number {
  const share = (hours: readonly OutcomeHour[]) =>
    hours.reduce((sum, hour) => sum + hour.labelled, 0) /
    Math.max(
      1,
      hours.reduce((sum, hour) => sum + hour.rows, 0),
    )
  const before = share(file.outcomes.filter((hour) => hour.at < file.onset.from))
  const after = share(file.outcomes.filter((hour) => hour.at >= changePoint(file)))
  return before === 0 ? (after > 0 ? 1 : 0) : Math.min(1, after / before)
}

/** Nats for "scores are distributed differently" against "as they were", over tenths of the score. */
export function scoreShiftNats(file: CaseFile): number {
  const before = dailyTenths(file.outcomes.filter((hour) => hour.at < file.onset.from))
  const after = sumCounts(dailyTenths(file.outcomes.filter((hour) => hour.at >= changePoint(file))))
  if (before.length < 2 || after.length < 2) return 0
  const expected = smooth(sumCounts(before))
  const concentration = concentrationOf(before)
  const steady = logDirichletMultinomial(after, expected, concentration)
  const looser = [concentration / 4, concentration / 16].map((rows) =>
    logDirichletMultinomial(after, expected, Math.max(4, rows)),
  )
  return logMeanExp([...looser, logFreeMultinomial(after)]) - steady
}

function dailyTenths(hours: readonly OutcomeHour[]): Float64Array[] {
  const days = Map.groupBy(hours, (hour) => Math.floor(hour.at / DAY_MS))
  return [...days.values()].map((day) =>
    sumCounts(day.map((hour) => Float64Array.from(hour.deciles, (tenth) => tenth.rows))),
  )
}

function seriesOf(days: readonly Day[], key: keyof Day): number[] {
  return days.map((day) => day[key])
}

function meanOf(days: readonly Day[], key: keyof Day): number | null {
  const rows = days.reduce((sum, day) => sum + day.labelled, 0)
  return rows === 0 ? null : days.reduce((sum, day) => sum + day[key] * day.labelled, 0) / rows
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

export function varianceOf(values: readonly number[]): number {
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1)
}
