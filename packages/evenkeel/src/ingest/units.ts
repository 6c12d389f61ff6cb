/** Units as they are written in names of columns, and the one word we keep for each. */
const UNITS: Readonly<Record<string, string>> = {
  km: 'km',
  kilometers: 'km',
  kilometres: 'km',
  mi: 'mi',
  miles: 'mi',
  meters: 'm',
  metres: 'm',
  cm: 'cm',
  mm: 'mm',
  ft: 'ft',
  feet: 'ft',
  ms: 'ms',
  sec: 's',
  secs: 's',
  seconds: 's',
  min: 'min',
  mins: 'min',
  minutes: 'min',
  hours: 'h',
  hrs: 'h',
  days: 'd',
  months: 'months',
  years: 'years',
  usd: 'usd',
  eur: 'eur',
  gbp: 'gbp',
  chf: 'chf',
  jpy: 'jpy',
  cents: 'cents',
  kg: 'kg',
  kilograms: 'kg',
  lb: 'lb',
  lbs: 'lb',
  grams: 'g',
  celsius: 'c',
  fahrenheit: 'f',
  kelvin: 'k',
  degc: 'c',
  degf: 'f',
  pct: '%',
  percent: '%',
  kwh: 'kwh',
  kw: 'kw',
  mph: 'mph',
  kmh: 'km/h',
  hpa: 'hpa',
  kpa: 'kpa',
  bytes: 'bytes',
  mb: 'mb',
  gb: 'gb',
}

/** Too short to be believed at the end of a name, and clear enough in brackets. */
const BRACKETED: Readonly<Record<string, string>> = {
  m: 'm',
  s: 's',
  h: 'h',
  d: 'd',
  c: 'c',
  f: 'f',
  k: 'k',
  g: 'g',
  w: 'w',
  '%': '%',
  $: 'usd',
  '€': 'eur',
  '£': 'gbp',
  '°c': 'c',
  '°f': 'f',
  'km/h': 'km/h',
  'm/s': 'm/s',
  'µg/m3': 'µg/m3',
}

/**
 * The unit a column's name states, or null: `distance_km`, `amount_usd`, `temp (C)`, `delay [min]`, `durationMinutes`.
 * `min` and `max` at the end of a name are the least and the greatest far too often: `min` counts in brackets or after
 * a name of a span of time only.
 */
export function unitOfName(name: string): string | null {
  const bracketed = /[([]\s*([^\])]+?)\s*[)\]]\s*$/.exec(name)?.[1]?.toLowerCase()
  if (bracketed !== undefined) return BRACKETED[bracketed] ?? UNITS[bracketed] ?? null
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean)
  const last = words.length > 1 ? words.at(-1)! : ''
  if (last === 'min' && !/delay|duration|time|elapsed|wait|age/.test(words.slice(0, -1).join(' '))) return null
  return Object.hasOwn(UNITS, last) ? UNITS[last]! : null
}
