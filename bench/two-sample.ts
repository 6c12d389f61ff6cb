import type { BenchOutcome } from './result.ts'
import { besideEvidently } from './two-sample/peer.ts'
import { floorSizes, multivariateSizes, numericSizes, tableSizes } from './two-sample/sizes.ts'

/**
 * How often the two-sample tests and distances alarm when nothing changed, beside Evidently. EVENKEEL_BENCH_SCALE
 * multiplies the trials (default 1: some ten minutes of one core).
 */
export async function run(): Promise<BenchOutcome> {
  const scale = Number(process.env['EVENKEEL_BENCH_SCALE'] ?? 1)
  const tables = [
    besideEvidently(Math.round(200 * scale)),
    numericSizes(scale),
    tableSizes(scale),
    floorSizes(scale),
    multivariateSizes(scale),
  ]
  return { results: [], tables }
}
