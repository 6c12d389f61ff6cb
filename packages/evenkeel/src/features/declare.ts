import { createHash } from 'node:crypto'
import { EvenkeelError } from '../error.ts'
import { UTC } from './time-parts.ts'
import { type FeatureSpec, finite, quoteUnlessPlain, specOfTransform } from './transforms.ts'
import type { Feature, FeatureKind, FeatureView, RawRow, TimePart, Transform, ViewJson } from './view.ts'

export interface ViewDeclaration {
  readonly name: string
  readonly entity?: string | null | undefined
  readonly time?: string | null | undefined
  readonly features: Readonly<Record<string, FeatureSpec>>
}

/**
 * Declares a view, once, for training and serving alike (law 16).
 * @throws EvenkeelError FEATURES_VIEW_INVALID
 * @example
 * const view = defineFeatureView({
 *   name: 'flights', time: 'scheduledAt',
 *   features: { distance: column('distance'), origin: category('origin'), hour: hourOfDay('scheduledAt') },
 * })
 * view.features.map((feature) => feature.kind) // ["numeric", "categorical", "numeric"]
 */
export function defineFeatureView(declaration: ViewDeclaration): FeatureView {
  const features = Object.entries(declaration.features).map(([name, spec]): Feature => ({ name, ...spec }))
  if (features.length === 0) throw invalid(declaration.name, 'has no features, expected at least one')
  const label = features.find((feature) => feature.name === '')
  if (label !== undefined) throw invalid(declaration.name, 'has a feature without a name')
  return {
    name: declaration.name,
    entity: declaration.entity ?? null,
    time: declaration.time ?? null,
    features,
  }
}

export const column = (name: string): FeatureSpec => specOfTransform({ kind: 'column', column: name })

/** A column of strings, or of numbers that are names (codes, ids of few things). */
export const category = (name: string): FeatureSpec => specOfTransform({ kind: 'category', column: name })

export interface TimeOptions {
  /** IANA name; UTC by default. */
  readonly timezone?: string
}

const part = (kind: TimePart) => {
  return (name: string, { timezone = UTC }: TimeOptions = {}): FeatureSpec =>
    specOfTransform({ kind, column: name, timezone })
}

/** 0 to 23. */
export const hourOfDay = part('hourOfDay')
/** 0 (Monday) to 6. */
export const dayOfWeek = part('dayOfWeek')
/** 1 to 12. */
export const monthOfYear = part('monthOfYear')

/** Days from one instant to another. */
export const timeSince = (from: string, until: string): FeatureSpec =>
  specOfTransform({ kind: 'timeSince', from, until })

export const ratio = (numerator: string, denominator: string): FeatureSpec =>
  specOfTransform({ kind: 'ratio', numerator, denominator })

export const difference = (minuend: string, subtrahend: string): FeatureSpec =>
  specOfTransform({ kind: 'difference', minuend, subtrahend })

/** ln(1 + x): zero stays zero, and what is -1 or less is missing. */
export const log = (name: string): FeatureSpec => specOfTransform({ kind: 'log', column: name })

/** Characters (UTF-16 units) of a text. */
export const textLength = (name: string): FeatureSpec => specOfTransform({ kind: 'textLength', column: name })

export interface RowTransformOptions {
  /** Raise it when something the function calls has changed: its own source is compared anyway. */
  readonly version: number
  /** Made of nothing but event time. */
  readonly calendar?: boolean
}

/**
 * A function of one row. A version trained with it can be served only where the same function is declared: source text
 * and `version` are compared. NaN and infinities count as missing; numbers of a categorical feature become their text.
 */
export function rowTransform(
  reads: readonly string[],
  kind: FeatureKind,
  compute: (row: RawRow) => number | string | boolean | null | undefined,
  options: RowTransformOptions,
): FeatureSpec {
  const source = createHash('sha256').update(compute.toString()).digest('hex').slice(0, 16)
  return {
    kind,
    reads,
    calendar: options.calendar ?? false,
    compute: (row) => settle(kind, compute(row)),
    definition: `rowTransform(${reads.map(quoteUnlessPlain).join(', ')}; ${kind}, version ${options.version}, source ${source})`,
    transform: null,
  }
}

function settle(kind: FeatureKind, value: number | string | boolean | null | undefined): number | string | null {
  if (value === null || value === undefined) return null
  if (kind === 'categorical') return typeof value === 'number' && !Number.isFinite(value) ? null : String(value)
  return typeof value === 'string' ? null : finite(Number(value))
}

/** Tells a view from every other: equal exactly when the features' names, kinds, order and definitions are. */
export function fingerprintOf(view: FeatureView): string {
  const features = view.features.map(({ name, kind, definition }) => [name, kind, definition])
  return createHash('sha256').update(JSON.stringify(features)).digest('hex')
}

export function viewToJson(view: FeatureView): ViewJson {
  const { name, entity, time } = view
  return {
    name,
    entity,
    time,
    features: view.features.map((feature) => ({ name: feature.name, transform: feature.transform })),
  }
}

/**
 * The view of built-in transforms that the JSON describes.
 * @throws EvenkeelError FEATURES_VIEW_NEEDS_CODE for a feature written as a function, FEATURES_VIEW_INVALID
 */
export function viewFromJson(json: ViewJson): FeatureView {
  const written = json.features.find((feature) => feature.transform === null)
  if (written !== undefined)
    throw new EvenkeelError(
      'FEATURES_VIEW_NEEDS_CODE',
      `feature ${written.name} of view ${json.name} is a function; declare the view with defineFeatureView in evenkeel.config.ts, as it was when the version was trained`,
      { view: json.name, feature: written.name },
    )
  const features = json.features.map(({ name, transform }) => [name, specOf(json.name, name, transform!)] as const)
  return defineFeatureView({ ...json, features: Object.fromEntries(features) })
}

function specOf(view: string, feature: string, transform: Transform): FeatureSpec {
  const spec = specOfTransform(transform) as FeatureSpec | undefined
  const complete = spec?.reads.every((name) => typeof name === 'string' && name !== '')
  if (spec !== undefined && complete) return spec
  throw invalid(
    view,
    `feature ${feature} has transform ${JSON.stringify(transform)}, which names no known computation on columns`,
  )
}

function invalid(view: string, found: string): EvenkeelError {
  return new EvenkeelError('FEATURES_VIEW_INVALID', `feature view ${view}: ${found}`, { view })
}
