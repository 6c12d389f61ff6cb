import { DAY_MS } from '../clock.ts'
import { timePart } from './time-parts.ts'
import type { Feature, FeatureKind, RawRow, Transform } from './view.ts'

/** A feature that has no name yet: what the builders give and a view names. */
export type FeatureSpec = Omit<Feature, 'name'>

type Value = number | string | null

/**
 * The computation a built-in transform stands for. Whatever has no answer (a missing value, a division by zero, the
 * logarithm of a negative number) is missing.
 */
export function specOfTransform(transform: Transform): FeatureSpec {
  const { kind } = transform
  switch (kind) {
    case 'column':
      return spec(transform, [transform.column], 'numeric', (row) => asNumber(row[transform.column]))
    case 'category':
      return spec(transform, [transform.column], 'categorical', (row) => asCategory(row[transform.column]))
    case 'hourOfDay':
    case 'dayOfWeek':
    case 'monthOfYear': {
      const part = timePart(kind, transform.timezone)
      return spec(transform, [transform.column], 'numeric', (row) => onNumber(row[transform.column], part))
    }
    case 'timeSince':
      return ofTwo(transform, [transform.from, transform.until], (from, until) => (until - from) / DAY_MS)
    case 'ratio':
      return ofTwo(transform, [transform.numerator, transform.denominator], (above, below) => above / below)
    case 'difference':
      return ofTwo(transform, [transform.minuend, transform.subtrahend], (from, taken) => from - taken)
    case 'log':
      return spec(transform, [transform.column], 'numeric', (row) => onNumber(row[transform.column], Math.log1p))
    case 'textLength':
      return spec(transform, [transform.column], 'numeric', (row) => lengthOf(row[transform.column]))
  }
}

const CALENDAR = new Set(['hourOfDay', 'dayOfWeek', 'monthOfYear'])

function spec(
  transform: Transform,
  reads: readonly string[],
  kind: FeatureKind,
  compute: (row: RawRow) => Value,
): FeatureSpec {
  return { kind, reads, calendar: CALENDAR.has(transform.kind), compute, definition: describe(transform), transform }
}

function ofTwo(
  transform: Transform,
  reads: readonly [string, string],
  combine: (a: number, b: number) => number,
): FeatureSpec {
  const [first, second] = reads
  return spec(transform, reads, 'numeric', (row) => {
    const a = asNumber(row[first])
    const b = asNumber(row[second])
    return a === null || b === null ? null : finite(combine(a, b))
  })
}

/** Names and arguments, in the order they are written in: `hourOfDay(scheduledAt, UTC)`. */
function describe({ kind, ...given }: Transform): string {
  return `${kind}(${Object.values(given).map(quoteUnlessPlain).join(', ')})`
}

/** A name with a comma in it must not look like two. */
export function quoteUnlessPlain(name: string): string {
  return /^[^\s,"()]+$/.test(name) ? name : JSON.stringify(name)
}

function onNumber(value: Value | undefined, compute: (value: number) => number): number | null {
  const number = asNumber(value)
  return number === null ? null : finite(compute(number))
}

/** A category of digits (`"3"`) read as a number is a mistake of the view; it counts as missing and never as a guess. */
function asNumber(value: Value | undefined): number | null {
  return typeof value === 'number' ? finite(value) : null
}

function asCategory(value: Value | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

function lengthOf(value: Value | undefined): number | null {
  return value === null || value === undefined ? null : String(value).length
}

export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
