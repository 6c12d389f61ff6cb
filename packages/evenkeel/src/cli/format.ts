import type { Instant } from '../clock.ts'

/** A moment for people, in UTC and to the minute. @example formatInstant(0) // '1970-01-01 00:00Z' */
export function formatInstant(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** Four significant digits: no figure here is known better. */
export function formatFigure(value: number): string {
  return Number(value.toPrecision(4)).toString()
}
