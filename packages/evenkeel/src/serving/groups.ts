import type { Answer } from './arm.ts'
import { numbersLiteral, textsLiteral } from './literals.ts'
import type { LabelRecord, PredictionRecord, SpoolRecord } from './record.ts'
import type { LabelColumns, PredictionColumns } from './tables.ts'

/** A recorded prediction with what the other arm made of it, null where it was not asked. */
export interface ScoredRecord {
  readonly record: PredictionRecord
  readonly shadow: Answer | null
}

/** The records of one model. */
export interface ModelRecords {
  readonly project: string
  readonly model: string
  predictions: PredictionRecord[]
  readonly labels: LabelRecord[]
}

export function groupByModel(records: readonly SpoolRecord[]): ModelRecords[] {
  const groups = new Map<string, ModelRecords>()
  for (const record of records) {
    const key = `${record[1]}\n${record[2]}`
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { project: record[1], model: record[2], predictions: [], labels: [] }))
    if (record[0] === 'p') group.predictions.push(record)
    else group.labels.push(record)
  }
  // In the order of their names, so that two replicas lock the same rows in the same order.
  return [...groups.keys()].sort().map((key) => groups.get(key)!)
}

export function predictionColumns(rows: readonly ScoredRecord[]): PredictionColumns {
  const texts = (of: (row: PredictionRecord) => string | null) => textsLiteral(rows.map(({ record }) => of(record)))
  const numbers = (of: (row: PredictionRecord) => number | null) => numbersLiteral(rows.map(({ record }) => of(record)))
  const shadows = rows.map(({ shadow }) => shadow)
  return {
    rows: rows.length,
    ids: texts((row) => row[6]),
    versions: numbers((row) => row[3]),
    roles: texts((row) => (row[4] === 0 ? 'champion' : 'challenger')),
    ats: numbers((row) => row[8]),
    receivedAts: numbers((row) => row[9]),
    entities: texts((row) => row[10]),
    sources: texts((row) => row[11]),
    features: texts((row) => JSON.stringify(row[12])),
    scores: numbers((row) => row[13]),
    classes: texts((row) => row[14]),
    scoreLists: texts((row) => listLiteral(row[15])),
    shadowVersions: numbersLiteral(rows.map(({ record, shadow }) => (shadow === null ? null : record[5]))),
    shadowScores: numbersLiteral(shadows.map((shadow) => shadow?.score ?? null)),
    shadowClasses: textsLiteral(shadows.map((shadow) => shadow?.className ?? null)),
    shadowScoreLists: textsLiteral(shadows.map((shadow) => listLiteral(shadow?.scores ?? null))),
  }
}

function listLiteral(values: readonly number[] | null): string | null {
  return values === null ? null : numbersLiteral(values)
}

export function labelColumns(labels: readonly LabelRecord[]): LabelColumns {
  return {
    ids: textsLiteral(labels.map((label) => label[3])),
    entities: textsLiteral(labels.map((label) => label[4])),
    ats: numbersLiteral(labels.map((label) => label[5])),
    classes: textsLiteral(labels.map((label) => label[6])),
    values: numbersLiteral(labels.map((label) => label[7])),
    receivedAts: numbersLiteral(labels.map((label) => label[8])),
  }
}
