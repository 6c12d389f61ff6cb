/** Received name to the name the model knows. */
type Mapping = Readonly<Record<string, string>>

/** A way names get changed on their way, and what it makes of a known name. */
interface Respelling {
  readonly words: string
  readonly apply: (name: string) => string
}

const RESPELLINGS: readonly Respelling[] = [
  { words: 'lower-cased', apply: (name) => name.toLowerCase() },
  { words: 'upper-cased', apply: (name) => name.toUpperCase() },
  { words: 'capitalised', apply: (name) => name.charAt(0).toUpperCase() + name.slice(1).toLowerCase() },
  { words: 'trimmed', apply: (name) => name.trim() },
  { words: 'given a space before', apply: (name) => ` ${name}` },
  { words: 'given a space after', apply: (name) => `${name} ` },
  { words: 'written with underscores', apply: (name) => name.replace(/[\s-]+/g, '_') },
  { words: 'written with hyphens', apply: (name) => name.replace(/[\s_]+/g, '-') },
  { words: 'written with spaces', apply: (name) => name.replace(/[_-]+/g, ' ') },
  { words: 'written without spaces', apply: (name) => name.replace(/\s+/g, '') },
  { words: 'stripped of leading zeros', apply: (name) => name.replace(/^0+(?=.)/, '') },
  { words: 'written with a decimal point', apply: (name) => `${name}.0` },
  { words: 'put in quotes', apply: (name) => `"${name}"` },
]

/** Longest prefix or suffix that is looked for. */
const MAX_AFFIX = 12

export interface Rename {
  readonly mapping: Mapping
  /** How the names were changed; null where they only correspond. */
  readonly respelling: string | null
}

/**
 * The one respelling that turns known names into the unseen ones, carried over to all known names, those not yet met
 * included. Null where none explains at least `MIN_EXPLAINED` of the unseen rows, or where two names become one.
 * @param unseen names outside the reference with their rows
 */
export function findRespelling(
  unseen: readonly { readonly name: string; readonly rows: number }[],
  known: readonly string[],
): Rename | null {
  const total = unseen.reduce((sum, { rows }) => sum + rows, 0)
  const candidates = [...RESPELLINGS, ...affixes(unseen[0]?.name ?? '', known)]
  for (const { words, apply } of candidates) {
    const mapping = invert(known, apply)
    if (mapping === null) continue
    const explained = unseen.reduce((sum, { name, rows }) => sum + (Object.hasOwn(mapping, name) ? rows : 0), 0)
    if (total > 0 && explained >= MIN_EXPLAINED * total) return { mapping, respelling: words }
  }
  return null
}

const MIN_EXPLAINED = 0.8

/** Known names by their new spelling; null when the spelling tells two apart no longer, or clashes with a known name. */
function invert(known: readonly string[], apply: (name: string) => string): Mapping | null {
  const names = new Set(known)
  const mapping: Record<string, string> = {}
  for (const name of known) {
    const spelled = apply(name)
    if (spelled === name) continue
    if (Object.hasOwn(mapping, spelled) || names.has(spelled)) return null
    mapping[spelled] = name
  }
  return mapping
}

/** Prefixes and suffixes that would make the commonest unseen name out of a known one, longest known name first. */
function affixes(unseen: string, known: readonly string[]): Respelling[] {
  const inside = known
    .filter((name) => name !== '' && name.length < unseen.length && unseen.length - name.length <= MAX_AFFIX)
    .sort((a, b) => b.length - a.length)
  const prefixed = inside.find((name) => unseen.endsWith(name))
  const suffixed = inside.find((name) => unseen.startsWith(name))
  const found: Respelling[] = []
  if (prefixed !== undefined) {
    const prefix = unseen.slice(0, -prefixed.length)
    found.push({ words: `prefixed with ${JSON.stringify(prefix)}`, apply: (name) => prefix + name })
  }
  if (suffixed !== undefined) {
    const suffix = unseen.slice(suffixed.length)
    found.push({ words: `followed by ${JSON.stringify(suffix)}`, apply: (name) => name + suffix })
  }
  return found
}
