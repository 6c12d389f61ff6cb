import { createRandom } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import { EvenkeelError } from '../error.ts'
import type { TrainingSettings } from './settings.ts'

/**
 * Row numbers of each part. Every row of a later part is later than every row of an earlier one; only where all rows before
 * the held-out ones share one instant are those that validate drawn from among them.
 */
export interface Split {
  readonly fit: Int32Array
  /** Ends the boosting and calibrates. */
  readonly validation: Int32Array
  /** Never trained on: what the model is measured on. */
  readonly heldOut: Int32Array
  /** Rows left out between the parts. */
  readonly embargoed: number
  /** False where the rows have no order in time, and the parts were drawn by seed. */
  readonly byTime: boolean
}

type Shares = Pick<TrainingSettings, 'holdoutShare' | 'validationShare' | 'embargoMs' | 'seed'>

/**
 * Splits rows by time, never at random across it: the newest are held out, those before validate, the rest is fitted.
 * Rows of one instant stay together. Rows without any order in time are drawn by seed: files are often sorted by the label.
 * @param rows row numbers that may be used
 * @param times instant of each row, null where there is no time column
 * @throws EvenkeelError TRAINING_TOO_FEW_ROWS when a part is empty
 */
export function splitRows(rows: Int32Array, times: Float64Array | null, shares: Shares): Split {
  const ordered = times === null ? null : byTime(rows, times)
  if (times === null || ordered === null || times[ordered[0]!] === times[ordered.at(-1)!])
    return splitDrawn(rows, shares)
  const timeOf = (place: number): Instant => times[ordered[place]!]!
  const heldOutFrom = cutNear(ordered.length * (1 - shares.holdoutShare), ordered.length, timeOf)
  const wanted = ordered.length * (1 - shares.holdoutShare - shares.validationShare)
  const validationFrom = cutNear(Math.min(wanted, heldOutFrom), heldOutFrom, timeOf)
  const before = (place: number, until: number) => timeOf(until) - timeOf(place) > shares.embargoMs
  const part = (from: number, until: number, next: number) =>
    ordered.subarray(from, until).filter((_, index) => shares.embargoMs === 0 || before(from + index, next))
  const ahead =
    validationFrom < heldOutFrom
      ? { fit: part(0, validationFrom, validationFrom), validation: part(validationFrom, heldOutFrom, heldOutFrom) }
      : drawValidation(part(0, heldOutFrom, heldOutFrom), shares)
  const heldOut = ordered.subarray(heldOutFrom)
  const embargoed = rows.length - ahead.fit.length - ahead.validation.length - heldOut.length
  return checked({ ...ahead, heldOut, embargoed, byTime: true })
}

function byTime(rows: Int32Array, times: Float64Array): Int32Array {
  const sorted = rows.every((row, i) => i === 0 || times[rows[i - 1]!]! <= times[row]!)
  return sorted ? rows : rows.toSorted((a, b) => times[a]! - times[b]! || a - b)
}

/** The place nearest to `wanted` where a new instant begins, inside (0, end); `end` when there is none. */
function cutNear(wanted: number, end: number, timeOf: (place: number) => Instant): number {
  const middle = Math.min(Math.max(Math.round(wanted), 1), end - 1)
  let down = middle
  while (down > 0 && timeOf(down) === timeOf(down - 1)) down--
  let up = middle
  while (up < end && timeOf(up) === timeOf(middle)) up++
  if (down === 0) return up
  return up === end || wanted - down <= up - wanted ? down : up
}

/** Rows of one instant (all of a year, say) have no order among them: those that validate are drawn. */
function drawValidation(rows: Int32Array, { holdoutShare, validationShare, seed }: Shares) {
  const drawn = Int32Array.from(createRandom(seed).fork('validation').shuffle(rows))
  const from = Math.round(rows.length * (1 - validationShare / (1 - holdoutShare)))
  return { fit: drawn.slice(0, from).sort(), validation: drawn.slice(from).sort() }
}

function splitDrawn(rows: Int32Array, { holdoutShare, validationShare, seed }: Shares): Split {
  const drawn = Int32Array.from(createRandom(seed).fork('split').shuffle(rows))
  const heldOutFrom = Math.round(rows.length * (1 - holdoutShare))
  const validationFrom = Math.round(rows.length * (1 - holdoutShare - validationShare))
  return checked({
    fit: drawn.slice(0, validationFrom).sort(),
    validation: drawn.slice(validationFrom, heldOutFrom).sort(),
    heldOut: drawn.slice(heldOutFrom).sort(),
    embargoed: 0,
    byTime: false,
  })
}

function checked(split: Split): Split {
  if (split.fit.length > 0 && split.validation.length > 0 && split.heldOut.length > 0) return split
  const found = `${split.fit.length} to fit, ${split.validation.length} to validate, ${split.heldOut.length} held out`
  throw new EvenkeelError(
    'TRAINING_TOO_FEW_ROWS',
    `the rows do not divide into three parts by time: found ${found}, ${split.embargoed} under embargo; bring rows of more instants, or shorten the embargo`,
    { fit: split.fit.length, validation: split.validation.length, heldOut: split.heldOut.length },
  )
}
