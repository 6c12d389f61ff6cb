import type { Instant } from '../clock.ts'
import { isEvenkeelError } from '../error.ts'
import type { RawRow } from '../features/index.ts'
import { type Answer, type Arm, answerOf, scoreRows } from './arm.ts'
import type { Prediction, PredictOutcome } from './request.ts'

/** A validated row on its way to its predictor. */
export interface TurnRow {
  readonly arm: Arm
  readonly prefix: string
  readonly id: string
  readonly chosen: boolean
  readonly at: Instant
  readonly receivedAt: Instant
  readonly entity: string | null
  readonly sourceJson: string
  /** Received values as JSON, in the order of the version's columns. */
  readonly features: string
  readonly effective: RawRow
  readonly changed: RawRow | null
}

interface Waiting {
  readonly rows: readonly TurnRow[]
  readonly resolve: (outcome: PredictOutcome) => void
}

/** Collects what arrives in one turn of the event loop, so that a predictor runs once and the spool is written once per turn. */
export interface Turns {
  add(rows: readonly TurnRow[]): Promise<PredictOutcome>
  queuedRows(): number
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export function createTurns(append: (payload: string) => void): Turns {
  let waiting: Waiting[] = []
  let queued = 0
  const running = new Set<Promise<void>>()

  function flush(): void {
    const turn = waiting
    waiting = []
    const rows = turn.reduce((sum, request) => sum + request.rows.length, 0)
    const run = runTurn(turn, append).finally(() => {
      queued -= rows
      running.delete(run)
    })
    running.add(run)
  }
  return {
    add(rows) {
      queued += rows.length
      if (waiting.length === 0) setImmediate(flush)
      return new Promise((resolve) => waiting.push({ rows, resolve }))
    },
    queuedRows: () => queued,
    async idle() {
      while (queued > 0) await (running.size > 0 ? Promise.all(running) : new Promise(setImmediate))
    },
  }
}

/** Score, write, answer, in this order: an answer without its record could be lost (law 15). */
async function runTurn(turn: readonly Waiting[], append: (payload: string) => void): Promise<void> {
  const scores = await scoreArms(turn)
  const answered: { request: Waiting; predictions: Prediction[] }[] = []
  let frame = ''
  for (const request of turn) {
    const scored = answersOf(request.rows, scores)
    if ('kind' in scored) {
      request.resolve(scored)
      continue
    }
    for (let i = 0; i < request.rows.length; i++)
      frame += `${frame === '' ? '[' : ','}${recordOf(request.rows[i]!, scored.answers[i]!)}`
    answered.push({ request, predictions: request.rows.map((row, i) => predictionOf(row, scored.answers[i]!)) })
  }
  const failure = frame === '' ? null : tryAppend(append, `${frame}]`)
  for (const { request, predictions } of answered) request.resolve(failure ?? { kind: 'predicted', predictions })
}

interface ArmScores {
  readonly rows: TurnRow[]
  next: number
  outputs: Float32Array | null
  error: unknown
}

/** One call per arm; an arm that fails takes only its own requests with it. */
async function scoreArms(turn: readonly Waiting[]): Promise<Map<Arm, ArmScores>> {
  const arms = new Map<Arm, ArmScores>()
  for (const { rows } of turn) {
    for (const row of rows) {
      const scores = arms.get(row.arm)
      if (scores) scores.rows.push(row)
      else arms.set(row.arm, { rows: [row], next: 0, outputs: null, error: null })
    }
  }
  for (const [arm, scores] of arms) {
    try {
      scores.outputs = await scoreRows(
        arm,
        scores.rows.map((row) => row.effective),
      )
    } catch (error) {
      scores.error = error
    }
  }
  return arms
}

/** Rows of an arm are answered in the order they were collected, so each arm keeps a place. */
function answersOf(
  rows: readonly TurnRow[],
  arms: ReadonlyMap<Arm, ArmScores>,
): { answers: Answer[] } | Extract<PredictOutcome, { kind: 'unavailable' }> {
  const answers: Answer[] = []
  let failed: unknown = null
  for (const row of rows) {
    const scores = arms.get(row.arm)!
    const place = scores.next++
    try {
      if (scores.outputs === null) throw scores.error
      answers.push(answerOf(row.arm, scores.outputs, place, scores.rows.length))
    } catch (error) {
      failed ??= error
    }
  }
  return failed === null ? { answers } : unavailable(failed)
}

function tryAppend(append: (payload: string) => void, payload: string): PredictOutcome | null {
  try {
    append(payload)
    return null
  } catch (error) {
    return unavailable(error)
  }
}

/** The world failing on the way to an answer, as a value: the request is refused whole. */
export function unavailable(error: unknown): Extract<PredictOutcome, { kind: 'unavailable' }> {
  const code = isEvenkeelError(error) ? error.code : 'SERVING_CANNOT_PREDICT'
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'unavailable', code, message }
}

function recordOf(row: TurnRow, answer: Answer): string {
  const entity = row.entity === null ? 'null' : JSON.stringify(row.entity)
  const id = row.chosen ? `${JSON.stringify(row.id)},1` : `"${row.id}",0`
  const className = answer.className === null ? 'null' : JSON.stringify(answer.className)
  const scores = answer.scores === null ? 'null' : `[${answer.scores.join(',')}]`
  const changed = row.changed === null ? 'null' : JSON.stringify(row.changed)
  return `${row.prefix}${id},${row.at},${row.receivedAt},${entity},${row.sourceJson},${row.features},${answer.score},${className},${scores},${changed}]`
}

function predictionOf(row: TurnRow, answer: Answer): Prediction {
  const { score, className, scores } = answer
  return { id: row.id, version: row.arm.version.version, prediction: className ?? score, score, scores }
}
