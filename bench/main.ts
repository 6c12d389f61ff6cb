/**
 * `npm run bench [name …]`: runs the benchmarks one after the other in this process's order, prints a table and writes
 * `bench/results/latest.json`. Figures compared with each other come from one run; nothing here is a test.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { BenchResult } from './result.ts'

const BENCHES: Readonly<Record<string, () => Promise<{ run(): Promise<readonly BenchResult[]> }>>> = {
  profile: () => import('./profile.ts'),
  learn: () => import('./learn.ts'),
  ingest: () => import('./ingest.ts'),
  serving: () => import('./serving.ts'),
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}

const results: BenchResult[] = []
for (const [name, load] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.error(`running ${name}…`)
  const { run } = await load()
  results.push(...(await run()))
}
print(results)
save(results)

function print(rows: readonly BenchResult[]): void {
  const table = rows.map(({ name, value, unit, target, peer, limit }) => ({
    what: name,
    value: `${figure(value)} ${unit}`,
    target: target === undefined ? '' : figure(target),
    peer: peer === undefined ? '' : `${figure(peer.value)} (${peer.name})`,
    'limited by': limit,
  }))
  console.table(table)
}

function figure(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
}

function save(rows: readonly BenchResult[]): void {
  const folder = path.join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  const machine = {
    cpu: os.cpus()[0]?.model,
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  }
  const text = JSON.stringify({ at: new Date().toISOString(), machine, results: rows }, null, 2)
  writeFileSync(path.join(folder, 'latest.json'), `${text}\n`)
}
