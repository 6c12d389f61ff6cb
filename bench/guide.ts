import type { Picture } from './plots.ts'
import { figure, markdownTable, type Recorded, tableOf } from './render.ts'

/** A part of what a study recorded, as a page shows it. */
type Excerpt = {
  readonly bench: string
  /** Beginning of the title of a recorded table; without it, the figures beside what was wanted are shown. */
  readonly table?: string
  /** Recorded columns by the name they have on the page. Default: all. */
  readonly columns?: Readonly<Record<string, string>>
  /** Rows that have one of these in a recorded column. */
  readonly where?: Readonly<Record<string, readonly (string | number)[]>>
  readonly pictures?: readonly string[]
  /** Where figures stand as long as the study is not recorded. */
  readonly page?: string
}

const SEQUENTIAL = { bench: 'null-worlds', page: '../methods/sequential.md#measured' } as const
const POWER = { bench: 'power', page: '../methods/profiles.md#measured' } as const

const EXCERPTS: Readonly<Record<string, Excerpt>> = {
  'null-worlds': SEQUENTIAL,
  'false-alarms': {
    ...SEQUENTIAL,
    table: 'False alarms per model-year',
    columns: {
      world: 'world',
      evenkeel: 'ours',
      'PSI > 0.1': 'PSI > 0.1, daily',
      'chi-square, Bonferroni': 'chi-square p < 0.05 / 1,000, daily',
      'KS p < 0.05': 'KS p < 0.05, daily',
      'JS > 0.1': 'JS distance > 0.1 (Evidently), daily',
      'JS > mean + 3 sd': 'JS distance > mean + 3 sd (NannyML), daily',
      'Wasserstein > 0.1': 'Wasserstein / sd > 0.1 (Evidently), daily',
    },
    pictures: ['false-alarms.svg'],
  },
  delays: {
    ...SEQUENTIAL,
    table: 'Median delay in hours',
    columns: {
      world: 'world',
      PSI: 'PSI',
      evenkeel: 'ours',
      'PSI > 0.1': 'PSI > 0.1',
      'JS > mean + 3 sd': 'JS distance > mean + 3 sd (NannyML)',
      'Wasserstein > 0.1': 'Wasserstein / sd > 0.1 (Evidently)',
    },
    where: { PSI: [0.04, 0.09] },
    pictures: ['delays.svg'],
  },
  'real-series': { ...SEQUENTIAL, table: 'Real series' },
  paired: { ...SEQUENTIAL, table: 'A challenger that is worse' },
  'concept-drift': {
    bench: 'concept-drift',
    table: 'Concept drift, abrupt 0.2',
    pictures: ['concept-drift-delays.svg', 'concept-drift-false-alarms.svg'],
  },
  'concept-drift-figures': { bench: 'concept-drift' },
  'concept-drift-false-alarms': { bench: 'concept-drift', table: 'False alarms where nothing changes' },
  'two-sample': {
    bench: 'two-sample',
    table: 'False alarms of Evidently',
    pictures: ['two-sample-false-alarms.svg'],
  },
  'two-sample-speed': { bench: 'two-sample-speed', table: 'Milliseconds of a two-sample test' },
  estimate: {
    bench: 'estimate',
    table: 'Mean absolute error of the estimated accuracy',
    columns: {
      regime: 'regime',
      'NannyML CBPE': 'NannyML CBPE',
      'weighted (PAPE), no labels': 'PAPE',
      'labels only': 'labels only',
      'rectified, 5 % labels': 'rectified',
      'covered by its 95 % interval, %': 'covered, %',
    },
    where: { tables: ['held out'] },
    pictures: ['estimates.svg'],
  },
  'estimate-figures': { bench: 'estimate' },
  power: {
    ...POWER,
    table: 'Power at 5 %',
    columns: { shift: 'shift', 'counts, %': 'streams, all', 'LightGBM, %': 'LightGBM, all' },
    pictures: ['power.svg'],
  },
  'power-cost': POWER,
  'anomaly-figures': { bench: 'anomaly' },
  anomaly: { bench: 'anomaly', table: 'The same by fault', pictures: ['anomaly.svg'] },
  streams: { bench: 'streams', table: 'Speed of stream detectors', pictures: ['stream-speed.svg'] },
  report: { bench: 'report', table: 'A drift report of two Parquet files', pictures: ['report-time.svg'] },
}

/**
 * A page with everything between `<!-- measured: name -->` and `<!-- end -->` made anew from what is recorded, so that
 * no figure of a page is copied by hand. What is not recorded says how it can be.
 */
export function fillPage(page: string, recorded: readonly Recorded[], drawn: readonly Picture[]): string {
  return page.replaceAll(/(<!-- measured: ([\w-]+) -->)[\s\S]*?(<!-- end -->)/g, (_, open, name, end) => {
    const excerpt = EXCERPTS[name]
    if (excerpt === undefined)
      throw new Error(`a page asks for ${name}, which is none of ${Object.keys(EXCERPTS).join(', ')}`)
    return `${open}\n\n${renderExcerpt(excerpt, recorded, drawn)}\n\n${end}`
  })
}

function renderExcerpt(
  { bench, table, columns, where = {}, pictures: files = [], page }: Excerpt,
  recorded: readonly Recorded[],
  drawn: readonly Picture[],
): string {
  const found = recorded.find(({ name }) => name === bench)
  if (found === undefined || found.tables.length === 0)
    return page === undefined
      ? `*Not recorded yet: \`npm run bench ${bench} -- --record\`.*`
      : `*Not recorded yet (\`npm run bench ${bench} -- --record\`); [the page of the method](${page}) has what was measured so far.*`
  if (table === undefined) return figuresOf(found)
  const { title, columns: names, rows } = tableOf(found.tables, table)
  const shown = columns
    ? Object.entries(columns).map(([name, recorded]) => ({ name, at: names.indexOf(recorded) }))
    : names.map((name, at) => ({ name, at }))
  const kept = rows.filter((row) =>
    Object.entries(where).every(([column, values]) => values.includes(row[names.indexOf(column)]!)),
  )
  const header = shown.map(({ name }) => name)
  const cells = kept.map((row) => shown.map(({ at }) => row[at] ?? ''))
  const images = drawn
    .filter(({ file }) => files.includes(file))
    .map(({ file, title: alt }) => `![${alt}](plots/${file})`)
  return [`**${title}**`, markdownTable(header, cells).trimEnd(), ...images].join('\n\n')
}

function figuresOf({ results }: Recorded): string {
  const rows = results.map(({ name, value, unit, target, peer }) => [
    name,
    `${figure(value)} ${unit}`,
    target === undefined ? '' : figure(target),
    peer === undefined ? '' : `${figure(peer.value)} (${peer.name})`,
  ])
  return markdownTable(['what', 'measured', 'wanted', 'peer'], rows).trimEnd()
}
