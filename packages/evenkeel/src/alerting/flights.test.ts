import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { createVirtualClock, DAY_MS, HOUR_MS, type VirtualClock } from '../clock.ts'
import { createRunner, FLOW } from '../loop/index.ts'
import { createMonitoring } from '../monitoring/index.ts'
import { createWorld, type World, type WorldRow } from '../monitoring/testing.ts'
import { type AliasAccess, createRollout, readProbation } from '../rollout/index.ts'
import { createJournal, type Database, type NewEvent } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { createAlerting, readAlerts, readIncidents } from './index.ts'

/**
 * US flights of early 2001, a hashed sample of 2,000 a day. The model is the share of late flights (more than 15
 * minutes) by hour and weekday in January: it knows the weekday, so its scores differ between days as a real model's do.
 * January's last week is held out. Labels come 30 hours later.
 */
const FLIGHTS = fileURLToPath(
  new URL('../../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
)
const JANUARY = Date.UTC(2001, 0, 1)
const FEBRUARY = Date.UTC(2001, 1, 1)
const PER_DAY = 2000
const MODEL = 'late'

interface Flight {
  readonly at: number
  readonly late: 0 | 1
  readonly distance: number
  readonly destination: string
}

async function readFlights(days: number, seed: number): Promise<Flight[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const result = await connection.runAndReadAll(
    `select epoch_ms(date), (delay > 15)::int, distance, destination from (
       select *, row_number() over (partition by date::date
         order by hash(date, origin, destination, delay, distance, ${seed})) as place from '${FLIGHTS}'
       where epoch_ms(date) < ${FEBRUARY + days * DAY_MS})
     where place <= ${PER_DAY} order by date`,
  )
  connection.closeSync()
  instance.closeSync()
  return result.getRows().map(([at, late, distance, destination]) => ({
    at: Number(at),
    late: Number(late) === 1 ? 1 : 0,
    distance: Number(distance),
    destination: String(destination),
  }))
}

/** Share of late flights by hour and weekday, drawn to the mean of all by 50 flights. */
function learn(flights: readonly Flight[]): (flight: Flight) => number {
  const cell = ({ at }: Flight) => `${new Date(at).getUTCHours()}/${new Date(at).getUTCDay()}`
  const mean = flights.reduce((sum, { late }) => sum + late, 0) / flights.length
  const shares = new Map<string, number>()
  for (const [name, group] of Map.groupBy(flights, cell))
    shares.set(name, (group.reduce((sum, { late }) => sum + late, 0) + 50 * mean) / (group.length + 50))
  return (flight) => shares.get(cell(flight)) ?? mean
}

function rowOf(flight: Flight, score: number): WorldRow {
  const { at, late, distance, destination } = flight
  const base = { version: 1, role: 'champion', labelAt: at + 30 * HOUR_MS } as const
  return { ...base, at, x: distance, colour: destination, score, label: late }
}

describe('flights', () => {
  let opened: TestDatabase
  before(async () => {
    opened = await openTestDatabase()
  })
  after(() => opened.close())

  /** A model's months of traffic, day by day, through monitoring, rollout and alerting. */
  function operate(db: Database, clock: VirtualClock, world: World) {
    const aliases: AliasAccess = { readAlias: async () => champion, moveAlias: async () => null }
    let champion = 1
    const monitoring = createMonitoring({
      clock,
      records: world.records,
      readReference: async (_, { version }) => ({ ...world.reference, version }),
      readProbation,
    })
    const rollout = createRollout({ clock, records: world.records, aliases })
    const services = [monitoring, rollout, createAlerting()]
    const projections = services.flatMap((service) => service.projections)
    const steps = services.flatMap((service) => service.steps)
    const journal = createJournal({ clock, projections })
    const flow = FLOW.filter((line) => steps.some((step) => step.name === line.step))
    const runner = createRunner({ db, journal, clock, flow, steps })
    const append = async (...events: NewEvent[]) => {
      await db.transaction((tx) => journal.append(tx, null, events))
      await runner.settle()
    }
    const event = (data: Record<string, unknown>, type: string) =>
      ({ type, project: 'default', subject: MODEL, data: { model: MODEL, ...data } }) as NewEvent
    return {
      async setChampion(from: number | null, to: number) {
        champion = to
        await append(event({ alias: 'champion', from, to, by: 'ada', reason: '', remedy: null }, 'alias.moved'))
      },
      async serve(day: number, rows: readonly WorldRow[]) {
        world.add(rows)
        const from = FEBRUARY + day * DAY_MS
        clock.moveTo(from + DAY_MS + HOUR_MS)
        await append(
          event({ rows: rows.length, from, until: from + DAY_MS - 1, versions: {} }, 'predictions.logged'),
          event({}, 'clock.ticked'),
        )
      },
      alerts: () => readAlerts(db, { project: 'default', model: MODEL, limit: 100 }),
      incidents: () => readIncidents(db, { project: 'default', model: MODEL, limit: 100 }),
    }
  }

  test('calm weeks alert nobody; a unit, a category and a version are three incidents, each found in time', async () => {
    const days = 53
    const flights = await readFlights(days, 1)
    const held = flights.filter(({ at }) => at >= JANUARY + 24 * DAY_MS && at < FEBRUARY)
    const score = learn(flights.filter(({ at }) => at < JANUARY + 24 * DAY_MS))
    const clock = createVirtualClock(FEBRUARY)
    const world = createWorld(
      clock,
      held.map((flight) => rowOf(flight, score(flight))),
    )
    const model = operate(opened.db, clock, world)
    await model.setChampion(null, 1)
    const byDay = Map.groupBy(flights, ({ at }) => Math.floor((at - FEBRUARY) / DAY_MS))
    for (let day = 0; day < days; day++) {
      if (day === 46) await model.setChampion(1, 2)
      const rows = (byDay.get(day) ?? []).map((flight) => rowOf(flight, score(flight)))
      await model.serve(day, inject(day, rows))
    }
    const incidents = (await model.incidents()).toReversed()
    assert.deepEqual(
      incidents.map(({ title, onset, openedAt, closedAt }) => ({
        title,
        onset: dayOf(onset),
        opened: dayOf(openedAt),
        closed: closedAt === null ? null : dayOf(closedAt),
      })),
      [
        { title: 'drift of x', onset: 18, opened: 20, closed: 27 },
        { title: 'drift of colour and 1 more', onset: 32, opened: 33, closed: 41 },
        { title: 'version score', onset: 46, opened: 47, closed: null },
      ],
    )
    const raised = (await model.alerts()).map(({ monitor }) => monitor)
    assert.ok(raised.includes('version:loss'), raised.join())
  })
})

const dayOf = (at: number) => Math.floor((at - FEBRUARY) / DAY_MS)

/** Days 18 to 24: kilometres. Days 32 to 38: lower case. From day 46: a version that answers the opposite. */
function inject(day: number, rows: readonly WorldRow[]): WorldRow[] {
  if (day >= 18 && day < 25) return rows.map((row) => ({ ...row, x: Math.round(row.x * 1.609) }))
  if (day >= 32 && day < 39) return rows.map((row) => ({ ...row, colour: row.colour?.toLowerCase() ?? null }))
  if (day < 46) return [...rows]
  const opposite = rows.map((row) => ({ ...row, version: 2, score: Math.max(0.02, Math.min(0.98, 0.7 - row.score)) }))
  return [...opposite, ...rows.map((row) => ({ ...row, role: 'shadow' as const }))]
}
