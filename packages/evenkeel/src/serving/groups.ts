import type { Answer } from './arm.ts'
import { numbersLiteral, textsLiteral } from './literals.ts'
import type { LabelRecord, PredictionRecord, SpoolRecord } from './record.ts'
import type { Column, LabelColumns, PredictionColumns } from './tables.ts'

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
    ids: texts((row) => row[6]),
    versions: column(rows, (row) => row[3], numbersLiteral),
    roles: column(rows, (row) => (row[4] === 0 ? 'champion' : 'challenger'), textsLiteral),
    ats: numbers((row) => row[8]),
    receivedAts: rows.every(({ record }) => record[8] === record[9]) ? '{}' : numbers((row) => row[9]),
    entities: texts((row) => row[10]),
    sources: column(rows, (row) => row[11], textsLiteral),
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

function column<T>(
  rows: readonly ScoredRecord[],
  of: (row: PredictionRecord) => T,
  literal: (values: readonly T[]) => string,
): Column<T> {
  const values = rows.map(({ record }) => of(record))
  const [first] = values
  return values.every((value) => value === first)
    ? { list: '{}', value: first! }
    : { list: literal(values), value: null }
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
