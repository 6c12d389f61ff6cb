/**
 * `npm run bench [name …]` runs the benchmarks one after the other, prints what they found and writes
 * `bench/results/<name>.json`. With `--record` what was found also goes into `bench/recorded/`, which is kept, and
 * `bench/RESULTS.md`, the figures and the pictures of `docs/guides/` are made anew from all that is recorded; `--render`
 * only does that.
 * Figures compared with each other come from one run; nothing here is a test.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { fillPage } from './guide.ts'
import { figure, type Recorded, readRecorded, renderResults } from './render.ts'
import type { BenchOutcome } from './result.ts'

interface Bench {
  readonly load: () => Promise<{ run(): Promise<BenchOutcome> }>
  /** Takes more than five minutes: runs only when it is named. */
  readonly long?: true
}

const BENCHES: Readonly<Record<string, Bench>> = {
  profile: { load: () => import('./profile.ts') },
  learn: { load: () => import('./learn.ts') },
  ingest: { load: () => import('./ingest.ts') },
  serving: { load: () => import('./serving.ts') },
  report: { load: () => import('./report.ts'), long: true },
  streams: { load: () => import('./streams.ts') },
  'concept-drift': { load: () => import('./concept-drift.ts'), long: true },
  'two-sample': { load: () => import('./two-sample.ts'), long: true },
  'two-sample-speed': { load: () => import('./two-sample-speed.ts') },
  'null-worlds': { load: () => import('./null-worlds.ts'), long: true },
  power: { load: () => import('./power.ts'), long: true },
  learners: { load: () => import('./learners.ts'), long: true },
  anomaly: { load: () => import('./anomaly.ts'), long: true },
  estimate: { load: () => import('./estimate.ts'), long: true },
}

const { values: flags, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { record: { type: 'boolean', default: false }, render: { type: 'boolean', default: false } },
})
const unknown = asked.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}
const chosen = Object.entries(BENCHES).filter(([name, { long }]) => (asked.length > 0 ? asked.includes(name) : !long))
for (const [name, { load }] of flags.render ? [] : chosen) {
  console.error(`running ${name}…`)
  const { run } = await load()
  const recorded = { name, at: new Date().toISOString(), machine: machine(), ...(await run()) }
  print(recorded)
  save('results', recorded)
  if (flags.record) save('recorded', recorded)
}
if (flags.record || flags.render) await render(readRecorded())

async function render(recorded: readonly Recorded[]): Promise<void> {
  writeFileSync(path.join(import.meta.dirname, 'RESULTS.md'), renderResults(recorded))
  const { drawPictures } = await import('./plots.ts')
  const guides = path.join(import.meta.dirname, '../docs/guides')
  mkdirSync(path.join(guides, 'plots'), { recursive: true })
  const drawn = drawPictures(recorded)
  for (const { file, svg } of drawn) writeFileSync(path.join(guides, 'plots', file), `${svg}\n`)
  const page = path.join(guides, 'choosing-a-detector.md')
  writeFileSync(page, fillPage(readFileSync(page, 'utf8'), recorded, drawn))
}

function machine() {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  }
}

function print({ results, tables }: BenchOutcome): void {
  if (results.length > 0)
    console.table(
      results.map(({ name, value, unit, target, peer, limit }) => ({
        what: name,
        value: `${figure(value)} ${unit}`,
        target: target === undefined ? '' : figure(target),
        peer: peer === undefined ? '' : `${figure(peer.value)} (${peer.name})`,
        'limited by': limit,
      })),
    )
  for (const { title, note, columns, rows } of tables) {
    console.log(`\n${title}\n${note}`)
    console.table(rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]]))))
  }
}

function save(folder: 'results' | 'recorded', recorded: Recorded): void {
  const home = path.join(import.meta.dirname, folder)
  mkdirSync(home, { recursive: true })
  writeFileSync(path.join(home, `${recorded.name}.json`), `${JSON.stringify(recorded, null, 2)}\n`)
}
