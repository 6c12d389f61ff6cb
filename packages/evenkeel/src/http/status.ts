import { healthOf, type Incident, type ModelHealth } from '../alerting/index.ts'
import type { ServedState, Serving, ServingMetrics } from '../serving/index.ts'
import type { Queryable } from '../storage/index.ts'
import { escapeHtml, renderPage, renderTable } from './page.ts'

/** What the first page shows: how every model is, what is wrong, what was served. */
export async function renderStatus(db: Queryable, serving: Serving, project: string): Promise<string> {
  const served = serving.served(project)
  const health: ModelHealth[] = []
  for (const { model } of served) health.push(await healthOf(db, { project, model }))
  const incidents = health.flatMap((model) => model.incidents)
  return renderPage(
    'Evenkeel',
    [heading(health), models(served, health), open(incidents), traffic(serving.metrics())].join(''),
  )
}

function heading(health: readonly ModelHealth[]): string {
  const firing = health.filter((model) => model.health === 'firing').length
  const words =
    firing > 0
      ? `${firing} of ${health.length} models need attention`
      : `${health.length} ${health.length === 1 ? 'model' : 'models'} served, no alert is firing`
  return `<h1>Evenkeel</h1><p class="${firing > 0 ? 'bad' : 'quiet'}">${words}</p>
<p class="quiet"><a href="/docs">API</a> · <a href="/readyz?verbose">Readiness</a></p>`
}

const HEALTH = {
  steady: ['good', 'steady'],
  pending: ['unsure', 'alert pending'],
  firing: ['bad', 'alert firing'],
  unknown: ['unsure', 'unknown'],
} as const satisfies Record<ModelHealth['health'], readonly [string, string]>

function models(served: readonly ServedState[], health: readonly ModelHealth[]): string {
  if (served.length === 0)
    return '<h2>Models</h2><p>No model has a champion yet. Train one, or register an ONNX model and move its alias champion.</p>'
  const rows = served.map(({ model, routing }, i) => {
    const { health: state, reason } = health[i]!
    const [style, words] = HEALTH[state]
    return [
      `<strong>${escapeHtml(model)}</strong>`,
      `<span class="${style}">${words}</span>`,
      escapeHtml(reason),
      String(routing.champion),
      trial(routing),
    ]
  })
  return `<h2>Models</h2>${renderTable([{ title: 'Model' }, { title: 'Health' }, { title: 'Why' }, { title: 'Champion', number: true }, { title: 'On trial' }], rows)}`
}

function trial({ challenger, stage, share }: ServedState['routing']): string {
  if (challenger === null) return '<span class="quiet">none</span>'
  return `version ${challenger}, ${stage ?? 'waiting'}${stage === 'canary' ? `, ${Math.round(share * 100)} % of entities` : ''}`
}

function open(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return '<h2>Open incidents</h2><p class="quiet">None.</p>'
  const rows = incidents.map(({ model, title, onset, id }) => [
    escapeHtml(model),
    escapeHtml(title),
    new Date(onset).toISOString().slice(0, 16).replace('T', ' '),
    `<code>${escapeHtml(id)}</code>`,
  ])
  return `<h2>Open incidents</h2>${renderTable([{ title: 'Model' }, { title: 'What' }, { title: 'Since (UTC)' }, { title: 'Id' }], rows)}`
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
