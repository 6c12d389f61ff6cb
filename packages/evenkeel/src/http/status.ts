import { healthOf, type Incident, type ModelHealth } from '../alerting/index.ts'
import type { ServedState, Serving, ServingMetrics } from '../serving/index.ts'
import type { Queryable } from '../storage/index.ts'
import { escapeHtml, renderPage, renderTable } from './page.ts'

/** What the page says beyond what is served: models without a champion, and what was done or awaits a person. */
export interface StatusView {
  readonly at: number
  readonly automation: 'on' | 'off'
  readonly models: readonly {
    readonly model: string
    readonly champion: number | null
    readonly reason: string
    readonly predictions: number
    readonly labels: number
    readonly judgedUntil: number | null
  }[]
  readonly remedies: readonly {
    /** Of the plan while it awaits a decision, else of the remedy. */
    readonly id: string
    readonly model: string
    readonly action: string
    readonly state: string
    readonly since: number
    readonly words: string
  }[]
}

interface StatusSources {
  readonly db: Queryable
  readonly serving: Serving
  readonly project: string
  /** Null where there is no control plane. */
  readonly view: StatusView | null
}

/** What the first page shows: how every model is, what is wrong, what was done and is asked, what was served. */
export async function renderStatus({ db, serving, project, view }: StatusSources): Promise<string> {
  const served = serving.served(project)
  const health: ModelHealth[] = []
  for (const { model } of served) health.push(await healthOf(db, { project, model }))
  const incidents = health.flatMap((model) => model.incidents)
  const sections = [
    heading(health, view),
    asked(view),
    models(served, health, view),
    open(incidents, view),
    done(view),
    traffic(serving.metrics()),
  ]
  return renderPage('Evenkeel', sections.join(''))
}

function heading(health: readonly ModelHealth[], view: StatusView | null): string {
  const [style, words] = overall(health)
  const brake =
    view?.automation === 'off' ? '<p class="unsure">Remedies are switched off: nothing acts by itself.</p>' : ''
  const at = view === null ? '' : ` · as of ${instant(view.at)} UTC`
  return `<h1>Evenkeel</h1><p class="banner ${style}">${words}</p>${brake}
<p class="quiet"><a href="/docs">API</a> · <a href="/v1/status">The same as JSON</a> · <a href="/readyz?verbose">Readiness</a>${at}</p>`
}

/** The worst comes first; unknown is not well. */
function overall(health: readonly ModelHealth[]): readonly [string, string] {
  const count = (state: ModelHealth['health']) => health.filter((model) => model.health === state).length
  const models = (n: number) => `${n} ${n === 1 ? 'model' : 'models'}`
  const [firing, pending, unknown] = [count('firing'), count('pending'), count('unknown')]
  if (health.length === 0) return ['unsure', 'Nothing is served yet']
  if (firing > 0) return ['bad', `${firing} of ${models(health.length)} ${firing === 1 ? 'needs' : 'need'} attention`]
  if (pending > 0)
    return ['unsure', `${pending} of ${models(health.length)} may be shifting; watching whether it lasts`]
  if (unknown > 0) return ['unsure', `${unknown} of ${models(health.length)} cannot be judged yet; no alert is open`]
  return ['good', `${models(health.length)} served, steady`]
}

const HEALTH = {
  steady: ['good', 'steady'],
  pending: ['unsure', 'alert pending'],
  firing: ['bad', 'alert firing'],
  unknown: ['unsure', 'unknown'],
} as const satisfies Record<ModelHealth['health'], readonly [string, string]>

const NO_MODEL = `<p>No model yet. In a terminal:</p><pre>evenkeel init &lt;file&gt;    a project from a CSV or Parquet file of yours
evenkeel train          its first version
evenkeel up             this server, with the model</pre>
<p class="quiet">Or register an ONNX model made elsewhere, and move its alias champion.</p>`

function models(served: readonly ServedState[], health: readonly ModelHealth[], view: StatusView | null): string {
  const servedRows = served.map(({ model, routing }, i) => {
    const { health: state, reason } = health[i]!
    const [style, words] = HEALTH[state]
    return [
      `<strong>${escapeHtml(model)}</strong>`,
      `<span class="${style} nowrap">${words}</span>`,
      escapeHtml(reason),
      String(routing.champion),
      trial(routing),
      ...tally(view, model),
    ]
  })
  const unserved = (view?.models ?? []).filter(({ model }) => !served.some((each) => each.model === model))
  const unservedRows = unserved.map(({ model, champion }) => [
    `<strong>${escapeHtml(model)}</strong>`,
    '<span class="unsure">not served</span>',
    champion === null
      ? `no version yet: <code>evenkeel train ${escapeHtml(model)}</code>`
      : 'its champion is not loaded; see Readiness',
    champion === null ? '–' : String(champion),
    '<span class="quiet">none</span>',
    ...tally(view, model),
  ])
  const rows = [...servedRows, ...unservedRows]
  if (rows.length === 0) return `<h2>Models</h2>${NO_MODEL}`
  const columns = [
    { title: 'Model' },
    { title: 'Health' },
    { title: 'Why' },
    { title: 'Champion', number: true },
    { title: 'On trial' },
    ...(view === null
      ? []
      : [{ title: 'Predictions', number: true }, { title: 'Labels', number: true }, { title: 'Judged until (UTC)' }]),
  ]
  return `<h2>Models</h2>${renderTable(columns, rows)}`
}

