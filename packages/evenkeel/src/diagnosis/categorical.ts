import { type CategoricalBins, type ColumnProfile, distinctCount, frequentValues, outsideIndex } from '@evenkeel/stats'
import {
  type ColumnCase,
  type Hypothesis,
  invalidBurst,
  missingBurst,
  percent,
  pointMass,
  round,
  tell,
} from './hypothesis.ts'
import { logDirichletMultinomial, logFreeMultinomial, logMeanExp, rowsOf, smooth } from './likelihood.ts'
import { findRespelling, type Rename } from './rename.ts'

export interface CategoricalCase extends ColumnCase {
  readonly bins: CategoricalBins
  /** Names outside the reference with their rows, commonest first; at most 32, counts a little low. */
  readonly unseen: readonly { readonly name: string; readonly rows: number }[]
  readonly distinctBefore: number
  readonly distinctAfter: number
}

/** Fewer rows than this in unseen names is no fault to speak of. */
const MIN_UNSEEN_ROWS = 5
/** A name nobody made up: what it is worth when an unseen name is a respelling of a known one. */
const NAME_NATS = 6
const MAX_NAME_NATS = 60
/** A rename without a respelling is one value for one; more than this many candidates are not tried. */
const MAX_PAIRS = 12

export function categoricalCase(
  parts: { feature: string; source: string | null; before: ColumnProfile; after: ColumnProfile },
  concentration: number,
): CategoricalCase {
  const bins = parts.after.bins as CategoricalBins
  const { missing, invalid } = outsideIndex(bins)
  const unseen = frequentValues(parts.after.topUnseen).map(({ value, count }) => ({ name: String(value), rows: count }))
  return {
    feature: parts.feature,
    source: parts.source,
    before: parts.before.counts,
    after: parts.after.counts,
    concentration,
    missing,
    invalid,
    ordered: false,
    bins,
    unseen,
    distinctBefore: distinctCount(parts.before.distinct),
    distinctAfter: distinctCount(parts.after.distinct),
  }
}

/** Faults of a categorical column, one hypothesis a type. */
export function categoricalFaults(column: CategoricalCase): Hypothesis[] {
  return [missingBurst(column), invalidBurst(column), ...stuckCategory(column), ...newNames(column)]
}

/** Names nobody saw in the reference: respelled, moved one for one, or simply new. */
function newNames(column: CategoricalCase): Hypothesis[] {
  const { unseen } = outsideIndex(column.bins)
  if (column.after[unseen]! < MIN_UNSEEN_ROWS || column.unseen.length === 0) return []
  const respelling = findRespelling(column.unseen, [...column.bins.values, ...column.bins.known])
  const renamed = respelling === null ? movedOneForOne(column) : [respelled(column, respelling)]
  return [newCategory(column), ...renamed]
}

function newCategory(column: CategoricalCase): Hypothesis {
  const { unseen } = outsideIndex(column.bins)
  const names = column.unseen.slice(0, 3).map(({ name }) => JSON.stringify(name))
  return tell(column, {
    type: 'new-category',
    hit: pointMass(column.before.length, unseen),
    words: (affected) =>
      `${column.feature} has values the model never saw, ${names.join(', ')}, in about ${affected} of the rows`,
    evidence: { unseenAfter: round(column.after[unseen]! / rowsOf(column.after)), names: names.join(', ') },
    parameters: { values: column.unseen.slice(0, 10).map(({ name }) => name) },
  })
}

/** All names respelled by one rule: every known value loses the same share of its rows to its new spelling. */
function respelled(column: CategoricalCase, { mapping, respelling }: Rename): Hypothesis {
  const changed = new Set(Object.values(mapping))
  const hit = moveToUnseen(
    column,
    (name) => changed.has(name),
    column.bins.known.some((name) => changed.has(name)),
  )
  const matched = column.unseen.filter(({ name }) => Object.hasOwn(mapping, name))
  const example = matched[0]
  return tell(column, {
    type: 'category-renamed',
    hit,
    bonus: Math.min(MAX_NAME_NATS, NAME_NATS * matched.length) + compositionNats(column, mapping),
    words: (affected) =>
      `${column.feature} is ${respelling} in about ${affected} of the rows: ${JSON.stringify(example?.name)} is ${JSON.stringify(mapping[example?.name ?? ''])}`,
    evidence: { respelling, namesMatched: matched.length, namesUnseen: column.unseen.length },
    parameters: { mapping },
  })
}

