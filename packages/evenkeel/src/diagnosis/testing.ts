import {
  createProfile,
  createRandom,
  freezeProfile,
  type ProfileBatch,
  type Random,
  updateProfile,
} from '@evenkeel/stats'
import { DAY_MS, HOUR_MS } from '../clock.ts'
import type { CaseFile, OutcomeCell, OutcomeHour, TrafficHour } from './case.ts'

export const ONSET = Date.UTC(2001, 3, 10)
const CODES = Array.from(
  { length: 50 },
  (_, i) => `C${String.fromCharCode(65 + (i % 26))}${String.fromCharCode(65 + (i % 7))}${i}`,
)
const REFERENCE_ROWS = 20_000

/** Rows of some hours: `distance` is positive and skewed, `code` a category of fifty, `size` a small whole number. */
export interface Rows {
  readonly distance: Float64Array
  readonly code: readonly (string | null)[]
  readonly size: Float64Array
}

/** Rows of an ordinary hour; days differ a little, as days do. */
function drawRows(random: Random, rows: number, day = 0): Rows {
  const wave = createRandom(`day/${day}`).normal() * 0.03
  return {
    distance: Float64Array.from({ length: rows }, () => Math.round(Math.exp(6.4 + wave + 0.7 * random.normal()))),
    code: Array.from({ length: rows }, () => CODES[Math.floor(CODES.length * random.next() ** 2.2)]!),
    size: Float64Array.from({ length: rows }, () => 1 + random.integer(5)),
  }
}

function toBatch({ distance, code, size }: Rows): ProfileBatch {
  return { rows: distance.length, numeric: { distance, size }, categorical: { code } }
}

const SPEC = freezeProfile(toBatch(drawRows(createRandom('reference'), REFERENCE_ROWS)))

function profileOf(rows: Rows) {
  const profile = createProfile(SPEC)
  updateProfile(profile, toBatch(rows))
  return profile
}

export interface Scene {
  readonly seed: number | string
  /** What the fault does to rows of an hour at or after the onset. */
  readonly fault?: (rows: Rows, random: Random, at: number) => Rows
  readonly daysBefore?: number
  readonly daysAfter?: number
  readonly rowsPerHour?: number
  readonly sources?: readonly string[]
  /** The fault is in this source only. */
  readonly faultySource?: string
}

const STEP_MS = 6 * HOUR_MS

/** A case about an alarm on day `ONSET`: traffic in steps of six hours, no outcomes. */
export function createCase(scene: Scene, over: Partial<CaseFile> = {}): CaseFile {
  const { seed, daysBefore = 7, daysAfter = 1, sources = ['feed'] } = scene
  const random = createRandom(seed)
  const traffic: TrafficHour[] = []
  for (let at = ONSET - (daysBefore + 1) * DAY_MS; at < ONSET + daysAfter * DAY_MS; at += STEP_MS)
    for (const source of sources) traffic.push({ at, source, profile: profileOf(rowsAt(scene, random, at, source)) })
  const reference = profileOf(drawRows(createRandom('reference'), REFERENCE_ROWS))
  return {
    model: 'm',
    version: 1,
    onset: { from: ONSET - DAY_MS, until: ONSET + DAY_MS },
    until: ONSET + daysAfter * DAY_MS,
    alarms: [],
    reference: {
      version: 1,
      task: 'binary',
      profile: reference,
      inputs: ['distance', 'code', 'size'],
      score: 'score',
      loss: null,
      days: [],
    },
    traffic,
    outcomes: [],
    moves: [],
    rival: null,
    tainted: [],
    labelMaturityMs: 2 * DAY_MS,
    ...over,
  }
}

function rowsAt(scene: Scene, random: Random, at: number, source: string): Rows {
  const rows = drawRows(random, scene.rowsPerHour ?? 400, Math.floor(at / DAY_MS))
  const hit = at >= ONSET && (scene.faultySource ?? source) === source
  return hit && scene.fault ? scene.fault(rows, random, at) : rows
}

/** Applies `change` to one column of a share of the rows. */
export function hitColumn<Name extends keyof Rows>(
  column: Name,
  share: number,
  change: (value: Rows[Name][number]) => Rows[Name][number],
) {
  return (rows: Rows, random: Random): Rows => {
    const changed = Array.from(rows[column] as ArrayLike<Rows[Name][number]>, (value) =>
      random.next() < share ? change(value) : value,
    )
    return { ...rows, [column]: column === 'code' ? changed : Float64Array.from(changed as number[]) }
  }
}

export interface Outcome {
  /** Added to the probability of the label, from the onset on. */
  readonly shift?: number
  readonly share?: (at: number) => number
  readonly daysBefore?: number
  readonly daysAfter?: number
  /** Added to the score from the onset on: another version that answers otherwise. */
  readonly scoreShift?: number
}

/** Outcomes of a calibrated model, by tenth of the score, day by day with a little weather. */
export function createOutcomes(seed: number | string, outcome: Outcome = {}): OutcomeHour[] {
  const random = createRandom(seed)
  const { shift = 0, scoreShift = 0, daysBefore = 21, daysAfter = 6, share = () => 1 } = outcome
  return Array.from({ length: daysBefore + daysAfter }, (_, i) => ONSET + (i - daysBefore) * DAY_MS).map((at) => {
    const weather = 0.01 * random.normal()
    const changed = at >= ONSET
    const cells = Array.from(
      { length: 10 },
      (): Mutable<OutcomeCell> => ({ rows: 0, labelled: 0, scoreSum: 0, labelSum: 0, lossSum: 0 }),
    )
    for (let row = 0; row < 600; row++) {
      const truth = random.next() ** 2
      const score = clamp(truth + (changed ? scoreShift : 0))
      const cell = cells[Math.floor(score * 10)]!
      cell.rows++
      if (random.next() >= share(at)) continue
      const label = random.next() < clamp(truth + weather + (changed ? shift : 0)) ? 1 : 0
      cell.labelled++
      cell.scoreSum += score
      cell.labelSum += label
      cell.lossSum -= Math.log(label === 1 ? score : 1 - score)
    }
    return { at, deciles: cells, ...cells.reduce(addCells) }
  })
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

function addCells(a: OutcomeCell, b: OutcomeCell): OutcomeCell {
  return {
    rows: a.rows + b.rows,
    labelled: a.labelled + b.labelled,
    scoreSum: a.scoreSum + b.scoreSum,
    labelSum: a.labelSum + b.labelSum,
    lossSum: a.lossSum + b.lossSum,
  }
}

function clamp(share: number): number {
  return Math.min(0.98, Math.max(0.02, share))
}