function tally(view: StatusView | null, name: string): readonly string[] {
  if (view === null) return []
  const found = view.models.find(({ model }) => model === name)
  if (found === undefined) return ['', '', '']
  const { predictions, labels, judgedUntil } = found
  return [
    predictions.toLocaleString('en'),
    labels.toLocaleString('en'),
    judgedUntil === null ? '<span class="quiet">not yet</span>' : `<span class="nowrap">${instant(judgedUntil)}</span>`,
  ]
}

function trial({ challenger, stage, share }: ServedState['routing']): string {
  if (challenger === null) return '<span class="quiet">none</span>'
  return `version ${challenger}, ${stage ?? 'waiting'}${stage === 'canary' ? `, ${Math.round(share * 100)} % of entities` : ''}`
}

const AWAITING = 'awaiting'

/** What waits for a person stands above all else, with the words to decide it. */
function asked(view: StatusView | null): string {
  const waiting = (view?.remedies ?? []).filter(({ state }) => state === AWAITING)
  if (waiting.length === 0) return ''
  const cards = waiting.map(
    ({
      id,
      model,
      words,
      since,
    }) => `<section class="ask"><p><strong>${escapeHtml(model)}</strong>: ${escapeHtml(words)}
<span class="quiet">since ${instant(since)}</span></p>
<pre>curl -X POST localhost:&lt;port&gt;/v1/plans/${escapeHtml(id)}/approve -H 'content-type: application/json' -d '{"by": "your name", "reason": "why"}'</pre>
<p class="quiet">or <code>/reject</code> · <a href="/v1/explain/plan/${encodeURIComponent(id)}">how it came about</a></p></section>`,
  )
  return `<h2>Evenkeel asks you</h2>${cards.join('')}`
}

function open(incidents: readonly Incident[], view: StatusView | null): string {
  if (incidents.length === 0) return '<h2>Open incidents</h2><p class="quiet">None.</p>'
  const rows = incidents.map(({ model, title, onset, openedAt, id }) => [
    escapeHtml(model),
    escapeHtml(title),
    `<span class="nowrap">${instant(onset)}</span>`,
    answerTo({ model, openedAt }, view),
    `<a href="/v1/explain/incident/${encodeURIComponent(id)}">why</a>`,
    `<code class="quiet nowrap">${escapeHtml(id)}</code>`,
  ])
  return `<h2>Open incidents</h2>${renderTable([{ title: 'Model' }, { title: 'What' }, { title: 'Since (UTC)' }, { title: 'What is done' }, { title: 'Why' }, { title: 'Id, for evenkeel explain' }], rows)}`
}

/** The latest answer for the same model since the incident was opened. */
function answerTo({ model, openedAt }: Pick<Incident, 'model' | 'openedAt'>, view: StatusView | null): string {
  const own = (view?.remedies ?? []).filter((remedy) => remedy.model === model && remedy.since >= openedAt)
  if (own.some(({ state }) => state === AWAITING)) return '<span class="unsure">waits for you, above</span>'
  const [latest] = own.toSorted((a, b) => b.since - a.since)
  if (latest === undefined) return '<span class="quiet">watched; no remedy so far</span>'
  return `${escapeHtml(latest.words)} <span class="quiet">(${escapeHtml(latest.state)})</span>`
}

function done(view: StatusView | null): string {
  const past = (view?.remedies ?? []).filter(({ state }) => state !== AWAITING)
  if (past.length === 0) return ''
  const rows = past.map(({ id, model, action, state, since, words }) => [
    `<span class="nowrap">${instant(since)}</span>`,
    escapeHtml(model),
    escapeHtml(action),
    escapeHtml(state),
    escapeHtml(words),
    `<a href="/v1/explain/remedy/${encodeURIComponent(id)}">why</a>`,
  ])
  return `<h2>What was done lately</h2>${renderTable([{ title: 'When (UTC)' }, { title: 'Model' }, { title: 'Action' }, { title: 'State' }, { title: 'What' }, { title: '' }], rows)}`
}

function traffic(metrics: ServingMetrics): string {
  const rows = (
    [
      ['Predictions answered', metrics.predictions],
      ['Predictions recorded', metrics.recordedPredictions],
      ['Labels received', metrics.labels],
      ['Requests not understood', metrics.invalidRequests],
      ['Requests refused because too busy', metrics.refusedBusy],
      ['Rows the other arm did not score', metrics.shadowSkipped],
      ['Bytes waiting to be recorded', metrics.backlogBytes],
      ['Recordings that failed and were tried again', metrics.recordingFailures],
    ] as const
  ).map(([name, count]) => [name, count.toLocaleString('en')])
  return `<h2>Since the start of this process</h2>${renderTable([{ title: 'What' }, { title: 'Count', number: true }], rows)}`
}

function instant(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
