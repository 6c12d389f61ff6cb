import { HOUR_MS, type Instant } from '../clock.ts'
import type { Task } from '../registry/index.ts'
import { numbersLiteral, textsLiteral } from './literals.ts'
import type { ArmRow } from './profiles.ts'
import type { TallyColumns } from './tables.ts'

/** Rows of one arm in one hour and one tenth of the score. */
interface Tally {
  readonly version: number
  readonly role: string
  readonly source: string
  readonly bucket: Instant
  readonly decile: number
  rows: number
  receivedAt: Instant
}

/**
 * How many rows each arm scored, by hour and tenth of the score: what `serving_bucket` and `serving_decile` of the
 * database would say. Counted here, because grouping the rows again over there cost as much as inserting them.
 */
export function tally(rows: readonly ArmRow[]): TallyColumns {
  const tallies = new Map<string, Tally>()
  for (const { arm, role, record, answer } of rows) {
    const { version, task } = arm.version
    const [at, receivedAt, source] = [record[8], record[9], record[11]]
    const bucket = Math.floor(at / HOUR_MS) * HOUR_MS
    const decile = decileOf(task, answer.score)
    const key = `${version} ${role} ${decile} ${bucket} ${source}`
    const known = tallies.get(key)
    if (known === undefined) tallies.set(key, { version, role, source, bucket, decile, rows: 1, receivedAt })
    else {
      known.rows++
      known.receivedAt = Math.max(known.receivedAt, receivedAt)
    }
  }
  const all = [...tallies.values()]
  return {
    versions: numbersLiteral(all.map(({ version }) => version)),
    roles: textsLiteral(all.map(({ role }) => role)),
    sources: textsLiteral(all.map(({ source }) => source)),
    buckets: numbersLiteral(all.map(({ bucket }) => bucket)),
    deciles: numbersLiteral(all.map(({ decile }) => decile)),
    rows: numbersLiteral(all.map(({ rows }) => rows)),
    receivedAts: numbersLiteral(all.map(({ receivedAt }) => receivedAt)),
  }
}

function decileOf(task: Task, score: number): number {
  return task === 'regression' ? 0 : Math.max(0, Math.min(9, Math.floor(score * 10)))
}
