import type { RawRow } from '../features/index.ts'
import { type Answer, type Arm, answerOf, scoreRows } from './arm.ts'
import type { ScoredRecord } from './groups.ts'
import type { PredictionRecord } from './record.ts'

/** Rows per call of the arm that did not answer: a call holds the event loop, and requests come first. */
const ROWS_PER_CALL = 128

/**
 * Scores recorded rows with the arm that did not answer them, on the values the answering arm saw.
 * This happens when rows are recorded and not when they are answered: it costs no answer, its queue is the spool, and a
 * kill loses no pair. A row the arm cannot score (it wants other columns, it fails) has no pair, and is counted.
 */
export async function scoreShadows(
  records: readonly PredictionRecord[],
  arms: ReadonlyMap<number, Arm>,
  mayShadow: boolean,
): Promise<{ rows: readonly ScoredRecord[]; shadowSkipped: number }> {
  const asked = records.filter((record) => record[5] !== 0)
  const shadows = new Map<PredictionRecord, Answer>()
  if (mayShadow) {
    for (const version of new Set(asked.map((record) => record[5])))
      await scoreWith(
        arms.get(version)!,
        asked.filter((record) => record[5] === version),
        arms,
        shadows,
      )
  }
  const rows = records.map((record) => ({ record, shadow: shadows.get(record) ?? null }))
  return { rows, shadowSkipped: asked.length - shadows.size }
}

async function scoreWith(
  arm: Arm,
  records: readonly PredictionRecord[],
  arms: ReadonlyMap<number, Arm>,
  into: Map<PredictionRecord, Answer>,
): Promise<void> {
  for (let from = 0; from < records.length; from += ROWS_PER_CALL) {
    const slice = records.slice(from, from + ROWS_PER_CALL)
    const outputs = await scoreRows(
      arm,
      slice.map((record) => effectiveRow(record, arms)),
    ).catch(() => null)
    if (outputs === null) continue
    for (const [place, record] of slice.entries()) {
      const answer = tryAnswer(arm, outputs, place, slice.length)
      if (answer !== null) into.set(record, answer)
    }
  }
}

/** An arm on trial may fail on a row; that is a missing pair, not a reason to stop recording. */
function tryAnswer(arm: Arm, outputs: Float32Array, place: number, rows: number): Answer | null {
  try {
    return answerOf(arm, outputs, place, rows)
  } catch {
    return null
  }
}

/** The values the answering arm saw: as received, except where an override was in force. */
function effectiveRow(record: PredictionRecord, arms: ReadonlyMap<number, Arm>): RawRow {
  const { columns } = arms.get(record[3])!.validator
  const row: Record<string, number | string | null> = {}
  for (const [place, name] of columns.entries()) row[name] = record[12][place] ?? null
  return Object.assign(row, record[16])
}
