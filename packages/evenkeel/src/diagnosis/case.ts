import type { Profile } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { VersionReference } from '../monitoring/index.ts'
import type { CauseSummary, DiagnosisVerdict } from '../storage/index.ts'

/** Everything an investigation may look at, gathered beforehand: the engine itself reads nothing. */
export interface CaseFile {
  readonly model: string
  /** The version whose monitors raised the alarm. */
  readonly version: number
  /** The change began somewhere in this span of event time, as far as the alarms say. */
  readonly onset: Span
  /** Traffic is known up to here. */
  readonly until: Instant
  /** What has fired: `drift:distance`, `performance`… */
  readonly alarms: readonly string[]
  readonly reference: VersionReference
  /** Raw inputs and score of the version, hour by hour and source by source, from before the onset until now. */
  readonly traffic: readonly TrafficHour[]
  readonly outcomes: readonly OutcomeHour[]
  /** Moves of the champion alias about the onset. */
  readonly moves: readonly ChampionMove[]
  /** Losses of another version on the same rows, where one was running in the shadow; null where none was. */
  readonly rival: Rival | null
  /** Hours already known to be wrong in one feature of a source: no yardstick for that feature. */
  readonly tainted: readonly Taint[]
  /** Age at which nearly all labels of a row have arrived. */
  readonly labelMaturityMs: number
}

export interface TrafficHour {
  readonly at: Instant
  readonly source: string
  readonly profile: Profile
}

/** Sums over the rows of one hour; `deciles[i]` has those with `i / 10 <= score < (i + 1) / 10`. */
export interface OutcomeHour extends OutcomeCell {
  readonly at: Instant
  readonly deciles: readonly OutcomeCell[]
}

/** What the engine needs of serving's sums: loss is log loss in nats (classes) or squared error. */
export interface OutcomeCell {
  readonly rows: number
  readonly labelled: number
  readonly scoreSum: number
  readonly labelSum: number
  readonly lossSum: number
}

export interface ChampionMove {
  readonly at: Instant
  readonly from: number | null
  readonly to: number | null
  readonly by: string
  /** Moved by a remedy: then it is an answer to trouble, not a suspect. */
  readonly remedy: string | null
}

export interface Rival {
  readonly version: number
  /** Day by day, the losses of the version under suspicion and of its rival, row by row. */
  readonly days: readonly { readonly day: Instant; readonly own: Float64Array; readonly rival: Float64Array }[]
}

interface Taint {
  readonly source: string
  readonly feature: string
  readonly from: Instant
  /** Null while it lasts. */
  readonly until: Instant | null
}

/** What the engine concludes. Causes come most actionable first; each has its own probability (see `CauseSummary`). */
export interface Diagnosis {
  readonly verdict: DiagnosisVerdict
  readonly causes: readonly CauseSummary[]
}
