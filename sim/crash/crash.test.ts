import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { readProfiles } from '../../packages/evenkeel/src/serving/index.ts'
import { flightServable } from '../../packages/evenkeel/src/serving/testing.ts'
import { type Database, openDatabase } from '../../packages/evenkeel/src/storage/index.ts'
import { createProfile, mergeProfiles, type Profile, specOf, updateProfile } from '../../packages/stats/src/index.ts'
import { crash } from './crash.ts'
import type { Acknowledged } from './traffic.ts'

const KILLS = Number(process.env['EVENKEEL_CRASH_KILLS'] ?? 5)
const SEED = Number(process.env['EVENKEEL_CRASH_SEED'] ?? 20_011)

const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-crash-'))
let acknowledged: Acknowledged
let db: Database

before(async () => {
  const url = await newDatabase(process.env['DATABASE_URL'])
  acknowledged = await crash({ kills: KILLS, seed: SEED, dataDir, url })
  db = await openDatabase({ dataDir, url })
})
after(async () => {
  await db.close()
  rmSync(dataDir, { recursive: true, force: true })
})

test(`every prediction acknowledged before one of ${KILLS} kills is there once, as it was answered`, async () => {
  const rows = await db.query<{ id: string; score: number }>('select id, score from predictions')
  const scores = new Map(rows.map(({ id, score }) => [id, score]))
  assert.equal(scores.size, rows.length)
  const wrong = [...acknowledged.predictions].filter(([id, score]) => scores.get(id) !== score)
  assert.deepEqual(wrong, [])
  assert.ok(
    acknowledged.predictions.size > 50 * KILLS,
    `${acknowledged.predictions.size} predictions were acknowledged`,
  )
})

test('every acknowledged label is there once, the newest one, joined or waiting for its prediction', async () => {
  const joined = await db.query<{ id: string; label: string }>(
    'select id, label.class as label from labels label join predictions on prediction = seq',
  )
  const waiting = await db.query<{ id: string; label: string }>(
    'select id, class as label from label_arrivals order by seq',
  )
  const found = new Map([...waiting, ...joined].map(({ id, label }) => [id, label]))
  const wrong = [...acknowledged.labels].filter(([id, possible]) => !possible.has(found.get(id) ?? 'none'))
  assert.deepEqual(wrong, [])
  assert.ok(joined.length > 0)
})

test('the outcomes equal a recount from the rows', async () => {
  const counted = await db.query(`select version, role, bucket, decile, rows, labelled, loss_sum::float8 as loss
    from serving_outcomes order by 1, 2, 3, 4`)
  const recounted =
    await db.query(`select version, role, serving_bucket(at) as bucket, serving_decile(task, score) as decile,
      count(*) as rows, count(label.prediction) as labelled,
      coalesce(sum(round(serving_loss(task, classes, score, scores, label.class, label.value)::numeric, 9)), 0)::float8 as loss
    from served_arms arm left join labels label on label.prediction = arm.seq
      join serving_versions using (project, model, version)
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`)
  assert.deepEqual(counted, recounted)
})

test('the profiles equal a recount from the rows', async () => {
  const span = { from: Date.UTC(2001, 0, 1), until: Date.UTC(2001, 0, 2) }
  for (const version of [1, 2]) {
    const recounted = await recountProfile(version)
    const kept = (await readProfiles(db, { project: 'default', model: 'flights', span, version }))
      .map(({ profile }) => profile)
      .reduce(mergeProfiles, createProfile(specOf(recounted)))
    assert.deepEqual(countsOf(kept), countsOf(recounted))
  }
})

test('every job that a step asked for has had its effect once, and none is left', async () => {
  const asked = await db.query("select cause as event from journal where type = 'labels.joined' order by cause")
  assert.deepEqual(await db.query('select event from crash_effects order by event'), asked)
  const left = await db.query(
    "select id from jobs.job where name = 'crash.effect' and state in ('created', 'retry', 'active')",
  )
  assert.deepEqual(left, [])
})

/** A database of its own on the server at `url`: what other runs left there must not count. */
async function newDatabase(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return undefined
  const name = `evenkeel_crash_${process.pid}_${Date.now()}`
  const server = await openDatabase({ dataDir, url })
  await server.query(`create database ${name}`)
  await server.close()
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

async function recountProfile(version: number): Promise<Profile> {
  const profile = createProfile(specOf(flightServable({ version }).reference))
  const rows = await db.query<{ features: readonly (number | string | null)[]; score: number }>(
    'select features, score from served_arms where version = $1',
    [version],
  )
  const [score] = Object.keys(profile.columns).filter((name) => name !== 'distance' && name !== 'carrier')
  updateProfile(profile, {
    rows: rows.length,
    numeric: {
      distance: Float64Array.from(rows, ({ features }) => Number(features[0])),
      [score!]: Float64Array.from(rows, (row) => row.score),
    },
    categorical: { carrier: rows.map(({ features }) => features[2] as string) },
  })
  return profile
}

function countsOf(profile: Profile) {
  return Object.fromEntries(
    Object.entries(profile.columns).map(([name, { counts }]) => [name, [profile.rows, ...counts]]),
  )
}
