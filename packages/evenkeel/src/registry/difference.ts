import type { ModelVersion } from './version.ts'

/** One thing in which two versions differ: `metrics.rocAuc`, `lineage.parameters.maxDepth`, `inputs.distance.unit`… */
export interface VersionDifference {
  readonly what: string
  /** As JSON, shortened; null where it is absent. */
  readonly reference: string | null
  readonly current: string | null
}

const MAX_SHOWN = 120

/** Everything in which two versions differ, in the order of its names. */
export function diffVersions(reference: ModelVersion, current: ModelVersion): readonly VersionDifference[] {
  const before = flatten(comparable(reference))
  const after = flatten(comparable(current))
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names
    .filter((what) => before.get(what) !== after.get(what))
    .map((what) => ({ what, reference: shorten(before.get(what)), current: shorten(after.get(what)) }))
}

/** Lists of named things become objects by name, so that one more column does not shift all that follow. */
function comparable({ project, model, version, inputs, encoding, ...rest }: ModelVersion): object {
  return {
    ...rest,
    inputs: byName(inputs.columns),
    encoding: encoding && {
      ...encoding,
      features: byName(encoding.features),
      declared: byName(encoding.declared.features),
    },
  }
}

function byName(values: readonly { readonly name: string }[]): object {
  return Object.fromEntries(values.map(({ name, ...rest }) => [name, rest]))
}

function flatten(value: unknown, path = '', into = new Map<string, string>()): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (value !== undefined) into.set(path, JSON.stringify(value))
    return into
  }
  for (const [name, inner] of Object.entries(value)) flatten(inner, path === '' ? name : `${path}.${name}`, into)
  return into
}

function shorten(text: string | undefined): string | null {
  if (text === undefined) return null
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)`
}
