import type { CaseFile, ChampionMove, Rival } from './case.ts'
import { mean, normalBayesFactor, varianceOf } from './outcome.ts'

/** The champion became the suspected version within the onset interval, and not as an answer to trouble. */
export function suspectMove(file: CaseFile): ChampionMove | null {
  const moves = file.moves.filter(
    (move) =>
      move.to === file.version &&
      move.from !== null &&
      move.remedy === null &&
      move.at >= file.onset.from &&
      move.at < file.onset.until,
  )
  return moves.at(-1) ?? null
}

/** Losses of both versions on the same rows. */
export interface PairedChange {
  readonly rows: number
  readonly own: number | null
  readonly rival: number | null
  /** Nats for "our version is worse on the same rows" against "as good"; negative where it is not worse. */
  readonly nats: number
}

const LOSS_SCALE = 0.2
const MIN_PAIRS = 30
/** Rows of one day share their weather: with fewer than three days, the rows' own error counts this many times. */
const DESIGN_EFFECT = 4

export function comparePaired(rival: Rival | null): PairedChange {
  const days = (rival?.days ?? []).filter((day) => day.own.length > 0)
  const own = days.flatMap((day) => [...day.own])
  const other = days.flatMap((day) => [...day.rival])
  if (own.length < MIN_PAIRS) return { rows: own.length, own: null, rival: null, nats: 0 }
  const differences = own.map((loss, i) => loss - other[i]!)
  const scale = LOSS_SCALE * Math.max(mean(other), 1e-9)
  const byDay = days.map((day) => mean([...day.own]) - mean([...day.rival]))
  const rowError = (DESIGN_EFFECT * varianceOf(differences)) / differences.length
  const error = Math.max(byDay.length < 3 ? rowError : varianceOf(byDay) / byDay.length, (scale / 50) ** 2)
  const nats = normalBayesFactor(mean(differences), error, scale)
  return {
    rows: own.length,
    own: mean(own),
    rival: mean(other),
    nats: mean(differences) > 0 ? nats : Math.min(0, -nats),
  }
}
