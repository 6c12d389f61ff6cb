/**
 * When a bucket of a scale is full: at the first boundary of its scale (hours since 1970 divisible by its length) at
 * which it holds enough effective rows. With little traffic it grows, an hour to a day, a day to a week.
 */
export function isFull(scaleHours: number, nextHour: number, effectiveRows: number, minRows: number): boolean {
  return effectiveRows >= minRows && nextHour % scaleHours === 0
}

/** Whether a boundary of the scale lies between the start of a bucket and an hour: it should have been closed there. */
export function isPast(scaleHours: number, startHour: number, hour: number): boolean {
  return Math.floor(startHour / scaleHours) < Math.floor(hour / scaleHours)
}
