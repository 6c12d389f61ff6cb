import { spawnSync } from 'node:child_process'
import path from 'node:path'
import {
  chiSquareContingency,
  countSamples,
  createRandom,
  jensenShannon,
  kolmogorovSmirnov,
  mannWhitney,
  psi,
  type Random,
  wasserstein,
} from '../../packages/stats/src/index.ts'
import type { BenchTable } from '../result.ts'
import { drawCounts } from './worlds.ts'

type Cell = {
  readonly test: string
  readonly world: string
  readonly n: number
  readonly m: number
  readonly threshold: number
  readonly alarms: number
}

const ROOT = path.resolve(import.meta.dirname, '../..')
const ALPHA = 0.05

/** Runs a script of this folder in a peer's environment; undefined where that is not installed. */
export function askPeer<T>(peer: string, script: string, ...args: readonly string[]): T | undefined {
  const file = path.join(import.meta.dirname, script)
  const ran = spawnSync(path.join(ROOT, 'scripts/peers.sh'), ['run', peer, file, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 600_000,
  })
  return ran.status === 0 ? (JSON.parse(ran.stdout) as T) : undefined
}

/** Evidently's tests at their thresholds, and ours of the same name at 5 %, on the same kind of unchanged samples. */
export function besideEvidently(trials: number): BenchTable {
  const asked = askPeer<{ version: string; cells: readonly Cell[] }>('evidently', 'evidently.py', String(trials))
  const random = createRandom('two-sample beside evidently')
  const rows = (asked?.cells ?? []).map(({ test, world, n, m, threshold, alarms }) => [
    test,
    world,
    `${n} / ${m}`,
    test === 'chisquare' || test === 'ks' || test === 'mannw' ? `p < ${threshold}` : `>= ${threshold}`,
    alarms,
    Math.round((1000 * falseAlarms(random, { test, world, n, m }, trials)) / trials) / 10,
  ])
  return {
    title: `False alarms of Evidently ${asked?.version ?? '(not installed: no rows)'} and of the test of that name here, nothing changed`,
    note: `Per cent of ${trials} pairs of samples. Theirs: the registered test at its default threshold, NumPy seed 20261121. Ours: at 5 %, a p-value or the distance's own floor, seed 'two-sample beside evidently'.`,
    columns: ['test', 'world', 'rows', 'Evidently alarms at', 'Evidently', 'here'],
    rows,
  }
}

function falseAlarms(
  random: Random,
  { test, world, n, m }: Omit<Cell, 'threshold' | 'alarms'>,
  trials: number,
): number {
  const even = new Array<number>(Number.parseInt(world, 10) || 1).fill(1)
  const normal = (rows: number) => Float64Array.from({ length: rows }, random.normal)
  const counts = () => [drawCounts(random, n, even), drawCounts(random, m, even)] as const
  const alarm: Readonly<Record<string, () => boolean>> = {
    chisquare: () => chiSquareContingency(counts()).pValue <= ALPHA,
    jensenshannon: () => beyond(jensenShannon(...counts(), { alpha: ALPHA })),
    wasserstein: () => rejects(wasserstein(normal(n), normal(m), { alpha: ALPHA })),
    ks: () => rejects(kolmogorovSmirnov(normal(n), normal(m))),
    mannw: () => rejects(mannWhitney(normal(n), normal(m))),
    psi: () => {
      const counted = countSamples(normal(n), normal(m))
      return counted.kind === 'counted' && beyond(psi(counted.reference, counted.current, { alpha: ALPHA }))
    },
  }
  let count = 0
  for (let trial = 0; trial < trials; trial++) if (alarm[test]!()) count++
  return count
}

function beyond({ value, noiseFloor }: { readonly value: number; readonly noiseFloor: number }): boolean {
  return value > noiseFloor
}

function rejects(found: { readonly kind: string; readonly pValue?: number }): boolean {
  return (found.pValue ?? 1) <= ALPHA
}
