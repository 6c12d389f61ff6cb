/**
 * `node bench/null-worlds/worker.ts [until]`: goes round the worlds, a few features at a time, so that a cut loses little
 * and leaves all worlds equally far. What is done is kept in `bench/results/null-worlds-counted.json` and gone on with.
 * @param until ISO time at which to stop
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { countFeature, type NullCount, noCount } from './null-study.ts'
import { FEATURES } from './setting.ts'
import { WORLDS } from './world.ts'

const YEARS = 10
const AT_A_TIME = 1
const file = path.join(import.meta.dirname, '../results/null-worlds-counted.json')

function readCounts(): NullCount[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return WORLDS.map(noCount)
  }
}

export function countOn(until: number, features = FEATURES): NullCount[] {
  const counts = readCounts()
  while (counts.some((count) => count.features < features) && Date.now() < until)
    for (const [w, world] of WORLDS.entries()) {
      const count = counts[w]!
      for (let i = 0; i < AT_A_TIME && count.features < features && Date.now() < until; i++)
        countFeature(count, world, `feature ${count.features}`, YEARS)
      keep(counts)
    }
  return counts
}

function keep(counts: readonly NullCount[]): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(counts))
  renameSync(`${file}.new`, file)
}

if (import.meta.main) countOn(process.argv[2] === undefined ? Infinity : Date.parse(process.argv[2]))
