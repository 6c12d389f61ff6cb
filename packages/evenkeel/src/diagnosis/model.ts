import type { CauseSummary, CauseType } from '../storage/index.ts'
import type { CaseFile } from './case.ts'
import { changePoint } from './column.ts'
import { harmOf, lossEvidence } from './faults.ts'
import { lastingGap } from './gap.ts'
import { percent, round } from './hypothesis.ts'
import { logSumExp } from './likelihood.ts'
import { type OutcomeChange, scoreShiftNats } from './outcome.ts'
import { comparePaired, suspectMove } from './version.ts'

/** Prior odds of what may be wrong with a model, before looking; a deploy at the onset makes it ten times the suspect. */
const PRIOR = { nothing: 0.9, concept: 0.03, version: 0.02, deployFactor: 10 }
/** No single kind of evidence says more than this: each rests on assumptions that are wrong now and then. */
const MAX_NATS = 25
/** Labels this far behind those of earlier rows make figures on all rows worthless. */
const IMMATURE_BELOW = 0.7

/** What the inputs already explain. */
export interface InputState {
  readonly faulty: boolean
  readonly shifted: boolean
}

/** Causes in the model or in the world it models. Wrong inputs explain a worse model, so then only a version is asked about. */
export function modelCauses(file: CaseFile, outcome: OutcomeChange, inputs: InputState): (CauseSummary | null)[] {
  const version = badVersion(file, outcome, inputs)
  const concept = inputs.faulty ? null : conceptChange(file, outcome)
  const weights = [Math.log(PRIOR.nothing), version?.log ?? -Infinity, concept?.log ?? -Infinity]
  const total = logSumExp(weights)
  const believed = [version, concept].map((weighed) =>
    weighed === null ? null : { ...weighed.cause, probability: Math.exp(weighed.log - total) },
  )
  const immature = believed.some((cause) => cause !== null && cause.probability > 0.5)
    ? null
    : immatureLabels(file, outcome)
  return [...believed, immature]
}

interface Weighed {
  readonly log: number
  readonly cause: Omit<CauseSummary, 'probability'>
}

/** Scores or losses changed when the champion did; the version before it, on the same rows, does better. */
function badVersion(file: CaseFile, outcome: OutcomeChange, inputs: InputState): Weighed | null {
  const move = suspectMove(file)
  if (move === null) return null
  const paired = comparePaired(file.rival)
  const steady = !inputs.faulty && !inputs.shifted
  const scoreNats = comparesVersions(file) && !inputs.faulty ? Math.max(0, scoreShiftNats(file)) : 0
  const lossNats = inputs.faulty || paired.own !== null ? 0 : outcome.lossNats
  const nats = bounded(paired.nats) + (paired.nats < 0 ? 0 : bounded(scoreNats)) + bounded(lossNats)
  const worse =
    paired.own === null || paired.rival === null
      ? 'labels of both versions on the same rows are still few'
      : `on ${paired.rows} rows both scored, its loss is ${round(paired.own)} and that of version ${move.from} ${round(paired.rival)}`
  return {
    log: Math.log(PRIOR.version * PRIOR.deployFactor) + nats,
    cause: {
      type: 'bad-version',
      features: [],
      onset: move.at,
      words: `version ${file.version} replaced version ${move.from} (${move.by}) where the change began, with inputs ${steady ? 'as before' : 'changed as well'}; ${worse}`,
      evidence: {
        scoreNats: round(scoreNats),
        pairedNats: round(paired.nats),
        pairedRows: paired.rows,
        lossOwn: paired.own === null ? null : round(paired.own),
        lossRival: paired.rival === null ? null : round(paired.rival),
        ...lossEvidence(outcome),
      },
      parameters: { version: file.version, previous: move.from },
    },
  }
}

/**
 * Both versions scored the same rows and a monitor says the scores differ: the inputs do not explain that, even if they
 * moved. Without that monitor, other scores may be what the version was made for.
 */
function comparesVersions(file: CaseFile): boolean {
  return file.alarms.some((alarm) => alarm.startsWith('version:'))
}

/**
 * The same score now means something else: losses and labels moved more than the scores explain, or they have been apart
 * for weeks and calibration says so.
 */
function conceptChange(file: CaseFile, outcome: OutcomeChange): Weighed | null {
  const harm = outcome.daysAfter === 0 ? 'unknown' : harmOf(outcome)
  const moved = harm === 'harmed' ? bounded(outcome.conceptNats) : Number.NEGATIVE_INFINITY
  const gap = file.alarms.includes('calibration') ? lastingGap(file) : null
  const lasting = gap === null || gap.nats <= 0 ? Number.NEGATIVE_INFINITY : bounded(gap.nats)
  const nats = Math.max(moved, lasting)
  if (nats === Number.NEGATIVE_INFINITY) return null
  return {
    // Where another version does well on the same rows, the world has not changed.
    log: Math.log(PRIOR.concept) + nats - Math.max(0, bounded(comparePaired(file.rival).nats)),
    cause: {
      type: 'concept-change',
      features: [],
      onset: changePoint(file),
      words:
        gap !== null && lasting > moved
          ? `over ${gap.days} days with mature labels ${percent(gap.meanLabel)} came true where scores said ${percent(gap.meanScore)}`
          : `the loss is ${round(outcome.lossAfter ?? 0)} instead of ${round(outcome.lossBefore ?? 0)} over ${outcome.daysAfter} days with mature labels, and the scores do not explain it`,
      evidence: {
        conceptNats: round(nats),
        labelShift: outcome.labelShift === null ? null : round(outcome.labelShift),
        meanLabel: gap === null ? null : round(gap.meanLabel),
        meanScore: gap === null ? null : round(gap.meanScore),
        harm,
        ...lossEvidence(outcome),
      },
      parameters: {},
    },
  }
}

/** A figure over labels moved, few labels have come, and those that are due say nothing of the kind. */
function immatureLabels(file: CaseFile, outcome: OutcomeChange): CauseSummary | null {
  const overLabels = file.alarms.some((alarm) => /^(performance|calibration|version:loss)/.test(alarm))
  if (!overLabels || outcome.maturity >= IMMATURE_BELOW) return null
  const type: CauseType = 'immature-labels'
  return {
    type,
    features: [],
    probability: 0.9,
    onset: changePoint(file),
    words: `rows since the change have ${percent(outcome.maturity)} of the labels that earlier rows have: what is known of them is not yet typical`,
    evidence: { maturity: round(outcome.maturity), ...lossEvidence(outcome) },
    parameters: {},
  }
}

function bounded(nats: number): number {
  return Math.max(-MAX_NATS, Math.min(MAX_NATS, nats))
}
