import { compareWindowCounts, countWindow, freezeStreamTest } from '../packages/stats/src/multivariate/index.ts'
import { createRandom } from '../packages/stats/src/random.ts'
import {
  createStreamCounts,
  freezeProfile,
  freezeStreams,
  updateStreamCounts,
} from '../packages/stats/src/sketch/index.ts'
import { startClassifier } from './power/classifier.ts'
import { ALPHA, mean, powerTable, share, sizeTable, verdictsOf } from './power/figures.ts'
import { loadSet } from './power/sets.ts'
import { draw, prepareSet, type ShiftedSet } from './power/shifts.ts'
import { type Decision, judgeRound, magnitudeOf, timed } from './power/study.ts'
import type { BenchOutcome, BenchResult } from './result.ts'

const SETS = ['adult', 'california_housing', 'hotel_booking', 'ma_employment']
const SIZES = [250, 1000, 4000]
const ROUNDS = 12
const REPEATS = 15

/** What counts find that a domain classifier finds, at what size and cost. About forty minutes. */
export async function run(): Promise<BenchOutcome> {
  const folder = process.env['EVENKEEL_SAMPLE_DATA']
  if (folder === undefined) {
    console.error('power: EVENKEEL_SAMPLE_DATA is not set; there is nothing to shift')
    return { results: [], tables: [] }
  }
  const sets: ShiftedSet[] = []
  for (const name of SETS) sets.push(prepareSet(await loadSet(folder, name)))
  const costs = sets.flatMap(costsOf)
  const classifier = startClassifier()
  const decisions: Decision[] = []
  for (let round = 0; round < ROUNDS; round++)
    for (const set of sets)
      for (const rows of SIZES) decisions.push(...(await judgeRound(round, set, rows, classifier)))
  classifier.close()
  return outcomeOf(decisions, costs)
}

type Cost = { readonly rows: number; readonly decideMs: number; readonly pairs: number; readonly projections: number }

export function outcomeOf(decisions: readonly Decision[], costs: readonly Cost[]): BenchOutcome {
  const verdicts = verdictsOf(decisions)
  const streams = share(verdicts, (each) => each.streams)
  const classifier = share(verdicts, (each) => each.classifier)
  const nulls = decisions.filter(({ shift }) => shift === 'none')
  const results: BenchResult[] = [
    {
      name: 'power of a decision over counts, as a share of LightGBM',
      unit: '%',
      value: (100 * streams) / classifier,
      target: 95,
      limit: 'dependences of three and more columns show only in the projections that happen to join them',
    },
    {
      name: 'size of a decision over counts at 5 %',
      unit: '%',
      value: 100 * share(nulls, ({ pValue }) => pValue <= ALPHA),
      target: 5,
      limit: `a null of 99 draws from the reference; ${nulls.length} windows`,
    },
    ...costResults(verdicts, costs),
  ]
  const note = `Reference and current window of so many rows each, from ${new Set(decisions.map(({ set }) => set)).size} real sets; which column is shifted, and how, is drawn anew in each of ${verdicts.length} draws, which both judge. Left the decision over counts (99 null draws), right the out-of-fold AUC of LightGBM's defaults (five folds, one thread) beyond its own 95th percentile on unchanged draws of the same set and rows. Magnitude: ${['location', 'scale', 'tail', 'category mix', 'interaction', 'correlation break', 'missingness'].map((shift) => `${shift} ${magnitudeOf(shift as 'tail', 1000)}`).join(', ')} at 1,000 rows, by the root of the rows elsewhere, up to 1. Seeds power/<set>/<rows>/<shift>/<draw>.`
  return { results, tables: [powerTable(verdicts, note), sizeTable(decisions)] }
}

function costResults(verdicts: readonly Decision[], costs: readonly Cost[]): BenchResult[] {
  const own = mean(costs.map(({ decideMs }) => decideMs))
  // Over few rows what is one-off hides the cost of a row.
  const long = costs.filter(({ rows }) => rows === Math.max(...SIZES))
  const peer = mean(verdicts.map(({ classifierMs }) => classifierMs))
  return [
    {
      name: 'CPU of a decision over counts: counting the window and comparing',
      unit: 'ms',
      value: own,
      peer: { name: 'LightGBM, five folds', value: peer },
      limit: 'counting the window; the reference is frozen once',
    },
    { name: 'CPU of LightGBM over that', unit: 'times', value: peer / own, target: 100, limit: 'both on one thread' },
    {
      name: 'pair tables',
      unit: 'ns per row and pair',
      value: mean(long.map(({ pairs }) => pairs)),
      limit: 'one increment that waits for the last',
    },
    {
      name: 'projections of three columns',
      unit: 'ns per row and projection',
      value: mean(long.map(({ projections }) => projections)),
      limit: 'three table look-ups and the search of the bin',
    },
  ]
}

/** Milliseconds of CPU, the median of some repetitions after a warm-up: the machine is shared. */
function costsOf(set: ShiftedSet): Cost[] {
  return SIZES.map((rows) => {
    const { reference, current } = draw(set, 'none', 0, rows, createRandom(`cost ${rows}`))
    const test = freezeStreamTest(reference, { draws: 39 })
    const decideMs = undisturbed(() => compareWindowCounts(test, countWindow(test, current)))
    const { columns } = freezeProfile(reference)
    const perRow = (options: Parameters<typeof freezeStreams>[2]) => {
      const spec = freezeStreams(reference, columns, { partners: 0, residuals: false, ...options })
      const counts = createStreamCounts(spec)
      const ms = undisturbed(() => updateStreamCounts(counts, columns, current))
      return { ms, streams: spec.pairs.length + spec.projections.length }
    }
    const bare = perRow({ pairs: 0, projections: 0 })
    const each = ({ ms, streams }: typeof bare) => ((ms - bare.ms) * 1e6) / rows / Math.max(1, streams)
    return {
      rows,
      decideMs,
      pairs: each(perRow({ pairs: 150, projections: 0 })),
      projections: each(perRow({ pairs: 0, projections: 32 })),
    }
  })
}

function undisturbed(work: () => unknown): number {
  for (let i = 0; i < 3; i++) work()
  const times = Array.from({ length: REPEATS }, () => timed(work)[1])
  return times.sort((a, b) => a - b)[Math.floor(REPEATS / 4)]!
}
