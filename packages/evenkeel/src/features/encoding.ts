import { EvenkeelError } from '../error.ts'
import { fingerprintOf, viewFromJson, viewToJson } from './declare.ts'
import type {
  Encoder,
  Feature,
  FeatureColumn,
  FeatureEncoding,
  FeatureTable,
  FeatureView,
  RawRow,
  ViewEncoding,
} from './view.ts'

export interface EncodingOptions {
  /** A category seen in fewer rows is taken for an unseen one, so that the model learns what to do with those; 10. */
  readonly minRows?: number
  /** Categories of a feature at most, the most frequent ones; 1,000. */
  readonly maxCategories?: number
  /** Rows to learn from; all when absent. */
  readonly rows?: Int32Array | undefined
}

/** Learns the categories of a view from its features; in alphabetical order, so that the order of rows is no matter. */
export function learnEncoding(view: FeatureView, table: FeatureTable, options: EncodingOptions = {}): ViewEncoding {
  return {
    view: view.name,
    fingerprint: fingerprintOf(view),
    features: learnCategories(table, options),
    declared: viewToJson(view),
  }
}

export function learnCategories(table: FeatureTable, options: EncodingOptions = {}): FeatureEncoding[] {
  return table.columns.map((column): FeatureEncoding => {
    if (column.kind === 'numeric') return { name: column.name, kind: 'numeric' }
    return { name: column.name, kind: 'categorical', categories: commonCategories(column, options) }
  })
}

function commonCategories(
  { codes, dictionary }: Extract<FeatureColumn, { kind: 'categorical' }>,
  { minRows = 10, maxCategories = 1_000, rows }: EncodingOptions,
): string[] {
  const counts = new Float64Array(dictionary.length)
  const add = (code: number) => {
    if (code >= 0) counts[code]!++
  }
  if (rows === undefined) codes.forEach(add)
  else for (const row of rows) add(codes[row]!)
  const common = dictionary
    .map((name, code) => ({ name, rows: counts[code]! }))
    .filter((entry) => entry.rows >= minRows)
  common.sort((a, b) => b.rows - a.rows || compare(a.name, b.name))
  return common
    .slice(0, maxCategories)
    .map((entry) => entry.name)
    .sort(compare)
}

/** By code unit: a locale would order them differently on another machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** The numbers a model sees of one column: float32 held as float64, NaN for missing and unseen. */
export function encodeColumn(column: FeatureColumn, encoding: FeatureEncoding): Float64Array {
  if (column.kind === 'numeric') return column.values.map(asFloat32)
  const places = placesOf(encoding)
  const codeOf = column.dictionary.map((name) => places.get(name) ?? Number.NaN)
  return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : codeOf[code]!))
}

/**
 * Encodes single rows.
 * @throws EvenkeelError FEATURES_VIEW_CHANGED when the encoding was learnt with other features
 */
export function createEncoder(view: FeatureView, encoding: ViewEncoding): Encoder {
  checkFingerprint(view, encoding)
  const cells = view.features.map((feature, index) => cellEncoder(feature, encoding.features[index]!))
  return {
    width: cells.length,
    encodeRow(row, out, offset) {
      for (let i = 0; i < cells.length; i++) out[offset + i] = cells[i]!(row)
    },
  }
}

function cellEncoder(feature: Feature, encoding: FeatureEncoding): (row: RawRow) => number {
  const { compute, kind } = feature
  if (kind === 'numeric') {
    return (row) => {
      const value = compute(row)
      return typeof value === 'number' ? asFloat32(value) : Number.NaN
    }
  }
  const places = placesOf(encoding)
  return (row) => {
    const value = compute(row)
    return value === null ? Number.NaN : (places.get(String(value)) ?? Number.NaN)
  }
}

function placesOf(encoding: FeatureEncoding): ReadonlyMap<string, number> {
  return new Map(encoding.kind === 'numeric' ? [] : encoding.categories.map((name, place) => [name, place]))
}

const LARGEST_FLOAT32 = 3.4028234663852886e38

/** Rounded as the model will see it; what is too large for float32 is the largest it can hold, which keeps the order. */
function asFloat32(value: number): number {
  return Math.fround(Math.min(Math.max(value, -LARGEST_FLOAT32), LARGEST_FLOAT32))
}

function checkFingerprint(view: FeatureView, encoding: ViewEncoding): void {
  const found = fingerprintOf(view)
  if (found === encoding.fingerprint) return
  throw new EvenkeelError(
    'FEATURES_VIEW_CHANGED',
    `feature view ${view.name} has changed since the version was trained: ${firstDifference(view, encoding)}; train a new version, or give the changed view another name`,
    { view: view.name, found, expected: encoding.fingerprint },
  )
}

function firstDifference(view: FeatureView, encoding: ViewEncoding): string {
  const found = view.features.map((feature) => feature.name)
  const expected = encoding.features.map((feature) => feature.name)
  const place = expected.findIndex((name, index) => name !== found[index])
  if (place >= 0) return `feature ${place + 1} is ${found[place] ?? 'absent'}, expected ${expected[place]}`
  if (found.length > expected.length) return `feature ${found[expected.length]} is new`
  return 'a feature of the same name is computed otherwise'
}

/**
 * The view a version was trained with: as stored, where its transforms are all built in, else among those declared.
 * @throws EvenkeelError FEATURES_VIEW_UNKNOWN saying which function is missing
 */
export function viewOf(encoding: ViewEncoding, declared: readonly FeatureView[]): FeatureView {
  const written = encoding.declared.features.find((feature) => feature.transform === null)
  if (written === undefined) return viewFromJson(encoding.declared)
  const found = declared.find((view) => fingerprintOf(view) === encoding.fingerprint)
  if (found !== undefined) return found
  const namesake = declared.some((view) => view.name === encoding.view)
  const why = namesake ? 'the view of that name is another one now' : 'no view of that name is declared'
  throw new EvenkeelError(
    'FEATURES_VIEW_UNKNOWN',
    `feature ${written.name} of view ${encoding.view} is a function, and ${why}; declare it as it was when the version was trained, or train a new version`,
    { view: encoding.view, feature: written.name, fingerprint: encoding.fingerprint },
  )
}
