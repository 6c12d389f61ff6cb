import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createProfile, freezeProfile } from '@evenkeel/stats'
import { createVirtualClock, type VirtualClock } from '../clock.ts'
import type { RawRow } from '../features/index.ts'
import type { Schema, SchemaColumn } from '../ingest/index.ts'
import { type RegisteredModel, SCORE_COLUMN, type Task } from '../registry/index.ts'
import { type AnyEvent, createJournal, type Database, type Journal, readJournal } from '../storage/index.ts'
import { openTestDatabase } from '../storage/testing.ts'
import type { Servable } from './arm.ts'
import type { RoutingState } from './routing.ts'
import type { Serving, ServingOptions } from './service.ts'
import { createServing } from './serving.ts'

/** 2001-01-01T00:00:00Z, where the clock of these tests stands. */
export const START = Date.UTC(2001, 0, 1)

function column(name: string, type: SchemaColumn['type'], role: SchemaColumn['role'], missingShare = 0): SchemaColumn {
  return { name, type, role, unit: null, range: null, categories: null, missingShare, unique: false }
}

export const FLIGHTS: Schema = {
  columns: [
    column('distance', 'number', 'feature'),
    column('stops', 'integer', 'feature', 0.1),
    column('carrier', 'category', 'feature'),
    column('night', 'boolean', 'feature', 0.5),
    column('late', 'category', 'label'),
  ],
}

export interface ServableOptions {
  readonly version: number
  readonly task?: Task
  readonly schema?: Schema
  readonly reference?: { readonly distances: readonly number[]; readonly carriers: readonly string[] }
}

/** A small real model: the score rises with the distance, and the higher the version, the steeper. */
export function flightServable({ version, task = 'binary', schema = FLIGHTS, reference }: ServableOptions): Servable {
  const spec = freezeProfile({
    rows: 4,
    numeric: {
      distance: Float64Array.from(reference?.distances ?? [100, 200, 400, 800]),
      [SCORE_COLUMN]: Float64Array.of(0.1, 0.3, 0.5, 0.9),
    },
    categorical: { carrier: reference?.carriers ?? ['AA', 'AA', 'DL', 'UA'] },
  })
  const scoreOf = (distance: number) => {
    if (task === 'regression') return [distance / 100 + version]
    const p = Number.isNaN(distance) ? 0.5 : 1 / (1 + Math.exp(-(distance - 400) / (400 / version)))
    return task === 'binary' ? [p] : [(1 - p) / 2, (1 - p) / 2, p]
  }
  return {
    version: {
      project: 'default',
      model: 'flights',
      version,
      task,
      classes: task === 'regression' ? null : task === 'binary' ? ['on time', 'late'] : ['early', 'on time', 'late'],
      inputs: schema,
      encoding: null,
      artifact: '',
      reference: '',
      metrics: {},
      lineage: null,
      createdAt: START,
      createdBy: 'test',
    },
    width: 1,
    encodeRow(row: RawRow, out: Float32Array, offset: number) {
      out[offset] = typeof row['distance'] === 'number' ? row['distance'] : Number.NaN
    },
    async predict(inputs, rows) {
      return Float32Array.from(Array.from(inputs.subarray(0, rows)).flatMap(scoreOf))
    },
    reference: createProfile(spec),
    async release() {},
  }
}

export interface TestServing {
  readonly serving: Serving
  readonly db: Database
  readonly journal: Journal
  readonly clock: VirtualClock
  readonly dataDir: string
  /** What the aliases and the rollout say; changed by the test, seen after `serving.refresh()`. */
  routing: RoutingState
  /** Runs `serving.join` over the events it has not seen, as the loop does. */
  join(): Promise<void>
  events(): Promise<AnyEvent[]>
  /** Another process on the same data: after a crash, or beside the first. */
  restart(options?: Partial<ServingOptions>): Promise<Serving>
  close(): Promise<void>
}

/** The data plane on a real database, with the model `flights` in version 1 as champion. */
export async function openTestServing(options: Partial<ServingOptions> = {}): Promise<TestServing> {
  const { db, close } = await openTestDatabase()
  const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-serving-'))
  const clock = createVirtualClock(START)
  const projections: Journal['projections'][number][] = []
  const journal = createJournal({ clock, projections })
  const opened: Serving[] = []
  const open = async (more: Partial<ServingOptions> = {}) => {
    const serving = createServing({
      db,
      journal,
      clock,
      dataDir,
      registry: flightRegistry(),
      readRouting: async () => test.routing,
      ...options,
      ...more,
      limits: { pollMs: 3_600_000, ...options.limits, ...more.limits },
    })
    opened.push(serving)
    return serving
  }
  const test = { routing: { champion: 1, challenger: null, stage: null, share: 0 } as RoutingState }
  const serving = await open()
  projections.push(...serving.projections)
  await serving.start()
  let joined = 0
  return Object.assign(test, {
    serving,
    db,
    journal,
    clock,
    dataDir,
    events: () => readJournal(db, { limit: 1_000 }),
    async join() {
      const [step] = serving.steps
      for (const event of await readJournal(db, { after: joined, types: step!.on, limit: 1_000 })) {
        await db.transaction(async (tx) => journal.append(tx, event.id, await step!.run(tx, event)))
        joined = event.id
      }
    },
    async restart(more?: Partial<ServingOptions>) {
      const next = await open(more)
      await next.start()
      return next
    },
    async close() {
      for (const one of opened) await one.stop()
      await close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  })
}

/** A registry of the one model, whose versions are made on demand. */
export function flightRegistry(options: Omit<ServableOptions, 'version'> = {}): ServingOptions['registry'] {
  return {
    load: async ({ version }) => flightServable({ ...options, version }),
    listModels: async () => [{ project: 'default', model: 'flights' } as RegisteredModel],
    readAlias: async () => 1,
  }
}

/** A valid row. */
export function flight(distance = 300, carrier = 'AA'): Record<string, unknown> {
  return { distance, stops: 0, carrier, night: null }
}
