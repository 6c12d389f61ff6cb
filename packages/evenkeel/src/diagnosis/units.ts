/** How a column written in one unit looks in another: `received = factor * value + offset`. */
export interface UnitChange {
  readonly factor: number
  readonly offset: number
  readonly words: string
}

/** Factors people confuse, each meant in both directions. */
const PAIRS: readonly (readonly [factor: number, from: string, to: string])[] = [
  [1.609344, 'miles', 'kilometres'],
  [1.852, 'nautical miles', 'kilometres'],
  [1.150779, 'nautical miles', 'miles'],
  [3.28084, 'metres', 'feet'],
  [1.09361, 'metres', 'yards'],
  [2.54, 'inches', 'centimetres'],
  [2.204623, 'kilograms', 'pounds'],
  [28.349523, 'ounces', 'grams'],
  [3.785412, 'gallons', 'litres'],
  [10.76391, 'square metres', 'square feet'],
  [3.6, 'metres per second', 'kilometres per hour'],
  [60, 'minutes', 'seconds'],
  [3600, 'hours', 'seconds'],
  [24, 'days', 'hours'],
  [7, 'weeks', 'days'],
  [12, 'years', 'months'],
  [365.25, 'years', 'days'],
  [10, 'units', 'tenths'],
  [100, 'units', 'hundredths'],
  [1000, 'thousands', 'units'],
  [1_000_000, 'millions', 'units'],
]

export const UNIT_CHANGES: readonly UnitChange[] = [
  ...PAIRS.flatMap(([factor, from, to]) => [
    { factor, offset: 0, words: `${from} became ${to}` },
    { factor: 1 / factor, offset: 0, words: `${to} became ${from}` },
  ]),
  { factor: -1, offset: 0, words: 'the sign was turned round' },
  { factor: 1.8, offset: 32, words: 'degrees Celsius became degrees Fahrenheit' },
  { factor: 1 / 1.8, offset: -32 / 1.8, words: 'degrees Fahrenheit became degrees Celsius' },
  { factor: 1, offset: 273.15, words: 'degrees Celsius became kelvins' },
  { factor: 1, offset: -273.15, words: 'kelvins became degrees Celsius' },
]
