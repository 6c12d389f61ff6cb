import { type VerbContext, withServices } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatCount, formatInstant } from '../format.ts'
import type { ModelStatus, StatusReport } from '../parts.ts'
import type { Style, Terminal } from '../terminal.ts'

export async function runStatus(context: VerbContext): Promise<number> {
  const status = await withServices(context, (services) => services.status())
  context.terminal.data(status)
  printStatus(context.terminal, status)
  return EXIT.well
}

const COLOURS: Readonly<Record<ModelStatus['health'], Style>> = { steady: 'green', shifted: 'red', unknown: 'yellow' }

function printStatus(terminal: Terminal, status: StatusReport): void {
  const brake = status.automation === 'off' ? terminal.paint('yellow', '  remedies are switched off') : ''
  terminal.say(`${status.project} · ${status.database} database · ${formatInstant(status.at)}${brake}`)
  if (status.models.length === 0) terminal.say('\nNo model yet. Train one with: evenkeel train <model>')
  for (const model of status.models) printModel(terminal, model)
  printAlerts(terminal, status)
  printIncidents(terminal, status)
  printRemedies(terminal, status)
  printNotifications(terminal, status)
  printForgotten(terminal, status)
}

function printModel(terminal: Terminal, model: ModelStatus): void {
  const champion = model.champion === null ? 'no champion' : `champion ${model.champion}`
  const challenger = model.challenger === null ? '' : `, challenger ${model.challenger}`
  const judged = model.judgedUntil === null ? '' : `, judged until ${formatInstant(model.judgedUntil)}`
  const health = terminal.paint(COLOURS[model.health], model.health)
  terminal.say(`\n${terminal.paint('bold', model.model)}  ${health}  ${model.reason}`)
  const counts = `${formatCount(model.predictions)} predictions, ${formatCount(model.labels)} labels`
  terminal.say(`  ${champion}${challenger}, ${counts}${judged}`)
}

function printAlerts(terminal: Terminal, { alerts }: StatusReport): void {
  if (alerts.length === 0) return
  terminal.say('\nAlerts')
  terminal.table(
    [
      { title: 'state' },
      { title: 'severity', spare: true },
      { title: 'model', shrinkTo: 8 },
      { title: 'monitor', shrinkTo: 12 },
      { title: 'since' },
      { title: 'reason', shrinkTo: 16 },
      { title: 'alert', spare: true },
    ],
    alerts.map((a) => [a.state, a.severity, a.model, a.monitor, formatInstant(a.since), a.reason, a.alert]),
  )
}

function printIncidents(terminal: Terminal, { incidents }: StatusReport): void {
  if (incidents.length === 0) return
  terminal.say('\nIncidents')
  terminal.table(
    [
      { title: 'state', spare: true },
      { title: 'model', shrinkTo: 8 },
      { title: 'since' },
      { title: 'title', shrinkTo: 10 },
      { title: 'incident' },
    ],
    incidents.map((i) => [i.state, i.model, formatInstant(i.since), i.title, i.incident]),
  )
  terminal.note('how one came about: evenkeel explain <incident>')
}

function printRemedies(terminal: Terminal, { remedies }: StatusReport): void {
  if (remedies.length === 0) return
  terminal.say('\nRemedies')
  terminal.table(
    [
      { title: 'state' },
      { title: 'model', shrinkTo: 8 },
      { title: 'action' },
      { title: 'since' },
      { title: 'what it does', shrinkTo: 16 },
      { title: 'id', spare: true },
    ],
    remedies.map((r) => [r.state, r.model, r.action, formatInstant(r.since), r.words, r.id]),
  )
}

/** A message that reached nobody is trouble of its own. */
function printNotifications(terminal: Terminal, { notifications }: StatusReport): void {
  const { failed, dropped, waiting } = notifications
  if (failed + dropped === 0) return
  const lost = `${formatCount(failed + dropped)} ${failed + dropped === 1 ? 'message' : 'messages'} reached nobody`
  terminal.say(`\n${terminal.paint('red', lost)}: ${formatCount(failed)} failed, ${formatCount(dropped)} dropped`)
  terminal.note(`${formatCount(waiting)} more wait; why, and how to send them again: GET /v1/notifications`)
}

/** Nothing goes unseen: what was dropped for its age is said, with where `retention` drew the line. */
function printForgotten(terminal: Terminal, { forgotten }: StatusReport): void {
  if (forgotten.length === 0) return
  terminal.say('\nDropped by retention')
  terminal.table(
    [{ title: 'what' }, { title: 'rows' }, { title: 'received before' }],
    forgotten.map(({ what, rows, before }) => [what, formatCount(rows), formatInstant(before)]),
  )
}
