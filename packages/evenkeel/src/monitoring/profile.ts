import { DAY_MS, type Instant } from '../clock.ts'
import type { AnyEvent, NewEvent, Transaction } from '../storage/index.ts'
import { isEvent } from '../storage/index.ts'
import type { ServedRecords } from './reference.ts'
import type { MonitorSettings } from './settings.ts'
import {
  closeWindow,
  type DueWindow,
  type ModelKey,
  markWindows,
  noteLabels,
  readDueWindows,
  readLatestMark,
  readWatchedModels,
} from './tables.ts'
import { type Window, windowAt } from './window.ts'

/** Windows noted or closed by one event at most; what is left waits for the next one (law 13). */
const MAX_WINDOWS = 500

interface ProfileDeps {
  readonly now: Instant
  readonly records: ServedRecords
  readonly settings: (key: ModelKey) => MonitorSettings
}

/** Notes the windows that an event touches and closes those whose time has come. */
export async function profileWindows(tx: Transaction, event: AnyEvent, deps: ProfileDeps): Promise<NewEvent[]> {
  const { project } = event
  if (isEvent(event, 'predictions.logged')) {
    const key = { project, model: event.data.model }
    await markSpan(tx, key, event.data, deps, event.id)
  }
  if (isEvent(event, 'labels.joined')) await noteLabels(tx, { project, model: event.data.model }, event.data, event.id)
  const models =
    'model' in event.data && typeof event.data.model === 'string'
      ? [event.data.model]
      : await readWatchedModels(tx, project)
  const closed: NewEvent[] = []
  for (const model of models) closed.push(...(await closeDue(tx, { project, model }, deps)))
  return closed
}

/** A window without traffic must close too: nothing is a finding where something was usual. */
async function closeDue(tx: Transaction, key: ModelKey, deps: ProfileDeps): Promise<NewEvent[]> {
  const { windowMs, latenessMs } = deps.settings(key)
  const latest = await readLatestMark(tx, key)
  if (latest === null) return []
  const last = deps.now - latenessMs - windowMs
  if (last > latest) await markSpan(tx, key, { from: latest + windowMs, until: last }, deps, null)
  const events: NewEvent[] = []
  for (const window of await readDueWindows(tx, key, deps.now, MAX_WINDOWS)) {
    const rows = await countRows(tx, key, window, deps.records)
    await closeWindow(tx, key, window, { at: deps.now, rows })
    events.push(closedEvent(key, window, rows))
  }
  return events
}

async function markSpan(
  tx: Transaction,
  key: ModelKey,
  span: { readonly from: Instant; readonly until: Instant },
  deps: ProfileDeps,
  cause: number | null,
): Promise<void> {
  const settings = deps.settings(key)
  const { windowMs } = settings
  const first = Math.max(span.from, span.until - (MAX_WINDOWS / 2) * windowMs)
  const marks = []
  for (let at = Math.floor(first / windowMs) * windowMs; at <= span.until; at += windowMs)
    for (const kind of ['data', 'labels'] as const) {
      const window = windowAt(kind, at, windowMs)
      marks.push({ window, dueAt: dueAt(window, settings) })
    }
  if (marks.length > 0) await markWindows(tx, key, marks, cause)
}

function dueAt(window: Window, settings: MonitorSettings): Instant {
  return window.until + (window.kind === 'data' ? settings.latenessMs : settings.labelMaturityMs)
}

/** Rows that were answered; what the shadow scored beside them is not traffic. */
async function countRows(tx: Transaction, key: ModelKey, window: Window, records: ServedRecords): Promise<number> {
  const outcomes = await records.readOutcomes(tx, { ...key, span: window })
  return outcomes.reduce((sum, each) => sum + (each.role === 'shadow' ? 0 : each.rows), 0)
}

/** Caused by the rows that are in it, where there are some: that an hour has passed is only the occasion. */
function closedEvent({ project, model }: ModelKey, window: DueWindow, rows: number): NewEvent {
  const { id, kind, from, until, cause } = window
  return {
    type: 'window.closed',
    project,
    subject: model,
    data: { model, window: id, kind, from, until, rows },
    ...(cause !== null && { cause }),
  }
}

/** Starts of the windows at the same time of day over the last four weeks, this one left out. */
export function sameTimeOfDay(from: Instant, windowMs: number): Instant[] {
  const lag = Math.ceil(DAY_MS / windowMs) * windowMs
  return Array.from({ length: 28 }, (_, i) => from - (i + 1) * lag)
}
