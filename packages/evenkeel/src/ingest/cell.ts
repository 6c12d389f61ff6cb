import type { TimeFormat } from './schema.ts'

/**
 * Words that stand for no value. In CSV they do so only unquoted, so that a country `"NA"` survives; in columns of numbers
 * and times they do so in every format. `None`, `-` and `?` are left alone: they are real categories too often.
 */
const MISSING_WORDS = new Set(['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', '\\N', '#N/A', '<NA>'])
const LONGEST_MISSING_WORD = 4

export function isMissingWord(text: string): boolean {
  return text.length <= LONGEST_MISSING_WORD && MISSING_WORDS.has(text)
}

/** A decimal number with a point, or NaN: no thousands separators, no hexadecimal, no infinity. */
export function parseNumber(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || text.trim() === '') return Number.NaN
  return RADIX_PREFIX.test(text) ? Number.NaN : value
}

const RADIX_PREFIX = /^\s*[+-]?0[xXoObB]/

/** Codes such as `00501` lose what they say when they become numbers. */
export function hasLeadingZero(text: string): boolean {
  return /^\s*[+-]?0\d/.test(text)
}

const TRUE = /^(true|t|yes|y|1)$/i
const FALSE = /^(false|f|no|n|0)$/i

export function parseBoolean(text: string): 'true' | 'false' | null {
  if (TRUE.test(text)) return 'true'
  return FALSE.test(text) ? 'false' : null
}

const CLOCK = String.raw`(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?`
const YEAR_FIRST = new RegExp(String.raw`^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})${CLOCK}\s*$`)
const YEAR_LAST = new RegExp(String.raw`^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})${CLOCK}\s*$`)

/** Epoch milliseconds, or NaN. Without a zone the time is UTC; a day that no calendar has is not a time. */
export function parseTime(text: string, format: TimeFormat): number {
  switch (format) {
    case 'epoch-ms':
      return parseNumber(text)
    case 'epoch-s':
      return parseNumber(text) * 1_000
    case 'iso': {
      const match = YEAR_FIRST.exec(text)
      return match === null ? Number.NaN : instantOf(match, match[1]!, match[2]!, match[3]!)
    }
    case 'day-first':
    case 'month-first': {
      const match = YEAR_LAST.exec(text)
      if (match === null) return Number.NaN
      const [day, month] = format === 'day-first' ? [match[1]!, match[2]!] : [match[2]!, match[1]!]
      return instantOf(match, match[3]!, month, day)
    }
  }
}

function instantOf(match: RegExpExecArray, year: string, month: string, day: string): number {
  const [hours, minutes, seconds] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day))
  if (Number(month) < 1 || Number(month) > 12 || new Date(midnight).getUTCDate() !== Number(day)) return Number.NaN
  if (hours > 23 || minutes > 59 || seconds > 59) return Number.NaN
  const fractionMs = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1_000)
  return midnight + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + fractionMs - zoneMs(match[8])
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** How the times of a column are written, when all its values agree on one way; null when they do not, or could be two. */
export function timeFormatOf(values: Iterable<string>): TimeFormat | null {
  let open = new Set<TimeFormat>(['iso', 'day-first', 'month-first'])
  let seen = 0
  for (const text of values) {
    seen++
    open = new Set([...open].filter((format) => !Number.isNaN(parseTime(text, format))))
    if (open.size === 0) return null
  }
  return seen > 0 && open.size === 1 ? [...open][0]! : null
}
