import type { CauseSummary, CauseType } from '../storage/index.ts'
import type { CaseFile } from './case.ts'
import type { ColumnVerdict } from './column.ts'
import { percent, round } from './hypothesis.ts'
import { findOnset } from './onset.ts'
import type { OutcomeChange } from './outcome.ts'

const INTEGRITY_FAULTS = ['missing-burst', 'unit-change', 'category-renamed', 'new-category', 'stuck-value'] as const

/** True for faults of the data itself: no model can be right on such rows, and none may be trained on them. */
export function isIntegrityFault(type: CauseType): boolean {
  return (INTEGRITY_FAULTS as readonly CauseType[]).includes(type)
}

/** Losses that rose by less than this are not called harm, however sure the rise. */
const MIN_HARM = 0.02
const HARM_NATS = 2

/** One cause per fault: the same fault of a feature in several sources is one. */
export function dataFaults(file: CaseFile, columns: readonly ColumnVerdict[]): CauseSummary[] {
  const faulty = columns.filter(({ winner }) => winner.type !== 'nothing' && isIntegrityFault(winner.type))
  return [...Map.groupBy(faulty, faultKey).values()].map((verdicts) => toCause(file, verdicts))
}

function faultKey({ feature, winner }: ColumnVerdict): string {
  return `${feature}\n${winner.type}\n${winner.parameters['factor'] ?? ''}`
}

function toCause(file: CaseFile, verdicts: readonly ColumnVerdict[]): CauseSummary {
  const surest = verdicts.reduce((a, b) => (b.probability > a.probability ? b : a))
  const { winner } = surest
  const sources = verdicts.flatMap(({ source }) => source ?? allSources(file))
  const [next] = surest.rivals
  return {
    type: winner.type as CauseType,
    features: [surest.feature],
    probability: surest.probability,
    onset: Math.min(...verdicts.map((verdict) => findOnset(file, verdict))),
    words: winner.words,
    evidence: {
      ...winner.evidence,
      nats: round(winner.nats),
      yardstick: surest.yardstick,
      nextBest: next?.type ?? null,
      nextProbability: next === undefined ? null : round(next.probability),
    },
    parameters: { ...winner.parameters, sources: [...new Set(sources)].sort() },
  }
}

function allSources(file: CaseFile): string[] {
  return file.traffic.map((hour) => hour.source)
}

/** Features that moved as populations do, as one cause, with what it did to the losses. */
export function populationShift(
  file: CaseFile,
  columns: readonly ColumnVerdict[],
  outcome: OutcomeChange,
): CauseSummary | null {
  const shifted = columns
    .filter(({ winner }) => winner.type === 'population-shift')
    .sort((a, b) => Number(b.winner.evidence['moved']) - Number(a.winner.evidence['moved']))
  const [most] = shifted
  if (most === undefined) return null
  const features = [...new Set(shifted.map(({ feature }) => feature))]
  const harm = harmOf(outcome)
  return {
    type: 'population-shift',
    features,
    probability: Math.max(...shifted.map(({ probability }) => probability)),
    onset: findOnset(file, most),
    words: `${features.slice(0, 3).join(', ')}${features.length > 3 ? ` and ${features.length - 3} more` : ''} moved without any known fault, ${most.feature} most (${percent(Number(most.winner.evidence['moved']))} of its rows); ${HARM_WORDS[harm]}`,
    evidence: {
      moved: most.winner.evidence['moved'] ?? null,
      yardstick: most.yardstick,
      harm,
      ...lossEvidence(outcome),
    },
    parameters: {},
  }
}

export type Harm = 'harmed' | 'unharmed' | 'unknown'

const HARM_WORDS: Readonly<Record<Harm, string>> = {
  harmed: 'the model got worse with it',
  unharmed: 'the model is no worse for it',
  unknown: 'labels do not say yet whether the model is worse for it',
}

export function harmOf(outcome: OutcomeChange): Harm {
  const { lossBefore, lossAfter, lossNats } = outcome
  if (lossBefore === null || lossAfter === null || outcome.daysAfter === 0) return 'unknown'
  return lossNats > HARM_NATS && lossAfter > lossBefore * (1 + MIN_HARM) ? 'harmed' : 'unharmed'
}

export function lossEvidence(outcome: OutcomeChange) {
  return {
    lossBefore: outcome.lossBefore === null ? null : round(outcome.lossBefore),
    lossAfter: outcome.lossAfter === null ? null : round(outcome.lossAfter),
    labelledDaysBefore: outcome.daysBefore,
    labelledDaysAfter: outcome.daysAfter,
  }
}
