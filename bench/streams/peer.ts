import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type river, StatsError } from '../../packages/stats/src/index.ts'

/** One stream for one of river's detectors; options are named as river names them. */
export type Asked = {
  readonly method: river.MethodName
  readonly options: Readonly<Record<string, number | string | boolean>>
  readonly values: Float64Array
}
export type Answers = {
  readonly version: string
  readonly answers: readonly { readonly seconds: number; readonly drifts: readonly number[] }[]
}

/** What the installed river says, in one run of Python. */
export function runRiver(asked: readonly Asked[]): Answers {
  const root = path.join(import.meta.dirname, '../..')
  const home = mkdtempSync(path.join(os.tmpdir(), 'evenkeel-river-'))
  try {
    const described = asked.map(({ method, options, values }) => ({ method, options, rows: values.length }))
    writeFileSync(path.join(home, 'streams.json'), JSON.stringify(described))
    const bytes = asked.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    writeFileSync(path.join(home, 'values.f64'), Buffer.concat(bytes))
    const script = path.join(import.meta.dirname, 'peer.py')
    const found = execFileSync(path.join(root, 'scripts/peers.sh'), ['run', 'learners', script, home], {
      encoding: 'utf8',
      cwd: root,
      maxBuffer: 2 ** 28,
    })
    return JSON.parse(found)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Fails where river said something else than we did: then the rest of the measurement would mean nothing. */
export function mustAgree(method: string, ours: readonly number[], theirs: readonly number[]): void {
  if (JSON.stringify(ours) !== JSON.stringify(theirs))
    throw new StatsError('BENCH_PEER_DIFFERS', `${method}: ${ours.length} drifts here, ${theirs.length} in river`)
}
