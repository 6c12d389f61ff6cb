import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createVirtualClock } from '../../packages/evenkeel/src/clock.ts'
import {
  createJournal,
  type Database,
  migrate,
  moveCursor,
  type NewEvent,
  openJobs,
  type Projection,
  readCauses,
  readCursor,
  readEffects,
  readJournal,
  replay,
  shippedMigrations,
} from '../../packages/evenkeel/src/storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../../packages/evenkeel/src/storage/testing.ts'

const ticked = (subject: string): NewEvent => ({ type: 'clock.ticked', project: 'default', subject, data: {} })

/** A table kept as a fold, for the laws of replay: how often each subject ticked. */
const ticksPerSubject: Projection = {
  name: 'ticks',
  tables: ['ticks'],
  types: ['clock.ticked'],
  async apply(tx, event) {
    await tx.query(
      'insert into ticks (subject, ticks, last) values ($1, 1, $2) on conflict (subject) do update set ticks = ticks.ticks + 1, last = excluded.last',
      [event.subject, new Date(event.at)],
    )
  },
}

/** What every database behind Evenkeel must do, embedded or server. */
export function storageConformance(name: string): void {
  describe(`storage on ${name}`, () => {
    const clock = createVirtualClock(Date.UTC(2001, 1, 1))
    const journal = createJournal({ clock, projections: [ticksPerSubject] })
    let opened: TestDatabase
    let db: Database
    before(async () => {
      opened = await openTestDatabase()
      db = opened.db
      await db.query('create table ticks (subject text primary key, ticks int not null, last timestamptz not null)')
    })
    after(() => opened.close())
    const append = (cause: number | null, ...events: NewEvent[]) =>
      db.transaction((tx) => journal.append(tx, cause, events))

    test('migrations are applied once', async () => {
      assert.equal(await migrate(db), 0)
    })

    test('a migration that was changed after it was applied is told', async () => {
      const [first, ...rest] = shippedMigrations()
      const changed = [{ ...first!, sql: `${first!.sql}\n-- changed` }, ...rest]
      await assert.rejects(migrate(db, changed), { code: 'STORAGE_MIGRATION_DRIFT' })
    })

    test('a database of a newer version is not touched by an older one', async () => {
      await assert.rejects(migrate(db, shippedMigrations().slice(0, 1)), { code: 'STORAGE_NEWER' })
    })

    test('events come back in their order, with their time and cause', async () => {
      const [first, second] = await append(null, ticked('order-1'), ticked('order-2'))
      const [third] = await append(second!.id, ticked('order-3'))
      assert.deepEqual(await readJournal(db, { after: first!.id - 1, limit: 10 }), [first, second, third])
      assert.equal(third?.at, clock.now())
    })

    test('causes are walked back to the first, effects forward to the last', async () => {
      const [root] = await append(null, ticked('chain'))
      const [middle] = await append(root!.id, ticked('chain'))
      const [leaf] = await append(middle!.id, ticked('chain'))
      const chain = [root!.id, middle!.id, leaf!.id]
      assert.deepEqual(
        (await readCauses(db, leaf!.id)).map((event) => event.id),
        chain,
      )
      assert.deepEqual(
        (await readEffects(db, root!.id, 10)).map((event) => event.id),
        chain,
      )
    })

    test('a reader never steps over an event that was being appended while it read', async () => {
      const seen: number[] = []
      const reading = (async () => {
        let position = (await readJournal(db, { limit: 10_000 })).at(-1)?.id ?? 0
        while (seen.length < 200) {
          const events = await readJournal(db, { after: position, limit: 50 })
          seen.push(...events.map((event) => event.id))
          position = events.at(-1)?.id ?? position
        }
      })()
      const appended = await Promise.all(Array.from({ length: 200 }, () => append(null, ticked('race'))))
      await reading
      assert.deepEqual(
        seen,
        appended
          .flat()
          .map((event) => event.id)
          .sort((a, b) => a - b),
      )
    })

    test('what a transaction wrote is gone when it throws', async () => {
      const lost = db.transaction(async (tx) => {
        await journal.append(tx, null, [ticked('lost')])
        await moveCursor(tx, 'lost-reader', 99)
        throw new Error('thrown in the middle')
      })
      await assert.rejects(lost, /thrown in the middle/)
      assert.deepEqual(await readJournal(db, { subject: 'lost', limit: 10 }), [])
      assert.equal(await readCursor(db, 'lost-reader'), 0)
    })

    test('concurrent transactions on one row are all counted', async () => {
      await db.query("insert into ticks (subject, ticks, last) values ('counter', 0, now())")
      const increment = () =>
        db.transaction((tx) => tx.query("update ticks set ticks = ticks + 1 where subject = 'counter'"))
      await Promise.all(Array.from({ length: 200 }, increment))
      assert.deepEqual(await db.query("select ticks from ticks where subject = 'counter'"), [{ ticks: 200 }])
      await db.query("delete from ticks where subject = 'counter'")
    })

    test('replay finds tables as the journal says, and mends one that is not', async () => {
      await append(null, ticked('replayed'), ticked('replayed'))
      assert.deepEqual((await replay(db, journal.projections)).differed, [])
      await db.query("update ticks set ticks = 7 where subject = 'replayed'")
      assert.deepEqual((await replay(db, journal.projections)).differed, ['ticks'])
      assert.deepEqual(await db.query("select ticks from ticks where subject = 'replayed'"), [{ ticks: 2 }])
    })

    test('a job asked for twice under one key is done once; one of a rolled back transaction never', async () => {
      const jobs = await openJobs(db, ['work'])
      const request = { queue: 'work', key: 'k1', data: { rows: 3 } }
      await db.transaction((tx) => jobs.enqueue(tx, request))
      await db.transaction((tx) => jobs.enqueue(tx, request))
      const undone = db.transaction(async (tx) => {
        await jobs.enqueue(tx, { ...request, key: 'k2' })
        throw new Error('rolled back')
      })
      await assert.rejects(undone)
      const done: unknown[] = []
      const work = async (job: { data: unknown }) => void done.push(job.data)
      while ((await jobs.runDue({ work })) > 0);
      await jobs.close()
      assert.deepEqual(done, [{ rows: 3 }])
    })

    test('times are epoch milliseconds and counts are numbers', async () => {
      const at = Date.UTC(2001, 5, 30, 12, 34, 56, 789)
      const [row] = await db.query<{ at: number; n: number }>(
        'select $1::timestamptz as at, count(*) as n from projects',
        [new Date(at)],
      )
      assert.deepEqual(row, { at, n: 1 })
    })
  })
}
