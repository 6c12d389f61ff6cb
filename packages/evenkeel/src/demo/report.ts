import { DAY_MS } from '../clock.ts'
import {
  drawSeries,
  html,
  type LegendEntry,
  type Incident as Mark,
  type Markup,
  renderFigure,
  renderPage,
  renderTable,
  type Series,
  type TableData,
} from '../report/index.ts'
import type { AnyEvent } from '../storage/index.ts'
import { dayOf } from './flights.ts'
import { compare, type LedgerEntry } from './ledger.ts'
import type { Outcome } from './outcomes.ts'
import { chapterOf } from './story.ts'
import { END, INCIDENTS, REPLAY } from './world.ts'

export interface DemoStory {
  readonly outcomes: readonly Outcome[]
  readonly story: readonly AnyEvent[]
  readonly ledger: readonly LedgerEntry[]
}

/** The demo as one page: the table, the course of five months, and everything that was done. */
export function renderDemoReport({ outcomes, story, ledger }: DemoStory): string {
  const weeks = byWeek(ledger)
  const wrong = outcomes.filter((outcome) => outcome.wrong.length > 0).length
  const verdict = wrong === 0 ? 'every outcome was right' : `${wrong} of ${outcomes.length} outcomes were wrong`
  return renderPage(
    'Five months of flights, kept on an even keel',
    html`<header><h1>Five months of flights, kept on an even keel</h1>
<p class="lead">Will this flight be more than 15 minutes late? ${ledger.length.toLocaleString('en-US')} real US flights of February to June 2001,
asked one by one in the order of their departure; ${verdict}.</p>
<p class="muted">The flights and their delays are real. Three faults were injected on purpose and are marked so. The frozen twin is the
model of January in a world without Evenkeel: nobody retrains it, repairs its inputs or takes back a bad version; it was asked about the same rows.</p></header>
${lossChart(weeks)}
${rateChart(weeks)}
<h2>What happened, and what became of it</h2>
<div class="cards two">${outcomes.map(outcomeCard)}</div>
<h2>Everything that was done</h2>
<section class="card">${renderTable(deedsTable(story))}</section>`,
  )
}

interface Week {
  readonly at: number
  readonly comparison: ReturnType<typeof compare>
}

/** Days are too few flights, and weekdays differ; a week is both enough and the same again. */
function byWeek(ledger: readonly LedgerEntry[]): Week[] {
  const first = dayOf(REPLAY)
  const weeks = Map.groupBy(ledger, (entry) => Math.floor((dayOf(entry.at) - first) / 7))
  return [...weeks]
    .sort(([a], [b]) => a - b)
    .map(([week, entries]) => ({ at: REPLAY + week * 7 * DAY_MS, comparison: compare(entries) }))
}

const MARKS: readonly Mark[] = INCIDENTS.map(({ name, span }) => ({
  from: span.from,
  label: `${name} (injected)`,
  ...(span.until < END && { until: span.until }),
}))
/** On a telephone the labels would run into one another; the page says above that all three are injected. */
const SHORT_MARKS: readonly Mark[] = MARKS.map((mark, i) => ({ ...mark, label: INCIDENTS[i]!.name }))

function lossChart(weeks: readonly Week[]): Markup {
  const title = 'Log loss by week, in nats a flight: lower is better'
  const line = (name: string, tone: Series['tone'], value: (week: Week) => number): Series => ({
    name,
    tone,
    points: weeks.map((week) => ({ at: week.at, value: value(week) })),
  })
  const series = [
    line('frozen twin', 'bad', ({ comparison }) => comparison.twinLoss),
    line('kept by Evenkeel', 'good', ({ comparison }) => comparison.servedLoss),
  ]
  return chart(title, series, {
    columns: ['week of', 'flights', 'served', 'frozen twin', 'gain', 'gain, low', 'gain, high'],
    rows: weeks.map(({ at, comparison: { flights, servedLoss, twinLoss, gain } }) => [
      day(at),
      flights,
      servedLoss,
      twinLoss,
      gain?.value ?? null,
      gain?.low ?? null,
      gain?.high ?? null,
    ]),
  })
}

function rateChart(weeks: readonly Week[]): Markup {
  const title = 'Share of late flights by week: what was, and what was said it would be'
  const line = (name: string, tone: Series['tone'], value: (week: Week) => number): Series => ({
    name,
    tone,
    points: weeks.map((week) => ({ at: week.at, value: value(week) })),
  })
  const series = [
    line('what was', 'reference', ({ comparison }) => comparison.late),
    line('frozen twin', 'bad', ({ comparison }) => comparison.twinMean),
    line('kept by Evenkeel', 'good', ({ comparison }) => comparison.servedMean),
  ]
  return chart(title, series, {
    columns: ['week of', 'late', 'served', 'frozen twin'],
    rows: weeks.map(({ at, comparison: { late, servedMean, twinMean } }) => [day(at), late, servedMean, twinMean]),
  })
}

function chart(title: string, series: readonly Series[], table: TableData): Markup {
  const legend = series.map(({ name, tone }): LegendEntry => ({ label: name, tone, mark: 'line' }))
  return html`<section class="card">${renderFigure({
    title,
    wide: drawSeries(title, series, { width: 1020, incidents: MARKS }),
    narrow: drawSeries(title, series, { width: 330, incidents: SHORT_MARKS }),
    legend,
    table,
  })}</section>`
}

function outcomeCard(outcome: Outcome): Markup {
  const { name, injected, words, noticedAfterHours, noticed, concluded, did, comparison, wrong } = outcome
  const { servedLoss, twinLoss, gain } = comparison
  const noticing = noticedAfterHours === null ? 'raised no alert' : `after ${noticedAfterHours} hours: ${noticed}`
  const rows = [
    ['Happened', words],
    ['Noticed', noticing],
    ['Concluded', concluded],
    ['Done', did.length === 0 ? 'nothing' : html`${[...new Set(did)].map((deed) => html`<div>${deed}</div>`)}`],
    ['Log loss', `${servedLoss.toFixed(4)} served, ${twinLoss.toFixed(4)} frozen twin`],
    [
      'Gain',
      gain === null
        ? 'not known'
        : `${gain.value.toFixed(4)} nats a flight (95 %: ${gain.low.toFixed(4)} to ${gain.high.toFixed(4)})`,
    ],
    ...wrong.map((what) => ['Wrong', what]),
  ] as const
  const verdict =
    wrong.length === 0 ? html`<span class="badge steady">right</span>` : html`<span class="badge shifted">wrong</span>`
  return html`<article class="card"><h3>${name} <span class="muted">${injected ? 'injected' : 'real'}</span> ${verdict}</h3>
<dl>${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl></article>`
}

function deedsTable(story: readonly AnyEvent[]): TableData {
  const { actions } = chapterOf(story, { from: REPLAY, until: Number.POSITIVE_INFINITY })
  return {
    columns: ['when', 'what'],
    rows: actions.map(({ at, words }) => [new Date(at).toISOString().slice(0, 16).replace('T', ' '), words]),
  }
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