/** How much better the unseen names' shares follow those of the names they stand for than anything would. */
function compositionNats(column: CategoricalCase, mapping: Readonly<Record<string, string>>): number {
  const { values } = column.bins
  const heads = column.unseen.filter(({ name }) => values.includes(mapping[name] ?? ''))
  if (heads.length < 2) return 0
  const counts = Float64Array.from(heads, ({ rows }) => rows)
  const expected = smooth(Float64Array.from(heads, ({ name }) => column.before[values.indexOf(mapping[name]!)]!))
  const concentration = Math.min(100, column.concentration)
  return Math.min(30, logDirichletMultinomial(counts, expected, concentration) - logFreeMultinomial(counts))
}

/** One known value became one unseen one, whatever the names: told by the rows that vanished here and appeared there. */
function movedOneForOne(column: CategoricalCase): Hypothesis[] {
  const [first] = column.unseen
  const { unseen } = outsideIndex(column.bins)
  if (first === undefined || first.rows < 0.8 * column.after[unseen]!) return []
  const tried = column.bins.values.slice(0, MAX_PAIRS).map((known) =>
    tell(column, {
      type: 'category-renamed',
      hit: moveToUnseen(column, (name) => name === known, false),
      words: (affected) =>
        `${column.feature} has ${JSON.stringify(first.name)} where it had ${JSON.stringify(known)}, in about ${affected} of its rows`,
      evidence: { received: first.name, known, rows: first.rows },
      parameters: { mapping: { [first.name]: known } },
    }),
  )
  const best = tried.reduce((a, b) => (b.nats > a.nats ? b : a), tried[0]!)
  return [{ ...best, nats: logMeanExp(tried.map(({ nats }) => nats)) }]
}

function moveToUnseen(column: CategoricalCase, moved: (name: string) => boolean, withOther: boolean): Float64Array {
  const { unseen, other } = outsideIndex(column.bins)
  const rows = Math.max(1, rowsOf(column.before))
  const hit = column.before.map((count) => count / rows)
  const leave = (place: number) => {
    hit[unseen]! += hit[place]!
    hit[place] = 0
  }
  for (const [place, name] of column.bins.values.entries()) if (moved(name)) leave(place)
  if (withOther) leave(other)
  return hit
}

/** A value with this many more of the rows, or more, may be stuck; less is a natural shift. */
const MIN_STUCK_SHARE = 0.1
/** What it is worth when hardly any other value is left. */
const COLLAPSE_NATS = 15

/** The value may be one of the rarer ones, which share a bin: then only the fall of distinct values tells. */
function stuckCategory(column: CategoricalCase): Hypothesis[] {
  const before = smooth(column.before)
  const after = smooth(column.after)
  const { other } = outsideIndex(column.bins)
  const names = column.bins.values
  if (names.length < 3) return []
  const place = [...names.keys(), other].reduce(
    (best, i) => (after[i]! - before[i]! > after[best]! - before[best]! ? i : best),
    0,
  )
  const collapsed = column.distinctAfter < 0.2 * column.distinctBefore
  if (place === other && !collapsed) return []
  const name = names[place] ?? null
  return [
    tell(column, {
      type: 'stuck-value',
      hit: pointMass(column.before.length, place),
      bonus: collapsed ? COLLAPSE_NATS : 0,
      minAffected: MIN_STUCK_SHARE,
      words: (affected) =>
        `${column.feature} is ${name === null ? 'one of the rarer values' : JSON.stringify(name)} in ${percent(after[place]!)} of the rows (${percent(before[place]!)} before): stuck in about ${affected}`,
      evidence: {
        value: name,
        shareBefore: round(before[place]!),
        shareAfter: round(after[place]!),
        distinctBefore: Math.round(column.distinctBefore),
        distinctAfter: Math.round(column.distinctAfter),
      },
      parameters: { value: name },
    }),
  ]
}
