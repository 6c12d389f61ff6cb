import { compareWindowCounts, countWindow, freezeStreamTest } from '../../packages/stats/src/multivariate/index.ts'
import { createRandom } from '../../packages/stats/src/random.ts'
import type { Classifier } from './classifier.ts'
import { type Draw, draw, SHIFTS, type Shift, type ShiftedSet } from './shifts.ts'

type Cell = { readonly set: string; readonly rows: number; readonly shift: Shift | 'none' }

/** What came of one draw; `auc` is null where the classifier was not asked. */
export type Decision = Cell & {
  readonly pValue: number
  readonly freezeMs: number
  readonly decideMs: number
  readonly auc: number | null
  readonly classifierMs: number
}

/**
 * Size of each shift at 1,000 rows; it goes with the root of the rows, up to 1. Settled on draws of adult and
 * online_shoppers with another seed, for a classifier's power near one half, before any draw of this study was made.
 */
const MAGNITUDES: Readonly<Record<Shift, number>> = {
  location: 0.2,
  scale: 0.19,
  tail: 0.045,
  'category mix': 0.08,
  interaction: 0.27,
  'correlation break': 0.35,
  missingness: 1,
}
const MOST: Partial<Record<Shift, number>> = { tail: 0.2, 'category mix': 0.3 }

/** Null draws of each round and cell that the classifier judges too, and those for the size of the streams alone. */
const NULLS = { both: 3, own: 5 }
/** Enough for a decision at 5 %; a monitor would take more. */
const DRAWS = 99

/** One round in one cell of the suite: every shift once, and some draws without one. */
export async function judgeRound(
  round: number,
  shifted: ShiftedSet,
  rows: number,
  classifier: Classifier,
  nulls: { readonly both: number; readonly own: number } = NULLS,
): Promise<Decision[]> {
  const decisions: Decision[] = []
  const cell = { set: shifted.set.name, rows }
  for (const shift of SHIFTS) decisions.push(await decide({ ...cell, shift }, shifted, round, classifier))
  const each = NULLS.both + NULLS.own
  for (let k = 0; k < nulls.both + nulls.own; k++)
    decisions.push(
      await decide({ ...cell, shift: 'none' }, shifted, round * each + k, k < nulls.both ? classifier : null),
    )
  return decisions
}

export function magnitudeOf(shift: Shift, rows: number): number {
  return Math.min(MOST[shift] ?? 1, MAGNITUDES[shift] / Math.sqrt(rows / 1000))
}

async function decide(cell: Cell, shifted: ShiftedSet, at: number, classifier: Classifier | null): Promise<Decision> {
  const { set, rows, shift } = cell
  const magnitude = shift === 'none' ? 0 : magnitudeOf(shift, rows)
  const drawn = draw(shifted, shift, magnitude, rows, createRandom(`power/${set}/${rows}/${shift}/${at}`))
  const own = judgeByStreams(drawn)
  const peer = classifier ? await classifier.judge(drawn) : null
  return { ...cell, ...own, auc: peer?.auc ?? null, classifierMs: (peer?.seconds ?? 0) * 1000 }
}

function judgeByStreams({ reference, current }: Draw) {
  const [test, freezeMs] = timed(() => freezeStreamTest(reference, { draws: DRAWS }))
  const [comparison, decideMs] = timed(() => compareWindowCounts(test, countWindow(test, current)))
  if (comparison.kind === 'unknown') throw new Error(`a window of ${current.rows} rows is unknown`)
  return { pValue: comparison.pValue, freezeMs, decideMs }
}

/** The answer, and the milliseconds of CPU it took. */
export function timed<T>(work: () => T): [T, number] {
  const before = process.cpuUsage()
  const answer = work()
  const { user, system } = process.cpuUsage(before)
  return [answer, (user + system) / 1000]
}
